/** The two cores of one share: a Hyperdrive of its own, in the store for files. */
import { join } from "node:path";
import b4a from "b4a";
import Corestore from "corestore";
import Hypercore from "hypercore";
import CoreStorage from "hypercore-storage";
import Hyperdrive from "hyperdrive";
import sodium from "sodium-universal";
import { privateFolder } from "../../config.js";
import { type BlockPlace, keepBlocksIn } from "./block-files.js";
import { detach } from "./detach.js";
import type { Part } from "./layout.js";

const KEY_DOMAIN = b4a.from("keet-tui/share/1");
/**
 * Requests under way at one peer: 256 KiB each, so that a far peer is kept busy and a near one's memory is not. With
 * fewer than 16 the library asks a second peer for the same blocks.
 */
const INFLIGHT = [16, 24] as const;
const WRITE_BUFFER_BYTES = 8 * 1024 * 1024;

export async function openFileStore(profile: string): Promise<Corestore> {
  const path = join(profile, "files-store");
  privateFolder(path);
  const store = new Corestore(new CoreStorage(path, { writeBufferSize: WRITE_BUFFER_BYTES }));
  await store.ready();
  return store;
}

/** Any member derives it; it opens this share and nothing else. */
export function shareKey(roomEncryptionKey: Uint8Array, shareId: Uint8Array): Buffer {
  const key = b4a.alloc(32);
  sodium.crypto_generichash_batch(key, [KEY_DOMAIN, shareId], roomEncryptionKey);
  return key;
}

export interface ShareCoresOptions {
  readonly store: Corestore;
  readonly id: Uint8Array;
  readonly encryptionKey: Uint8Array;
  /** Null where this device made it, or makes it now. */
  readonly theirs: { readonly drive: Uint8Array; readonly blobs: Uint8Array } | null;
}

export class ShareCores {
  readonly drive: Hyperdrive;
  readonly blobs: Hypercore;

  private constructor(drive: Hyperdrive, blobs: Hypercore) {
    this.drive = drive;
    this.blobs = blobs;
  }

  static async open({ store, id, encryptionKey, theirs }: ShareCoresOptions): Promise<ShareCores> {
    // A drive closes the store it is given.
    const own = store.namespace(id);
    const drive = new Hyperdrive(own, theirs?.drive ?? null, { encryptionKey });
    await drive.ready();
    // Their blobs core is opened by its key: what tells the drive of it may come later than the first block.
    const blobs = theirs ? store.get({ key: theirs.blobs, encryptionKey }) : (await drive.getBlobs()).core;
    await blobs.ready();
    blobs.core.replicator.setInflightRange(...INFLIGHT);
    return new ShareCores(drive, blobs);
  }

  get all(): Hypercore[] {
    return [this.drive.core, this.blobs];
  }

  keepBlocksIn(place: BlockPlace): void {
    keepBlocksIn(this.blobs, place);
  }

  /** What is in it, before a byte of it was read: whoever fetches knows at once what comes. */
  async writeEntries(parts: readonly Part[]): Promise<void> {
    const batch = this.drive.batch();
    let byteOffset = 0;
    for (const { path, size, firstBlock, blocks } of parts) {
      const blob = { blockOffset: firstBlock, blockLength: blocks, byteOffset, byteLength: size };
      await batch.putEntry(`/${path}`, { blob: size > 0 ? blob : null });
      byteOffset += size;
    }
    await batch.flush();
  }

  /** Blocks that are here. */
  get have(): number {
    return this.blobs.core.bitfield.countSet(0, this.blobs.length);
  }

  /** Of the tree over so many blocks; waits until it is known so far. Not the library's own: that one fetches the last block. */
  async hashAt(blocks: number): Promise<Buffer> {
    while (this.blobs.length < blocks) await new Promise((done) => this.blobs.once("append", done));
    return Hypercore.treeHashFromStorage(this.blobs, blocks);
  }

  async close(): Promise<void> {
    await this.blobs.close();
    await this.drive.close();
    // Somebody else here may have opened them again.
    for (const core of this.all) if (!core.core.hasSession()) detach(core);
  }
}
