import { setTimeout as sleep } from "node:timers/promises";
import type Autobase from "autobase";
import { KeetError } from "../errors.js";
import { withinEach } from "./time-limit.js";

const MAX_BATCH_OPS = 64;
const MAX_BATCH_BYTES = 512 * 1024;
/** Between the beginnings of two appends while several write at once. A tick comes so much later; the words do not. */
const GATHER_MS = 100;

interface QueuedOp {
  readonly bytes: Uint8Array;
  readonly optimistic: boolean;
  resolve(): void;
  reject(error: unknown): void;
}

export interface AppendQueueOptions {
  readonly base: Autobase;
  /** How long whoever appends waits at the most; the op itself stays in the queue. */
  readonly limitMs: number;
  /** An append takes longer than that: a look at why. */
  readonly onStall: () => void;
  /** Why nothing can be appended any more; null while it can. */
  readonly stopped: () => KeetError | null;
}

/**
 * Ops on their way into this device's log, in order; what waits at the same time shares one append, since an append
 * costs the same whatever it carries. Who writes one op after the other is never kept waiting. After the log took
 * over a signed view and lost its peers, the library waits for blocks that only they have: then who appends hears
 * `NOT_NOW`, nothing more is handed to the library, and all of it goes in when the blocks come.
 */
export class AppendQueue {
  readonly #options: AppendQueueOptions;
  #queue: QueuedOp[] = [];
  #isPumping = false;
  #startedAt: number | null = null;
  #gatherUntil = 0;

  constructor(options: AppendQueueOptions) {
    this.#options = options;
  }

  /** What was handed to the library is there for longer than anybody waits. */
  get isStalled(): boolean {
    return this.#startedAt !== null && performance.now() - this.#startedAt > this.#options.limitMs;
  }

  /** Several write at once, and the log takes what they write together. */
  get isGathering(): boolean {
    return this.#gatherUntil > 0 && (this.#isPumping || this.#gatherUntil > performance.now());
  }

  /** @throws KeetError `NOT_NOW`, `NOT_WRITABLE`, `ROOM_STOPPED` */
  append(bytes: Uint8Array, optimistic: boolean): Promise<void> {
    const appended = new Promise<void>((resolve, reject) => {
      this.#queue.push({ bytes, optimistic, resolve, reject });
      void this.#pump();
    });
    // A long queue that goes on is no standstill.
    const goesOn = () => this.#isPumping && !this.isStalled;
    return withinEach(appended, this.#options.limitMs, goesOn, () => {
      this.#options.onStall();
      return this.#options.stopped() ?? notNow();
    });
  }

  /** Rejects all that waits. */
  end(error: Error): void {
    for (const { reject } of this.#queue.splice(0)) reject(error);
  }

  async #pump(): Promise<void> {
    if (this.#isPumping) return;
    this.#isPumping = true;
    while (this.#queue.length > 0) {
      await this.#gather();
      const batch = this.#takeBatch();
      const [first] = batch;
      if (!first) break;
      const began = performance.now();
      try {
        const stopped = this.#options.stopped();
        if (stopped) throw stopped;
        this.#startedAt = began;
        await this.#hand(batch);
        for (const { resolve } of batch) resolve();
      } catch (error) {
        const why = this.#options.stopped() ?? notWritable(error);
        for (const { reject } of batch) reject(why);
      } finally {
        this.#startedAt = null;
      }
      // Others wrote meanwhile, or at the same time: more will come.
      const isCrowd = batch.length > 1 || this.#queue.length > 0;
      this.#gatherUntil = isCrowd ? began + GATHER_MS : 0;
    }
    this.#isPumping = false;
  }

  async #gather(): Promise<void> {
    const left = this.#gatherUntil - performance.now();
    const isFull = this.#queue.length >= MAX_BATCH_OPS;
    if (left > 0 && !isFull) await sleep(left);
  }

  #hand(batch: readonly QueuedOp[]): Promise<number> {
    const { base } = this.#options;
    const [first] = batch as [QueuedOp];
    return first.optimistic
      ? base.append(first.bytes, { optimistic: true })
      : base.append(batch.map(({ bytes }) => bytes));
  }

  #takeBatch(): QueuedOp[] {
    const batch: QueuedOp[] = [];
    let bytes = 0;
    while (this.#queue.length > 0 && batch.length < MAX_BATCH_OPS) {
      const next = this.#queue[0]!;
      if (batch.length > 0 && (next.optimistic || bytes + next.bytes.byteLength > MAX_BATCH_BYTES)) break;
      batch.push(this.#queue.shift()!);
      bytes += next.bytes.byteLength;
      if (next.optimistic) break;
    }
    return batch;
  }
}

function notNow(): KeetError {
  return new KeetError("peer", "NOT_NOW", "The room waits for a part of its history that nobody here has.", {
    hint: "What you wrote is kept and goes out when somebody who has it appears.",
  });
}

function notWritable(cause: unknown): unknown {
  if (cause instanceof Error && cause.message === "Not writable") {
    return new KeetError("peer", "NOT_WRITABLE", "This device may not write in this room.", {
      hint: "Ask a member for a new invite.",
      cause,
    });
  }
  return cause;
}
