import type Autobase from "autobase";
import type Corestore from "corestore";
import type Hypercore from "hypercore";

const PROGRESS_MS = 500;

export interface HistoryOptions {
  readonly base: Autobase;
  readonly store: Corestore;
  readonly onProgress: () => void;
  readonly onError: (error: unknown) => void;
}

/**
 * Fetches view and system core whole, by sessions of our own: through the base's it is fifty times slower, and
 * without it a device that fast-forwarded has hardly a block, so that reads and even its own appends hang.
 */
export class History {
  readonly #options: HistoryOptions;
  /** The one under way: its end, and what ends it early. */
  #running: { readonly done: Promise<void>; readonly stop: () => void } | null = null;
  #fetched: number | null = null;
  #isClosed = false;

  constructor(options: HistoryOptions) {
    this.#options = options;
  }

  /** From 0 to 1 while some is on its way, else null. */
  get fetched(): number | null {
    return this.#fetched;
  }

  /** Goes on where it is under way; `anew` where the cores may be other ones, or longer. */
  fetch(anew = false): void {
    if (this.#isClosed || (this.#running && !anew)) return;
    this.#running?.stop();
    let stop = () => {};
    const stopped = new Promise<void>((resolve) => {
      stop = resolve;
    });
    const { base, onError, onProgress } = this.#options;
    const keys = [base.core.key, base.view.core.key].filter(Boolean);
    const done = Promise.all(keys.map((key) => this.#fetchCore(key, stopped)))
      .catch(onError)
      .then(() => {
        if (this.#running?.done !== done) return;
        this.#running = null;
        this.#fetched = null;
        onProgress();
      });
    this.#running = { done, stop };
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#running?.stop();
    await this.#running?.done;
  }

  async #fetchCore(key: Uint8Array, stopped: Promise<void>): Promise<void> {
    const core = this.#options.store.get({ key, active: true });
    try {
      await core.ready();
      const { length } = core;
      if (core.contiguousLength >= length) return;
      const range = core.download({ start: 0, end: length });
      const progress = setInterval(() => this.#tell(core, length), PROGRESS_MS);
      try {
        await Promise.race([range.done(), stopped]);
      } finally {
        clearInterval(progress);
        range.destroy();
      }
    } finally {
      await core.close();
    }
  }

  #tell(core: Hypercore, length: number): void {
    this.#fetched = Math.min(1, core.contiguousLength / length);
    this.#options.onProgress();
  }
}
