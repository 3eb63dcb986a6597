/** Colours by rank: what comes with the program, and a person's own in a file. */
import styles from "ansi-styles";
import { KeetError } from "../errors.js";
import type { Tone } from "../state/rows.js";

export type ColouredTone = Exclude<Tone, "author" | "text">;

export interface Theme {
  /** False under NO_COLOR: bold and reverse stay, glyphs carry the rest. */
  readonly hasColor: boolean;
  /** Parameters of SGR, such as `36` or `38;5;141`. */
  readonly tones: Readonly<Record<ColouredTone, string>>;
  /** Of people; who one is decides which. */
  readonly hues: readonly string[];
  /** Links are for the terminal to open. */
  readonly hasLinks: boolean;
  /** 256 colours or more. */
  readonly hasManyColors: boolean;
  /** Its background is known to be dark. */
  readonly isDark: boolean;
}

/** Bits of colour a terminal shows, as Node's `getColorDepth` counts them. */
export type ColourDepth = 1 | 4 | 8 | 24;

export interface ThemeFile {
  readonly tones: Readonly<Partial<Record<ColouredTone, Colour>>>;
  readonly authors: readonly Colour[] | null;
}

/** One of the 16 the terminal itself decides, one of the 256, or `#rrggbb`. */
type Colour = number | `#${string}`;

const TONES: readonly ColouredTone[] = ["dim", "accent", "warning", "bad", "code"];
const NAMES = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"];
const MAX_AUTHORS = 12;

// Sixteen-colour indices, so that the person's own palette decides.
const DARK: Readonly<Record<ColouredTone, Colour | null>> = { dim: 8, accent: 6, warning: 3, bad: 1, code: 15 };
const LIGHT: typeof DARK = { ...DARK, accent: 4, code: 0 };
/** Where the background is not known, white or black could be just that. */
const EITHER: typeof DARK = { ...DARK, code: null };
// Of the 256, which terminals agree on: each can be read on dark and on light, so a wrong guess of the background does no harm.
const HUES = [167, 166, 136, 100, 64, 29, 31, 33, 99, 134, 164, 198];
// Of the 16, those that can be read with xterm's colours.
const FEW_DARK_HUES = [1, 2, 3, 5, 6, 9, 10, 11, 12, 13, 14];
const FEW_LIGHT_HUES = [1, 4, 5, 9, 12, 13];
const FEW_HUES = [1, 5, 9, 12, 13];

export interface ThemeOptions {
  /** null where the terminal did not say what its background is. */
  readonly isDark: boolean | null;
  readonly hasColor: boolean;
  readonly depth?: ColourDepth;
  readonly hasLinks?: boolean;
  readonly file?: ThemeFile | null;
}

export function makeTheme({ isDark, hasColor, depth = 24, hasLinks = false, file = null }: ThemeOptions): Theme {
  const [ownTones, fewHues] = groundOf(isDark);
  const tones = { ...ownTones, ...file?.tones };
  const hues = file?.authors ?? (depth >= 8 ? HUES : fewHues);
  return {
    hasColor: hasColor && depth > 1,
    hasLinks,
    hasManyColors: depth >= 8,
    isDark: isDark === true,
    tones: Object.fromEntries(TONES.map((tone) => [tone, sgrOf(tones[tone], depth)])) as Theme["tones"],
    hues: hues.map((hue) => sgrOf(hue, depth)),
  };
}

function groundOf(isDark: boolean | null): readonly [typeof DARK, readonly number[]] {
  if (isDark === null) return [EITHER, FEW_HUES];
  return isDark ? [DARK, FEW_DARK_HUES] : [LIGHT, FEW_LIGHT_HUES];
}

/** The nearest one this terminal has; null is the terminal's own for text. */
function sgrOf(colour: Colour | null, depth: ColourDepth): string {
  if (colour === null) return "39";
  if (typeof colour === "number") {
    if (colour < 16) return String(colour < 8 ? 30 + colour : 82 + colour);
    return depth >= 8 ? `38;5;${colour}` : String(styles.ansi256ToAnsi(colour));
  }
  if (depth === 24) return `38;2;${styles.hexToRgb(colour).join(";")}`;
  const near = styles.hexToAnsi256(colour);
  return depth === 8 ? `38;5;${near}` : String(styles.ansi256ToAnsi(near));
}

/**
 * JSON with any of `dim`, `accent`, `warning`, `bad`, `code`, each a colour, and `authors`, a list of colours. A colour
 * is `red`, `bright-red`, a number up to 255 or `#rrggbb`.
 * @param path for what is said of it
 * @throws KeetError `THEME_UNREADABLE` with the first thing that is wrong
 */
export function parseTheme(text: string, path: string): ThemeFile {
  const wrong = (what: string) =>
    new KeetError("user", "THEME_UNREADABLE", `${path}: ${what}`, {
      hint: 'A colour is "red", "bright-red", a number up to 255 or "#rrggbb".',
    });
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    throw wrong("this is no JSON");
  }
  if (typeof content !== "object" || content === null || Array.isArray(content)) throw wrong("this is no JSON object");
  const tones: Partial<Record<ColouredTone, Colour>> = {};
  let authors: Colour[] | null = null;
  for (const [name, value] of Object.entries(content)) {
    if (name === "authors") {
      if (!Array.isArray(value) || value.length === 0 || value.length > MAX_AUTHORS) {
        throw wrong(`"authors" is a list of 1 to ${MAX_AUTHORS} colours`);
      }
      authors = value.map((one) => colourOf(one) ?? never(wrong(`${JSON.stringify(one)} is no colour`)));
    } else if ((TONES as readonly string[]).includes(name)) {
      tones[name as ColouredTone] = colourOf(value) ?? never(wrong(`${JSON.stringify(value)} is no colour`));
    } else throw wrong(`there is no "${name}"; there are ${[...TONES, "authors"].join(", ")}`);
  }
  return { tones, authors };
}

function colourOf(value: unknown): Colour | null {
  if (typeof value === "number") return Number.isInteger(value) && value >= 0 && value < 256 ? value : null;
  if (typeof value !== "string") return null;
  if (/^#[0-9a-f]{6}$/i.test(value)) return value as `#${string}`;
  const bare = value.replace(/^bright-/, "");
  const at = NAMES.indexOf(bare);
  if (at < 0) return null;
  return bare === value ? at : at + 8;
}

function never(error: Error): never {
  throw error;
}
