/** Sound in tests: WAV files, delays by cross-correlation, and what makes a click. */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Fft } from "../../src/media/fft.js";
import { SAMPLE_RATE, STEP_SAMPLES, toSample } from "../../src/media/sound.js";

const HEADER_BYTES = 44;
const SPEECH = fileURLToPath(new URL("../../../test/fixtures/speech.wav", import.meta.url));
/** Where the first voice of the fixture ends and the second begins. */
const SECOND_VOICE_SAMPLES = 456_141;

/** Mono, 16 bit, 48 kHz, and a header of 44 bytes. */
export function readWav(path: string): Int16Array {
  const bytes = readFileSync(path);
  const facts = [bytes.readUInt16LE(20), bytes.readUInt16LE(22), bytes.readUInt32LE(24), bytes.readUInt16LE(34)];
  if (`${facts}` !== `1,1,${SAMPLE_RATE},16` || bytes.toString("latin1", 36, 40) !== "data") {
    throw new Error(`${path} is no plain mono WAV of 48 kHz: ${facts}`);
  }
  return Int16Array.from({ length: (bytes.length - HEADER_BYTES) >> 1 }, (_, i) =>
    bytes.readInt16LE(HEADER_BYTES + 2 * i),
  );
}

/** For listening to what a test heard. */
export function writeWav(path: string, pcm: Int16Array): void {
  const head = Buffer.alloc(HEADER_BYTES);
  head.write("RIFF");
  head.writeUInt32LE(36 + 2 * pcm.length, 4);
  head.write("WAVEfmt ", 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(SAMPLE_RATE, 24);
  head.writeUInt32LE(2 * SAMPLE_RATE, 28);
  head.writeUInt16LE(2, 32);
  head.writeUInt16LE(16, 34);
  head.write("data", 36);
  head.writeUInt32LE(2 * pcm.length, 40);
  writeFileSync(path, Buffer.concat([head, Buffer.from(pcm.buffer, pcm.byteOffset, pcm.byteLength)]));
}

/** The fixture, whole or by voice. */
export function speech(): Int16Array {
  return readWav(SPEECH);
}

export function voices(): readonly [Int16Array, Int16Array] {
  const all = speech();
  return [all.slice(0, SECOND_VOICE_SAMPLES), all.slice(SECOND_VOICE_SAMPLES)];
}

export function steps(pcm: Int16Array, samples = STEP_SAMPLES): Int16Array[] {
  return Array.from({ length: Math.floor(pcm.length / samples) }, (_, i) => pcm.slice(i * samples, (i + 1) * samples));
}

export function joined(parts: readonly Int16Array[]): Int16Array {
  const all = new Int16Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** `pcm` louder or quieter, and later by `samples`. */
export function changed(pcm: Int16Array, gain: number, samples = 0): Int16Array {
  const out = new Int16Array(pcm.length);
  for (let i = samples; i < out.length; i += 1) out[i] = toSample(pcm[i - samples]! * gain);
  return out;
}

export function sum(...parts: readonly Int16Array[]): Int16Array {
  return Int16Array.from({ length: Math.max(...parts.map((part) => part.length)) }, (_, i) =>
    toSample(parts.reduce((total, part) => total + (part[i] ?? 0), 0)),
  );
}

/** Looked for at 6 kHz first, then by the sample. */
const COARSE = 8;

/** How many samples `heard` is behind `said`, from -`most` to `most`: where they are most alike. */
export function delaySamples(said: Int16Array, heard: Int16Array, most: number): number {
  const near = COARSE * coarseDelay(thinned(said), thinned(heard), Math.floor(most / COARSE));
  let best = near;
  let score = -Infinity;
  for (let lag = near - COARSE; lag <= near + COARSE; lag += 1) {
    let product = 0;
    const end = Math.min(said.length, heard.length - lag);
    for (let i = Math.max(0, -lag); i < end; i += 1) product += said[i]! * heard[i + lag]!;
    if (product > score) [score, best] = [product, lag];
  }
  return best;
}

function thinned(pcm: Int16Array): Float64Array {
  return Float64Array.from({ length: Math.floor(pcm.length / COARSE) }, (_, i) => {
    let sum = 0;
    for (let k = 0; k < COARSE; k += 1) sum += pcm[i * COARSE + k]!;
    return sum;
  });
}

function coarseDelay(said: Float64Array, heard: Float64Array, most: number): number {
  const fft = new Fft(2 ** Math.ceil(Math.log2(said.length + heard.length + 1)));
  const zeros = () => new Float64Array(fft.size);
  const [a, ai, b, bi] = [zeros(), zeros(), zeros(), zeros()];
  a.set(said);
  b.set(heard);
  fft.forward(a, ai);
  fft.forward(b, bi);
  for (let i = 0; i < fft.size; i += 1) {
    const re = b[i]! * a[i]! + bi[i]! * ai[i]!;
    bi[i] = bi[i]! * a[i]! - b[i]! * ai[i]!;
    b[i] = re;
  }
  fft.inverse(b, bi);
  let best = 0;
  for (let lag = -most; lag <= most; lag += 1) {
    if (b[(lag + fft.size) % fft.size]! > b[(best + fft.size) % fft.size]!) best = lag;
  }
  return best;
}

/** The first sample in which two sounds differ, or where only one goes on; -1 where there is none. */
export function differsAt(a: Int16Array, b: Int16Array): number {
  for (let i = 0; i < Math.max(a.length, b.length); i += 1) if (a[i] !== b[i]) return i;
  return -1;
}

/**
 * How sharp the sharpest edge is: the largest third difference. It lets a voice through 50 dB quieter than what lies
 * near 24 kHz, where a voice has nothing and a click as much as anywhere.
 */
export function sharpestEdge(pcm: Int16Array): number {
  let sharpest = 0;
  for (let i = 3; i < pcm.length; i += 1) {
    sharpest = Math.max(sharpest, Math.abs(pcm[i]! - 3 * pcm[i - 1]! + 3 * pcm[i - 2]! - pcm[i - 3]!));
  }
  return sharpest;
}

/** Longest run in which nothing louder than `limit` comes, in samples. */
export function longestGap(pcm: Int16Array, limit = 8): number {
  let run = 0;
  let longest = 0;
  for (const sample of pcm) {
    run = Math.abs(sample) <= limit ? run + 1 : 0;
    longest = Math.max(longest, run);
  }
  return longest;
}
