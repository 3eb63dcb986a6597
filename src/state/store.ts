/** What a component may do with a store: read it and hear of changes. */
export interface Readable<T> {
  getSnapshot(): T;
  subscribe(listener: () => void): () => void;
}

/** One frame at 60 Hz: more often than this nobody can see. */
const WINDOW_MS = 16;

export interface StoreOptions {
  /** 0: listeners hear of every change at once, for what follows a key. */
  readonly windowMs?: number;
}

/**
 * One immutable snapshot. It changes at once; listeners hear of the first change after a quiet
 * window at once, and of later ones once a window, so that a busy room still paints.
 */
export class Store<T> implements Readable<T> {
  #value: T;
  readonly #listeners = new Set<() => void>();
  readonly #windowMs: number;
  #timer: NodeJS.Timeout | null = null;
  #isDirty = false;
  #toldNowAt = Number.NEGATIVE_INFINITY;

  constructor(value: T, options: StoreOptions = {}) {
    this.#value = value;
    this.#windowMs = options.windowMs ?? WINDOW_MS;
  }

  // Bound, since React's useSyncExternalStore calls them bare.
  readonly getSnapshot = (): T => this.#value;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  };

  update(reduce: (value: T) => T): void {
    const next = reduce(this.#value);
    if (Object.is(next, this.#value)) return;
    this.#value = next;
    if (this.#timer) {
      this.#isDirty = true;
      return;
    }
    if (this.#windowMs > 0) this.#openWindow();
    this.#tell();
  }

  /** For what a person waits for: told at once although a window is open, but itself no more than once a window. */
  updateNow(reduce: (value: T) => T): void {
    const now = performance.now();
    if (!this.#timer || now - this.#toldNowAt < this.#windowMs) {
      this.update(reduce);
      return;
    }
    const next = reduce(this.#value);
    if (Object.is(next, this.#value)) return;
    this.#value = next;
    this.#isDirty = false;
    this.#toldNowAt = now;
    this.#tell();
  }

  set(value: T): void {
    this.update(() => value);
  }

  #openWindow(): void {
    this.#timer = setTimeout(() => {
      this.#timer = null;
      if (!this.#isDirty) return;
      this.#isDirty = false;
      this.#openWindow();
      this.#tell();
    }, this.#windowMs);
    this.#timer.unref();
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}
