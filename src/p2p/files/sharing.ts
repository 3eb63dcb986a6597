/** A share of ours being read in: each block is hashed from where it lies, and can be fetched from then on. */
import { setImmediate as nextTurn } from "node:timers/promises";
import type { ShareCores } from "./share-cores.js";
import type { SourceFiles } from "./source.js";

/** A mebibyte: some milliseconds of hashing, which a packet of sound can wait for. */
const BATCH_BLOCKS = 4;

export interface SharingOptions {
  readonly cores: ShareCores;
  readonly source: SourceFiles;
  readonly blocks: number;
  readonly onProgress: (blocks: number) => void;
  readonly isStopped: () => boolean;
}

/**
 * Goes on where an earlier run was cut off.
 * @returns hash of the blobs core's tree; null where it was stopped
 * @throws KeetError `SOURCE_CHANGED`
 */
export async function readIn({ cores, source, blocks, onProgress, isStopped }: SharingOptions): Promise<Buffer | null> {
  const { blobs } = cores;
  for (let at = blobs.length; at < blocks; at = blobs.length) {
    if (isStopped()) return null;
    const count = Math.min(BATCH_BLOCKS, blocks - at);
    const read = await Promise.all(Array.from({ length: count }, (_, i) => source.read(at + i, 0)));
    if (isStopped()) return null;
    await blobs.append(read);
    onProgress(blobs.length);
    await nextTurn();
  }
  return blobs.treeHash(blocks);
}
