/**
 * Sound made a little shorter or longer without a change of pitch: one period of the voice is laid over the next.
 * Both work on the beginning of what is still to be played, so its first sample follows the last one played.
 */
import { power, powerDb, SAMPLES_PER_MS, toSample } from "./sound.js";

/** Periods of voices from 400 Hz down to 67 Hz. */
const SHORTEST_SAMPLES = 2.5 * SAMPLES_PER_MS;
const LONGEST_SAMPLES = 15 * SAMPLES_PER_MS;
/** The search is made at 4 kHz, and again at 48 kHz around what was found. */
const COARSE = 12;
const COMPARED_SAMPLES = 8 * SAMPLES_PER_MS;
/** Nobody hears what is done to sound below this. */
const QUIET_DB = -55;

/** What is needed to look for the longest period. */
export const STRETCH_SAMPLES = 2 * LONGEST_SAMPLES;

/**
 * @param likeness how alike two periods must be, 0 to 1, to be laid over each other
 * @returns `pcm` shorter by one period; null where no two are alike enough
 */
export function shortened(pcm: Int16Array, likeness: number): Int16Array | null {
  const period = periodOf(pcm, likeness);
  if (period === null) return null;
  const out = new Int16Array(pcm.length - period);
  for (let i = 0; i < period; i += 1) out[i] = blend(pcm[i]!, pcm[i + period]!, i / period);
  out.set(pcm.subarray(2 * period), period);
  return out;
}

/** @returns `pcm` longer by one period; null where no two are alike enough */
export function lengthened(pcm: Int16Array, likeness: number): Int16Array | null {
  const period = periodOf(pcm, likeness);
  if (period === null) return null;
  const out = new Int16Array(pcm.length + period);
  out.set(pcm.subarray(0, period));
  for (let i = 0; i < period; i += 1) out[period + i] = blend(pcm[i + period]!, pcm[i]!, i / period);
  out.set(pcm.subarray(period), 2 * period);
  return out;
}

/** Goes over from `from` to `to`; the rest of `to` follows. */
export function crossFaded(from: Int16Array, to: Int16Array): Int16Array {
  const length = Math.min(from.length, to.length);
  const out = to.slice();
  for (let i = 0; i < length; i += 1) out[i] = blend(from[i]!, to[i]!, i / length);
  return out;
}

export function fadedOut(pcm: Int16Array): Int16Array {
  return pcm.map((sample, i) => blend(sample, 0, (i + 1) / pcm.length));
}

function blend(from: number, to: number, part: number): number {
  return toSample(from * (1 - part) + to * part);
}

function periodOf(pcm: Int16Array, likeness: number): number | null {
  const longest = Math.min(LONGEST_SAMPLES, pcm.length >> 1);
  if (longest < SHORTEST_SAMPLES) return null;
  if (powerDb(power(pcm.subarray(0, 2 * longest))) < QUIET_DB) return longest;
  const coarse = COARSE * coarsePeriod(thinned(pcm), Math.floor(longest / COARSE));
  let best = -1;
  let period = 0;
  for (let lag = coarse - COARSE; lag <= Math.min(longest, coarse + COARSE); lag += 1) {
    const found = lag < SHORTEST_SAMPLES ? -1 : alike(pcm, lag, COMPARED_SAMPLES);
    if (found <= best) continue;
    best = found;
    period = lag;
  }
  return period > 0 && best >= likeness ? period : null;
}

function coarsePeriod(pcm: Float32Array, longest: number): number {
  let best = -1;
  let period = SHORTEST_SAMPLES / COARSE;
  for (let lag = period; lag <= longest; lag += 1) {
    const found = alike(pcm, lag, COMPARED_SAMPLES / COARSE);
    if (found <= best) continue;
    best = found;
    period = lag;
  }
  return period;
}

function thinned(pcm: Int16Array): Float32Array {
  return Float32Array.from({ length: Math.floor(Math.min(pcm.length, STRETCH_SAMPLES) / COARSE) }, (_, i) => {
    let sum = 0;
    for (let k = 0; k < COARSE; k += 1) sum += pcm[i * COARSE + k]!;
    return sum;
  });
}

/** Normalised correlation of the sound with itself `lag` later, -1 to 1. */
function alike(pcm: Int16Array | Float32Array, lag: number, compared: number): number {
  const length = Math.min(Math.max(compared, lag), pcm.length - lag);
  let product = 0;
  let a = 1e-9;
  let b = 1e-9;
  for (let i = 0; i < length; i += 1) {
    product += pcm[i]! * pcm[i + lag]!;
    a += pcm[i]! * pcm[i]!;
    b += pcm[i + lag]! * pcm[i + lag]!;
  }
  return product / Math.sqrt(a * b);
}
