// A file that says it is a voice note and means harm (ATTACKS A66, A67): nothing throws, memory and work stay bounded.
import t from "tap";
import { isIntact, MAX_PAGE_BYTES, pageBytes, seal } from "../../src/media/ogg-page.js";
import { OggOpusReader } from "../../src/media/ogg-reader.js";
import { MAX_FRAME_BYTES, openDecoder } from "../../src/media/opus.js";
import { VoiceNoteEncoder } from "../../src/media/voice-note-encoder.js";
import { VoiceNoteSound } from "../../src/media/voice-note-sound.js";
import { randomBy } from "../helpers/random.js";
import { voices } from "../helpers/sound.js";

t.setTimeout(240_000);

const SEED = 67;
const FILES = 100_000;
const CHECKSUM_AT = 22;
const random = randomBy(SEED);
const below = (limit: number) => Math.floor(random() * limit);
const byte = () => below(256);

/** A tenth of a second in pages of two packets, so that there is much to get wrong. */
async function smallPages(): Promise<Buffer[]> {
  const encoder = await VoiceNoteEncoder.open(7);
  const head = encoder.head();
  encoder.feed(voices()[0].subarray(48_000, 53_760));
  const second = head.indexOf("OggS", 1);
  const packets = new OggOpusReader().push(Buffer.concat([head, encoder.end()])).map(({ frame }) => frame);
  const pages = [head.subarray(0, second), head.subarray(second)];
  for (let at = 0; at < packets.length; at += 2) {
    const isLast = at + 2 >= packets.length;
    const flags = isLast ? 4 : 0;
    const page = {
      flags,
      granule: 960 * (at + 2),
      serial: 7,
      sequence: 2 + at / 2,
      packets: packets.slice(at, at + 2),
    };
    pages.push(pageBytes(page));
  }
  return pages;
}

/** RFC 3533 by the letter, bit by bit: what ours is held against. */
function checksumOf(page: Buffer): number {
  let rest = 0;
  for (const [at, value] of page.entries()) {
    rest = (rest ^ ((at >= CHECKSUM_AT && at < CHECKSUM_AT + 4 ? 0 : value) << 24)) >>> 0;
    for (let bit = 0; bit < 8; bit += 1) rest = (rest & 0x8000_0000 ? (rest << 1) ^ 0x04c1_1db7 : rest << 1) >>> 0;
  }
  return rest;
}

const CHANGES: readonly ((page: Buffer) => Buffer)[] = [
  (page) => {
    page[below(page.length)] = byte();
    return page;
  },
  (page) => {
    page[27 + below(page[26]! + 1)] = byte();
    return page;
  },
  (page) => {
    page.writeBigInt64LE(BigInt.asIntN(64, BigInt(Math.floor(random() * 2 ** 53)) << BigInt(below(12))), 6);
    return page;
  },
  (page) => {
    page[5] = below(8);
    return page;
  },
  (page) => {
    page.writeUInt32LE(below(9), 18);
    return page;
  },
  // What an Opus packet begins with says how long it is and how many frames it has.
  (page) => {
    const body = 27 + page[26]!;
    if (body < page.length) page[body] = byte();
    if (body + 1 < page.length) page[body + 1] = byte();
    return page;
  },
  (page) => Buffer.concat([page.subarray(0, 27), Buffer.from([255]), page.subarray(27), Buffer.alloc(255, byte())]),
  () => {
    const size = [0, 1, 2, 254, 255, MAX_FRAME_BYTES, MAX_FRAME_BYTES + 1, 20_000][below(8)]!;
    const packet = Buffer.alloc(size, byte());
    return pageBytes({ flags: below(8), granule: below(9_000), serial: 7, sequence: below(9), packets: [packet] });
  },
];

function hostileFile(pages: readonly Buffer[]): Buffer {
  const changed: Buffer[] = pages.map((page) => Buffer.from(page));
  for (let changes = 1 + below(3); changes > 0; changes -= 1) {
    const at = below(10) === 0 ? below(changed.length) : Math.min(changed.length - 1, 2 + below(changed.length - 2));
    const page = CHANGES[below(CHANGES.length)]!(changed[at]!);
    changed[at] = below(8) === 0 ? page : seal(page);
  }
  if (below(6) === 0) changed.splice(below(changed.length), 1);
  if (below(6) === 0) changed.splice(below(changed.length), 0, changed[below(changed.length)]!);
  const bytes = Buffer.concat(changed);
  return below(6) === 0 ? bytes.subarray(0, below(bytes.length)) : bytes;
}

