/**
 * `apply` without the library under it: blocks in an order that the test decides, a view in memory, and the list of
 * writers as the library keeps it. A `Follower` is one device: it takes an order, and later another one, of which it
 * undoes what is no longer so and applies the rest, as the library does.
 */
import type { ApplyNode, Host } from "autobase";
import type { Batch, Entry, default as Hyperbee, Range, ReadOptions } from "hyperbee";
import { type ApplyListener, applyNodes } from "../../src/p2p/apply.js";
import { ViewCache, ViewReader, ViewWriter } from "../../src/p2p/view.js";

export interface Block {
  readonly label: string;
  readonly writerKey: Uint8Array;
  /** Length of the writer's log with it. */
  readonly length: number;
  readonly bytes: Uint8Array;
  readonly optimistic: boolean;
}

export function nodeOf({ writerKey, length, bytes, optimistic }: Block): ApplyNode {
  return { value: bytes, from: { key: Buffer.from(writerKey) }, length, optimistic } as unknown as ApplyNode;
}

// Keys as strings of one character a byte: compared as bytes are.
const nameOf = (key: Uint8Array) => Buffer.from(key.buffer, key.byteOffset, key.byteLength).toString("latin1");
const keyOf = (name: string) => Buffer.from(name, "latin1");

/** What `apply` needs of a Hyperbee batch, over a map; every write can be undone. */
export class MemoryView implements Batch {
  readonly #entries: Map<string, Buffer>;
  readonly #journal: { readonly name: string; readonly before: Buffer | undefined }[] = [];

  constructor(entries: Iterable<[string, Buffer]> = []) {
    this.#entries = new Map(entries);
  }

  /** Writes so far, as the length of a bee's core. */
  get length(): number {
    return this.#journal.length;
  }

