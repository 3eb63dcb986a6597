import { plainText, type SafeText } from "../safe-text.js";

/** What a piece of a row means; `components/paint.ts` gives it a colour. */
export type Tone = "text" | "dim" | "accent" | "warning" | "bad" | "code" | "author";

export interface Span {
  readonly text: SafeText;
  readonly tone?: Tone;
  /** With tone `author`: 0 to 11; -1 is oneself. */
  readonly hue?: number;
  readonly bold?: boolean;
  readonly italic?: boolean;
  readonly underline?: boolean;
  readonly reverse?: boolean;
  /** Where it leads: all of a link, of which `text` may be a piece. Only http and https. */
  readonly link?: SafeText;
}

/** Measuring and cutting in terminal cells, handed in: state does not know the terminal. */
export interface Cells {
  width(text: string): number;
  /** At most so many cells; what is cut off shows as `…`. */
  cut(text: SafeText, columns: number): SafeText;
  /** Exactly so many cells. */
  pad(text: SafeText, columns: number): SafeText;
  /** Between words, at line ends always. Never empty. */
  wrap(text: SafeText, columns: number): readonly SafeText[];
  /** Without regard for words, spaces kept: for code. */
  chop(line: SafeText, columns: number): readonly SafeText[];
}

export const BLANK = plainText(" ");
const SPACES = " ".repeat(512);

export function spaces(columns: number): SafeText {
  return SPACES.slice(0, Math.max(0, columns)) as SafeText;
}

export function repeated(glyph: "─" | "━" | "█" | "░" | "▬", columns: number): SafeText {
  return glyph.repeat(Math.max(0, columns)) as SafeText;
}

export function widthOf(spans: readonly Span[], cells: Cells): number {
  return spans.reduce((columns, span) => columns + cells.width(span.text), 0);
}

/** `── label ──`, centred, exactly so wide. */
export function ruled(label: SafeText, columns: number, glyph: "─" | "━", cells: Cells): SafeText {
  const text = cells.cut(label, columns - 4);
  const left = Math.max(0, Math.floor((columns - cells.width(text) - 2) / 2));
  const right = Math.max(0, columns - left - cells.width(text) - 2);
  return `${repeated(glyph, left)} ${text} ${repeated(glyph, right)}` as SafeText;
}
