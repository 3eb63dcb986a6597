/** What was dragged into the terminal comes as a paste: the paths alone. */
import { type Stats, statSync } from "node:fs";
import { basename } from "node:path";
import { sizeOf } from "../amounts.js";
import { type SafeText, safe, safeLine } from "../safe-text.js";
import { findCommand } from "./index.js";
import { readLine } from "./parse.js";
import { pathsIn, writtenPaths } from "./written-paths.js";

/** More than this is nobody's drag, and every one is looked for on the disk. */
const MAX_DRAGGED = 50;
const MAX_LENGTH = 16_384;
const FROM_A_ROOT = /^(?:\/|~\/|file:\/\/|[A-Za-z]:[\\/])/i;

/** `Share "My tea.txt", 3 KB?`; null where that is no file, or not only files. */
export function draggedQuestion(text: string): SafeText | null {
  const paths = draggedPaths(text);
  if (paths === null) return null;
  const stats = paths.map(statsOf);
  if (stats.some((one) => !one?.isFile() && !one?.isDirectory())) return null;
  const first = safeLine(basename(paths[0]!), { maxLength: 60 });
  const bytes = stats.reduce((sum, one) => sum + one!.size, 0);
  const extent = stats.some((one) => one!.isDirectory()) ? "" : safe`, ${sizeOf(bytes)}`;
  if (paths.length === 1)
    return stats[0]!.isDirectory() ? safe`Share the folder "${first}"?` : safe`Share "${first}"${extent}?`;
  return safe`Share "${first}" and ${paths.length - 1} more${extent}?`;
}

function draggedPaths(text: string): readonly string[] | null {
  if (text.length > MAX_LENGTH || text.trim().includes("\n")) return null;
  const line = readLine(text);
  if (line.kind === "command" && findCommand(line.name)) return null;
  const written = writtenPaths(text);
  if (written.length === 0 || written.length > MAX_DRAGGED || !FROM_A_ROOT.test(written[0]!.path)) return null;
  try {
    const paths = pathsIn(text);
    // `/etc/` is what people write of; what is dragged has no slash at its end.
    return written.some(({ path }) => /[^/]\/$/.test(path)) ? null : paths;
  } catch {
    // A link to a file elsewhere is text.
    return null;
  }
}

function statsOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}
