/**
 * hyperbee 2.27.3 opens a snapshot of its core for each read and closes it again, which costs more than the read: a
 * message that is sent or comes makes a dozen of them. So all reads of a view that has not changed share one.
 * A batch of the bee is its one reader that can be shown another core; nothing is ever written through this one.
 */
import type Hyperbee from "hyperbee";
import type { Batch } from "hyperbee";
import type Hypercore from "hypercore";
import type { Source } from "./view.js";

/** A snapshot keeps what it shows on disk, whatever is written since: nobody holds one for longer than reads need. */
const KEPT_MS = 200;

interface Held {
  readonly batch: Batch;
  readonly core: Hypercore;
  readonly of: Stand;
  readers: number;
  isOver: boolean;
}

/** Where a view stands: it is another one when any of these is. */
interface Stand {
  /** What sessions of the same core have in common. */
  readonly core: unknown;
  readonly fork: number;
  readonly length: number;
}

export class ViewSnapshot {
  readonly #bee: Hyperbee;
  readonly #onChange = () => this.drop();
  #held: Held | null = null;
  #usedAt = 0;
  #timer: NodeJS.Timeout | null = null;
  #closing: Promise<unknown> = Promise.resolve();

  constructor(bee: Hyperbee) {
    this.#bee = bee;
    bee.core.on("append", this.#onChange);
    bee.core.on("truncate", this.#onChange);
  }

  /** As the view stands at this moment, all through the read. */
  async read<T>(read: (source: Source) => Promise<T>): Promise<T> {
    const held = this.#take();
    held.readers += 1;
    try {
      return await read(held.batch);
    } finally {
      held.readers -= 1;
      this.#closeUnused(held);
    }
  }

  /** The view changed: the next read sees it as it is then. */
  drop(): void {
    const held = this.#held;
    if (!held) return;
    this.#held = null;
    held.isOver = true;
    this.#closeUnused(held);
  }

  /** Resolves when everything that nobody reads any more is closed. */
  async close(): Promise<void> {
    this.#bee.core.off("append", this.#onChange);
    this.#bee.core.off("truncate", this.#onChange);
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    this.drop();
    await this.#closing;
  }

  #take(): Held {
    const of = standOf(this.#bee);
    if (this.#held && !isSame(this.#held.of, of)) this.drop();
    this.#held ??= this.#open(of);
    this.#usedAt = performance.now();
    this.#timer ??= setTimeout(() => this.#letGo(), KEPT_MS).unref();
    return this.#held;
  }

  #open(of: Stand): Held {
    const core = this.#bee.core.snapshot();
    // Whoever reads hears it; nobody may be there any more.
    core.ready().catch(() => {});
    const batch = this.#bee.batch({ update: false });
    Object.assign(batch, { core, feed: core });
    return { batch, core, of, readers: 0, isOver: false };
  }

  #letGo(): void {
    this.#timer = null;
    const left = KEPT_MS - (performance.now() - this.#usedAt);
    if (left <= 0) this.drop();
    else this.#timer = setTimeout(() => this.#letGo(), left).unref();
  }

  #closeUnused({ batch, core, readers, isOver }: Held): void {
    if (!isOver || readers > 0) return;
    const closing = Promise.all([batch.close(), core.close()]).catch(() => {});
    this.#closing = Promise.all([this.#closing, closing]);
  }
}

function standOf({ core }: Hyperbee): Stand {
  const { core: inner, fork } = core as unknown as { core: unknown; fork: number };
  return { core: inner, fork, length: core.length };
}

function isSame(a: Stand, b: Stand): boolean {
  return a.core === b.core && a.fork === b.fork && a.length === b.length;
}
