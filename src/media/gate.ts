/** Whether somebody speaks, by level alone: over a threshold and over the noise of the room, and a while after that. */

/** Breath at a headset's microphone is about here, quiet speech 10 dB over it. */
const THRESHOLD_DB = -50;
const HANG_OVER_MS = 400;
/** Speech stands out of the noise by more. */
const OVER_NOISE_DB = 8;
/** The noise is taken to rise slowly, as a voice that does not pause must not pass for it, and to fall at once. */
const NOISE_RISES_DB_A_MS = 0.002;
/** A louder room than this does not keep a voice out. */
const LOUDEST_NOISE_DB = -35;

export interface GateOptions {
  readonly thresholdDb?: number;
  readonly hangOverMs?: number;
}

export class VoiceGate {
  readonly #thresholdDb: number;
  readonly #hangOverMs: number;
  #noiseDb: number;
  #leftMs = 0;

  constructor({ thresholdDb = THRESHOLD_DB, hangOverMs = HANG_OVER_MS }: GateOptions = {}) {
    this.#thresholdDb = thresholdDb;
    this.#hangOverMs = hangOverMs;
    this.#noiseDb = thresholdDb - OVER_NOISE_DB;
  }

  /** @param ms how long the frame is whose level this is @returns whether it is to be sent */
  isOpenFor(levelDb: number, ms: number): boolean {
    this.#noiseDb = Math.min(levelDb, LOUDEST_NOISE_DB, this.#noiseDb + NOISE_RISES_DB_A_MS * ms);
    const isVoice = levelDb >= Math.max(this.#thresholdDb, this.#noiseDb + OVER_NOISE_DB);
    this.#leftMs = isVoice ? this.#hangOverMs : Math.max(0, this.#leftMs - ms);
    return this.#leftMs > 0;
  }

  close(): void {
    this.#leftMs = 0;
  }
}
