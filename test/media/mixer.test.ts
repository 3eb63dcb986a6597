// All who speak, in one sound: loud enough, never wrapped, and nobody harmed by anybody else.
import t, { type Test } from "tap";
import { MAX_SPEAKERS, Mixer, type MixerOptions } from "../../src/media/mixer.js";
import { type FrameDecoder, openDecoder, openEncoder } from "../../src/media/opus.js";
import { STEP_MS } from "../../src/media/sound.js";
import { Talker } from "../../src/media/talker.js";
import { judged } from "../helpers/call-path.js";
import { differsAt, joined, sum, voices } from "../helpers/sound.js";

// Sound is measured by much arithmetic, and machines are busy.
t.setTimeout(180_000);

const FRAME_MS = 20;
const [ann, bob] = voices();

async function packetsOf(pcm: Int16Array): Promise<Uint8Array[]> {
  const packets: Uint8Array[] = [];
  const talker = new Talker(await openEncoder(), (bytes) => packets.push(bytes), { gate: null });
  talker.feed(pcm);
  talker.close();
  return packets;
}

const ANN = await packetsOf(ann);
const BOB = await packetsOf(bob);

/** A mixer on a clock of its own, fed a packet of each speaker every 20 ms. */
class Table {
  now = 0;
  readonly mixer: Mixer;
  readonly heard: Int16Array[] = [];

  constructor(t: Test, options: MixerOptions = {}) {
    this.mixer = new Mixer({ now: () => this.now, ...options });
    t.teardown(() => this.mixer.close());
  }

  async talk(speakers: Record<string, readonly Uint8Array[]>, from = 0, to = 400): Promise<void> {
    for (let i = from; i < to; i += 1) {
      for (const [id, packets] of Object.entries(speakers))
        for (const one of packets.slice(i, i + 1)) this.mixer.receive(id, one);
      // Decoders are opened beside.
      await new Promise((done) => setImmediate(done));
      for (let ms = 0; ms < FRAME_MS; ms += STEP_MS, this.now += STEP_MS) this.heard.push(this.mixer.pull());
    }
  }

  of(id: string) {
    return this.mixer.speakers().find((speaker) => speaker.id === id)!;
  }

  get sound(): Int16Array {
    return joined(this.heard);
  }
}

t.test("two who speak are both in what is heard, and levels say so", async (t) => {
  const table = new Table(t);
  await table.talk({ ann: ANN, bob: BOB });
  const [onlyAnn, onlyBob] = [new Table(t), new Table(t)];
  await onlyAnn.talk({ ann: ANN });
  await onlyBob.talk({ bob: BOB });
  const both = sum(onlyAnn.sound, onlyBob.sound);
  const off = table.sound.reduce((most, sample, i) => Math.max(most, Math.abs(sample - both[i]!)), 0);
  t.ok(off <= 2, `of what each alone sounds like it is the sum, to ${off} of 65,536`);
  const scores = [judged(ann.subarray(0, 380_000), onlyAnn.sound), judged(bob.subarray(0, 380_000), onlyBob.sound)];
  t.ok(Math.min(...scores.map(({ score }) => score)) > 0.95);
  t.ok(table.of("ann").isTalking && table.of("bob").isTalking);
  t.ok(table.of("ann").levelDb > -60 && table.mixer.levelDb > -60);
});

t.test("before anybody speaks, and after, there is silence of the same length", async (t) => {
  const table = new Table(t);
  t.same(table.mixer.pull(), new Int16Array(480));
  await table.talk({ ann: ANN }, 0, 100);
  await table.talk({}, 0, 100);
  t.same(table.mixer.pull(), new Int16Array(480));
  t.equal(table.of("ann").isTalking, false);
  t.equal(table.mixer.levelDb < -60, true);
});

t.test("volume goes from nothing to double, and muting is for these ears only", async (t) => {
  const loudness = async (change: (table: Table) => void) => {
    const table = new Table(t);
    change(table);
    await table.talk({ ann: ANN }, 50, 150);
    return { energy: Math.sqrt(table.sound.reduce((all, sample) => all + sample * sample, 0)), table };
  };
  const usual = await loudness(() => {});
  const half = await loudness(({ mixer }) => mixer.setVolume("ann", 50));
  const double = await loudness(({ mixer }) => mixer.setVolume("ann", 900));
  const muted = await loudness(({ mixer }) => mixer.setMuted("ann", true));
  t.ok(Math.abs(half.energy / usual.energy - 0.5) < 0.01);
  t.ok(double.energy / usual.energy > 1.7 && double.energy / usual.energy < 2.01);
  t.equal(muted.energy, 0);
  t.equal(double.table.of("ann").volumePercent, 200);
  t.ok(muted.table.of("ann").isMuted && muted.table.of("ann").levelDb > -60, "a muted one is still seen to talk");
});

