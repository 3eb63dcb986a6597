import { useCursor } from "ink";
import { useWhole } from "../hooks/use-store.js";
import { plainText } from "../safe-text.js";
import { type DraftRow, draftRows, placeOfCursor, shownDraft } from "../state/draft-rows.js";
import { characterAt } from "../state/edit.js";
import type { Span } from "../state/rows.js";
import { cells } from "./cells.js";
import type { DraftLine } from "./draft-line.js";
import { draftColumns } from "./layout.js";
import { Rows } from "./message-row.js";

/**
 * The only component that draws again for a key that types. The terminal's own cursor stands where the next character
 * goes: it looks as the person wants it, input methods open beside it, and a typed character costs its own bytes alone.
 */
export function Composer({
  line,
  columns,
  top,
  height,
  isActive,
}: {
  readonly line: DraftLine;
  readonly columns: number;
  /** Row of the screen where it begins. */
  readonly top: number;
  readonly height: number;
  readonly isActive: boolean;
}) {
  const { text, cursor } = useWhole(line.edit);
  const { setCursorPosition } = useCursor();
  const view = viewOf(text, cursor, columns, height);
  setCursorPosition(isActive ? { x: view.cursor.x, y: top + view.cursor.y } : undefined);
  const rows = view.rows.map((row, y) => [
    ...marginOf(view.first + y, columns),
    { text: shownDraft(text.slice(row.from, row.to)) },
  ]);
  return <Rows rows={rows} columns={columns} height={height} />;
}

/** One row with a drawn cursor, for a page where the terminal's own is hidden. */
export function drawnLine(text: string, cursor: number, columns: number): readonly Span[] {
  const view = viewOf(text, cursor, columns, 1);
  return [...marginOf(view.first, columns), ...cursorSpans(text, view.rows[0]!, cursor)];
}

interface View {
  readonly rows: readonly DraftRow[];
  /** Number of the first of them in the whole draft. */
  readonly first: number;
  /** Cells from the left edge, rows from the first one. */
  readonly cursor: { readonly x: number; readonly y: number };
}

/** As many rows as there is height for, those around the cursor. */
function viewOf(text: string, cursor: number, columns: number, height: number): View {
  const rows = draftRows(text, draftColumns(columns), cells);
  const place = placeOfCursor(text, rows, cursor, cells);
  const last = Math.max(0, rows.length - height);
  const first = Math.min(last, Math.max(0, place.row - height + 1));
  return {
    rows: rows.slice(first, first + height),
    first,
    cursor: { x: place.column + (isNarrow(columns) ? 2 : 3), y: place.row - first },
  };
}

function marginOf(row: number, columns: number): Span[] {
  const prompt = row === 0 ? plainText("> ") : plainText("  ");
  return [...(isNarrow(columns) ? [] : [{ text: plainText(" ") }]), { text: prompt, tone: "accent" }];
}

function isNarrow(columns: number): boolean {
  return columns < 60;
}

function cursorSpans(text: string, row: DraftRow, cursor: number): Span[] {
  const under = cursor < row.to ? characterAt(text, cursor) : "";
  const shown = shownDraft(under);
  return [
    { text: shownDraft(text.slice(row.from, cursor)) },
    { text: shown === "" || shown === "\n" ? plainText(" ") : shown, reverse: true },
    { text: shownDraft(text.slice(cursor + under.length, row.to)) },
  ];
}
