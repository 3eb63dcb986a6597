// Standard output as Ink gets it.
import { EventEmitter } from "node:events";

/** Ink's marks around a frame: a terminal that knows them shows nothing of it before its end. */
const FRAME_BEGIN = "\x1b[?2026h";
const FRAME_END = "\x1b[?2026l";
/** A frame as short as this comes in one piece anyway; the marks would be most of it. */
const SHORT_FRAME = 100;

export interface FrameWriter {
  readonly size: { readonly columns: number; readonly rows: number };
  /** What was written before has not been read yet. */
  readonly isBehind: boolean;
  /** `done` is called in any case. */
  writeFrame(data: string, done?: () => void): boolean;
}

/**
 * It hears of a resize two turns later than the program, so that Ink never paints the old tree at the new size; it
 * sees no size of 0; it cannot fail; and a frame is one write, marked only where the marks are worth their bytes.
 * `drain`: a terminal that was behind reads again.
 */
export class InkStdout extends EventEmitter {
  /** False once the terminal has said that it does not know the marks. */
  knowsMarks = true;
  readonly #writer: FrameWriter;
  readonly #stdout: NodeJS.WriteStream;
  /** What was written since a frame began; null outside of one. */
  #frame: string | null = null;
  readonly #waiting: (() => void)[] = [];

  constructor(writer: FrameWriter, stdout: NodeJS.WriteStream) {
    super();
    this.#writer = writer;
    this.#stdout = stdout;
  }

  get isTTY(): boolean {
    return this.#stdout.isTTY;
  }

  get columns(): number {
    return this.#writer.size.columns;
  }

  get rows(): number {
    return this.#writer.size.rows;
  }

  get isBehind(): boolean {
    return this.#writer.isBehind;
  }

  get writable(): boolean {
    return true;
  }

  get destroyed(): boolean {
    return false;
  }

  getColorDepth(): number {
    return this.#stdout.getColorDepth?.() ?? 1;
  }

  write(data: string, ...rest: unknown[]): boolean {
    const last = rest.at(-1);
    const done = typeof last === "function" ? (last as () => void) : undefined;
    if (this.#frame === null && data !== FRAME_BEGIN) return this.#writer.writeFrame(data, done);
    if (done) this.#waiting.push(done);
    if (data === FRAME_END) return this.#end();
    if (data === FRAME_BEGIN) {
      // Ink ends a frame in the turn in which it began it; what an error cut short must not be held for ever.
      if (this.#frame === null) queueMicrotask(() => this.#end());
      this.#frame ??= "";
    } else this.#frame += data;
    return true;
  }

  #end(): boolean {
    const frame = this.#frame;
    if (frame === null) return true;
    this.#frame = null;
    const waiting = this.#waiting.splice(0);
    const done = waiting.length === 0 ? undefined : () => waiting.forEach((one) => void one());
    if (frame === "") {
      if (done) setImmediate(done);
      return true;
    }
    const isMarked = this.knowsMarks && frame.length > SHORT_FRAME;
    return this.#writer.writeFrame(isMarked ? FRAME_BEGIN + frame + FRAME_END : frame, done);
  }
}
