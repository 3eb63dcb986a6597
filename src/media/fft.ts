/** Discrete Fourier transform of one power-of-two size, in place, with its tables made once. */
export class Fft {
  readonly size: number;
  readonly #cos: Float64Array;
  readonly #sin: Float64Array;
  readonly #swap: Uint32Array;

  constructor(size: number) {
    if (size < 2 || (size & (size - 1)) !== 0) throw new RangeError(`${size} is no power of two`);
    this.size = size;
    this.#cos = Float64Array.from({ length: size / 2 }, (_, i) => Math.cos((2 * Math.PI * i) / size));
    this.#sin = Float64Array.from({ length: size / 2 }, (_, i) => Math.sin((2 * Math.PI * i) / size));
    const bits = Math.log2(size);
    this.#swap = Uint32Array.from({ length: size }, (_, i) => mirrored(i, bits));
  }

  /** Both arrays have `size` values and are written over. */
  forward(re: Float64Array, im: Float64Array): void {
    this.#reorder(re, im);
    for (let half = 1; half < this.size; half *= 2) this.#pass(re, im, half);
  }

  inverse(re: Float64Array, im: Float64Array): void {
    // The inverse is the forward transform with the parts exchanged.
    this.forward(im, re);
    for (let i = 0; i < this.size; i += 1) {
      re[i]! /= this.size;
      im[i]! /= this.size;
    }
  }

  #reorder(re: Float64Array, im: Float64Array): void {
    for (let i = 0; i < this.size; i += 1) {
      const j = this.#swap[i]!;
      if (j <= i) continue;
      [re[i], re[j]] = [re[j]!, re[i]!];
      [im[i], im[j]] = [im[j]!, im[i]!];
    }
  }

  #pass(re: Float64Array, im: Float64Array, half: number): void {
    const stride = this.size / (2 * half);
    for (let k = 0; k < half; k += 1) {
      const c = this.#cos[k * stride]!;
      const s = -this.#sin[k * stride]!;
      for (let i = k; i < this.size; i += 2 * half) {
        const j = i + half;
        const tr = re[j]! * c - im[j]! * s;
        const ti = re[j]! * s + im[j]! * c;
        re[j] = re[i]! - tr;
        im[j] = im[i]! - ti;
        re[i]! += tr;
        im[i]! += ti;
      }
    }
  }
}

function mirrored(value: number, bits: number): number {
  let out = 0;
  for (let bit = 0; bit < bits; bit += 1) out |= ((value >> bit) & 1) << (bits - 1 - bit);
  return out >>> 0;
}
