// The buffer of one talker, with frames that sound like a number, so that what is heard can be read.
import t from "tap";
import { JitterBuffer, type JitterStats } from "../../src/media/jitter.js";
import type { FrameDecoder } from "../../src/media/opus.js";
import type { AudioPacket } from "../../src/media/packet.js";

const FRAME_MS = 20;
const GUESS = -1;
const IN_BAND = -2;

/** A frame of two bytes sounds like its second one. */
const reader: FrameDecoder = {
  decode: (frame) => new Int16Array(48 * FRAME_MS).fill(frame[1]!),
  decodeBefore: (_, samples) => new Int16Array(samples).fill(IN_BAND),
  conceal: (samples) => new Int16Array(samples).fill(GUESS),
  close() {},
};

function packet(index: number, parts: Partial<AudioPacket> = {}): AudioPacket {
  return {
    sequence: index % 65_536,
    timestamp: (index * 48 * FRAME_MS) % 2 ** 32,
    level: 20,
    isStart: false,
    isEnd: false,
    frameMs: FRAME_MS,
    frame: frame(index),
    earlier: [],
    ...parts,
  };
}

const frame = (index: number) => Uint8Array.of(0x48, index % 200);

class Ear {
  readonly buffer = new JitterBuffer();
  now = 0;
  /** What was heard of each 10 ms: the number that sounds in its middle. */
  readonly heard: (number | null)[] = [];

  constructor() {
    this.buffer.decoder = reader;
  }

  get(...packets: AudioPacket[]): void {
    for (const one of packets) this.buffer.receive(one, this.now);
  }

  listen(ms: number): void {
    for (const end = this.now + ms; this.now < end; this.now += 10) {
      this.heard.push(this.buffer.pull(this.now)?.[240] ?? null);
    }
  }

  /** A packet every 20 ms, `now` being when the first one comes. */
  hear(from: number, to: number, change: (index: number) => AudioPacket | null = packet): void {
    for (let index = from; index < to; index += 1) {
      const one = change(index);
      if (one) this.get(one);
      this.listen(FRAME_MS);
    }
  }

  get stats(): JitterStats {
    return this.buffer.stats(this.now);
  }

  /** Frames in the order in which they were heard, with guesses. */
  get order(): number[] {
    const said = this.heard.filter((value): value is number => value !== null && value !== 0);
    return said.filter((value, i) => value !== said[i - 1]);
  }
}

t.test("frames are heard in order, after as long as the network needs", async (t) => {
  const ear = new Ear();
  ear.hear(1, 40);
  t.same(
    ear.order,
    Array.from({ length: 37 }, (_, i) => i + 1),
  );
  t.equal(ear.heard.indexOf(1), 4, "nothing is known of the network yet, so 40 ms");
  t.match(ear.stats, { guessed: 0, inBand: 0, late: 0, lossPercent: 0 });
});

t.test("a quick network is known after a second or two, and the delay is what it needs", async (t) => {
  const ear = new Ear();
  ear.hear(1, 120);
  t.equal(ear.stats.targetMs, 20);
  t.ok(ear.stats.delayMs <= 35, `${ear.stats.delayMs} ms`);
});

t.test("packets that overtake each other are put in order", async (t) => {
  const ear = new Ear();
  ear.hear(1, 30, (index) => packet(index % 2 === 0 ? index - 1 : index + 1));
  t.same(
    ear.order.slice(0, 20),
    Array.from({ length: 20 }, (_, i) => i + 1),
  );
  t.match(ear.stats, { late: 0, lossPercent: 0 });
});

t.test("a packet that comes twice is played once", async (t) => {
  const ear = new Ear();
  ear.hear(1, 40, (index) => {
    ear.get(packet(index), packet(Math.max(1, index - 5)));
    return null;
  });
  t.same(
    ear.order,
    Array.from({ length: 37 }, (_, i) => i + 1),
  );
  t.equal(ear.stats.repeated, 39);
  t.ok(ear.stats.targetMs <= 40, "and does not pass for a slow network");
});

