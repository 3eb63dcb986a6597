/** A path of this machine as people write it: `~/Downloads/tea.pdf`. */
import { homedir } from "node:os";
import { sep } from "node:path";
import { type SafeText, safe, safeLine } from "../safe-text.js";
import type { Cells } from "./rows.js";

export function shownPath(path: string, home = homedir()): SafeText {
  const isInHome = home !== "" && path.startsWith(home.endsWith(sep) ? home : `${home}${sep}`);
  return safeLine(isInHome && home !== sep ? `~${path.slice(home.length)}` : path);
}

/** Its end is what tells it from others, so folders go from its beginning: `…/trip/tea.pdf`. */
export function fittingPath(path: SafeText, columns: number, cells: Cells): SafeText {
  if (cells.width(path) <= columns) return path;
  for (let at = path.indexOf(sep, 1); at >= 0; at = path.indexOf(sep, at + 1)) {
    const end = safe`…${path.slice(at)}`;
    if (cells.width(end) <= columns) return end;
  }
  return cells.cut(path, columns);
}
