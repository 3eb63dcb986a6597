// A terminal without a window: what a program writes, seen as the cells a person would see.
import { EventEmitter } from "node:events";
import graphemesAddon from "@xterm/addon-unicode-graphemes";
import xterm, { type IBuffer, type IBufferCell, type Terminal } from "@xterm/headless";

export interface Cell {
  /** The character, "" for the second half of a wide one. */
  readonly chars: string;
  readonly width: number;
  /** `default`, `palette:7` or `rgb:ff8800`. */
  readonly foreground: string;
  readonly background: string;
  /** Such as `bold underline`, in fixed order. */
  readonly attributes: string;
}

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

export type Condition = string | RegExp | ((screen: VirtualTerminal) => boolean);

const ATTRIBUTES = [
  ["bold", (cell: IBufferCell) => cell.isBold()],
  ["dim", (cell: IBufferCell) => cell.isDim()],
  ["italic", (cell: IBufferCell) => cell.isItalic()],
  ["underline", (cell: IBufferCell) => cell.isUnderline()],
  ["inverse", (cell: IBufferCell) => cell.isInverse()],
  ["invisible", (cell: IBufferCell) => cell.isInvisible()],
  ["strikethrough", (cell: IBufferCell) => cell.isStrikethrough()],
] as const;

function colour(isDefault: boolean, isRgb: boolean, value: number): string {
  if (isDefault) return "default";
  return isRgb ? `rgb:${value.toString(16).padStart(6, "0")}` : `palette:${value}`;
}

/** The screen itself; whatever writes to it sits outside. */
export class VirtualTerminal {
  readonly terminal: Terminal;
  readonly #written: string[] = [];
  #waiting = new Set<() => void>();

  /** `convertEol`: no pty stands in between that turns a line feed into carriage return and line feed. */
  constructor({ columns, rows }: Size, { convertEol = false }: { convertEol?: boolean } = {}) {
    this.terminal = new xterm.Terminal({ cols: columns, rows, convertEol, allowProposedApi: true, scrollback: 1000 });
    this.terminal.loadAddon(new graphemesAddon.UnicodeGraphemesAddon());
  }

  get columns(): number {
    return this.terminal.cols;
  }

  get rows(): number {
    return this.terminal.rows;
  }

  get buffer(): IBuffer {
    return this.terminal.buffer.active;
  }

