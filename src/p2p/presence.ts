import type { LocalStore } from "./local-store.js";

const KEEP_MS = 60_000;

interface Seen {
  /** ms since 1970. */
  readonly at: number;
  /** How long it was here in all, in ms. */
  readonly total: number;
}

/** When each device of a room's members was here last, and for how long in all: as this device saw it. */
export class Presence {
  readonly #local: LocalStore;
  readonly #prefix: string;
  /** By writer in hex. */
  readonly #seen = new Map<string, Seen>();
  #here = new Set<string>();
  #keptAt = 0;

  constructor(local: LocalStore, roomId: string) {
    this.#local = local;
    this.#prefix = `seen/${roomId}/`;
  }

  async load(): Promise<void> {
    for (const { key, value } of await this.#local.list<Seen>(this.#prefix)) {
      this.#seen.set(key.slice(this.#prefix.length), value);
    }
  }

  /** @param elapsedMs since the last call, by the monotonic clock */
  note(here: ReadonlySet<string>, at: number, elapsedMs: number): void {
    for (const writer of here) {
      const total = (this.#seen.get(writer)?.total ?? 0) + (this.#here.has(writer) ? elapsedMs : 0);
      this.#seen.set(writer, { at, total });
    }
    const isDue = Math.abs(at - this.#keptAt) > KEEP_MS;
    const changed = isDue ? [...here] : [...this.#here, ...here].filter((one) => this.#here.has(one) !== here.has(one));
    if (isDue) this.#keptAt = at;
    for (const writer of changed) {
      void this.#local.put(`${this.#prefix}${writer}`, this.#seen.get(writer) ?? null).catch(() => {});
    }
    this.#here = new Set(here);
  }

  /** ms since 1970; null: not since this device joined. */
  seenAt(writerHex: string): number | null {
    return this.#seen.get(writerHex)?.at ?? null;
  }

  totalMs(writerHex: string): number {
    return this.#seen.get(writerHex)?.total ?? 0;
  }
}
