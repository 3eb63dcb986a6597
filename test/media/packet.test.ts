// Audio packets: what goes in comes out, and whatever else comes is null.
import t from "tap";
import {
  type AudioPacket,
  decodePacket,
  encodePacket,
  MAX_PACKET_BYTES,
  SEQUENCES,
  wrappedDistance,
} from "../../src/media/packet.js";
import { randomBy } from "../helpers/random.js";

const early = (before: number, length: number) => ({ before, frame: frame20(length) });
/** Opus frames by their first byte alone: SILK wideband of 20 ms, of 10 ms; 60 ms; three of 20 ms. */
const frame20 = (length: number) => Uint8Array.from({ length }, (_, i) => (i === 0 ? 0x48 : i));
const frame10 = (length: number) => Uint8Array.from({ length }, (_, i) => (i === 0 ? 0x40 : i));
const FRAME_60 = Uint8Array.of(0x58, 1, 2, 3);
const FRAMES_3_OF_20 = Uint8Array.of(0x4b, 3, 1, 1, 1);

function packet(parts: Partial<AudioPacket> = {}): AudioPacket {
  return {
    sequence: 65_535,
    timestamp: 0xffff_fffe,
    level: 31,
    isStart: true,
    isEnd: false,
    frameMs: 20,
    frame: frame20(70),
    earlier: [
      { before: 8, frame: frame20(3) },
      { before: 1, frame: frame20(60) },
    ],
    ...parts,
  };
}

t.test("a packet is the same after the way through bytes", async (t) => {
  const parts: Partial<AudioPacket>[] = [
    {},
    { earlier: [] },
    { frameMs: 10, frame: frame10(1), earlier: [{ before: 2, frame: frame10(1) }] },
    { isStart: false, isEnd: true, sequence: 0, timestamp: 0, level: 127 },
  ];
  for (const one of parts) t.same(decodePacket(encodePacket(packet(one))), packet(one));
});

t.test("the bytes are those of the page", async (t) => {
  const bytes = encodePacket(
    packet({ sequence: 0x0102, timestamp: 0x03040506, earlier: [{ before: 3, frame: frame20(2) }], frame: frame20(3) }),
  );
  t.same([...bytes], [1, 0b00001101, 2, 1, 6, 5, 4, 3, 31, 2, 3 << 3, 0x48, 1, 0x48, 1, 2]);
});

t.test("what a decoded packet holds does not change with the buffer it came in", async (t) => {
  const bytes = encodePacket(packet());
  const decoded = decodePacket(bytes)!;
  bytes.fill(0);
  t.same(decoded, packet());
});

t.test("earlier frames that find no room are left out, the oldest first", async (t) => {
  const full = encodePacket(packet({ frame: frame20(500), earlier: [early(2, 300), early(1, 400)] }));
  t.ok(full.length <= MAX_PACKET_BYTES);
  t.same(decodePacket(full)!.earlier, [early(1, 400)]);
  t.throws(() => encodePacket(packet({ frame: frame20(1_100), earlier: [] })), RangeError);
  t.throws(() => encodePacket(packet({ frame: new Uint8Array(0) })), RangeError);
});

t.test("whatever is no packet is null", async (t) => {
  const good = encodePacket(packet());
  const bad: [string, Uint8Array][] = [
    ["nothing", new Uint8Array(0)],
    ["a head alone", good.slice(0, 9)],
    ["another version", changedAt(good, 0, 2)],
    ["an unknown flag", changedAt(good, 1, good[1]! | 0x20)],
    ["three earlier frames", changedAt(good, 1, good[1]! | 0x18)],
    ["a level over 127", changedAt(good, 8, 128)],
    ["a length that reaches past the end", changedAt(good, 9, 0xff)],
    ["an empty earlier frame", changedAt(good, 9, 0)],
    ["an earlier frame that is the packet's own", changedAt(good, 10, 0)],
    ["an earlier frame of long ago", changedAt(good, 10, 9 << 3)],
    ["earlier frames that are not in order", encodePacket(packet({ earlier: [early(1, 3), early(2, 3)] }))],
    ["more than 1,100 bytes", longer(withFrame(frame20(1_000)), 200)],
    ["an earlier frame too many", longer(withFrame(frame20(3)), 0, [0x48, 1], 0x18)],
    ["64 KiB", new Uint8Array(65_536).fill(1)],
    ["a frame of another length than it says", changedAt(good, 1, good[1]! & ~4)],
    ["a frame of 60 ms", withFrame(FRAME_60)],
    ["three frames in one", withFrame(FRAMES_3_OF_20)],
    ["no frames in one", withFrame(Uint8Array.of(0x4b, 0))],
  ];
  for (const [what, bytes] of bad) t.equal(decodePacket(bytes), null, what);
});

function changedAt(bytes: Uint8Array, at: number, value: number): Uint8Array {
  return bytes.map((byte, i) => (i === at ? value : byte));
}

/** A packet of one frame, which is made longer, with three earlier frames of two bytes where `flags` says so. */
function longer(bytes: Uint8Array, by: number, earlier: number[] = [], flags = 0): Uint8Array {
  const heads = flags === 0 ? [] : [3, 2, 1].flatMap((before) => [2, before << 3, ...earlier]);
  const made = Uint8Array.from([...bytes.subarray(0, 9), ...heads, ...bytes.subarray(9), ...new Uint8Array(by)]);
  return changedAt(made, 1, bytes[1]! | flags);
}

function withFrame(frame: Uint8Array): Uint8Array {
  return encodePacket(packet({ frame, earlier: [] }));
}

t.test("any bytes have an answer", async (t) => {
  const seed = 11;
  const random = randomBy(seed);
  let taken = 0;
  for (let i = 0; i < 20_000; i += 1) {
    const bytes = Uint8Array.from({ length: Math.floor(random() * 40) }, () => random() * 256);
    if (i % 2 === 0) bytes[0] = 1;
    if (i % 4 === 0) bytes[1]! &= 0x1f;
    const decoded = decodePacket(bytes);
    if (!decoded) continue;
    taken += 1;
    t.same(encodePacket(decoded), bytes, `seed ${seed}, ${i}`);
  }
  t.ok(taken > 20, `${taken} were packets after all`);
});

t.test("counters go on where they wrap", async (t) => {
  t.equal(wrappedDistance(65_535, 2, SEQUENCES), 3);
  t.equal(wrappedDistance(2, 65_535, SEQUENCES), -3);
  t.equal(wrappedDistance(0xffff_fff0, 0x10, 2 ** 32), 32);
});