  write(data: string): void {
    this.#written.push(data);
    this.terminal.write(data, () => this.#changed());
  }

  #changed(): void {
    for (const check of [...this.#waiting]) check();
  }

  /** All that was written so far is on the screen. */
  settled(): Promise<void> {
    return new Promise((done) => this.terminal.write("", done));
  }

  resize({ columns, rows }: Size): void {
    this.terminal.resize(columns, rows);
    this.#changed();
  }

  /** Every byte written, since the start or since a mark taken as `raw().length`. */
  raw(from = 0): string {
    return this.#written.join("").slice(from);
  }

  /** Rows from top to bottom, without the blanks at their ends. */
  text(): string[] {
    const { buffer } = this;
    return Array.from(
      { length: this.rows },
      (_, y) => buffer.getLine(buffer.viewportY + y)?.translateToString(true, 0, this.columns) ?? "",
    );
  }

  cell(x: number, y: number): Cell {
    const cell = this.buffer.getLine(this.buffer.viewportY + y)?.getCell(x);
    if (!cell) throw new RangeError(`no cell ${x},${y} on ${this.columns}x${this.rows}`);
    return {
      chars: cell.getChars(),
      width: cell.getWidth(),
      foreground: colour(cell.isFgDefault(), cell.isFgRGB(), cell.getFgColor()),
      background: colour(cell.isBgDefault(), cell.isBgRGB(), cell.getBgColor()),
      attributes: ATTRIBUTES.filter(([, has]) => has(cell))
        .map(([name]) => name)
        .join(" "),
    };
  }

  get cursor(): { readonly x: number; readonly y: number } {
    return { x: this.buffer.cursorX, y: this.buffer.cursorY };
  }

  get isCursorHidden(): boolean {
    // Not public, and nothing else says so.
    const { _core } = this.terminal as unknown as { _core: { coreService: { isCursorHidden: boolean } } };
    return _core.coreService.isCursorHidden;
  }

  /** Where on the screen a text begins, in cells; null where it is not there. */
  find(text: string): { readonly x: number; readonly y: number } | null {
    for (const [y, row] of this.text().entries()) {
      if (!row.includes(text)) continue;
      const line = this.buffer.getLine(this.buffer.viewportY + y)!;
      for (let x = 0; x < this.columns; x += 1) {
        if (line.getCell(x)?.getWidth() !== 0 && line.translateToString(true, x).startsWith(text)) return { x, y };
      }
    }
    return null;
  }

  /** Looks again after every change of the screen. @throws with the screen in the message. */
  async waitFor(condition: Condition, { timeoutMs = 10_000 }: { timeoutMs?: number } = {}): Promise<void> {
    const holds = () => {
      if (typeof condition === "function") return condition(this);
      const screen = this.text().join("\n");
      return typeof condition === "string" ? screen.includes(condition) : condition.test(screen);
    };
    await this.settled();
    if (holds()) return;
    await new Promise<void>((done, fail) => {
      const finish = (settle: () => void) => {
        clearTimeout(timer);
        this.#waiting.delete(check);
        settle();
      };
      const check = () => {
        try {
          if (holds()) finish(done);
        } catch (error) {
          finish(() => fail(error));
        }
      };
      const timer = setTimeout(() => {
        const what = typeof condition === "function" ? "the condition" : String(condition);
        finish(() => fail(new Error(`waited ${timeoutMs} ms for ${what}; the screen:\n${this.text().join("\n")}`)));
      }, timeoutMs);
      this.#waiting.add(check);
    });
  }
}

/** Standard output for Ink, a virtual terminal behind it. */
export class ScreenOutput extends EventEmitter {
  readonly isTTY = true;
  readonly writable = true;
  readonly screen: VirtualTerminal;

  constructor(screen: VirtualTerminal) {
    super();
    this.screen = screen;
  }

  get columns(): number {
    return this.screen.columns;
  }

  get rows(): number {
    return this.screen.rows;
  }

  write(data: string | Uint8Array, ...rest: unknown[]): boolean {
    this.screen.write(typeof data === "string" ? data : Buffer.from(data).toString());
    const done = rest.at(-1);
    if (typeof done === "function") void this.screen.settled().then(() => done());
    return true;
  }

  getColorDepth(): number {
    return 24;
  }
}

export interface Screen {
  readonly virtual: VirtualTerminal;
  /** For Ink's `render(tree, { stdout })`; it is told of every resize. */
  readonly stdout: NodeJS.WriteStream;
  text(): string[];
  cell(x: number, y: number): Cell;
  raw(from?: number): string;
  find(text: string): { readonly x: number; readonly y: number } | null;
  settled(): Promise<void>;
  waitFor(condition: Condition, options?: { timeoutMs?: number }): Promise<void>;
  resize(size: Size): void;
}

export function openScreen(size: Size = { columns: 80, rows: 24 }): Screen {
  const virtual = new VirtualTerminal(size, { convertEol: true });
  const output = new ScreenOutput(virtual);
  return {
    virtual,
    stdout: output as unknown as NodeJS.WriteStream,
    text: () => virtual.text(),
    cell: (x, y) => virtual.cell(x, y),
    raw: (from) => virtual.raw(from),
    find: (text) => virtual.find(text),
    settled: () => virtual.settled(),
    waitFor: (condition, options) => virtual.waitFor(condition, options),
    resize: (next) => {
      virtual.resize(next);
      output.emit("resize");
    },
  };
}
