// Takes the place of Ink's log-update.js in the bundle (docs/decisions/0003-ink-output.md): the same
// interface, but rows are addressed absolutely and only cells that changed are written. That holds
// on the alternate screen, which nothing else scrolls; the program draws nowhere else.
import {
  EMPTY_LINE,
  isRisky,
  overhang,
  PLAIN,
  type Style,
  type StyledLine,
  styleChange,
  styledLines,
} from "./styled-cells.js";

interface CursorPosition {
  readonly x: number;
  readonly y: number;
}

interface Stream {
  readonly columns?: number;
  readonly rows?: number;
  /** What was written before has not been read yet; `drain` tells that it has. */
  readonly isBehind?: boolean;
  on?(event: "drain", listener: () => void): unknown;
  write(data: string): unknown;
}

interface LogUpdate {
  (text: string): boolean;
  clear(): void;
  done(): void;
  reset(): void;
  sync(text: string): void;
  setCursorPosition(position: CursorPosition | undefined): void;
  isCursorDirty(): boolean;
  willRender(text: string): boolean;
  getCursorPosition(): CursorPosition | undefined;
}

/** Unchanged cells between two changed ones are written again where moving over them costs as much. */
const MAX_GAP = 4;
/** Scrolling is looked for only where this many cells changed, over so many rows at most. */
const MIN_SCROLL_CELLS = 200;
const MAX_SCROLL_ROWS = 12;
/** Cells that a scroll must save to be worth its own bytes and the blank rows it brings. */
const SCROLL_COST = 40;
/** More than this is written with the cursor hidden, so that it is not seen running. */
const QUIET_LENGTH = 200;

const HIDE = "\x1b[?25l";
const SHOW = "\x1b[?25h";

function charAt(line: StyledLine, x: number): string {
  return x < line.chars.length ? line.chars[x]! : " ";
}

function styleAt(line: StyledLine, x: number): Style {
  return x < line.styles.length ? line.styles[x]! : PLAIN;
}

function isSame(a: StyledLine, b: StyledLine, x: number): boolean {
  return charAt(a, x) === charAt(b, x) && styleAt(a, x) === styleAt(b, x);
}

function difference(a: StyledLine, b: StyledLine): number {
  if (a === b) return 0;
  let count = 0;
  for (let x = Math.max(a.chars.length, b.chars.length) - 1; x >= 0; x -= 1) if (!isSame(a, b, x)) count += 1;
  return count;
}

/** Writes to a terminal while knowing where its cursor is and what style it writes in. */
class Pen {
  out = "";
  readonly #columns: number;
  /** null where it is not known, as after the last column. */
  #x: number | null = null;
  #y: number | null = null;
  #style: Style = PLAIN;

  constructor(columns: number, at: CursorPosition | null) {
    this.#columns = columns;
    this.#x = at?.x ?? null;
    this.#y = at?.y ?? null;
  }

  /** Where the terminal's cursor is now; null where that is not known for certain. */
  get at(): CursorPosition | null {
    return this.#x === null || this.#y === null ? null : { x: this.#x, y: this.#y };
  }

