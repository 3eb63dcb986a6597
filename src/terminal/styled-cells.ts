// Text with colours as cells: one character and one style each. Parsed once per text and kept
// across frames, since finding the characters costs more than everything else in a frame.
import { cellWidth } from "./cells.js";

/** Equal styles are the same object. */
export interface Style {
  /** Parameters of one SGR sequence from a reset terminal, "" for none. */
  readonly sgr: string;
  /** The OSC 8 sequence that opens the link, "" for none. */
  readonly link: string;
}

export interface StyledLine {
  /** One entry a cell; "" where a wide character goes on. */
  readonly chars: readonly string[];
  readonly styles: readonly Style[];
  /** Some character may be wider or narrower in another terminal. */
  readonly hasRisky: boolean;
}

export const PLAIN: Style = { sgr: "", link: "" };
export const EMPTY_LINE: StyledLine = { chars: [], styles: [], hasRisky: false };

const MAX_CACHED = 2048;
const LINK_END = "\x1b]8;;\x1b\\";
const PRINTABLE_ASCII = /^[\x20-\x7e]*$/;
// One cell in every terminal, and never part of a cluster: Latin, Greek, Cyrillic, punctuation, box drawing, blocks.
const NARROW =
  /^[\x20-\x7e\u00a1-\u00a8\u00aa-\u00ac\u00af-\u02ff\u0370-\u0377\u037a-\u037f\u0384-\u038a\u038c\u038e-\u03a1\u03a3-\u0482\u048a-\u052f\u2010-\u2015\u2018-\u201f\u2022\u2026\u2500-\u259f]*$/;
// Two cells in every terminal: kana, ideographs, Hangul syllables.
const WIDE = /^[\u3001-\u300f\u3041-\u3096\u30a1-\u30fa\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3]$/;
const IGNORABLE = /^\p{Default_Ignorable_Code_Point}+$/u;
const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** A cache of two generations: what is used stays, what is not is forgotten after a while. */
export class RecentMap<V> {
  readonly #limit: number;
  #young = new Map<string, V>();
  #old = new Map<string, V>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  get(key: string, make: (key: string) => V): V {
    let value = this.#young.get(key);
    if (value !== undefined) return value;
    value = this.#old.get(key) ?? make(key);
    if (this.#young.size >= this.#limit) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(key, value);
    return value;
  }
}

/** May stand in another number of cells than we count, and so needs the cursor put right after it. */
export function isRisky(char: string): boolean {
  return !NARROW.test(char) && !WIDE.test(char);
}

/** How many cells beyond its own a terminal that knows no clusters would fill. */
export function overhang(char: string): number {
  let cells = 0;
  for (const part of char) cells += cellWidth(part);
  return Math.max(0, cells - Math.max(1, cellWidth(char)));
}

// --- styles

// What a parameter sets, by slot; a later one in the same slot takes its place.
const SLOTS = [
  "bold",
  "dim",
  "italic",
  "underline",
  "blink",
  "inverse",
  "hidden",
  "strike",
  "overline",
  "fg",
  "bg",
  "line",
];
type Slot = (typeof SLOTS)[number];
const ON: Readonly<Record<string, Slot>> = {
  1: "bold",
  2: "dim",
  3: "italic",
  4: "underline",
  5: "blink",
  6: "blink",
  7: "inverse",
  8: "hidden",
  9: "strike",
  21: "underline",
  53: "overline",
};
const OFF: Readonly<Record<string, readonly Slot[]>> = {
  22: ["bold", "dim"],
  23: ["italic"],
  24: ["underline"],
  25: ["blink"],
  27: ["inverse"],
  28: ["hidden"],
  29: ["strike"],
  39: ["fg"],
  49: ["bg"],
  55: ["overline"],
  59: ["line"],
};

const slotsOf = new WeakMap<Style, ReadonlyMap<Slot, string>>([[PLAIN, new Map()]]);
const interned = new Map<string, Style>([["\0", PLAIN]]);
const afterSgr = new Map<Style, Map<string, Style>>();

function intern(slots: ReadonlyMap<Slot, string>, link: string): Style {
  const sgr = SLOTS.flatMap((slot) => slots.get(slot) ?? []).join(";");
  const key = `${sgr}\0${link}`;
  let style = interned.get(key);
  if (style) return style;
  style = { sgr, link };
  // Colours and links are without number; styles still in use only lose their identity once.
  if (interned.size > 4096) {
    interned.clear();
    afterSgr.clear();
    interned.set("\0", PLAIN);
  }
  interned.set(key, style);
  slotsOf.set(style, slots);
  return style;
}

function withSgr(style: Style, parameters: string): Style {
  let known = afterSgr.get(style);
  if (!known) {
    known = new Map();
    afterSgr.set(style, known);
  }
  let result = known.get(parameters);
  if (result) return result;
  const slots = new Map(slotsOf.get(style));
  const list = parameters.split(";");
  for (let index = 0; index < list.length; index += 1) {
    const parameter = String(Number(list[index] || 0));
    const number = Number(parameter);
    if (number === 0) slots.clear();
    else if (number === 38 || number === 48 || number === 58) {
      const length = list[index + 1] === "5" ? 3 : list[index + 1] === "2" ? 5 : 1;
      if (length > 1)
        slots.set(number === 38 ? "fg" : number === 48 ? "bg" : "line", list.slice(index, index + length).join(";"));
      index += length - 1;
    } else if (parameter in ON) slots.set(ON[parameter]!, parameter);
    else if (parameter in OFF) for (const slot of OFF[parameter]!) slots.delete(slot);
    else if ((number >= 30 && number <= 37) || (number >= 90 && number <= 97)) slots.set("fg", parameter);
    else if ((number >= 40 && number <= 47) || (number >= 100 && number <= 107)) slots.set("bg", parameter);
  }
  result = intern(slots, style.link);
  known.set(parameters, result);
  return result;
}

