/**
 * Audio packets of people who mean harm, by seed: real ones changed in every way, and bytes that never were one. They
 * go into one mixer with somebody who talks, and she must sound as if she were alone.
 */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { Test } from "tap";
import { Mixer } from "../../src/media/mixer.js";
import { openEncoder } from "../../src/media/opus.js";
import { decodePacket, encodePacket, SEQUENCES, TIMESTAMPS } from "../../src/media/packet.js";
import { STEP_MS } from "../../src/media/sound.js";
import { Talker } from "../../src/media/talker.js";
import { judged } from "./call-path.js";
import { randomBy } from "./random.js";
import { differsAt, joined, voices } from "./sound.js";

const HEADER_BYTES = 9;
const HOSTILE = 40;
/** Packets of each of them every 10 ms: as many as are taken. */
const EACH_A_STEP = 1;
/** The memory of WebAssembly grows in large steps; decoders that are not given back would come to 100 MiB in a million packets. */
const MAX_GROWN_BYTES = 32 * 2 ** 20;

export async function packetsOf(pcm: Int16Array, frameMs: 10 | 20 = 20): Promise<Uint8Array[]> {
  const packets: Uint8Array[] = [];
  const talker = new Talker(await openEncoder(), (bytes) => packets.push(bytes), { gate: null, frameMs });
  talker.setLoss(20, 2);
  talker.feed(pcm);
  talker.close();
  return packets;
}

type Random = () => number;
type Mutation = (bytes: Uint8Array, random: Random, others: readonly Uint8Array[]) => Uint8Array;

const below = (random: Random, end: number) => Math.floor(random() * end);
const randomBytes = (random: Random, length: number) => Uint8Array.from({ length }, () => below(random, 256));

/** In place, and given back. */
function poke(bytes: Uint8Array, at: number, value: number): Uint8Array {
  if (at < bytes.length) bytes[at] = value;
  return bytes;
}

function restamped(bytes: Uint8Array, change: (timestamp: number, sequence: number) => [number, number]): Uint8Array {
  const packet = decodePacket(bytes)!;
  const [timestamp, sequence] = change(packet.timestamp, packet.sequence);
  const wrap = (value: number, modulus: number) => ((Math.floor(value) % modulus) + modulus) % modulus;
  return encodePacket({ ...packet, timestamp: wrap(timestamp, TIMESTAMPS), sequence: wrap(sequence, SEQUENCES) });
}

const MUTATIONS: readonly Mutation[] = [
  (bytes, random) => poke(bytes, below(random, bytes.length), below(random, 256)),
  (bytes, random) => bytes.map((byte) => (random() < 0.02 ? byte ^ (1 << below(random, 8)) : byte)),
  (bytes, random) => bytes.slice(0, below(random, bytes.length + 1)),
  (bytes, random) => joinedBytes(bytes, randomBytes(random, below(random, 1_400))),
  (bytes, random, others) =>
    joinedBytes(bytes.slice(0, below(random, bytes.length)), others[below(random, others.length)]!),
  (_, random) => randomBytes(random, below(random, 200)),
  (_, random) => poke(randomBytes(random, 10 + below(random, 1_200)), 0, 1),
  // The door is passed and the decoder gets the harm: head and first byte as they were, the rest random.
  (bytes, random) => Uint8Array.from(bytes, (byte, i) => (i <= HEADER_BYTES + 2 ? byte : below(random, 256))),
  (bytes, random) => withFrame(bytes, random, randomBytes(random, 1 + below(random, 900))),
  (bytes, random) => withFrame(bytes, random, new Uint8Array(1 + below(random, 30)).fill(255)),
  (bytes, random) => restamped(bytes, (at, sequence) => [at + (random() - 0.5) * 2 ** below(random, 33), sequence]),
  (bytes, random) => restamped(bytes, (at, sequence) => [at, sequence + (random() - 0.5) * 2 ** below(random, 17)]),
  (bytes) => restamped(bytes, () => [0, 0]),
  (bytes, random) => poke(bytes, 1, below(random, 32)),
  (bytes, random) => poke(bytes, HEADER_BYTES, below(random, 256)),
  () => new Uint8Array(0),
  (_, random) => new Uint8Array(65_536).fill(below(random, 3)),
  (bytes) => bytes,
];

/** Every first byte of a frame of 20 ms, so that each mode of the decoder has its turn. */
const FIRST_BYTES = [0x08, 0x28, 0x48, 0x68, 0x78, 0x98, 0xb8, 0xd8, 0xf8, 0x01, 0x41, 0x61, 0x91, 0xf1, 0x43, 0xf3];

