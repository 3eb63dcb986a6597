/** Counts turns of the event loop: what happens within one of them holds up everything else, a packet of sound too. */
export class Turns {
  #now = 0;
  #isOver = false;

  constructor() {
    const next = () => {
      this.#now += 1;
      if (!this.#isOver) setImmediate(next);
    };
    next();
  }

  get now(): number {
    return this.#now;
  }

  close(): void {
    this.#isOver = true;
  }
}

/** How often the one that comes most often does. */
export function mostOfOne(values: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return Math.max(0, ...counts.values());
}
