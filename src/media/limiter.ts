/** Keeps the sum of several voices within 16 bits by turning all of it down for a moment; it never wraps around. */
import { toSample } from "./sound.js";

const CEILING = 31_000;
const FALL_SAMPLES = 48;
/** Back up within about half a second. */
const RISE_A_STEP = 0.02;

export class Limiter {
  #gain = 1;

  /** @param mix a step of the sum, as large as it may be */
  apply(mix: Float64Array): Int16Array {
    let peak = 0;
    for (const value of mix) peak = Math.max(peak, Math.abs(value));
    const allowed = peak > CEILING ? CEILING / peak : 1;
    const from = this.#gain;
    const to = Math.min(allowed, from + RISE_A_STEP);
    // Down quickly, up over the whole step, so that the gain itself is never heard as a click.
    const over = to < from ? FALL_SAMPLES : mix.length;
    this.#gain = to;
    return Int16Array.from(mix, (value, i) => toSample(value * (from + (to - from) * Math.min(1, (i + 1) / over))));
  }
}
