import type { InputClock } from "../../src/terminal/keys.js";

/** Time that stands still until told. */
export class HandClock implements InputClock {
  time = 0;
  #timers = new Set<{ at: number; run: () => void }>();

  now(): number {
    return this.time;
  }

  after(delayMs: number, run: () => void): () => void {
    const timer = { at: this.time + delayMs, run };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  pass(ms: number): void {
    const end = this.time + ms;
    for (;;) {
      const due = [...this.#timers].filter((timer) => timer.at <= end).sort((a, b) => a.at - b.at)[0];
      if (!due) break;
      this.#timers.delete(due);
      this.time = Math.max(this.time, due.at);
      due.run();
    }
    this.time = end;
  }

  /** The event loop was blocked: time went on and no timer ran. */
  block(ms: number): void {
    this.time += ms;
  }
}