  copy(): MemoryView {
    return new MemoryView(this.#entries);
  }

  undoTo(length: number): void {
    while (this.#journal.length > length) {
      const { name, before } = this.#journal.pop()!;
      if (before === undefined) this.#entries.delete(name);
      else this.#entries.set(name, before);
    }
  }

  /** Bytes for bytes the same entries? */
  equals(other: MemoryView): boolean {
    if (this.#entries.size !== other.#entries.size) return false;
    for (const [name, value] of this.#entries) {
      const there = other.#entries.get(name);
      if (there !== value && !there?.equals(value)) return false;
    }
    return true;
  }

  /** Those whose key begins with this byte, in order. */
  under(prefix: number): Entry[] {
    return this.#within({ gte: Uint8Array.of(prefix), lt: Uint8Array.of(prefix + 1) }, {});
  }

  async get(key: Uint8Array): Promise<Entry | null> {
    const name = nameOf(key);
    const value = this.#entries.get(name);
    return value ? { seq: 0, key: keyOf(name), value } : null;
  }

  async put(key: Uint8Array, value: Uint8Array): Promise<void> {
    const name = nameOf(key);
    this.#journal.push({ name, before: this.#entries.get(name) });
    this.#entries.set(name, Buffer.from(value));
  }

  async del(key: Uint8Array): Promise<void> {
    const name = nameOf(key);
    this.#journal.push({ name, before: this.#entries.get(name) });
    this.#entries.delete(name);
  }

  async peek(range: Range, options: ReadOptions = {}): Promise<Entry | null> {
    return this.#within(range, { ...options, limit: 1 })[0] ?? null;
  }

  createReadStream(range: Range, options: ReadOptions = {}): AsyncIterable<Entry> {
    const found = this.#within(range, options).values();
    return { [Symbol.asyncIterator]: () => ({ next: async () => found.next() }) };
  }

  #within({ gt, gte, lt, lte }: Range, { reverse = false, limit = Number.POSITIVE_INFINITY }: ReadOptions): Entry[] {
    const [above, from, below, to] = [gt, gte, lt, lte].map((key) => (key ? nameOf(key) : null));
    const names: string[] = [];
    for (const name of this.#entries.keys()) {
      if (above != null && name <= above) continue;
      if (from != null && name < from) continue;
      if (below != null && name >= below) continue;
      if (to == null || name <= to) names.push(name);
    }
    names.sort();
    if (reverse) names.reverse();
    return names.slice(0, limit).map((name) => ({ seq: 0, key: keyOf(name), value: this.#entries.get(name)! }));
  }

  async flush(): Promise<void> {}
  async close(): Promise<void> {}
}

interface Writers {
  readonly indexers: readonly string[];
  readonly others: readonly string[];
}

/** Who may write and who signs, by the library's own rules: the last one that signs cannot be removed, and it throws. */
export class WriterList implements Host {
  readonly key: Buffer;
  now: Writers;

  constructor(key: Uint8Array, now: Writers | null = null) {
    this.key = Buffer.from(key);
    this.now = now ?? { indexers: [nameOf(key)], others: [] };
  }

  get system(): { readonly indexers: readonly { readonly key: Buffer }[] } {
    return { indexers: this.now.indexers.map((name) => ({ key: keyOf(name) })) };
  }

  get writers(): Buffer[] {
    return [...this.now.indexers, ...this.now.others].map(keyOf);
  }

  async addWriter(key: Uint8Array, { indexer }: { indexer: boolean }): Promise<void> {
    const name = nameOf(key);
    const { indexers, others } = this.now;
    const without = (names: readonly string[]) => names.filter((one) => one !== name);
    if (indexer) this.now = { indexers: [...new Set([...indexers, name])], others: without(others) };
    else this.now = { indexers: without(indexers), others: [...without(others), name] };
    if (this.now.indexers.length === 0) throw new Error("nobody signs any more");
  }

  removeable(key: Uint8Array): boolean {
    const { indexers } = this.now;
    return indexers.length !== 1 || indexers[0] !== nameOf(key);
  }

  async removeWriter(key: Uint8Array): Promise<void> {
    if (!this.removeable(key)) throw new Error("Not allowed to remove the last indexer");
    const name = nameOf(key);
    const without = (names: readonly string[]) => names.filter((one) => one !== name);
    this.now = { indexers: without(this.now.indexers), others: without(this.now.others) };
  }
}

interface Step {
  readonly blocks: readonly Block[];
  readonly viewLength: number;
  readonly writers: Writers;
}

export interface Start {
  readonly view: MemoryView;
  readonly host: WriterList;
}

export class Follower {
  readonly view: MemoryView;
  readonly host: WriterList;
  /** Labels of blocks that were left out, and why. */
  readonly leftOut = new Map<string, string>();
  readonly #steps: Step[] = [];
  /** One bee as long as a room is open; the cache looks at nothing of it but its length. */
  readonly #bee = { core: { length: 0 } };
  readonly #cache: ViewCache | null;

  /** @param keepsCache as a room does; false reads everything anew in each call */
  constructor(start: Start, { keepsCache = true } = {}) {
    this.view = start.view.copy();
    this.host = new WriterList(start.host.key, start.host.now);
    this.#cache = keepsCache ? new ViewCache() : null;
  }

  get reader(): ViewReader {
    return new ViewReader(this.view);
  }

  /** Entries that the call of `apply` with this block wrote. */
  wrote(label: string): number {
    const at = this.#steps.findIndex(({ blocks }) => blocks.some((block) => block.label === label));
    return (this.#steps[at + 1]?.viewLength ?? this.view.length) - this.#steps[at]!.viewLength;
  }

  /**
   * From now on this is the order.
   * @param sizes how many blocks each call of `apply` gets, in turn; one each where nothing is said
   */
  async follow(order: readonly Block[], sizes: readonly number[] = [1]): Promise<void> {
    let same = 0;
    for (; same < this.#steps.length; same++) {
      const { blocks } = this.#steps[same]!;
      const at = this.#steps.slice(0, same).reduce((sum, step) => sum + step.blocks.length, 0);
      if (!blocks.every((block, i) => order[at + i] === block)) break;
    }
    const undone = this.#steps.splice(same);
    if (undone[0]) {
      this.view.undoTo(undone[0].viewLength);
      this.host.now = undone[0].writers;
    }
    for (const { label } of undone.flatMap(({ blocks }) => blocks)) this.leftOut.delete(label);
    let at = this.#steps.reduce((sum, { blocks }) => sum + blocks.length, 0);
    for (let call = 0; at < order.length; call++) {
      const blocks = order.slice(at, at + Math.max(1, sizes[call % sizes.length]!));
      await this.#apply(blocks);
      at += blocks.length;
    }
  }

  async #apply(blocks: readonly Block[]): Promise<void> {
    this.#steps.push({ blocks, viewLength: this.view.length, writers: this.host.now });
    const labels = new Map(blocks.map((block) => [`${nameOf(block.writerKey)}:${block.length}`, block.label]));
    const listener: ApplyListener = {
      row: () => {},
      mark: () => {},
      joined: () => {},
      person: () => {},
      leftOut: (writer, length, reason) => {
        this.leftOut.set(labels.get(`${nameOf(writer)}:${length}`)!, reason);
      },
    };
    const nodes = blocks.map(nodeOf);
    const cache = this.#cache ?? new ViewCache();
    const bee = this.#bee as unknown as Hyperbee;
    this.#bee.core.length = this.view.length;
    cache.begin(bee);
    await applyNodes(nodes, new ViewWriter(this.view, cache), this.host, { knowManifest: async () => {} }, listener);
    this.#bee.core.length = this.view.length;
    cache.end(bee);
  }
}
