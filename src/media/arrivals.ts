/** What of one talker's packets is taken, and how many never came, by their sequence alone. */
import { SEQUENCES, wrappedDistance } from "./packet.js";

/** Frames of 10 ms make 100. */
export const MAX_PACKETS_A_SECOND = 120;
const SECOND_MS = 1_000;
/** Sequences remembered; further away than this the talker has begun anew. */
const WINDOW = 1_024;
/** So many later packets after which one that has not come is lost. */
const SETTLED = 16;
/** Loss is counted over about this many packets, so ten seconds. */
const COUNTED = 500;

export class Arrivals {
  /** When the last packets were taken, a ring. */
  readonly #taken = new Float64Array(MAX_PACKETS_A_SECOND).fill(-Infinity);
  #oldest = 0;
  readonly #seen = new Uint8Array(WINDOW);
  #highest: number | null = null;
  /** Packets since the talker began, less those too young to be given up. */
  #aged = 0;
  #settled = 0;
  #lost = 0;
  #runs = 0;
  #wasLost = false;

  /** False where this one would be the 121st within a second. */
  admit(nowMs: number): boolean {
    if (nowMs - this.#taken[this.#oldest]! < SECOND_MS) return false;
    this.#taken[this.#oldest] = nowMs;
    this.#oldest = (this.#oldest + 1) % MAX_PACKETS_A_SECOND;
    return true;
  }

  /** False for one that was here before. */
  isNew(sequence: number): boolean {
    const ahead = this.#highest === null ? WINDOW : wrappedDistance(this.#highest, sequence, SEQUENCES);
    if (Math.abs(ahead) >= WINDOW) this.#begin(sequence);
    else if (ahead > 0) this.#advance(ahead);
    else if (this.#seen[sequence % WINDOW] === 1) return false;
    this.#seen[sequence % WINDOW] = 1;
    return true;
  }

  get lossPercent(): number {
    return this.#settled === 0 ? 0 : (100 * this.#lost) / this.#settled;
  }

  /** Mean length of a loss, in packets; 0 where nothing was lost. */
  get lossRun(): number {
    return this.#runs === 0 ? 0 : this.#lost / this.#runs;
  }

  #begin(sequence: number): void {
    this.#seen.fill(0);
    this.#highest = sequence;
    // Nothing before the first packet counts as lost.
    this.#aged = -SETTLED;
    this.#wasLost = false;
  }

  #advance(ahead: number): void {
    for (let i = 0; i < ahead; i += 1) {
      this.#highest = (this.#highest! + 1) % SEQUENCES;
      this.#seen[this.#highest % WINDOW] = 0;
      if (++this.#aged > 0) this.#settle(this.#seen[(this.#highest + WINDOW - SETTLED) % WINDOW] === 0);
    }
    if (this.#settled <= COUNTED) return;
    this.#settled /= 2;
    this.#lost /= 2;
    this.#runs /= 2;
  }

  #settle(isLost: boolean): void {
    this.#settled += 1;
    if (isLost) this.#lost += 1;
    if (isLost && !this.#wasLost) this.#runs += 1;
    this.#wasLost = isLost;
  }
}
