import b4a from "b4a";
import type Corestore from "corestore";
import Hyperbee from "hyperbee";

/** What may be lost in a kill goes to disk at the latest so much later, with whatever is written before. */
const LATER_MS = 100;

/** The next flush that nobody is in a hurry for. */
interface Later {
  readonly written: Promise<void>;
  readonly settle: (flushed: Promise<void>) => void;
  readonly timer: NodeJS.Timeout;
}

/**
 * What this device alone knows: rooms and their keys, outbox, read marks, drafts, links. One Hyperbee that is never
 * replicated. Values are JSON. Writes that wait at the same time share one flush.
 */
export class LocalStore {
  readonly #bee: Hyperbee;
  #waiting = new Map<string, unknown>();
  #flushing: Promise<void> | null = null;
  #next: Promise<void> | null = null;
  #later: Later | null = null;

  constructor(store: Corestore) {
    this.#bee = new Hyperbee(store.get({ name: "keet-tui/local" }), {
      extension: false,
      keyEncoding: "binary",
      valueEncoding: "binary",
    });
  }

  ready(): Promise<void> {
    return this.#bee.ready();
  }

  async close(): Promise<void> {
    if (this.#later) await this.#flush();
    while (this.#flushing || this.#next) await (this.#next ?? this.#flushing);
    await this.#bee.close();
  }

  async get<T>(key: string): Promise<T | null> {
    if (this.#waiting.has(key)) return this.#waiting.get(key) as T | null;
    const entry = await this.#bee.get(b4a.from(key));
    return entry ? (JSON.parse(b4a.toString(entry.value)) as T) : null;
  }

  /** All under a prefix, by key. What is still being written may be missing: await its `put` first. */
  async list<T>(prefix: string): Promise<{ key: string; value: T }[]> {
    const found: { key: string; value: T }[] = [];
    const range = { gte: b4a.from(prefix), lt: b4a.from(`${prefix}\uffff`) };
    for await (const entry of this.#bee.createReadStream(range)) {
      found.push({ key: b4a.toString(entry.key), value: JSON.parse(b4a.toString(entry.value)) as T });
    }
    return found;
  }

  /** From one key to another (not included), in order; read as it is asked for. */
  async *range<T>(gte: string, lt: string): AsyncGenerator<{ key: string; value: T }> {
    for await (const entry of this.#bee.createReadStream({ gte: b4a.from(gte), lt: b4a.from(lt) })) {
      yield { key: b4a.toString(entry.key), value: JSON.parse(b4a.toString(entry.value)) as T };
    }
  }

  /** Resolves when it is on disk. */
  put(key: string, value: unknown): Promise<void> {
    this.#waiting.set(key, value);
    return this.#flush();
  }

  del(key: string): Promise<void> {
    return this.put(key, null);
  }

  /**
   * For what a kill may undo, or what is kept elsewhere as well: a flush of its own for each would cost more than the
   * rest of a message. Null takes it away. Resolves when it is on disk, at the latest after `LATER_MS` and a flush.
   */
  putLater(key: string, value: unknown): Promise<void> {
    this.#waiting.set(key, value);
    this.#later ??= this.#startLater();
    return this.#later.written;
  }

  #startLater(): Later {
    let settle: (flushed: Promise<void>) => void = () => {};
    const written = new Promise<void>((resolve) => {
      settle = resolve;
    });
    // Most who write so do not look.
    written.catch(() => {});
    return { written, settle, timer: setTimeout(() => void this.#flush().catch(() => {}), LATER_MS) };
  }

  /** All that was put until now. */
  #flush(): Promise<void> {
    const later = this.#later;
    this.#later = null;
    if (later) clearTimeout(later.timer);
    const flushed = this.#flushInTurn();
    later?.settle(flushed);
    return flushed;
  }

  #flushInTurn(): Promise<void> {
    if (!this.#flushing) {
      this.#flushing = this.#write().finally(() => {
        this.#flushing = null;
      });
      return this.#flushing;
    }
    // Joins the round after the one under way, which may have taken its writes already.
    this.#next ??= this.#flushing
      .catch(() => {})
      .then(() => {
        this.#next = null;
        return this.#flushInTurn();
      });
    return this.#next;
  }

  async #write(): Promise<void> {
    // One turn, so that all that is put in this tick is one batch.
    await Promise.resolve();
    const writing = [...this.#waiting];
    const batch = this.#bee.batch();
    for (const [key, value] of writing) {
      if (value === null || value === undefined) await batch.del(b4a.from(key));
      else await batch.put(b4a.from(key), b4a.from(JSON.stringify(value)));
    }
    await batch.flush();
    for (const [key, value] of writing) if (this.#waiting.get(key) === value) this.#waiting.delete(key);
  }
}
