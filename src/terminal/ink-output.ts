// Takes the place of Ink's output.js in the bundle (docs/decisions/0003-ink-output.md): the same
// interface, but a row is put together from lines parsed in earlier frames, not from cells.
import {
  EMPTY_LINE,
  isPrintableAscii,
  PLAIN,
  RecentMap,
  type Style,
  type StyledLine,
  sliceLine,
  styledLines,
  textOfLine,
} from "./styled-cells.js";

interface Clip {
  readonly x1: number | undefined;
  readonly x2: number | undefined;
  readonly y1: number | undefined;
  readonly y2: number | undefined;
}

type Transformer = (line: string, index: number) => string;

interface Piece {
  readonly x: number;
  readonly line: StyledLine;
  readonly text: string;
}

const MAX_CACHED_ROWS = 1024;
const overlaps = new RecentMap<string>(MAX_CACHED_ROWS);

function tighter(a: number | undefined, b: number | undefined, pick: (a: number, b: number) => number) {
  if (a === undefined) return b;
  return b === undefined ? a : pick(a, b);
}

function isEmpty({ x1, x2, y1, y2 }: Clip): boolean {
  return (x1 !== undefined && x2 !== undefined && x1 >= x2) || (y1 !== undefined && y2 !== undefined && y1 >= y2);
}

function widest(lines: readonly StyledLine[]): number {
  return lines.reduce((most, line) => Math.max(most, line.chars.length), 0);
}

/** Ink makes one for every frame; what it knows across frames is in styled-cells.ts. */
export default class Output {
  readonly width: number;
  readonly height: number;
  readonly #rows: Piece[][];
  readonly #clips: Clip[] = [];

  constructor({ width, height }: { width: number; height: number }) {
    this.width = width;
    this.height = height;
    this.#rows = Array.from({ length: Math.max(0, height) }, () => []);
  }

  clip(clip: Clip): void {
    const outer = this.#clips.at(-1);
    this.#clips.push({
      x1: tighter(outer?.x1, clip.x1, Math.max),
      x2: tighter(outer?.x2, clip.x2, Math.min),
      y1: tighter(outer?.y1, clip.y1, Math.max),
      y2: tighter(outer?.y2, clip.y2, Math.min),
    });
  }

  unclip(): void {
    this.#clips.pop();
  }

  write(x: number, y: number, text: string, { transformers }: { transformers: readonly Transformer[] }): void {
    if (text === "") return;
    const clip = this.#clips.at(-1);
    if (clip && isEmpty(clip)) return;
    let lines = styledLines(text);
    let left = x;
    let top = y;
    if (clip?.x1 !== undefined && clip.x2 !== undefined) {
      const { x1, x2 } = clip;
      if (x + widest(lines) < x1 || x > x2) return;
      lines = lines.map((line) => sliceLine(line, Math.max(0, x1 - x), Math.min(line.chars.length, x2 - x)));
      left = Math.max(x, x1);
    }
    if (clip?.y1 !== undefined && clip.y2 !== undefined) {
      if (y + lines.length < clip.y1 || y > clip.y2) return;
      lines = lines.slice(Math.max(0, clip.y1 - y), Math.max(0, Math.min(lines.length, clip.y2 - y)));
      top = Math.max(y, clip.y1);
    }
    // The usual case: one line that needs no colours of its own.
    const source = lines.length === 1 && !clip && isPrintableAscii(text) ? text : null;
    for (const [index, line] of lines.entries()) {
      const row = this.#rows[top + index];
      if (!row) continue;
      let shown = line;
      let shownText = source ?? textOfLine(line);
      if (transformers.length > 0) {
        for (const transform of transformers) shownText = transform(shownText, index + top - y);
        shown = styledLines(shownText)[0] ?? EMPTY_LINE;
        shownText = textOfLine(shown);
      }
      if (shown.chars.length > 0) row.push({ x: left, line: shown, text: shownText });
    }
  }

  get(): { output: string; height: number } {
    return { output: this.#rows.map((row) => this.#textOfRow(row)).join("\n"), height: this.height };
  }

  #textOfRow(row: readonly Piece[]): string {
    let text = "";
    let column = 0;
    for (const piece of row) {
      if (piece.x < column) return this.#textOfOverlap(row);
      text += " ".repeat(piece.x - column) + piece.text;
      column = piece.x + piece.line.chars.length;
    }
    return text.trimEnd();
  }

  /** Pieces lie over each other: as under borders and backgrounds. The later one wins. */
  #textOfOverlap(row: readonly Piece[]): string {
    const key = `${this.width}\0${row.map((piece) => `${piece.x}\0${piece.text}`).join("\0")}`;
    return overlaps.get(key, () => {
      const chars: string[] = new Array(this.width).fill(" ");
      const styles: Style[] = new Array(this.width).fill(PLAIN);
      for (const { x, line } of row) paint(chars, styles, x, line);
      return textOfLine({ chars, styles, hasRisky: false }).trimEnd();
    });
  }
}

function paint(chars: string[], styles: Style[], x: number, line: StyledLine): void {
  // The wide character whose second half is overwritten is no longer there.
  if (chars[x] === "" && x > 0) {
    let lead = x - 1;
    while (lead > 0 && chars[lead] === "") lead -= 1;
    chars.fill(" ", lead, x);
  }
  const from = Math.max(0, -x);
  while (chars.length < x) {
    chars.push(" ");
    styles.push(PLAIN);
  }
  for (let index = from; index < line.chars.length; index += 1) {
    // Of a wide character half outside only a blank is seen.
    const isCut = index === from && line.chars[index] === "";
    chars[x + index] = isCut ? " " : line.chars[index]!;
    styles[x + index] = line.styles[index]!;
  }
  for (let after = x + line.chars.length; chars[after] === ""; after += 1) chars[after] = " ";
}
