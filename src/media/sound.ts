/** What every part of the sound agrees on. PCM is mono, signed 16 bit, as `Int16Array`. */
export const SAMPLE_RATE = 48_000;
export const SAMPLES_PER_MS = SAMPLE_RATE / 1000;
/** Sound is mixed and played in steps of this length. */
export const STEP_MS = 10;
export const STEP_SAMPLES = STEP_MS * SAMPLES_PER_MS;
/** Quieter than this counts as digital silence; also the deepest level a packet can tell. */
export const SILENCE_DB = -127;

const FULL_SCALE = 32_768;

/** Mean level in dB below full scale, from `SILENCE_DB` to 0. */
export function levelDb(pcm: Int16Array): number {
  return powerDb(power(pcm));
}

/** Mean square, where full scale is 1. */
export function power(pcm: Int16Array): number {
  let sum = 0;
  for (let i = 0; i < pcm.length; i += 1) sum += pcm[i]! * pcm[i]!;
  return pcm.length === 0 ? 0 : sum / pcm.length / (FULL_SCALE * FULL_SCALE);
}

export function powerDb(meanSquare: number): number {
  return meanSquare <= 0 ? SILENCE_DB : Math.min(0, Math.max(SILENCE_DB, 10 * Math.log10(meanSquare)));
}

export function toSample(value: number): number {
  return Math.max(-FULL_SCALE, Math.min(FULL_SCALE - 1, Math.round(value)));
}
