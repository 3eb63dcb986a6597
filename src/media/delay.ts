/**
 * How late packets come, and how long their sound must wait so that nearly all are there in time. The sender's clock
 * and ours share no beginning, so everything is counted from the quickest packet of the last seconds.
 */
import { STEP_MS } from "./sound.js";

const FIRST_TARGET_MS = 40;
const MIN_TARGET_MS = 20;
const MAX_TARGET_MS = 400;
/** Long enough to hold a quick packet, and short against what two sound cards drift apart in it: 4 ms at 1,000 ppm. */
const QUICKEST_FOR_MS = 4_000;
/** Beyond this the talker's clock was set anew. */
const JUMP_MS = 1_000;
const BIN_MS = 2;
const BINS = 250;
/** Of these packets the target leaves out the latest 2 %; each packet takes half a percent of the past away. */
const IN_TIME = 0.98;
const FORGET = 0.995;
const JITTER_SHARE = 1 / 16;
/** Packets that come closer than this waited for one and the same thing: they were sent 10 or 20 ms apart. */
const TOGETHER_MS = 3;
/** So many of those count. With one, a standstill each second would be put up with; with all, a single one for long. */
const COUNTED_TOGETHER = 3;
/** Nothing is learned of the first second: it tells how programs start, not how the network is. */
const STARTING_MS = 1_000;

export class DelayTracker {
  /** By arrival; lateness rises, so the first is the least of all. */
  #quickest: { readonly at: number; readonly lateness: number }[] = [];
  #last: number | null = null;
  #firstAt: number | null = null;
  #lastAt = -Infinity;
  /** Packets that came with the last one, and that one. */
  #together = 0;
  #shares = new Float64Array(BINS);
  #learned = 0;
  #jitterMs = 0;
  #targetMs = FIRST_TARGET_MS;
  #copiesMs = 0;

  constructor() {
    this.#shares[(FIRST_TARGET_MS - STEP_MS) / BIN_MS - 1] = 1;
  }

  /** How long sound waits for its packet, counted from the quickest one, ms. */
  get targetMs(): number {
    return Math.max(this.#targetMs, this.#copiesMs === 0 ? 0 : this.#copiesMs + this.#jitterMs + STEP_MS);
  }

  /** @param ms how long after a lost frame its copy is sent; 0 where nothing gets lost */
  waitForCopies(ms: number): void {
    this.#copiesMs = ms;
  }

  /** Mean difference in delay of packets that follow each other, ms. */
  get jitterMs(): number {
    return this.#jitterMs;
  }

  /** What the clock here shows when a sample comes by the quickest way, less what the talker's shows for it, ms. */
  get baseMs(): number {
    return this.#quickest[0]?.lateness ?? this.#last ?? 0;
  }

  hasJumped(saidMs: number, nowMs: number): boolean {
    return this.#last !== null && Math.abs(nowMs - saidMs - this.baseMs) > JUMP_MS;
  }

  /** The talker's clock was set anew: what is known of the network stays. */
  restart(): void {
    this.#quickest = [];
    this.#last = null;
  }

  /** @param saidMs the packet's moment on the talker's clock */
  note(saidMs: number, nowMs: number): void {
    const lateness = nowMs - saidMs;
    const waitedToo = nowMs - this.#lastAt < TOGETHER_MS && lateness < (this.#last ?? -Infinity);
    this.#together = waitedToo ? this.#together + 1 : 1;
    this.#lastAt = nowMs;
    if (this.#last !== null) this.#jitterMs += (Math.abs(lateness - this.#last) - this.#jitterMs) * JITTER_SHARE;
    this.#last = lateness;
    while ((this.#quickest.at(-1)?.lateness ?? -Infinity) >= lateness) this.#quickest.pop();
    this.#quickest.push({ at: nowMs, lateness });
    while (this.#quickest[0]!.at < nowMs - QUICKEST_FOR_MS) this.#quickest.shift();
    this.#firstAt ??= nowMs;
    // A third of a second in which a machine was busy would else keep everything late for ten.
    const tells = this.#together <= COUNTED_TOGETHER && nowMs - this.#firstAt >= STARTING_MS;
    if (tells) this.#learn(lateness - this.baseMs);
  }

  #learn(behindMs: number): void {
    const bin = Math.max(0, Math.min(BINS - 1, Math.floor(behindMs / BIN_MS)));
    // The first ones count equally, so that a second is enough to know a network.
    const forget = Math.min(FORGET, 1 - 1 / (this.#learned + 2));
    this.#learned += 1;
    for (let i = 0; i < BINS; i += 1) this.#shares[i]! *= forget;
    this.#shares[bin]! += 1 - forget;
    let share = 0;
    let last = 0;
    while (last < BINS && share + this.#shares[last]! < IN_TIME) share += this.#shares[last++]!;
    // A frame is taken up to one step before its first sample is due.
    const wanted = (last + 1) * BIN_MS + STEP_MS;
    this.#targetMs = Math.max(MIN_TARGET_MS, Math.min(MAX_TARGET_MS, wanted));
  }
}
