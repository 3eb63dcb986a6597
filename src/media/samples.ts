/** Samples out of bytes: 48 kHz, mono, 16 bits, in chunks of 10 ms; little endian, as all our systems are. */
import { STEP_MS, STEP_SAMPLES } from "./sound.js";

/** As devices hand it over and take it: one step of the mixer. */
export const CHUNK_MS = STEP_MS;
export const CHUNK_SAMPLES = STEP_SAMPLES;
export const CHUNK_BYTES = CHUNK_SAMPLES * 2;

/** A whole chunk; what is missing at its end is silence. */
export function samplesOf(bytes: Uint8Array): Int16Array {
  const samples = new Int16Array(CHUNK_SAMPLES);
  new Uint8Array(samples.buffer).set(bytes);
  return samples;
}

/** Bytes as a pipe has them, handed on in whole chunks. */
export class Chunks {
  readonly #give: (samples: Int16Array) => void;
  #rest: Buffer = Buffer.alloc(0);

  constructor(give: (samples: Int16Array) => void) {
    this.#give = give;
  }

  add(bytes: Buffer): void {
    const all = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    let at = 0;
    for (; at + CHUNK_BYTES <= all.length; at += CHUNK_BYTES) this.#give(samplesOf(all.subarray(at, at + CHUNK_BYTES)));
    this.#rest = all.subarray(at);
  }
}
