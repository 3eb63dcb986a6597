/**
 * Voice notes that were recorded on this machine and sent: they lie in the profile's own folder for the shares alone, and
 * go with them. Any other file somebody shares is theirs.
 */
import { readdir, realpath, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { voiceNotesFolder } from "../../config.js";
import type { KeptShare } from "./ledger.js";

/** As the front end hands one over, which may be doing so right now. */
const HANDED_OVER = /^[0-9a-f]{16}$/;
const MIN_AGE_MS = 3_600_000;

/** @param others what is still shared: the same file may have been shared twice */
export async function removeOwnNote(profile: string, gone: KeptShare, others: readonly KeptShare[]): Promise<void> {
  const { ours, path } = gone;
  if (!ours || path === null || others.some((other) => other.path === path)) return;
  const folder = noteFolderOf(await realFolder(profile), path);
  if (folder !== null) await rm(folder, { recursive: true, force: true });
}

/** Those that a run before this one, or a front end that was killed, has left. */
export async function removeLeftNotes(profile: string, kept: readonly KeptShare[]): Promise<void> {
  const notes = await realFolder(profile);
  if (notes === null) return;
  const shared = new Set(kept.map(({ path }) => path && noteFolderOf(notes, path)));
  for (const name of await readdir(notes)) {
    const path = join(notes, name);
    if (!HANDED_OVER.test(name) || shared.has(path)) continue;
    const { mtimeMs } = await stat(path);
    if (Date.now() - mtimeMs > MIN_AGE_MS) await rm(path, { recursive: true, force: true });
  }
}

/** As paths of shares are: without links on the way. Null where nothing was recorded yet. */
async function realFolder(profile: string): Promise<string | null> {
  return await realpath(voiceNotesFolder(profile)).catch(() => null);
}

function noteFolderOf(notes: string | null, path: string): string | null {
  const folder = dirname(path);
  return dirname(folder) === notes && HANDED_OVER.test(basename(folder)) ? folder : null;
}
