/** A further copy of a share that is here whole. */
import { dirname } from "node:path";
import { hex } from "../hex.js";
import { newId } from "../room.js";
import type { BlockPlace } from "./block-files.js";
import { blocksOf, layOut } from "./layout.js";
import type { Goal, KeptShare, Ledger } from "./ledger.js";
import { removeLeft } from "./part-files.js";
import { TargetFiles } from "./target.js";

/**
 * @returns where it lies
 * @throws KeetError as `TargetFiles`, and what reading from there throws; nothing of it stays then
 */
export async function copyTo(
  from: Pick<BlockPlace, "read">,
  { files, name, isFolder }: KeptShare,
  { folder, to }: Goal,
  ledger: Ledger,
): Promise<string> {
  const place = to === null ? folder : dirname(to);
  const parts = layOut(files ?? []);
  // A name of its own: the share itself may be on its way into the same folder.
  const id = hex(newId()).slice(0, 16);
  const target = await TargetFiles.open(place, id, parts, isFolder);
  try {
    // A run that is killed in the middle leaves it; the next one takes it away.
    ledger.noteCopy({ id, folder: dirname(target.partPath), identity: target.identity! });
    for (const block of blocksOf(parts)) await target.write(block, await from.read(block, 0));
    return await (to === null ? target.putInPlace(place, name) : target.putAt(to));
  } catch (error) {
    await target.remove();
    throw error;
  } finally {
    await target.close();
    ledger.forgetCopy(id);
  }
}

/** What copies that were cut off have left; nothing that is anybody else's. */
export async function removeLeftCopies(ledger: Ledger): Promise<void> {
  for (const { id, folder, identity } of ledger.leftCopies()) {
    // Where the folder itself is gone, so is what lay in it.
    await removeLeft(folder, id, identity).catch(() => {});
    ledger.forgetCopy(id);
  }
}
