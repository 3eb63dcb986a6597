/**
 * Keeps the sum of several voices within 16 bits by turning all of it down for a moment; it neither wraps nor clips.
 * It is a millisecond behind, so that it is down already when the loud part comes.
 */
import { SAMPLES_PER_MS, toSample } from "./sound.js";

const CEILING = 31_000;
const BLOCK_SAMPLES = SAMPLES_PER_MS;
/** Back up within half a second. */
const RISE_A_BLOCK = 0.002;

export class Limiter {
  readonly #held = new Float64Array(BLOCK_SAMPLES);
  #heldAllows = 1;
  #gain = 1;

  /** @param mix the next part of the sum, whole milliseconds of it, as large as it may be */
  apply(mix: Float64Array): Int16Array {
    const out = new Int16Array(mix.length);
    for (let at = 0; at < mix.length; at += BLOCK_SAMPLES) {
      this.#turn(mix.subarray(at, at + BLOCK_SAMPLES), out.subarray(at));
    }
    return out;
  }

  /** Gives what was held and holds `block`. At both ends the gain is one that what was held allows. */
  #turn(block: Float64Array, out: Int16Array): void {
    const allows = allowed(block);
    const from = this.#gain;
    const to = Math.min(this.#heldAllows, allows, from + RISE_A_BLOCK);
    for (let i = 0; i < BLOCK_SAMPLES; i += 1) {
      out[i] = toSample(this.#held[i]! * (from + ((to - from) * (i + 1)) / BLOCK_SAMPLES));
    }
    this.#held.set(block);
    this.#heldAllows = allows;
    this.#gain = to;
  }
}

function allowed(block: Float64Array): number {
  let peak = 0;
  for (const value of block) peak = Math.max(peak, Math.abs(value));
  return peak > CEILING ? CEILING / peak : 1;
}
