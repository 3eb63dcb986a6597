/**
 * Short-time objective intelligibility, after C. H. Taal, R. C. Hendriks, R. Heusdens and J. Jensen, "An algorithm for
 * intelligibility prediction of time-frequency weighted noisy speech", IEEE TASLP 19(7), 2011: 1 for speech as it
 * was, 0 for something unrelated. Written from the definition there; the letters are the paper's.
 */
import { Fft } from "../../src/media/fft.js";
import { SAMPLE_RATE } from "../../src/media/sound.js";
import { delaySamples } from "./sound.js";

const RATE = 10_000;
const FRAME = 256;
const HOP = FRAME / 2;
const BINS = 512;
const BANDS = 15;
const LOWEST_HZ = 150;
/** Frames of a segment: 384 ms. */
const N = 30;
const BETA_DB = -15;
const RANGE_DB = 40;
const EPSILON = 1e-12;

const STEP = SAMPLE_RATE / RATE;
const REACH = Math.ceil(24 * STEP);
const TAPS = Array.from({ length: 5 }, (_, i) => tapsOf(i));

const fft = new Fft(BINS);
const hann = Float64Array.from(
  { length: FRAME },
  (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * (i + 1)) / (FRAME + 1)),
);
const edges = Array.from({ length: BANDS }, (_, j) => bandOf(LOWEST_HZ * 2 ** (j / 3)));

/** First bin of a third octave, and the first one after it. */
function bandOf(centreHz: number): readonly [number, number] {
  const bin = (hz: number) => Math.round((hz * BINS) / RATE);
  return [bin(centreHz / 2 ** (1 / 6)), bin(centreHz * 2 ** (1 / 6))];
}

/** Both 48 kHz, of one length, and aligned. */
export function stoi(said: Int16Array, heard: Int16Array): number {
  const [x, y] = spoken(resampled(said), resampled(heard));
  const clean = bandsOf(x);
  const noisy = bandsOf(y);
  if (clean.length < N) throw new Error("There are not 0.4 s of speech to compare.");
  let total = 0;
  for (let m = N; m <= clean.length; m += 1) {
    for (let j = 0; j < BANDS; j += 1) total += similarity(part(clean, m, j), part(noisy, m, j));
  }
  return total / (BANDS * (clean.length - N + 1));
}

/** From 48 kHz: a windowed sinc, cut at 5 kHz. Every fifth sample of ours lies on a sample of theirs, so five tables do. */
function resampled(pcm: Int16Array): Float64Array {
  return Float64Array.from({ length: Math.floor(pcm.length / STEP) }, (_, i) => {
    const first = Math.ceil(i * STEP) - REACH;
    const taps = TAPS[i % TAPS.length]!;
    let value = 0;
    for (let k = Math.max(0, -first); k < taps.length && first + k < pcm.length; k += 1) {
      value += pcm[first + k]! * taps[k]!;
    }
    return value / 32_768;
  });
}

function tapsOf(i: number): Float64Array {
  const ahead = Math.ceil(i * STEP) - i * STEP;
  return Float64Array.from({ length: 2 * REACH }, (_, k) => {
    const offset = ahead + k - REACH;
    const window = 0.5 + 0.5 * Math.cos((Math.PI * offset) / REACH);
    const at = (Math.PI * offset) / STEP;
    return (window * (at === 0 ? 1 : Math.sin(at) / at)) / STEP;
  });
}

/** Leaves out, of both, the frames in which the first one is 40 dB under its loudest. */
function spoken(x: Float64Array, y: Float64Array): readonly [Float64Array[], Float64Array[]] {
  const frames = (z: Float64Array) =>
    Array.from({ length: Math.max(0, Math.floor((z.length - FRAME) / HOP)) }, (_, i) => windowed(z, i * HOP));
  const clean = frames(x);
  const noisy = frames(y);
  const energies = clean.map((frame) => 20 * Math.log10(norm(frame) + EPSILON));
  const least = energies.reduce((a, b) => Math.max(a, b), -Infinity) - RANGE_DB;
  const isKept = (_: unknown, i: number) => energies[i]! > least && noisy[i] !== undefined;
  return [clean.filter(isKept), noisy.filter(isKept)];
}

function windowed(z: Float64Array, at: number): Float64Array {
  return hann.map((weight, i) => weight * z[at + i]!);
}

function norm(values: Float64Array): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
}

/** Frames are joined again before they are taken apart anew: what was left out leaves no seam in a frame. */
function bandsOf(kept: readonly Float64Array[]): Float64Array[] {
  const whole = new Float64Array((kept.length + 1) * HOP);
  for (const [i, frame] of kept.entries()) for (let k = 0; k < FRAME; k += 1) whole[i * HOP + k]! += frame[k]!;
  return kept.slice(0, -1).map((_, i) => thirds(windowed(whole, i * HOP)));
}

function thirds(frame: Float64Array): Float64Array {
  const re = new Float64Array(BINS);
  const im = new Float64Array(BINS);
  re.set(frame);
  fft.forward(re, im);
  return Float64Array.from(edges, ([from, to]) => {
    let sum = 0;
    for (let k = from; k < to; k += 1) sum += re[k]! * re[k]! + im[k]! * im[k]!;
    return Math.sqrt(sum);
  });
}

function part(bands: readonly Float64Array[], m: number, j: number): Float64Array {
  return Float64Array.from({ length: N }, (_, i) => bands[m - N + i]![j]!);
}

function similarity(x: Float64Array, y: Float64Array): number {
  const alpha = norm(x) / (norm(y) + EPSILON);
  const most = 1 + 10 ** (-BETA_DB / 20);
  const bounded = y.map((value, i) => Math.min(alpha * value, most * x[i]!));
  const [a, b] = [centred(x), centred(bounded)];
  const dot = a.reduce((sum, value, i) => sum + value * b[i]!, 0);
  return dot / (norm(a) * norm(b) + EPSILON);
}

function centred(values: Float64Array): Float64Array {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.map((value) => value - mean);
}

const PART_SAMPLES = 0.8 * SAMPLE_RATE;
const QUIET = 60;

/**
 * `heard` laid over `said` in parts of 0.8 s, each where it fits best within `slackMs` of the part before: a buffer
 * that stretches time moves what it plays, and that is no fault of the sound.
 */
export function aligned(said: Int16Array, heard: Int16Array, delay: number, slackMs = 60): Int16Array {
  const slack = (slackMs * SAMPLE_RATE) / 1000;
  const out = new Int16Array(said.length);
  let behind = delay;
  for (let at = 0; at < said.length; at += PART_SAMPLES) {
    const source = said.subarray(at, at + PART_SAMPLES);
    const from = Math.max(0, at + behind - slack);
    const around = heard.subarray(from, at + behind + source.length + slack);
    if (source.some((sample) => Math.abs(sample) > QUIET) && around.length > 0) {
      behind = from - at + Math.max(0, delaySamples(source, around, 2 * slack));
    }
    const found = heard.subarray(Math.max(0, at + behind), at + behind + source.length);
    out.set(found.subarray(0, out.length - at), at);
  }
  return out;
}