t.test("a lost frame is taken from its copy, else from the next frame, else guessed", async (t) => {
  const ear = new Ear();
  ear.hear(1, 56, (index) => {
    if (index === 10 || index === 20 || index === 30 || index === 31) return null;
    return packet(index, index === 12 ? { earlier: [{ before: 2, frame: frame(10) }] } : {});
  });
  t.same(ear.order.slice(8, 12), [9, 10, 11, 12]);
  t.same(ear.order.slice(18, 21), [19, IN_BAND, 21]);
  t.same(ear.order.slice(28, 32), [29, GUESS, IN_BAND, 32]);
  t.match(ear.stats, { copies: 1, inBand: 2, guessed: 1 });
  t.ok(Math.abs(ear.stats.lossPercent - 10) < 1, `${ear.stats.lossPercent} %`);
  t.ok(Math.abs(ear.stats.lossRun - 4 / 3) < 0.01, `runs of ${ear.stats.lossRun}`);
});

t.test("a packet that comes too late is dropped, not played", async (t) => {
  const ear = new Ear();
  ear.hear(1, 40, (index) => {
    if (index === 30) ear.get(packet(20));
    return index === 20 ? null : packet(index);
  });
  t.ok(ear.order.includes(IN_BAND));
  t.notOk(ear.order.includes(20));
  t.equal(ear.stats.late, 1);
});

t.test("numbers and timestamps that wrap go on", async (t) => {
  const ear = new Ear();
  const shift = (index: number) =>
    packet(index, { sequence: (index + 65_530) % 65_536, timestamp: (index * 960 + 2 ** 32 - 9_000) % 2 ** 32 });
  ear.hear(1, 60, shift);
  t.same(
    ear.order,
    Array.from({ length: 57 }, (_, i) => i + 1),
  );
  t.match(ear.stats, { restarts: 0, guessed: 0, lossPercent: 0 });
});

t.test("packets that were held up for a while are heard, and the delay comes down again", async (t) => {
  const ear = new Ear();
  ear.hear(1, 20);
  ear.listen(200);
  for (let index = 20; index < 30; index += 1) ear.get(packet(index));
  ear.hear(30, 500);
  t.match(ear.stats, { late: 0, skipped: 0, lossPercent: 0 }, "no frame is left out");
  t.ok(ear.stats.decoded >= 490, `${ear.stats.decoded} frames`);
  t.ok(ear.stats.shortened > 5);
  t.ok(ear.stats.delayMs < 100, `${ear.stats.delayMs} ms`);
});

t.test("a hole where nothing waits is guessed once, and costs no delay", async (t) => {
  const ear = new Ear();
  ear.hear(1, 400);
  const { delayMs } = ear.stats;
  t.ok(delayMs <= 40, `${delayMs} ms`);
  ear.hear(400, 407, (index) => (index >= 402 && index < 405 ? null : packet(index)));
  t.match(ear.stats, { guessed: 2, inBand: 1, late: 0 });
  t.ok(ear.stats.delayMs <= delayMs + 5, `${ear.stats.delayMs} ms`);
});

t.test("talk ends softly, with its last packet, without one, and where the decoder ends", async (t) => {
  const loud: FrameDecoder = {
    ...reader,
    decode: (bytes) => {
      if (bytes[1] === 99) throw new Error("no frame");
      return new Int16Array(960).fill(9_000);
    },
    conceal: (samples) => new Int16Array(samples).fill(9_000),
  };
  const ends: Partial<AudioPacket>[] = [{ isEnd: true }, {}, { frame: frame(99) }, { timestamp: 2 ** 31 }];
  for (const [i, end] of ends.entries()) {
    const ear = new Ear();
    ear.buffer.decoder = loud;
    const sound: number[] = [];
    for (let index = 1; index < 60; index += 1) {
      if (index < 20) ear.get(packet(index, index === 19 ? end : {}));
      for (const end = ear.now + FRAME_MS; ear.now < end; ear.now += 10) {
        sound.push(...(ear.buffer.pull(ear.now) ?? new Int16Array(480)));
      }
    }
    const fall = sound.reduce((most, sample, at) => Math.max(most, (sound[at - 1] ?? 0) - sample), 0);
    t.ok(sound.includes(9_000) && sound.at(-1) === 0 && fall < 100, `${i}: falls by ${fall} at once`);
  }
});

