/** Spans as text with the colours of a theme. */
import type { SafeText } from "../safe-text.js";
import type { Span } from "../state/rows.js";
import { linkTo } from "../terminal/link.js";
import type { Theme } from "./theme.js";

/** What switches each on and off again. */
const ATTRIBUTES = [
  ["bold", 1, 22],
  ["italic", 3, 23],
  ["underline", 4, 24],
  ["reverse", 7, 27],
] as const;

function colorOf({ tone = "text", hue = 0 }: Span, theme: Theme): string | null {
  if (!theme.hasColor || tone === "text") return null;
  if (tone !== "author") return theme.tones[tone];
  return hue < 0 ? null : theme.hues[hue % theme.hues.length]!;
}

function paintSpan(span: Span, theme: Theme): string {
  const color = colorOf(span, theme);
  const marks = ATTRIBUTES.filter(([name]) => span[name]);
  const on = [...(color === null ? [] : [color]), ...marks.map(([, code]) => code)];
  if (on.length === 0 || span.text === "") return span.text;
  const off = [...(color === null ? [] : [39]), ...marks.map(([, , code]) => code)];
  const text = theme.hasLinks && span.link ? linkTo(span.link, span.text) : span.text;
  return `\x1b[${on.join(";")}m${text}\x1b[${off.join(";")}m`;
}

/** One row for Ink. Never empty: an empty text has no height. */
export function paint(spans: readonly Span[], theme: Theme): string {
  let row = "";
  for (const span of spans) row += paintSpan(span, theme);
  return row === "" ? " " : row;
}

/** Black on white whatever the theme is, for what a camera reads. */
export function paintPaper(text: SafeText, theme: Theme): string {
  // Without colours only reverse makes paper of a dark screen: many cameras read no code that is light on dark.
  if (!theme.hasColor) return theme.isDark ? `\x1b[7m${text}\x1b[27m` : text;
  // Of the sixteen the theme decides what white is; some consoles have no brighter one behind text.
  return theme.hasManyColors ? `\x1b[38;5;16;48;5;231m${text}\x1b[39;49m` : `\x1b[30;47m${text}\x1b[39;49m`;
}
