/** What a download that will not be whole has left on the disk. */
import { existsSync } from "node:fs";
import type { Held } from "./held.js";
import { TargetFiles } from "./target.js";

/** Also of one that failed, or that was not opened since the start. What was put in its place once is never touched. */
export async function removeUnfinished({ kept, target, parts }: Held): Promise<void> {
  const { ours, state, folder, path, files, id, isFolder } = kept;
  if (ours || state === "whole" || path !== null || files === null || folder === null) return;
  const there = target ?? (existsSync(folder) ? await TargetFiles.open(folder, partIdOf(id), parts, isFolder) : null);
  await there?.remove();
}

/** What its unfinished file is called after. */
export function partIdOf(share: string): string {
  return share.slice(0, 16);
}
