import type Autobase from "autobase";
import type Corestore from "corestore";
import type Hypercore from "hypercore";

const PROGRESS_MS = 500;
/** The latest blocks come first: they hold the page a newcomer looks at, and the paths to it. */
const LATEST_BLOCKS = 1_024;
/** Then the rest, once the newcomer is in: thousands of blocks at once keep a machine from what is waited for. */
const ENTERS_WITHIN_MS = 5_000;
/** … and has looked at the last page. */
const LOOKS_ROUND_MS = 1_000;
const LOOK_MS = 50;

export interface HistoryOptions {
  readonly base: Autobase;
  readonly store: Corestore;
  /** Somebody waits to be taken in. */
  readonly isEntering: () => boolean;
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
      const progress = setInterval(() => this.#tell(core, length), PROGRESS_MS);
      try {
        const latest = Math.max(0, length - LATEST_BLOCKS);
        if (!(await this.#fetchRange(core, latest, length, stopped))) return;
        if (latest > 0) await this.#waitForEntry(stopped);
        await this.#fetchRange(core, 0, latest, stopped);
      } finally {
        clearInterval(progress);
      }
    } finally {
      await core.close();
    }
  }

  /** @returns whether it came to its end */
  async #fetchRange(core: Hypercore, start: number, end: number, stopped: Promise<void>): Promise<boolean> {
    if (start === end) return true;
    const range = core.download({ start, end });
    try {
      return await Promise.race([range.done().then(() => true), stopped.then(() => false)]);
    } finally {
      range.destroy();
    }
  }

  async #waitForEntry(stopped: Promise<void>): Promise<void> {
    let isStopped = false;
    void stopped.then(() => {
      isStopped = true;
    });
    if (!this.#options.isEntering()) return;
    const limit = performance.now() + ENTERS_WITHIN_MS;
    let end = limit;
    while (!isStopped && performance.now() < end) {
      await new Promise((done) => setTimeout(done, LOOK_MS));
      if (end === limit && !this.#options.isEntering()) end = performance.now() + LOOKS_ROUND_MS;
    }
  }

  #tell(core: Hypercore, length: number): void {
    this.#fetched = Math.min(1, core.contiguousLength / length);
    this.#options.onProgress();
  }
}
