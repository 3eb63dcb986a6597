import type { SafeText } from "../safe-text.js";
import { cellWidth, wrapText } from "../terminal/cells.js";
import { INDENT } from "./message-words.js";

/** On less than this, indented rows would hold next to nothing. */
const MIN_COLUMNS = 20;

/**
 * Rows that fit a terminal, broken here and not by it: what it breaks goes on at the edge, where only the program's own
 * lines begin, and enough blanks in a message would put anything there. Pure.
 */
export function folded(text: SafeText, columns: number | null): SafeText {
  if (columns === null || columns < MIN_COLUMNS) return text;
  // A cell to spare: not every terminal measures every character alike.
  const width = columns - 1;
  return text
    .split("\n")
    .flatMap((line) => (cellWidth(line) <= width ? [line] : rowsOf(line, width)))
    .join("\n") as SafeText;
}

function rowsOf(line: string, width: number): string[] {
  const blanks = /^ */.exec(line)![0].length;
  const lead = Math.min(blanks, INDENT.length);
  const [first = "", ...others] = wrapText(line.slice(lead), width - INDENT.length);
  return [" ".repeat(lead) + first, ...others.map((row) => INDENT + row)];
}