  moveTo(x: number, y: number): void {
    if (this.#y === y && this.#x === x) return;
    if (this.#y === y && this.#x !== null && x > this.#x) {
      const by = x - this.#x;
      this.out += by === 1 ? "\x1b[C" : `\x1b[${by}C`;
    } else if (this.#y === y && this.#x !== null && x > 0 && this.#x - x === 1) this.out += "\x1b[D";
    else if (this.#y === y) this.out += x === 0 ? "\r" : `\x1b[${x + 1}G`;
    else this.out += x === 0 ? (y === 0 ? "\x1b[H" : `\x1b[${y + 1}H`) : `\x1b[${y + 1};${x + 1}H`;
    this.#x = x;
    this.#y = y;
  }

  put(char: string, width: number, style: Style): void {
    this.out += styleChange(this.#style, style) + char;
    this.#style = style;
    const x = this.#x! + width;
    this.#x = x >= this.#columns ? null : x;
    if (this.#x === null) this.#y = null;
    else if (isRisky(char)) this.#forgetColumn();
  }

  /** The terminal may count the last character differently: the next move names the column. */
  #forgetColumn(): void {
    this.#x = null;
  }

  /** Blanks from the cursor to the end of the row. */
  eraseRest(): void {
    this.plain();
    this.out += "\x1b[K";
  }

  plain(): void {
    this.out += styleChange(this.#style, PLAIN);
    this.#style = PLAIN;
  }

  /** Moves rows `top` to `bottom` up by `by`, or down where it is negative. */
  scroll(top: number, bottom: number, by: number): void {
    this.plain();
    this.out += `\x1b[${top + 1};${bottom + 1}r\x1b[${Math.abs(by)}${by > 0 ? "S" : "T"}\x1b[r`;
    this.#x = null;
    this.#y = null;
  }
}

function widthAt(line: StyledLine, x: number): number {
  let width = 1;
  while (line.chars[x + width] === "") width += 1;
  return width;
}

function paintCells(pen: Pen, line: StyledLine, y: number, from: number, to: number, isOverOld: boolean): void {
  for (let x = from; x < to; ) {
    const char = charAt(line, x);
    const width = widthAt(line, x);
    const style = styleAt(line, x);
    if (x + width > to) {
      // Half of it would be past the last column, and a terminal puts such a one on the next row.
      pen.moveTo(x, y);
      pen.put(" ", 1, style);
      return;
    }
    if (isOverOld && isRisky(char) && char !== " ") {
      // A terminal that draws it narrower would leave what was there.
      pen.moveTo(x, y);
      for (let blank = 0; blank < width; blank += 1) pen.put(" ", 1, style);
    }
    pen.moveTo(x, y);
    pen.put(char, width, style);
    x += width;
  }
}

/** Writes what differs between two rows. */
function updateRow(pen: Pen, old: StyledLine, next: StyledLine, y: number, columns: number): void {
  const length = Math.min(columns, Math.max(old.chars.length, next.chars.length));
  const mayHang = next.hasRisky;
  for (let x = 0; x < length; ) {
    if (isSame(old, next, x)) {
      x += 1;
      continue;
    }
    // A wide character differs in its first cell or not at all, so this is the beginning of one.
    const from = x;
    let to = x + 1;
    for (let seen = to; seen < length && seen - to < MAX_GAP; seen += 1) if (!isSame(old, next, seen)) to = seen + 1;
    if (mayHang) {
      let reach = to;
      for (let at = from; at < to; at += 1) {
        const char = charAt(next, at);
        if (char !== "" && isRisky(char)) reach = Math.max(reach, at + widthAt(next, at) + overhang(char));
      }
      to = Math.min(length, reach);
    }
    while (to < length && (charAt(old, to) === "" || charAt(next, to) === "")) to += 1;

    const end = Math.min(to, next.chars.length);
    const blanks = Math.max(old.chars.length, to) - Math.max(end, from);
    if (to >= next.chars.length && blanks > 3) {
      paintCells(pen, next, y, from, end, true);
      pen.moveTo(Math.max(from, end), y);
      pen.eraseRest();
      return;
    }
    paintCells(pen, next, y, from, to, true);
    x = to;
  }
}

/** By how many rows the screen moved between `top` and `bottom`; 0 where painting is cheaper. */
function findScroll(old: readonly StyledLine[], next: readonly StyledLine[], top: number, bottom: number): number {
  let stay = 0;
  for (let y = top; y <= bottom; y += 1) stay += difference(old[y]!, next[y]!);
  if (stay < MIN_SCROLL_CELLS) return 0;
  let best = 0;
  let least = stay * 0.7;
  const most = Math.min(MAX_SCROLL_ROWS, bottom - top);
  for (let by = -most; by <= most; by += 1) {
    if (by === 0) continue;
    let cost = SCROLL_COST;
    for (let y = top; y <= bottom && cost < least; y += 1) {
      const from = y + by;
      cost += difference(from >= top && from <= bottom ? old[from]! : EMPTY_LINE, next[y]!);
    }
    if (cost < least) {
      least = cost;
      best = by;
    }
  }
  return best;
}

function create(stream: Stream): LogUpdate {
  let shown: readonly StyledLine[] | null = null;
  let shownText = "";
  let columns = 0;
  let rows = 0;
  let cursor: CursorPosition | undefined;
  let isDirty = false;
  let shownCursor: CursorPosition | undefined;
  /** Where the last frame left the terminal's cursor. */
  let penAt: CursorPosition | null = null;
  /** null until we said so ourselves. */
  let isVisible: boolean | null = null;

  /** The newest frame, while the terminal does not read: those before it are never written. */
  let held: { readonly text: string; readonly cursor: CursorPosition | undefined } | null = null;

  const size = () => ({ columns: stream.columns || 80, rows: stream.rows || 24 });
  const activeCursor = () => (isDirty ? cursor : undefined);
  const hasChanges = (text: string, active: CursorPosition | undefined) =>
    text !== shownText || active?.x !== shownCursor?.x || active?.y !== shownCursor?.y;

  /** Rows that are on the screen: of more than fit, the last ones. */
  const visibleLines = (text: string, height: number) => {
    const texts = (text.endsWith("\n") ? text.slice(0, -1) : text).split("\n");
    const above = Math.max(0, texts.length - height);
    return { lines: texts.slice(above).map((row) => styledLines(row)[0]!), above };
  };
  const placeCursor = (pen: Pen, active: CursorPosition | undefined, above: number) => {
    if (active) {
      pen.moveTo(Math.min(active.x, columns - 1), Math.max(0, Math.min(active.y - above, rows - 1)));
      if (!isVisible) pen.out += SHOW;
    } else if (isVisible !== false) pen.out += HIDE;
    isVisible = active !== undefined;
    shownCursor = active ? { ...active } : undefined;
  };

  const paintAll = (pen: Pen, lines: readonly StyledLine[]) => {
    pen.out += "\x1b[m";
    for (const [y, line] of lines.entries()) {
      pen.moveTo(0, y);
      // Before the text: at the last column the cursor still stands on it.
      pen.eraseRest();
      paintCells(pen, line, y, 0, Math.min(line.chars.length, columns), false);
      pen.plain();
    }
    if (lines.length < rows) {
      pen.moveTo(0, lines.length);
      pen.out += "\x1b[J";
    }
  };
  const paintChanges = (pen: Pen, old: readonly StyledLine[], lines: readonly StyledLine[]) => {
    let top = 0;
    let bottom = lines.length - 1;
    while (top <= bottom && old[top] === lines[top]) top += 1;
    while (bottom >= top && old[bottom] === lines[bottom]) bottom -= 1;
    let from = old;
    const by = bottom - top >= 3 ? findScroll(old, lines, top, bottom) : 0;
    if (by !== 0) {
      pen.scroll(top, bottom, by);
      from = old.map((line, y) => {
        if (y < top || y > bottom) return line;
        return y + by >= top && y + by <= bottom ? old[y + by]! : EMPTY_LINE;
      });
    }
    for (let y = top; y <= bottom; y += 1) if (from[y] !== lines[y]) updateRow(pen, from[y]!, lines[y]!, y, columns);
    pen.plain();
  };

  const render = (text: string): boolean => {
    const active = activeCursor();
    isDirty = false;
    held = null;
    if (!hasChanges(text, active)) return false;
    if (stream.isBehind) {
      held = { text, cursor: active };
      return false;
    }
    const now = size();
    const isResized = now.columns !== columns || now.rows !== rows;
    ({ columns, rows } = now);
    const { lines, above } = visibleLines(text, rows);
    const isChange = shown !== null && !isResized && shown.length === lines.length;
    const pen = new Pen(columns, isChange ? penAt : null);
    if (shown && isChange) paintChanges(pen, shown, lines);
    else paintAll(pen, lines);
    const isLong = pen.out.length > QUIET_LENGTH && isVisible !== false;
    if (isLong) isVisible = false;
    placeCursor(pen, active, above);
    penAt = pen.at;
    shown = lines;
    shownText = text;
    stream.write(isLong ? HIDE + pen.out : pen.out);
    return true;
  };
  stream.on?.("drain", () => {
    if (held === null) return;
    const { text } = held;
    cursor = held.cursor;
    isDirty = true;
    render(text);
  });
  const forget = () => {
    shown = null;
    shownText = "";
    shownCursor = undefined;
    penAt = null;
  };

  return Object.assign(render, {
    clear: () => {
      forget();
      // The next frame is a whole one and leaves nothing of this one.
      if (!stream.isBehind) stream.write("\x1b[m\x1b[H\x1b[J");
    },
    done: () => {
      const below = shown ? Math.min(shown.length, size().rows) : 1;
      forget();
      isVisible = null;
      stream.write(`\x1b[m\x1b[${below}H${SHOW}`);
    },
    reset: () => {
      forget();
      isVisible = null;
    },
    /** Ink wrote the frame itself. */
    sync: (text: string) => {
      const active = activeCursor();
      isDirty = false;
      ({ columns, rows } = size());
      const { lines, above } = visibleLines(text, rows);
      shown = lines;
      shownText = text;
      const pen = new Pen(columns, null);
      placeCursor(pen, active, above);
      penAt = pen.at;
      if (pen.out !== "") stream.write(pen.out);
    },
    setCursorPosition: (position: CursorPosition | undefined) => {
      cursor = position;
      isDirty = true;
    },
    isCursorDirty: () => isDirty,
    willRender: (text: string) => hasChanges(text, activeCursor()),
    getCursorPosition: () => shownCursor,
  });
}

export default { create };
