/** A draft as rows of the composer. Every character stays, so that a place in the text is a place on the screen. Pure. */
import { type SafeText, safeText } from "../safe-text.js";
import type { Cells } from "./rows.js";

export interface DraftRow {
  /** The part of the draft it shows. */
  readonly from: number;
  readonly to: number;
}

export interface DraftPlace {
  readonly row: number;
  readonly column: number;
}

const ASCII = /^[\x20-\x7e]*$/;
const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** What stands on screen for a piece of a draft: the same as others will see, tabs and controls made visible. */
export function shownDraft(piece: string): SafeText {
  return safeText(piece);
}

function columnsOf(cluster: string, cells: Cells): number {
  return cells.width(shownDraft(cluster));
}

/** Rows of at most `columns` cells, broken behind spaces where there are any. */
export function draftRows(text: string, columns: number, cells: Cells): readonly DraftRow[] {
  const rows: DraftRow[] = [];
  let start = 0;
  for (const paragraph of text.split("\n")) {
    if (paragraph.length <= columns && ASCII.test(paragraph)) rows.push({ from: start, to: start + paragraph.length });
    else breakParagraph(paragraph, start, columns, cells, rows);
    start += paragraph.length + 1;
  }
  return rows;
}

function breakParagraph(text: string, offset: number, columns: number, cells: Cells, rows: DraftRow[]): void {
  let from = 0;
  let used = 0;
  let breakAt = -1;
  let usedAtBreak = 0;
  for (const { segment, index } of graphemes.segment(text)) {
    const width = columnsOf(segment, cells);
    if (used + width > columns && index > from) {
      const next = breakAt > from ? breakAt : index;
      rows.push({ from: offset + from, to: offset + next });
      used = breakAt > from ? used - usedAtBreak : 0;
      from = next;
      breakAt = -1;
    }
    used += width;
    if (segment === " " || width > 1) {
      breakAt = index + segment.length;
      usedAtBreak = used;
    }
  }
  rows.push({ from: offset + from, to: offset + text.length });
}

/** Where the cursor stands; between two rows of one line it belongs to the lower one. */
export function placeOfCursor(text: string, rows: readonly DraftRow[], cursor: number, cells: Cells): DraftPlace {
  const row = Math.max(
    0,
    rows.findLastIndex((one) => one.from <= cursor),
  );
  return { row, column: cells.width(shownDraft(text.slice(rows[row]!.from, cursor))) };
}

/** The place in the text a row above or below, at about the same column; null past the first or last row. */
export function cursorInRow(
  text: string,
  rows: readonly DraftRow[],
  cursor: number,
  step: -1 | 1,
  cells: Cells,
): number | null {
  const place = placeOfCursor(text, rows, cursor, cells);
  const target = rows[place.row + step];
  if (!target) return null;
  const next = rows[place.row + step + 1];
  // The end of a row that goes on below is already the start of the next one.
  const isBroken = next !== undefined && next.from === target.to;
  let column = 0;
  let last = target.from;
  for (const { segment, index } of graphemes.segment(text.slice(target.from, target.to))) {
    if (column >= place.column) return target.from + index;
    column += columnsOf(segment, cells);
    last = target.from + index;
  }
  return isBroken ? last : target.to;
}