t.test(`${FILES} files that somebody tampered with`, async (t) => {
  const pages = await smallPages();
  for (const page of pages) t.equal(page.readUInt32LE(CHECKSUM_AT), checksumOf(page));
  const decoder = await openDecoder();
  t.teardown(() => decoder.close());
  let heard = 0;
  let refused = 0;
  let thrown = 0;
  let longest = 0;
  for (let file = 0; file < FILES; file += 1) {
    const bytes = hostileFile(pages);
    const sound = await VoiceNoteSound.open(async () => ({
      decodeBefore: (frame, samples) => decoder.decodeBefore(frame, samples),
      conceal: (samples) => decoder.conceal(samples),
      decode: (frame) => {
        try {
          return decoder.decode(frame);
        } catch (error) {
          thrown += 1;
          throw error;
        }
      },
      close: () => {},
    }));
    const portion = 1 + below(bytes.length + 1);
    for (let at = 0; at < bytes.length; at += portion) sound.push(bytes.subarray(at, at + portion));
    sound.end();
    let steps = 0;
    for (; !sound.isOver && steps < 10_000; steps += 1) sound.pull();
    sound.close();
    longest = Math.max(longest, steps);
    if (sound.playedMs > 0) heard += 1;
    if (sound.isRefused) refused += 1;
  }
  t.comment(
    `seed ${SEED}: ${heard} heard, ${refused} refused, ${thrown} packets libopus did not take, ${longest} steps`,
  );
  t.ok(heard > FILES / 2, "most get past the outer parser");
  t.ok(refused > 100);
  t.ok(thrown > 1_000, "and to libopus, which says no");
  t.ok(longest < 300, "none plays longer than its packets can be");
});

t.test("what is kept is a page and a packet, whatever is claimed", async (t) => {
  const reader = new OggOpusReader();
  const [head, tags] = await smallPages();
  reader.push(Buffer.concat([head!, tags!]));
  const endless = pageBytes({ flags: 0, granule: 0, serial: 7, sequence: 2, packets: [Buffer.alloc(254 * 255)] });
  let held = 0;
  for (let sequence = 2; sequence < 300; sequence += 1) {
    // A packet that never ends: all segments are full.
    const open = Buffer.concat([endless.subarray(0, 27), Buffer.alloc(254, 255), endless.subarray(27 + 255)]);
    open[26] = 254;
    open[5] = sequence === 2 ? 0 : 1;
    open.writeUInt32LE(sequence, 18);
    const made = seal(open);
    if (sequence === 2) t.ok(isIntact(made));
    t.equal(reader.push(made).length, 0);
    held = Math.max(held, reader.heldBytes);
  }
  t.ok(held > MAX_FRAME_BYTES && held <= MAX_PAGE_BYTES + MAX_FRAME_BYTES + 1, `${held} bytes kept at most`);
});

t.test("pages that are claimed and do not hold cost a look each, and not one at every byte", async (t) => {
  const reader = new OggOpusReader();
  const [head, tags] = await smallPages();
  reader.push(Buffer.concat([head!, tags!]));
  // Each is the beginning of a page of 65 kB with a wrong checksum, and lies in the page before.
  const claim = Buffer.alloc(27 + 255, 255);
  claim.write("OggS", 0, "latin1");
  claim[4] = 0;
  const bytes = Buffer.concat(Array.from({ length: 30_000 }, () => claim));
  const began = process.cpuUsage();
  for (let at = 0; at < bytes.length; at += 16_384) reader.push(bytes.subarray(at, at + 16_384));
  const seconds = process.cpuUsage(began).user / 1e6;
  t.ok(seconds < 5, `${seconds.toFixed(2)} s for ${bytes.length} bytes`);
  t.equal(reader.state, "sound");
});

t.test("a file whose packets cannot be decoded is given up, and its decoder is not asked again", async (t) => {
  const pages = await smallPages();
  let opened = 0;
  let closed = 0;
  const sound = await VoiceNoteSound.open(async () => {
    opened += 1;
    return {
      decode: () => {
        throw new Error("no");
      },
      decodeBefore: () => new Int16Array(0),
      conceal: () => new Int16Array(0),
      close: () => {
        closed += 1;
      },
    };
  });
  const packets = Array.from({ length: 200 }, () => Buffer.from([0x48, 1, 2, 3]));
  sound.push(Buffer.concat([pages[0]!, pages[1]!]));
  sound.push(pageBytes({ flags: 4, granule: 192_000, serial: 7, sequence: 2, packets }));
  for (let steps = 0; !sound.isRefused && steps < 1_000; steps += 1) {
    sound.pull();
    await new Promise((done) => setImmediate(done));
  }
  t.ok(sound.isRefused);
  sound.close();
  await new Promise((done) => setImmediate(done));
  t.equal(closed, opened, `all ${opened} decoders are closed`);
});