function withFrame(bytes: Uint8Array, random: Random, frame: Uint8Array): Uint8Array {
  frame[0] = FIRST_BYTES[below(random, FIRST_BYTES.length)]! | (random() < 0.1 ? 4 : 0);
  if ((frame[0] & 3) === 3 && frame.length > 1) frame[1] = 2 | (below(random, 4) << 6);
  return encodePacket({ ...decodePacket(bytes)!, frame, earlier: [] });
}

function joinedBytes(a: Uint8Array, b: Uint8Array): Uint8Array {
  const all = new Uint8Array(a.length + b.length);
  all.set(a);
  all.set(b, a.length);
  return all;
}

export function hostile(bytes: Uint8Array, random: Random, others: readonly Uint8Array[]): Uint8Array {
  return MUTATIONS[below(random, MUTATIONS.length)]!(bytes.slice(), random, others);
}

interface Run {
  readonly heard: Int16Array;
  readonly taken: number;
  readonly refused: number;
  readonly decoded: number;
  readonly broken: number;
  readonly mostBufferedMs: number;
}

/** @param count hostile packets in all; 0 for her alone */
async function sit(count: number, seed: number): Promise<Run> {
  const random = randomBy(seed);
  const [ann, bob] = voices();
  const hers = await packetsOf(ann);
  const theirs = await packetsOf(bob);
  let now = 0;
  const mixer = new Mixer({ now: () => now });
  const heard: Int16Array[] = [];
  const ids = Array.from({ length: HOSTILE }, (_, i) => `eve ${i}`);
  let taken = 0;
  let refused = 0;
  let mostBufferedMs = 0;
  const stepsFor = Math.max(2 * hers.length, Math.ceil(count / HOSTILE / EACH_A_STEP));
  // Each says something of about now, so that changed packets are not all out of date.
  const current = (step: number) => restamped(theirs[(step >> 1) % theirs.length]!, () => [step * 480, step]);
  for (const id of count > 0 ? ids : []) mixer.setMuted(id, true);
  for (let step = 0, left = count; step < stepsFor; step += 1, now += STEP_MS) {
    for (let i = 0; i < HOSTILE && left > 0; i += 1, left -= 1) {
      if (mixer.receive(ids[i]!, hostile(current(step), random, theirs))) taken += 1;
      else refused += 1;
    }
    if (step % 2 === 0 && hers[step / 2]) mixer.receive("ann", hers[step / 2]!);
    // Decoders are opened beside.
    await new Promise((done) => setImmediate(done));
    const sound = mixer.pull();
    if (step < 2 * hers.length) heard.push(sound);
    if (step % 10 === 0) {
      for (const { stats } of mixer.speakers()) mostBufferedMs = Math.max(mostBufferedMs, stats.bufferedMs);
    }
  }
  const theirStats = mixer.speakers().flatMap(({ id, stats }) => (id === "ann" ? [] : [stats]));
  const broken = theirStats.reduce((sum, stats) => sum + stats.broken, 0);
  const decoded = theirStats.reduce((sum, stats) => sum + stats.decoded + stats.copies + stats.inBand, 0);
  mixer.close();
  return { heard: joined(heard), taken, refused, decoded, broken, mostBufferedMs };
}

/** Bytes outside of objects, those of WebAssembly among them, when what nobody holds is gone. */
function kept(): number {
  setFlagsFromString("--expose-gc");
  runInNewContext("gc")();
  return process.memoryUsage().external;
}

export async function sitWithHostile(t: Test, count: number, seed: number): Promise<void> {
  const alone = await sit(0, seed);
  const [ann] = voices();
  t.ok(judged(ann, alone.heard).score > 0.95, "alone she is understood");
  const before = kept();
  const startedAt = performance.now();
  const run = await sit(count, seed);
  const seconds = (performance.now() - startedAt) / 1_000;
  const grown = kept() - before;
  t.comment(
    `seed ${seed}: ${count} packets in ${seconds.toFixed(1)} s, ${run.taken} taken, ` +
      `${run.refused} refused, ${run.decoded} frames decoded, ${run.broken} decoders broken, at most ${run.mostBufferedMs} ms buffered, ` +
      `${(grown / 2 ** 20).toFixed(1)} MiB more memory`,
  );
  t.equal(run.taken + run.refused, count);
  t.ok(run.taken > count / 4, `${run.taken} of ${count} passed the door`);
  t.ok(run.decoded > count / 20, `${run.decoded} frames reached a decoder`);
  t.ok(run.broken > count / 10_000, `${run.broken} times a decoder threw`);
  t.ok(run.mostBufferedMs <= 500, `at most ${run.mostBufferedMs} ms buffered`);
  t.ok(grown < MAX_GROWN_BYTES, `${grown} bytes more`);
  t.equal(differsAt(run.heard, alone.heard), -1, "she sounds as she does alone, to the sample");
}
