// How many cells text takes, and cutting it to fit. Always in whole characters as people see them.
import stringWidth from "string-width";

const MAX_CACHED = 8192;
const PRINTABLE_ASCII = /^[\x20-\x7e]*$/;
const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

// Two generations: when the young one is full it becomes the old one, and what is still used comes back.
let young = new Map<string, number>();
let old = new Map<string, number>();

function clusterWidth(cluster: string): number {
  let width = young.get(cluster);
  if (width !== undefined) return width;
  width = old.get(cluster) ?? stringWidth(cluster);
  if (young.size >= MAX_CACHED) {
    old = young;
    young = new Map();
  }
  young.set(cluster, width);
  return width;
}

/** `visit` hears of every character until it answers false; true if it never did. */
function eachCluster(text: string, visit: (cluster: string, index: number, width: number) => boolean): boolean {
  if (PRINTABLE_ASCII.test(text)) {
    for (let index = 0; index < text.length; index += 1) if (!visit(text[index]!, index, 1)) return false;
    return true;
  }
  for (const { segment, index } of graphemes.segment(text)) {
    const code = segment.length === 1 ? segment.charCodeAt(0) : 0;
    const width = code >= 0x20 && code < 0x7f ? 1 : clusterWidth(segment);
    if (!visit(segment, index, width)) return false;
  }
  return true;
}

/** Cells of one line; line ends and other controls count nothing. */
export function cellWidth(text: string): number {
  if (PRINTABLE_ASCII.test(text)) return text.length;
  let cells = 0;
  eachCluster(text, (_cluster, _index, width) => {
    cells += width;
    return true;
  });
  return cells;
}

/** At most `columns` cells; where something is cut off, `ellipsis` is the last of them. Reads no further than it must. */
export function cutToWidth(text: string, columns: number, ellipsis = "…"): string {
  if (columns <= 0) return "";
  if (text.length <= columns && PRINTABLE_ASCII.test(text)) return text;
  const room = columns - cellWidth(ellipsis);
  let cells = 0;
  let fits = 0;
  const isWhole = eachCluster(text, (cluster, index, width) => {
    cells += width;
    if (cells <= room) fits = index + cluster.length;
    return cells <= columns;
  });
  if (isWhole) return text;
  return room < 0 ? "" : text.slice(0, fits) + ellipsis;
}

/** Exactly `columns` cells: cut, or filled up with spaces. */
export function padToWidth(text: string, columns: number): string {
  const cut = cutToWidth(text, columns);
  return cut + " ".repeat(Math.max(0, columns - cellWidth(cut)));
}

/**
 * Lines of at most `columns` cells. Breaks at spaces and beside wide characters, inside a word only
 * where the word alone is too long; keeps line ends and leading spaces. One pass: the work grows
 * with the text. A character wider than a whole line is shown as `…`.
 */
export function wrapText(text: string, columns: number): string[] {
  const width = Math.max(1, columns);
  const lines: string[] = [];
  for (const paragraph of text.split("\n")) {
    if (paragraph.length <= width && PRINTABLE_ASCII.test(paragraph)) lines.push(paragraph);
    else wrapParagraph(paragraph, width, lines);
  }
  return lines;
}

function wrapParagraph(text: string, columns: number, lines: string[]): void {
  let start = 0;
  let cells = 0;
  // The last place a line may end: where it ends, where the next begins, cells up to there.
  let breakEnd = -1;
  let breakNext = -1;
  let breakCells = 0;
  const allowBreak = (end: number, next: number) => {
    breakEnd = end;
    breakNext = next;
    breakCells = cells;
  };
  const begin = (at: number, rest: number) => {
    start = at;
    cells = rest;
    breakNext = -1;
  };

  eachCluster(text, (cluster, index, width) => {
    const after = index + cluster.length;
    if (cluster === " ") {
      if (cells < columns) {
        cells += 1;
        allowBreak(index, after);
      } else {
        lines.push(text.slice(start, index).trimEnd());
        begin(after, 0);
      }
      return true;
    }
    if (width > 1 && index > start && index !== breakNext) allowBreak(index, index);
    if (cells + width > columns && breakNext > start) {
      lines.push(text.slice(start, breakEnd).trimEnd());
      begin(breakNext, cells - breakCells);
    }
    if (cells + width > columns) {
      if (index > start) lines.push(text.slice(start, index));
      begin(index, 0);
    }
    if (width > columns) {
      lines.push("…");
      begin(after, 0);
      return true;
    }
    cells += width;
    if (width > 1) allowBreak(after, after);
    return true;
  });
  if (start < text.length || text === "") lines.push(text.slice(start));
}
