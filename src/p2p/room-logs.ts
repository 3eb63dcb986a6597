/** The logs of a room's writers as they lie here: how long, with what hash, and as others can open them. */
import type Autobase from "autobase";
import b4a from "b4a";
import c from "compact-encoding";
import type Corestore from "corestore";
import type Hypercore from "hypercore";
import messages from "hypercore/lib/messages.js";
import type { LogHash } from "./channel.js";
import type { Indexer } from "./spec/generated/types.js";
import { within } from "./time-limit.js";

const READ_LIMIT_MS = 2_000;
const NO_KEY = b4a.alloc(32);

export interface RoomLogsOptions {
  readonly base: Autobase;
  readonly store: Corestore;
  /** The room is closing, or was given up. */
  readonly isOver: () => boolean;
}

export class RoomLogs {
  readonly #options: RoomLogsOptions;

  constructor(options: RoomLogsOptions) {
    this.#options = options;
  }

  /** The log that holds all that is signed. */
  isSigned(writer: Uint8Array): boolean {
    return b4a.equals(writer, this.#options.base.core.key ?? NO_KEY);
  }

  length(writer: Uint8Array): Promise<number> {
    return this.#with(writer, async (core) => core.length);
  }

  /** Null where so much of it is not here. */
  async hash(writer: Uint8Array, length: number): Promise<Buffer | null> {
    const { base, isOver } = this.#options;
    if (isOver()) return null;
    if (this.isSigned(writer) && length > base.core.signedLength) return null;
    const hash = this.#with(writer, async (core) => (length <= core.length ? await core.treeHash(length) : null));
    return within(hash, READ_LIMIT_MS, () => new Error("its hashes are not here")).catch(() => null);
  }

  /** The hash of all that is signed. */
  async signedHash(): Promise<LogHash | null> {
    const { core } = this.#options.base;
    if (this.#options.isOver() || !core.key || core.signedLength === 0) return null;
    const hash = await this.hash(core.key, core.signedLength);
    return hash && { writer: core.key, length: core.signedLength, hash };
  }

  /** Writers' cores as others can open them; null where one of them is not known well enough here. */
  async manifests(writers: readonly Uint8Array[]): Promise<Indexer[] | null> {
    const { local } = this.#options.base;
    const found: Indexer[] = [];
    for (const writer of writers) {
      const isOwn = b4a.equals(writer, local.key);
      const manifest = isOwn ? local.manifest : await this.#with(writer, async (core) => core.manifest);
      if (!manifest) return null;
      found.push({ writer, manifest: c.encode(messages.manifest, manifest) });
    }
    return found;
  }

  async #with<T>(writer: Uint8Array, use: (core: Hypercore) => Promise<T>): Promise<T> {
    const core = this.#options.store.get({ key: writer, active: false });
    try {
      await core.ready();
      return await use(core);
    } finally {
      await core.close();
    }
  }
}
