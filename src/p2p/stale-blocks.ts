/**
 * hyperbee 2.27.3 keeps the blocks it read by number, until the core is cut off below them. When autobase moves a view
 * to another core (it took over a signed view, or others sign it now), blocks of the same numbers are other ones, and
 * hypercore 11.39.5 says nothing, or names the length before the cut: that device would show for good what is nowhere
 * written. So all that was kept is dropped when the core is another one, and once more when the reads that were under
 * way have ended, since they still put into the cache what they find.
 */
import type Hyperbee from "hyperbee";

interface Caches {
  readonly _keyCache: { clear(): void } | null;
  readonly _nodeCache: { clear(): void } | null;
}

export class StaleBlocks {
  readonly #bee: Hyperbee;
  readonly #underWay: () => Iterable<Promise<unknown>>;
  #core: unknown;

  /** @param underWay reads of that bee that have begun and not ended */
  constructor(bee: Hyperbee, underWay: () => Iterable<Promise<unknown>>) {
    this.#bee = bee;
    this.#underWay = underWay;
    this.#core = coreOf(bee);
  }

  /** Before each read, and when the library tells of a change. */
  dropIfMoved(): void {
    const core = coreOf(this.#bee);
    if (core === this.#core) return;
    this.#core = core;
    this.#drop();
    void Promise.allSettled(this.#underWay()).then(() => this.#drop());
  }

  #drop(): void {
    const { _keyCache, _nodeCache } = this.#bee as unknown as Caches;
    _keyCache?.clear();
    _nodeCache?.clear();
  }
}

/** What sessions of the same core have in common. */
function coreOf(bee: Hyperbee): unknown {
  return (bee.core as unknown as { core: unknown }).core;
}
