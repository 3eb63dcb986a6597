/** How much comes of what each says that it sent: where most of it does not, whoever passes it on is passed by. */

/** Of fewer sent packets nothing is told. */
const ENOUGH_SENT = 20;
const LEAST_SHARE = 0.5;
/** So often in turn. */
const TIMES = 2;
const MISSED_MS = 60_000;

interface Count {
  sent: number;
  got: number;
  times: number;
}

export class Heard {
  readonly #now: () => number;
  readonly #got = new Map<string, number>();
  readonly #counts = new Map<string, Count>();
  readonly #missedUntil = new Map<string, number>();

  /** @param now ms, monotonic */
  constructor(now: () => number) {
    this.#now = now;
  }

  clear(): void {
    for (const map of [this.#got, this.#counts, this.#missedUntil]) map.clear();
  }

  note(writer: string): void {
    this.#got.set(writer, (this.#got.get(writer) ?? 0) + 1);
  }

  /** @param sent packets in all, by their word */
  compare(writer: string, sent: number): void {
    const got = this.#got.get(writer) ?? 0;
    const before = this.#counts.get(writer);
    // Who comes into a call anew begins to count anew.
    if (!before || sent < before.sent) {
      this.#counts.set(writer, { sent, got, times: 0 });
      return;
    }
    if (sent - before.sent < ENOUGH_SENT) return;
    const times = (got - before.got) / (sent - before.sent) < LEAST_SHARE ? before.times + 1 : 0;
    this.#counts.set(writer, { sent, got, times });
    if (times >= TIMES) this.#missedUntil.set(writer, this.#now() + MISSED_MS);
  }

  isMissed(writer: string): boolean {
    return this.#now() < (this.#missedUntil.get(writer) ?? Number.NEGATIVE_INFINITY);
  }
}
