/** Where everything stands for a size of the terminal. The sum of the rows is always the height. */
export interface Layout {
  readonly columns: number;
  readonly rows: number;
  readonly isTooSmall: boolean;
  /** One column, no lists. */
  readonly isNarrow: boolean;
  /** 0 where there is none; the separator is not counted, nor the blank before that of the members. */
  readonly listColumns: number;
  readonly memberColumns: number;
  readonly timelineColumns: number;
  /** Between the title and the rule. */
  readonly bodyRows: number;
  /** 1 where the line is an answer, a new text or a reaction: the row above it says so. */
  readonly modeRows: 0 | 1;
  /** Of calls, above the rule. */
  readonly callRows: number;
  readonly composerRows: number;
}

export const MAX_COMPOSER_ROWS = 8;
/** `" > "` and one cell for the cursor behind the last character. */
const COMPOSER_MARGIN = 4;
const MIN_COLUMNS = 30;
const MIN_ROWS = 8;
const FIXED_ROWS = 3;

/** A size of 0 is nobody's: a pty without a window says so. */
export function sizeOf(columns: number | undefined, rows: number | undefined): { columns: number; rows: number } {
  return columns && rows ? { columns, rows } : { columns: 80, rows: 24 };
}

export function layoutFor(
  columns: number,
  rows: number,
  draftRows: number,
  wantsMembers: boolean,
  modeRows: 0 | 1 = 0,
  callRows = 0,
): Layout {
  const isNarrow = columns < 60;
  const listColumns = isNarrow ? 0 : columns < 100 ? 17 : 24;
  const memberColumns = columns >= 120 && wantsMembers ? Math.min(25, Math.max(18, Math.floor(columns * 0.15))) : 0;
  const composerRows = Math.max(1, Math.min(draftRows, MAX_COMPOSER_ROWS, Math.floor(rows / 3)));
  return {
    columns,
    rows,
    isTooSmall: columns < MIN_COLUMNS || rows < MIN_ROWS,
    isNarrow,
    listColumns,
    memberColumns,
    timelineColumns: columns - (isNarrow ? 0 : listColumns + 1) - (memberColumns > 0 ? memberColumns + 2 : 0),
    bodyRows: rows - FIXED_ROWS - modeRows - callRows - composerRows,
    modeRows,
    callRows,
    composerRows,
  };
}

/** Cells for text in one row of the composer. */
export function draftColumns(columns: number): number {
  return Math.max(1, columns - (columns < 60 ? COMPOSER_MARGIN - 1 : COMPOSER_MARGIN));
}
