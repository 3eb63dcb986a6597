/** An ffmpeg that is started again whenever it dies or gives no sign of life, until it is closed. */
import type { FfmpegRun } from "./ffmpeg.js";

/** A pulled device often gives nothing and says nothing, so a process that is there proves nothing. */
const QUIET_MS = 1_000;
/** To the first sign: a sound server far away, a device that has to wake, a machine that is busy. */
const START_MS = 3_000;
const WATCH_MS = 100;
/** Longer each time, yet what is plugged in again is heard within two seconds. */
const RETRY_MS: readonly number[] = [0, 250, 500, 1_000];

export interface SteadyOptions {
  /** Called anew for each child. */
  start(): FfmpegRun;
  /** The first sign of a child. */
  onHere(): void;
  /** After each child, and before it has ended where it only gave no sign. `lines` are its last ones; null where it is held. */
  onGone(lines: readonly string[] | null): void;
}

export class SteadyRun {
  readonly #options: SteadyOptions;
  readonly #kept: Promise<void>;
  #run: FfmpegRun | null = null;
  #isHere = false;
  #isHeld = false;
  #isClosed = false;
  #signAt = 0;
  #failures = 0;
  #wake: (() => void) | null = null;

  constructor(options: SteadyOptions) {
    this.#options = options;
    this.#kept = this.#keep();
  }

  /** The process that runs now, for tests that kill it. */
  get pid(): number | null {
    return this.#run?.pid ?? null;
  }

  /** Something came of it. False where it is not wanted any more: it is another device's. */
  sign(): boolean {
    this.#signAt = performance.now();
    if (this.#isHeld || this.#isClosed) return false;
    if (this.#isHere) return true;
    this.#isHere = true;
    this.#failures = 0;
    this.#options.onHere();
    return true;
  }

  /** What it was started for has gone, and nothing else will do: it is ended, and none is started until `release`. */
  hold(): void {
    if (this.#isHeld) return;
    this.#isHeld = true;
    this.#options.onGone(null);
    void this.#run?.close();
  }

  release(): void {
    if (!this.#isHeld) return;
    this.#isHeld = false;
    this.#wake?.();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#wake?.();
    await this.#run?.close();
    await this.#kept;
  }

  async #keep(): Promise<void> {
    // Whoever makes one gets it first, and then what comes of it.
    await null;
    while (!this.#isClosed) {
      if (!this.#isHeld) await this.#once();
      if (this.#isClosed) return;
      if (this.#isHeld) await this.#pause();
      else {
        await this.#pause(RETRY_MS[Math.min(this.#failures, RETRY_MS.length - 1)]);
        this.#failures += 1;
      }
    }
  }

  async #once(): Promise<void> {
    const run = this.#options.start();
    this.#run = run;
    this.#isHere = false;
    const unwatch = this.#watch(run);
    await run.ended;
    unwatch();
    this.#isHere = false;
    if (!this.#isClosed && !this.#isHeld) this.#options.onGone(run.lastLines());
  }

  #watch(run: FfmpegRun): () => void {
    this.#signAt = performance.now();
    let lookedAt = this.#signAt;
    const timer = setInterval(() => {
      const now = performance.now();
      // It was us who stood still, or the whole machine: what it wrote meanwhile is still to be read.
      if (now - lookedAt > QUIET_MS / 2) this.#signAt = now;
      lookedAt = now;
      if (this.#isHeld || now - this.#signAt < (this.#isHere ? QUIET_MS : START_MS)) return;
      clearInterval(timer);
      this.#options.onGone(run.lastLines());
      void run.close();
    }, WATCH_MS);
    return () => clearInterval(timer);
  }

  /** Without a time, until somebody wakes it. */
  #pause(ms?: number): Promise<void> {
    return new Promise((done) => {
      const timer = ms === undefined ? undefined : setTimeout(done, ms);
      this.#wake = () => {
        clearTimeout(timer);
        done();
      };
    });
  }
}