t.test("a jump over sound that is too old is no edge", async (t) => {
  const ear = new Ear();
  ear.buffer.decoder = {
    ...reader,
    decode: (bytes) => new Int16Array(960).fill(bytes[1]! < 50 ? 9_000 : -9_000),
    conceal: (samples) => new Int16Array(samples).fill(9_000),
  };
  const sound: number[] = [];
  for (let index = 1; index < 60; index += 1) {
    ear.get(packet(index, index < 40 ? {} : { timestamp: (index + 40) * 960, frame: frame(60) }));
    for (let i = 0; i < 2; i += 1, ear.now += 10) sound.push(...(ear.buffer.pull(ear.now) ?? []));
  }
  t.match(ear.stats, { skipped: 1, restarts: 0 });
  const step = sound.reduce((most, sample, at) => Math.max(most, Math.abs(sample - (sound[at - 1] ?? sample))), 0);
  t.ok(sound.at(-1) === -9_000 && step < 200, `a step of ${step}`);
});

t.test("talk that stops without a word fades, and begins again as it began", async (t) => {
  const ear = new Ear();
  ear.hear(1, 20);
  ear.listen(2_000);
  const silence = ear.heard.slice(-100);
  t.ok(silence.every((value) => value === null));
  ear.now = 20 * 200;
  const from = ear.heard.length;
  ear.hear(200, 220);
  t.ok(ear.heard.slice(from).indexOf(1) <= 5);
  t.ok(ear.stats.guessed <= 6);
});

t.test("after the last packet of a talk nothing is guessed", async (t) => {
  const ear = new Ear();
  ear.hear(1, 20, (index) => packet(index, { isEnd: index === 19 }));
  ear.listen(500);
  t.equal(ear.order.at(-1), 19);
  t.match(ear.stats, { guessed: 0, inBand: 0, bufferedMs: 0 });
});

t.test("whatever timestamps say, no more than 500 ms wait", async (t) => {
  const ways: [string, (index: number) => number][] = [
    ["far ahead", (index) => index * 960 + (index > 50 ? 48_000 * 3_600 : 0)],
    ["just ahead of what would be refused", (index) => index * 960 + (index % 50) * 900],
    ["back and forth", (index) => index * 960 + (index % 2) * 2 ** 31],
    ["all the same", () => 960],
    ["one sample further each", (index) => index],
    ["backwards", (index) => 2 ** 31 - index * 960],
    ["faster than time", (index) => index * 9_600],
  ];
  for (const [what, timestamp] of ways) {
    const ear = new Ear();
    let most = 0;
    ear.hear(1, 1_000, (index) => {
      for (let i = 0; i < 3; i += 1) {
        ear.get(packet(index, { sequence: (3 * index + i) % 65_536, timestamp: timestamp(3 * index + i) % 2 ** 32 }));
      }
      most = Math.max(most, ear.stats.bufferedMs);
      return null;
    });
    t.ok(most <= 500, `${what}: ${most} ms`);
  }
});

t.test("of a thousand packets a second 120 are taken", async (t) => {
  const ear = new Ear();
  let index = 1;
  for (; ear.now < 10_000; ear.listen(10)) for (let i = 0; i < 10; i += 1) ear.get(packet(index++));
  t.ok(ear.stats.received <= 1_200, `${ear.stats.received}`);
  t.ok(ear.stats.received >= 1_080);
  t.equal(ear.stats.refused + ear.stats.received, index - 1);
});

t.test("a talker who begins anew is heard anew", async (t) => {
  const ear = new Ear();
  ear.hear(1, 50);
  const from = ear.heard.length;
  ear.hear(50, 100, (index) => packet(index, { sequence: index + 30_000, timestamp: index * 960 + 1_000_000_000 }));
  t.equal(ear.stats.restarts, 1);
  t.ok(ear.heard.slice(from).filter((value) => value !== null && value > 0).length > 80);
});

t.test("frames that throw end the decoder, and a new one goes on", async (t) => {
  const ear = new Ear();
  ear.buffer.decoder = {
    ...reader,
    decode: (bytes) => {
      if (bytes[1] === 30) throw new Error("no frame");
      return reader.decode(bytes);
    },
  };
  ear.hear(1, 40);
  t.equal(ear.buffer.decoder, null);
  t.equal(ear.heard.at(-1), null);
  ear.buffer.decoder = reader;
  ear.hear(40, 80);
  t.ok(ear.order.includes(70));
  t.equal(ear.stats.broken, 1);
});
