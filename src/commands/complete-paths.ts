/** What Tab offers for a path: what lies in the folder that is written so far. */
import { opendirSync } from "node:fs";
import { safeLine } from "../safe-text.js";
import type { Candidate } from "./complete.js";
import { absolutePath, asWritten, writtenPaths } from "./written-paths.js";

/** Of a folder with more than this only so many are looked at: Tab must be at once. */
const MAX_LOOKED_AT = 20_000;
const MAX_CANDIDATES = 40;
const CONTROLS = /[\x00-\x1f\x7f]/;

/** `args` ends at the cursor. @returns how much of its end they take the place of */
export function pathCandidates(args: string): { readonly length: number; readonly candidates: readonly Candidate[] } {
  const last = writtenPaths(args).at(-1);
  const word = last?.to === args.length ? last : { from: args.length, path: "", isHome: false };
  const slash = word.path.lastIndexOf("/") + 1;
  const [folder, start] = [word.path.slice(0, slash), word.path.slice(slash)];
  const written = word.isHome ? `~${asWritten(folder.slice(1))}` : asWritten(folder);
  const candidates = namesIn(folder, word.isHome)
    .filter((name) => name.startsWith(start) && (start.startsWith(".") || !name.startsWith(".")))
    .sort()
    .slice(0, MAX_CANDIDATES)
    .map((name) => ({ label: safeLine(name), insert: `${written}${asWritten(name)}`, note: null }));
  return { length: args.length - word.from, candidates };
}

/** Folders end in a slash. A name that would break the line is left out. */
function namesIn(folder: string, isHome: boolean): string[] {
  const names: string[] = [];
  try {
    const open = opendirSync(absolutePath({ path: folder === "" ? "." : folder, isHome }));
    try {
      for (let looked = 0; looked < MAX_LOOKED_AT; looked += 1) {
        const entry = open.readSync();
        if (entry === null) break;
        if (!CONTROLS.test(entry.name)) names.push(entry.isDirectory() ? `${entry.name}/` : entry.name);
      }
    } finally {
      open.closeSync();
    }
  } catch {
    // Where there is no such folder there is nothing to offer.
  }
  return names;
}
