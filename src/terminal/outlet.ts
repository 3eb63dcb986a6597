// Bytes to a terminal that may stop reading: a line that hangs must not stop the program.

import { EventEmitter } from "node:events";
import { writeSync } from "node:fs";

/** Of the stream for a terminal, what Node has and does not document. */
interface TtyHandle {
  readonly fd?: number;
  setBlocking?(isBlocking: boolean): void;
}

/** Longest wait for a terminal that does not read, when the program ends or stops. */
const LAST_WORDS_MS = 1000;
const RETRY_MS = 10;
/** Ends a sequence, and a frame, that was cut short. */
const CANCEL = "\x18\x1b[?2026l";

/** `caughtUp`: all that was written is on its way, after a time in which it was not. `gone`: nobody is there any more. */
interface OutletEvents {
  caughtUp: [];
  gone: [];
}

export function isGone(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException | null)?.code;
  return code === "EPIPE" || code === "EIO" || code === "ERR_STREAM_DESTROYED" || code === "ENXIO";
}

export class Outlet extends EventEmitter<OutletEvents> {
  readonly #stdout: NodeJS.WriteStream;
  /** What waits for the terminal to read again: of each kind only the newest. */
  readonly #held = new Map<string, string>();
  /** Last words that have not been taken yet. */
  #owed: string | null = null;
  #isGone = false;
  #wasBehind = false;

  constructor(stdout: NodeJS.WriteStream) {
    super();
    this.#stdout = stdout;
  }

  /** What was written last has not all been read: what is written now comes late. */
  get isBehind(): boolean {
    return !this.#isGone && (this.#stdout.writableLength ?? 0) > 0;
  }

  /** Node waits for a terminal to read, with all of the program; from here on nothing does. */
  take(): void {
    this.#setBlocking(false);
  }

  /**
   * The last words for now. A terminal that reads has them when this returns, as whatever comes next wants it;
   * for another one see `settle` and `end`.
   */
  giveBack(data: string): void {
    this.#held.clear();
    if (!this.isBehind) this.#setBlocking(true);
    this.send(data);
    this.#owed = this.isBehind ? data : null;
  }

  /** Before the process ends: what is still under way is lost, but not the way back to a usable terminal. */
  end(): void {
    if (this.#owed !== null && this.isBehind) this.#force(CANCEL + this.#owed);
    this.#owed = null;
  }

  /** When all is written that was said by `giveBack`, or the time is over in which a terminal ought to have read it. */
  async settle(): Promise<void> {
    if (!this.isBehind) return;
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((done) => {
      this.once("caughtUp", done);
      this.once("gone", done);
      timer = setTimeout(done, LAST_WORDS_MS);
    });
    clearTimeout(timer);
  }

  /** `done` is called in any case. */
  send(data: string, done?: () => void): boolean {
    if (this.#isGone || data === "") {
      if (done) setImmediate(done);
      return true;
    }
    try {
      const isTaken = this.#stdout.write(data, () => {
        done?.();
        if (this.#wasBehind && !this.isBehind) this.#catchUp();
      });
      this.#wasBehind ||= this.isBehind;
      return isTaken;
    } catch (error) {
      if (!isGone(error)) throw error;
      this.markGone();
      if (done) setImmediate(done);
      return true;
    }
  }

  /** For what is outdated by the next of its kind: while the terminal does not read, only that is kept. */
  sendNewest(kind: string, data: string): void {
    if (this.isBehind) this.#held.set(kind, data);
    else this.send(data);
  }

  markGone(): void {
    if (this.#isGone) return;
    this.#isGone = true;
    this.#held.clear();
    this.emit("gone");
  }

  #catchUp(): void {
    this.#wasBehind = false;
    const held = [...this.#held.values()];
    this.#held.clear();
    for (const data of held) this.send(data);
    this.emit("caughtUp");
  }

  get #handle(): TtyHandle | undefined {
    return (this.#stdout as { _handle?: TtyHandle })._handle;
  }

  #setBlocking(isBlocking: boolean): void {
    this.#handle?.setBlocking?.(isBlocking);
  }

  /** Past what is under way, as often as the terminal takes some of it, and no longer than said. */
  #force(data: string): void {
    const fd = this.#handle?.fd;
    if (fd === undefined || this.#isGone) return;
    let rest = Buffer.from(data);
    const pause = new Int32Array(new SharedArrayBuffer(4));
    for (let waited = 0; waited < LAST_WORDS_MS && rest.length > 0; ) {
      try {
        rest = rest.subarray(writeSync(fd, rest));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EAGAIN") return;
        Atomics.wait(pause, 0, 0, RETRY_MS);
        waited += RETRY_MS;
      }
    }
  }
}
