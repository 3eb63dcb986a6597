/** A share being fetched into its unfinished file, from whoever has blocks of it. Emits `changed`. */
import { EventEmitter } from "node:events";
import { setImmediate as nextTurn } from "node:timers/promises";
import b4a from "b4a";
import type Hypercore from "hypercore";
import crypto from "hypercore-crypto";
import { sourceChanged } from "./file-errors.js";
import { firstBlock } from "./first-block.js";
import { BLOCK_BYTES, rangesOf, totalsOf } from "./layout.js";
import type { ShareCores } from "./share-cores.js";
import type { TargetFiles } from "./target.js";

const ROOM_CHECK_MS = 3_000;
/** Blocks asked for ahead of who reads while it comes. The library asks for them in no order: what is read next waits for all. */
const AHEAD = 16;

/** What of hypercore 11 is looked into. */
interface Inner {
  readonly state: {
    readonly storage: { read(): { getTreeNode(index: number): Promise<{ hash: Buffer } | null>; tryFlush(): void } };
  };
  readonly replicator: { readonly peers: { paused: boolean }[]; updateAll(): void };
}

export interface FetchingOptions {
  readonly cores: ShareCores;
  readonly target: TargetFiles;
  readonly blocks: number;
}

export class Fetching extends EventEmitter {
  readonly #options: FetchingOptions;
  readonly #ranges: readonly { readonly start: number; readonly end: number }[];
  #downloads: { destroy(): void }[] = [];
  #roomTimer: NodeJS.Timeout | null = null;
  #isStopped = false;
  /** Why nothing can be written now; null where it can. */
  halted: string | null = null;

  constructor(options: FetchingOptions) {
    super();
    this.#options = options;
    this.#ranges = rangesOf(options.target.parts);
    options.target.on("full", (error) => this.#onFull(error));
  }

  get blobs(): Hypercore {
    return this.#options.cores.blobs;
  }

  /**
   * @returns false where it was stopped before it was whole
   * @throws KeetError `SOURCE_CHANGED` where it was put in its place before, and is not what came
   */
  async run(): Promise<boolean> {
    await this.#forgetOthers();
    await this.#checkWhatIsHere();
    if (this.#isStopped) return false;
    const { path } = this.#options.target;
    if (path !== null) {
      if (await this.#isWhole()) return true;
      throw sourceChanged(path, "it was changed");
    }
    const [range] = this.#ranges;
    const first = range && firstBlock(this.blobs, range.start);
    if (first) this.#downloads = [first];
    await first?.done;
    if (this.#isStopped) return false;
    const downloads = this.#ranges.map((range) => this.blobs.download(range));
    this.#downloads = downloads;
    await Promise.all(downloads.map((download) => download.done().catch(() => {})));
    return !this.#isStopped && (await this.#isWhole());
  }

  async #isWhole(): Promise<boolean> {
    for (const { start, end } of this.#ranges) if (!(await this.blobs.has(start, end))) return false;
    return true;
  }

  /** Of another part of the folder, or into a file that is not there any more: they lie where nothing is read. */
  async #forgetOthers(): Promise<void> {
    let from = 0;
    const { blocks, target } = this.#options;
    const kept = target.isNew ? [] : this.#ranges;
    for (const { start, end } of [...kept, { start: blocks, end: blocks }]) {
      if (start > from && this.blobs.core.bitfield.countSet(from, start - from) > 0)
        await this.blobs.clear(from, start);
      from = end;
    }
  }

  stop(): void {
    this.#isStopped = true;
    for (const download of this.#downloads) download.destroy();
    if (this.#roomTimer) clearInterval(this.#roomTimer);
  }

  /**
   * Resolves when that block is here; it and those after it come before others.
   * @returns how many blocks from there on are here
   */
  async need(block: number): Promise<number> {
    const end = this.#ranges.find((range) => block < range.end)?.end ?? block;
    if (!this.blobs.core.bitfield.get(block)) await this.blobs.get(block);
    this.#ask(block, Math.min(block + AHEAD, end));
    let next = block;
    while (next < end && this.blobs.core.bitfield.get(next)) next += 1;
    return next - block;
  }

  /** Before others: the answers are not wanted, but that they come first. */
  #ask(from: number, end: number): void {
    for (let at = from; at < end; at++) if (!this.blobs.core.bitfield.get(at)) void this.blobs.get(at).catch(() => {});
  }

  /** Resolves when that byte is here: where it lies, and how many bytes from there on are here too. */
  async from(offset: number): Promise<{ path: string; bytes: number }> {
    const { target } = this.#options;
    const at = Math.floor(offset / BLOCK_BYTES);
    const blocks = await this.need((target.parts[0]?.firstBlock ?? 0) + at);
    const end = Math.min((at + blocks) * BLOCK_BYTES, totalsOf(target.parts).bytes);
    return { path: target.path ?? target.partPath, bytes: end - offset };
  }

  /** After a cut of the power the store may know of blocks that the disk never got: those are fetched anew. */
  async #checkWhatIsHere(): Promise<void> {
    for (const { start, end } of this.#ranges) await this.#checkRange(start, end);
  }

  async #checkRange(start: number, end: number): Promise<void> {
    const { state } = this.blobs.core as unknown as Inner;
    for (let at = start; at < end && !this.#isStopped; at++) {
      if (!this.blobs.core.bitfield.get(at)) continue;
      const reading = state.storage.read();
      const node = reading.getTreeNode(at * 2);
      reading.tryFlush();
      const [known, block] = await Promise.all([node, this.#sealed(at).catch(() => null)]);
      if (!known || !block || !b4a.equals(crypto.data(block), known.hash)) await this.blobs.clear(at, at + 1);
      if (at % 16 === 0) await nextTurn();
    }
  }

  /** As others fetch it. */
  #sealed(block: number): Promise<Uint8Array | null> {
    return this.blobs.get(block, { wait: false, raw: true } as never);
  }

  #onFull(error: Error): void {
    this.halted = error.message;
    this.emit("changed");
    this.#roomTimer ??= setInterval(() => void this.#goOnWhereThereIsRoom().catch(() => {}), ROOM_CHECK_MS).unref();
  }

  async #goOnWhereThereIsRoom(): Promise<void> {
    if ((await this.#options.target.spaceLeft()) < BLOCK_BYTES) return;
    if (this.#roomTimer) clearInterval(this.#roomTimer);
    this.#roomTimer = null;
    this.halted = null;
    // The library leaves everybody be who brought what could not be written.
    const { replicator } = this.blobs.core as unknown as Inner;
    for (const peer of replicator.peers) peer.paused = false;
    replicator.updateAll();
    this.emit("changed");
  }
}