/** The bytes that take a terminal from one style to another. */
export function styleChange(from: Style, to: Style): string {
  if (from === to) return "";
  let out = "";
  if (from.sgr !== to.sgr) {
    if (to.sgr === "") out = "\x1b[m";
    else if (from.sgr === "") out = `\x1b[${to.sgr}m`;
    else out = `\x1b[0;${to.sgr}m`;
  }
  if (from.link !== to.link) out += to.link === "" ? LINK_END : to.link;
  return out;
}

const END: Readonly<Record<Slot, number>> = {
  bold: 22,
  dim: 22,
  italic: 23,
  underline: 24,
  blink: 25,
  inverse: 27,
  hidden: 28,
  strike: 29,
  overline: 55,
  fg: 39,
  bg: 49,
  line: 59,
};

/**
 * The same inside a text, where each thing is ended on its own: a transformer of Ink may put colours
 * around the whole, which a reset would end and which chalk carries on after an end it knows.
 */
function styleChangeInText(from: Style, to: Style): string {
  const before = slotsOf.get(from)!;
  const after = slotsOf.get(to)!;
  const ended = new Set<number>();
  for (const [slot] of before) if (!after.has(slot)) ended.add(END[slot]!);
  let out = "";
  for (const code of ended) out += `\x1b[${code}m`;
  for (const [slot, parameters] of after) {
    // One end code serves bold and dim, so the other may have to begin again.
    if (before.get(slot) !== parameters || ended.has(END[slot]!)) out += `\x1b[${parameters}m`;
  }
  if (from.link !== to.link) out += to.link === "" ? LINK_END : to.link;
  return out;
}

// --- text to cells

const SEQUENCE =
  /\x1b\[([\d;]*)m|(?:\x1b\]|\x9d)(8;[^\x07\x1b\x9c]*)(?:\x07|\x1b\\|\x9c)|\x1b\[[\x30-\x3f]*[\x20-\x2f]*[\x40-\x7e]|(?:\x1b\]|\x9d)[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)/g;

interface LineUnderWay {
  chars: string[];
  styles: Style[];
  hasRisky: boolean;
}

function addPlain(line: LineUnderWay, text: string, style: Style): void {
  if (NARROW.test(text)) {
    for (const char of text) {
      line.chars.push(char);
      line.styles.push(style);
    }
    return;
  }
  for (const { segment } of graphemes.segment(text)) {
    if (IGNORABLE.test(segment)) continue;
    // A control here would move the cursor; Ink leaves tabs in.
    const char = /^[\x00-\x1f\x7f-\x9f]/.test(segment) ? " " : segment;
    const width = Math.max(1, cellWidth(char));
    line.chars.push(char);
    line.styles.push(style);
    for (let rest = 1; rest < width; rest += 1) {
      line.chars.push("");
      line.styles.push(style);
    }
    line.hasRisky ||= isRisky(char);
  }
}

function parseBlock(text: string): readonly StyledLine[] {
  let style = PLAIN;
  const lines: LineUnderWay[] = [];
  for (const source of text.split("\n")) {
    const line: LineUnderWay = { chars: [], styles: [], hasRisky: false };
    lines.push(line);
    let at = 0;
    if (source.includes("\x1b") || source.includes("\x9d")) {
      for (const match of source.matchAll(SEQUENCE)) {
        if (match.index > at) addPlain(line, source.slice(at, match.index), style);
        at = match.index + match[0].length;
        if (match[1] !== undefined) style = withSgr(style, match[1]);
        else if (match[2] !== undefined) {
          const hasTarget = /^8;[^;]*;./.test(match[2]);
          style = intern(slotsOf.get(style)!, hasTarget ? `\x1b]${match[2]}\x1b\\` : "");
        }
      }
    }
    if (at < source.length) addPlain(line, source.slice(at), style);
  }
  return lines;
}

const blocks = new RecentMap<readonly StyledLine[]>(MAX_CACHED);

/** Lines of a text; a style that is still on at a line's end goes on in the next. */
export function styledLines(text: string): readonly StyledLine[] {
  return blocks.get(text, parseBlock);
}

/** Columns `from` to `to`; a wide character cut in half leaves a blank of its style. */
export function sliceLine(line: StyledLine, from: number, to: number): StyledLine {
  if (from >= to) return EMPTY_LINE;
  if (from <= 0 && to >= line.chars.length) return line;
  const chars = line.chars.slice(from, to);
  for (let index = 0; chars[index] === ""; index += 1) chars[index] = " ";
  if (line.chars[to] === "") {
    let index = chars.length - 1;
    while (index > 0 && chars[index] === "") {
      chars[index] = " ";
      index -= 1;
    }
    if (index >= 0) chars[index] = " ";
  }
  return { chars, styles: line.styles.slice(from, to), hasRisky: line.hasRisky };
}

const written = new WeakMap<StyledLine, string>();

/** The line as text with its colours, all of them ended at its end. */
export function textOfLine(line: StyledLine): string {
  let text = written.get(line);
  if (text !== undefined) return text;
  text = "";
  let style = PLAIN;
  for (let index = 0; index < line.chars.length; index += 1) {
    const next = line.styles[index]!;
    if (next !== style && line.chars[index] !== "") {
      text += styleChangeInText(style, next);
      style = next;
    }
    text += line.chars[index];
  }
  text += styleChangeInText(style, PLAIN);
  written.set(line, text);
  return text;
}

export function isPrintableAscii(text: string): boolean {
  return PRINTABLE_ASCII.test(text);
}
