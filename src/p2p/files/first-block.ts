/** The first block of a share that begins to come. */
import { once } from "node:events";
import { setTimeout } from "node:timers/promises";
import type Hypercore from "hypercore";

/** So long after the first device that may have it is there; where it has not got that block, others are asked for then. */
const ALONE_MS = 250;

/** What of hypercore 11 is looked into. */
interface Inner {
  readonly replicator: { _updateHotswap?: (peer: unknown) => void };
}

/**
 * Asked for by itself: among many it would come with the last of them, and whoever reads while it comes waits for it.
 * @returns `done`: it is here, or long enough was waited for it
 */
export function firstBlock(
  blobs: Hypercore,
  block: number,
  aloneMs = ALONE_MS,
): { done: Promise<void>; destroy(): void } {
  const { replicator } = blobs.core as unknown as Inner;
  // With so little under way the library would ask everybody for the same block.
  replicator._updateHotswap = () => {};
  const download = blobs.download({ start: block, end: block + 1 });
  const ending = new AbortController();
  const done = Promise.race([download.done().catch(() => {}), longEnough(blobs, aloneMs, ending.signal)]).then(() => {
    ending.abort();
    delete replicator._updateHotswap;
  });
  const destroy = () => {
    download.destroy();
    ending.abort();
  };
  return { done, destroy };
}

async function longEnough(blobs: Hypercore, aloneMs: number, signal: AbortSignal): Promise<void> {
  try {
    if (blobs.peers.length === 0) await once(blobs, "peer-add", { signal });
    await setTimeout(aloneMs, undefined, { signal });
  } catch {
    // It came before, or is not wanted any more.
  }
}
