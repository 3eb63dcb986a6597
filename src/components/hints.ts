/** Hints in one row: whole ones only, for half a key is none. Pure. */
import { plainText, type SafeText, safe } from "../safe-text.js";

export interface HintRow {
  readonly columns: number;
  readonly separator: string;
  /** The way out, which is there whatever else must go. */
  readonly end?: SafeText;
  readonly width: (text: string) => number;
}

/** As many of them as fit, from the first on. */
export function hintRow(hints: readonly SafeText[], { columns, separator, end, width }: HintRow): SafeText {
  const shown: SafeText[] = [];
  const rowOf = (more: readonly SafeText[]) => safe`${[...shown, ...more].join(separator)}`;
  const tail = end === undefined ? [] : [end];
  for (const hint of hints) {
    if (width(rowOf([hint, ...tail])) > columns) break;
    shown.push(hint);
  }
  return shown.length + tail.length === 0 ? plainText("") : rowOf(tail);
}
