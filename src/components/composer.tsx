import { useWhole } from "../hooks/use-store.js";
import { plainText, type SafeText } from "../safe-text.js";
import { type DraftRow, draftRows, placeOfCursor, shownDraft } from "../state/draft-rows.js";
import { characterAt } from "../state/edit.js";
import type { Span } from "../state/rows.js";
import { cells } from "./cells.js";
import type { DraftLine } from "./draft-line.js";
import { draftColumns } from "./layout.js";
import { Rows } from "./message-row.js";

/** The only component that draws again for a key that types. The cursor is drawn, the terminal's own is hidden. */
export function Composer({
  line,
  columns,
  height,
  isActive,
}: {
  readonly line: DraftLine;
  readonly columns: number;
  readonly height: number;
  readonly isActive: boolean;
}) {
  const { text, cursor } = useWhole(line.edit);
  return <Rows rows={composerRows(text, cursor, columns, height, isActive)} columns={columns} height={height} />;
}

/** As many rows as there is height for, those around the cursor. */
export function composerRows(
  text: string,
  cursor: number,
  columns: number,
  height: number,
  isActive: boolean,
): readonly (readonly Span[])[] {
  const rows = draftRows(text, draftColumns(columns), cells);
  const place = placeOfCursor(text, rows, cursor, cells);
  const last = Math.max(0, rows.length - height);
  const top = Math.min(last, Math.max(0, place.row - height + 1));
  const isNarrow = columns < 60;
  return rows.slice(top, top + height).map((row, index) => {
    const at = top + index;
    const prompt = at === 0 ? plainText("> ") : plainText("  ");
    const margin: Span[] = [...(isNarrow ? [] : [{ text: plainText(" ") }]), { text: prompt, tone: "accent" }];
    if (at !== place.row || !isActive) return [...margin, { text: shownDraft(text.slice(row.from, row.to)) }];
    return [...margin, ...cursorSpans(text, row, cursor)];
  });
}

function cursorSpans(text: string, row: DraftRow, cursor: number): Span[] {
  const under = cursor < row.to ? characterAt(text, cursor) : "";
  const shown = shownDraft(under);
  return [
    { text: shownDraft(text.slice(row.from, cursor)) },
    { text: shown === "" || shown === "\n" ? plainText(" ") : shown, reverse: true },
    { text: shownDraft(text.slice(cursor + under.length, row.to)) as SafeText },
  ];
}
