/** One share as this device has it: what is kept of it, and what of it is open. */
import b4a from "b4a";
import type { Fetching } from "./fetching.js";
import { layOut, type Part } from "./layout.js";
import type { KeptShare } from "./ledger.js";
import { Meter } from "./meter.js";
import type { ShareCores } from "./share-cores.js";
import type { SourceFiles } from "./source.js";
import { Takers, type TakersOptions } from "./takers.js";
import type { TargetFiles } from "./target.js";

/** How long nobody may have it before that is said. */
const ALONE_MS = 2_000;

export type TransferState = "reading" | "shared" | "fetching" | "paused" | "here" | "failed";

export interface TransferInfo {
  /** Of the share, in hex. */
  readonly share: string;
  readonly room: string;
  /** Writer of its row, in hex. */
  readonly writer: string;
  readonly name: string;
  readonly ours: boolean;
  readonly state: TransferState;
  /** Read in or fetched so far, and in all. */
  readonly bytes: number;
  readonly of: number;
  readonly perSecond: number;
  /** Devices it comes from now. */
  readonly sources: number;
  /** Why it stands still or ended. */
  readonly reason: string | null;
  /** Where it is, once it is here. */
  readonly path: string | null;
  /** Path in a shared folder where this is only a part of it. */
  readonly part: string | null;
}

/** `only-here`: ours, and on no other device yet. `going-out`: somebody is getting it from here. */
export interface OpenFileWork {
  readonly name: string;
  readonly what: "reading" | "fetching" | "only-here" | "going-out";
}

export class Held {
  kept: KeptShare;
  cores: ShareCores | null = null;
  opening: Promise<ShareCores> | null = null;
  source: SourceFiles | null = null;
  target: TargetFiles | null = null;
  fetching: Fetching | null = null;
  #takers: Takers | null = null;
  isStopped = false;
  /** Why those who had it cannot give it any more. */
  gone: string | null = null;
  readonly #meter = new Meter();
  #aloneSince: number | null = null;

  constructor(kept: KeptShare) {
    this.kept = kept;
  }

  get id(): Buffer {
    return b4a.from(this.kept.id, "hex");
  }

  get parts(): Part[] {
    return layOut(this.kept.files ?? []);
  }

  /** Something of it moves, or waits to. */
  get isBusy(): boolean {
    return this.kept.state === "reading" || this.kept.state === "fetching";
  }

  /** From now on it is known who gets it from here. */
  watch({ blobs, drive }: ShareCores, watch: Pick<TakersOptions, "isMember" | "onMore">): void {
    const { blocks } = this.kept;
    blobs.on("peer-add", () => {
      this.gone = null;
    });
    // Of empty files there is nothing to get but their names.
    const all = { core: drive.core, length: () => Math.max(1, drive.core.length) };
    this.#takers = new Takers({ ...(blocks > 0 ? { core: blobs, length: () => blocks } : all), ...watch });
  }

  /** Ours, and for the first time another device has all of it. */
  get isElsewhereNow(): boolean {
    return this.#isOnlyHere && this.#takers?.hasWhole === true;
  }

  get #isOnlyHere(): boolean {
    const { ours, state, isElsewhere, isFolder, blocks } = this.kept;
    return ours && state === "whole" && !isElsewhere && (isFolder || blocks > 0);
  }

  /** What would be cut off if this device went now. */
  get openWork(): OpenFileWork["what"] | null {
    const { state } = this.kept;
    if (state === "reading" || state === "fetching") return state;
    if (state === "failed") return null;
    if (this.#isOnlyHere && !this.isElsewhereNow) return "only-here";
    return this.#takers?.isTaken ? "going-out" : null;
  }

  get sources(): number {
    // A folder's list comes before its blocks.
    const peers = (this.cores?.all ?? []).flatMap((core) => core.peers);
    return new Set(
      peers.filter(({ remoteLength }) => remoteLength > 0).map((peer) => b4a.toString(peer.remotePublicKey, "hex")),
    ).size;
  }

  info(): TransferInfo {
    const { kept } = this;
    const bytes = this.#bytes();
    this.#meter.note(bytes);
    const sources = kept.state === "fetching" ? this.sources : 0;
    const reason = kept.reason ?? this.#whyPaused(sources);
    return {
      share: kept.id,
      room: kept.room,
      writer: kept.writer,
      name: kept.name,
      ours: kept.ours,
      state: this.#state(reason),
      bytes,
      of: kept.size,
      perSecond: this.isBusy ? this.#meter.perSecond : 0,
      sources,
      reason,
      path: kept.path,
      part: kept.part ?? null,
    };
  }

  #state(reason: string | null): TransferState {
    switch (this.kept.state) {
      case "reading":
        return "reading";
      case "whole":
        return this.kept.ours ? "shared" : "here";
      case "failed":
        return "failed";
      case "fetching":
        return reason === null ? "fetching" : "paused";
    }
  }

  #bytes(): number {
    const { kept, cores } = this;
    const blocks = kept.part ? this.parts.reduce((sum, part) => sum + part.blocks, 0) : kept.blocks;
    if (kept.state === "whole" || (blocks === 0 && kept.files)) return kept.size;
    if (!cores || blocks === 0) return 0;
    // The last block of a file is shorter: only at the end is it exact.
    return Math.min(kept.size, Math.floor((cores.have / blocks) * kept.size));
  }

  #whyPaused(sources: number): string | null {
    if (this.kept.state !== "fetching") return null;
    if (this.fetching?.halted) return this.fetching.halted;
    if (sources > 0) {
      this.#aloneSince = null;
      return null;
    }
    this.#aloneSince ??= performance.now();
    if (this.gone) return this.gone;
    return performance.now() - this.#aloneSince > ALONE_MS ? "nobody who has it is here" : null;
  }

  async close(): Promise<void> {
    this.isStopped = true;
    this.fetching?.stop();
    const cores = this.cores ?? (await this.opening?.catch(() => null));
    await cores?.close().catch(() => {});
    await Promise.allSettled([this.source?.close(), this.target?.close()]);
    [this.cores, this.opening, this.source, this.target, this.fetching] = [null, null, null, null, null];
    this.#takers = null;
  }
}
