/** Ranks into colours. Sixteen-colour indices, so that the person's own theme decides. */
import type { SafeText } from "../safe-text.js";
import type { Span, Tone } from "../state/rows.js";

export interface Theme {
  readonly isDark: boolean;
  /** False under NO_COLOR: bold and reverse stay, glyphs carry the rest. */
  readonly hasColor: boolean;
}

const DARK: Readonly<Record<Exclude<Tone, "author" | "text">, number>> = {
  dim: 90,
  accent: 36,
  warning: 33,
  bad: 31,
  code: 97,
};
const LIGHT: typeof DARK = { ...DARK, accent: 34, code: 30 };
const DARK_HUES = [32, 33, 34, 35, 36, 91, 92, 93, 94, 95, 96, 31];
// Bright yellow and bright cyan cannot be read on white.
const LIGHT_HUES = [32, 33, 34, 35, 36, 91, 92, 94, 95, 31, 34, 35];

/** What switches each on and off again. */
const ATTRIBUTES = [
  ["bold", 1, 22],
  ["italic", 3, 23],
  ["underline", 4, 24],
  ["reverse", 7, 27],
] as const;

function colorOf({ tone = "text", hue = 0 }: Span, theme: Theme): number | null {
  if (!theme.hasColor || tone === "text") return null;
  if (tone !== "author") return (theme.isDark ? DARK : LIGHT)[tone];
  return hue < 0 ? null : (theme.isDark ? DARK_HUES : LIGHT_HUES)[hue % 12]!;
}

function paintSpan(span: Span, theme: Theme): string {
  const color = colorOf(span, theme);
  const marks = ATTRIBUTES.filter(([name]) => span[name]);
  const on = [...(color === null ? [] : [color]), ...marks.map(([, code]) => code)];
  if (on.length === 0 || span.text === "") return span.text;
  const off = [...(color === null ? [] : [39]), ...marks.map(([, , code]) => code)];
  return `\x1b[${on.join(";")}m${span.text}\x1b[${off.join(";")}m`;
}

/** One row for Ink. Never empty: an empty text has no height. */
export function paint(spans: readonly Span[], theme: Theme): string {
  let row = "";
  for (const span of spans) row += paintSpan(span, theme);
  return row === "" ? " " : row;
}

/** Black on white whatever the theme is, for what a camera reads. */
export function paintPaper(text: SafeText, theme: Theme): string {
  return theme.hasColor ? `\x1b[38;5;16;48;5;231m${text}\x1b[39;49m` : text;
}
