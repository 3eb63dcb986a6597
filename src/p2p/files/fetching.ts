/** A share being fetched into its unfinished file, from whoever has blocks of it. Emits `changed`. */
import { EventEmitter } from "node:events";
import { setImmediate as nextTurn } from "node:timers/promises";
import b4a from "b4a";
import type Hypercore from "hypercore";
import crypto from "hypercore-crypto";
import { BLOCK_BYTES, totalsOf } from "./layout.js";
import type { ShareCores } from "./share-cores.js";
import type { TargetFiles } from "./target.js";

const ROOM_CHECK_MS = 3_000;
/** Blocks asked for ahead of who reads while it comes. */
const AHEAD = 64;
/** What is asked for before all else: whoever reads while it comes begins there. */
const FIRST = 4;

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
  #download: { done(): Promise<boolean>; destroy(): void } | null = null;
  #roomTimer: NodeJS.Timeout | null = null;
  #isStopped = false;
  /** Why nothing can be written now; null where it can. */
  halted: string | null = null;

  constructor(options: FetchingOptions) {
    super();
    this.#options = options;
    options.target.on("full", (error) => this.#onFull(error));
  }

  get blobs(): Hypercore {
    return this.#options.cores.blobs;
  }

  /** @returns false where it was stopped before it was whole */
  async run(): Promise<boolean> {
    const { blocks } = this.#options;
    await this.#checkWhatIsHere();
    if (this.#isStopped) return false;
    this.#ask(0, Math.min(FIRST, blocks));
    this.#download = this.blobs.download({ start: 0, end: blocks });
    await this.#download.done().catch(() => {});
    return !this.#isStopped && (await this.blobs.has(0, blocks));
  }

  stop(): void {
    this.#isStopped = true;
    this.#download?.destroy();
    if (this.#roomTimer) clearInterval(this.#roomTimer);
  }

  /**
   * Resolves when that block is here; it and those after it come before others.
   * @returns how many blocks from there on are here
   */
  async need(block: number): Promise<number> {
    this.#ask(block, Math.min(block + AHEAD, this.#options.blocks));
    if (!this.blobs.core.bitfield.get(block)) await this.blobs.get(block);
    let next = block;
    while (next < this.#options.blocks && this.blobs.core.bitfield.get(next)) next += 1;
    return next - block;
  }

  /** Before others: the answers are not wanted, but that they come first. */
  #ask(from: number, end: number): void {
    for (let at = from; at < end; at++) if (!this.blobs.core.bitfield.get(at)) void this.blobs.get(at).catch(() => {});
  }

  /** Resolves when that byte is here: where it lies, and how many bytes from there on are here too. */
  async from(offset: number): Promise<{ path: string; bytes: number }> {
    const { target } = this.#options;
    const block = Math.floor(offset / BLOCK_BYTES);
    const blocks = await this.need(block);
    const end = Math.min((block + blocks) * BLOCK_BYTES, totalsOf(target.parts).bytes);
    return { path: target.path ?? target.partPath, bytes: end - offset };
  }

  /** After a cut of the power the store may know of blocks that the disk never got: those are fetched anew. */
  async #checkWhatIsHere(): Promise<void> {
    const { blocks } = this.#options;
    const { state } = this.blobs.core as unknown as Inner;
    for (let at = 0; at < blocks && !this.#isStopped; at++) {
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