t.test("twenty who shout at once are turned down, not wrapped", async (t) => {
  const table = new Table(t);
  const shout = await packetsOf(ann.map((sample) => Math.max(-32_768, Math.min(32_767, sample * 3))));
  const all = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`s${i}`, shout]));
  for (const id of Object.keys(all)) table.mixer.setVolume(id, 200);
  await table.talk(all, 0, 150);
  const one = new Table(t);
  await one.talk({ ann: shout }, 0, 150);
  const largest = table.sound.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
  t.ok(largest > 20_000 && largest <= 31_001, `loud all the same, and nothing is cut off: ${largest}`);
  const sound = one.sound;
  const wrapped = table.sound.filter((sample, i) => Math.abs(sound[i]!) > 1_000 && sample * sound[i]! <= 0);
  t.equal(wrapped.length, 0, "no sample is on the other side of where one voice alone is");
});

t.test("whoever leaves is forgotten, and may come back", async (t) => {
  const opened: FrameDecoder[] = [];
  let closed = 0;
  const table = new Table(t, {
    openDecoder: async () => {
      const decoder = await openDecoder();
      opened.push(decoder);
      return watched(decoder, () => (closed += 1));
    },
  });
  await table.talk({ ann: ANN }, 0, 50);
  table.mixer.drop("ann");
  t.same(table.mixer.speakers(), []);
  t.equal(closed, 1);
  await table.talk({ ann: ANN }, 50, 100);
  t.equal(opened.length, 2);
  t.ok(table.of("ann").isTalking);
  table.mixer.close();
  t.equal(closed, 2);
});

function watched(decoder: FrameDecoder, onClose: () => void, decode?: FrameDecoder["decode"]): FrameDecoder {
  return {
    decode: decode ?? ((frame) => decoder.decode(frame)),
    decodeBefore: (frame, samples) => decoder.decodeBefore(frame, samples),
    conceal: (samples) => decoder.conceal(samples),
    close: () => {
      decoder.close();
      onClose();
    },
  };
}

t.test("fifty speak, and the next one is not taken", async (t) => {
  const table = new Table(t);
  const ids = Array.from({ length: MAX_SPEAKERS + 10 }, (_, i) => `s${i}`);
  await table.talk(Object.fromEntries(ids.map((id) => [id, ANN])), 0, 30);
  t.equal(table.mixer.speakers().length, 50);
  t.ok(table.mixer.speakers().every(({ isTalking }) => isTalking));
  t.equal(table.mixer.receive("s55", ANN[30]!), false);
  t.equal(table.mixer.setVolume("s55", 10), false);
  t.equal(table.mixer.receive("s5", ANN[30]!), true);
});

t.test("a decoder that throws is another one within a second, and the others hear nothing of it", async (t) => {
  let opened = 0;
  let closed = 0;
  const table = new Table(t, {
    openDecoder: async () => {
      const decoder = await openDecoder();
      opened += 1;
      // The second to be opened is bob's first.
      const isBad = opened === 2;
      let frames = 0;
      const decode = (frame: Uint8Array) => {
        if (isBad && ++frames > 50) throw new Error("out of order");
        return decoder.decode(frame);
      };
      return watched(decoder, () => (closed += 1), decode);
    },
  });
  table.mixer.receive("ann", ANN[0]!);
  await new Promise((done) => setImmediate(done));
  table.mixer.setMuted("bob", true);
  let brokenAt: number | null = null;
  let backAt: number | null = null;
  for (let i = 1; i < 200; i += 1) {
    await table.talk({ ann: ANN, bob: BOB }, i, i + 1);
    const { isTalking, stats } = table.of("bob");
    if (stats.broken > 0) brokenAt ??= table.now;
    if (brokenAt !== null && table.now > brokenAt + 300 && isTalking) backAt ??= table.now;
  }
  t.ok(backAt !== null && backAt - brokenAt! <= 1_000, `${backAt! - brokenAt!} ms`);
  t.same([opened, closed], [3, 1]);
  const alone = new Table(t);
  alone.mixer.receive("ann", ANN[0]!);
  await alone.talk({ ann: ANN }, 1, 200);
  t.equal(differsAt(table.sound, alone.sound), -1, "ann sounds as she does without bob");
});

t.test("a decoder that throws at every frame is replaced twice a second, not more", async (t) => {
  let opened = 0;
  const table = new Table(t, {
    openDecoder: async () => {
      opened += 1;
      return watched(
        await openDecoder(),
        () => {},
        () => {
          throw new Error("never");
        },
      );
    },
  });
  await table.talk({ ann: ANN }, 0, 250);
  t.ok(opened > 5 && opened <= 10, `${opened} in 5 s`);
});

t.test("who is gone before the decoder is there leaves none behind", async (t) => {
  let open = 0;
  const table = new Table(t, {
    openDecoder: async () => {
      open += 1;
      return watched(await openDecoder(), () => (open -= 1));
    },
  });
  table.mixer.receive("ann", ANN[0]!);
  t.equal(open, 1);
  table.mixer.drop("ann");
  await new Promise((done) => setImmediate(done));
  t.equal(open, 0);
});

t.test("where no decoder can be had, it is asked for again, and nothing is thrown", async (t) => {
  let asked = 0;
  const table = new Table(t, {
    openDecoder: () => {
      asked += 1;
      return asked < 3 ? Promise.reject(new Error("no memory")) : openDecoder();
    },
  });
  await table.talk({ ann: ANN }, 0, 100);
  t.equal(asked, 3);
  t.ok(table.of("ann").isTalking);
});
