/** A further copy of a share that is here whole. */
import { dirname } from "node:path";
import { hex, newId } from "../room.js";
import type { BlockPlace } from "./block-files.js";
import { blocksOf, layOut } from "./layout.js";
import type { Goal, KeptShare } from "./ledger.js";
import { TargetFiles } from "./target.js";

/**
 * @returns where it lies
 * @throws KeetError as `TargetFiles`, and what reading from there throws; nothing of it stays then
 */
export async function copyTo(
  from: Pick<BlockPlace, "read">,
  { files, name, isFolder }: KeptShare,
  { folder, to }: Goal,
): Promise<string> {
  const place = to === null ? folder : dirname(to);
  const parts = layOut(files ?? []);
  // A name of its own: the share itself may be on its way into the same folder.
  const target = await TargetFiles.open(place, hex(newId()).slice(0, 16), parts, isFolder);
  try {
    for (const block of blocksOf(parts)) await target.write(block, await from.read(block, 0));
    return await (to === null ? target.putInPlace(place, name) : target.putAt(to));
  } catch (error) {
    await target.remove();
    throw error;
  } finally {
    await target.close();
  }
}
