// The terminal from taking it over to giving it back. Ink draws and changes to the alternate screen;
// all other modes, the input, the size and every way the program may end are here.
import { EventEmitter } from "node:events";
import type { SafeText } from "../safe-text.js";
import { Answers, type Capabilities, questionsFor } from "./capabilities.js";
import { InkStdout } from "./ink-stdout.js";
import { type InputClock, type InputEvent, KeyDecoder, LOCAL_ESCAPE_DELAY_MS, REMOTE_ESCAPE_DELAY_MS } from "./keys.js";
import { notificationFor } from "./notification.js";
import { isGone, Outlet } from "./outlet.js";
import { askTmux, isRemote, takesStrings } from "./surroundings.js";
import { WindowTitle } from "./title.js";

export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

/** What the terminal tells the program. */
interface TerminalEvents {
  input: [InputEvent];
  /** Comes before Ink hears of it, so that state can be laid out for the new size first. */
  resize: [TerminalSize];
  /** What is on the screen is no longer what Ink drew: call `clear()` of Ink's instance. */
  redraw: [];
  /** Nobody is at the other end any more. */
  hangup: [];
}

/** Of process, what is used here. */
interface Process extends EventEmitter {
  readonly pid: number;
  readonly platform: NodeJS.Platform;
  kill(pid: number, signal: string): unknown;
}

export interface TerminalOptions {
  readonly stdin?: NodeJS.ReadStream;
  readonly stdout?: NodeJS.WriteStream;
  readonly env?: NodeJS.ProcessEnv;
  readonly process?: Process;
  readonly clock?: InputClock;
  /** Kitty keyboard flags to ask for where the terminal knows them; 1 tells Escape and Ctrl keys apart. */
  readonly kittyFlags?: number;
  readonly askTmux?: typeof askTmux;
}

const DEFAULT_COLUMNS = 80;
const DEFAULT_ROWS = 24;
const LOCAL_ANSWER_MS = 250;
const REMOTE_ANSWER_MS = 1500;
/** How soon the signal that continued us is heard; without job control there is none. */
const STOP_CHECK_MS = 100;

const ENTER_ALTERNATE = "\x1b[?1049h";
const LEAVE_ALTERNATE = "\x1b[?1049l";
// Marked pastes, focus, the wheel as arrow keys.
const MODES_ON = "\x1b[?2004h\x1b[?1004h\x1b[?1007h";
const MODES_OFF = "\x1b[?2004l\x1b[?1004l\x1b[?1007l";
const SHOW_CURSOR = "\x1b[?25h";
/** Where there is no alternate screen, leaving it leaves what was drawn. */
const CLEAR = "\x1b[H\x1b[J";

const realClock: InputClock = {
  now: () => performance.now(),
  after(delayMs, run) {
    const timer = setTimeout(run, delayMs);
    return () => clearTimeout(timer);
  },
};

/** The size to draw in: a terminal that says 0 is taken as 80 by 24. */
export function usableSize(stdout: { columns?: number; rows?: number }): TerminalSize {
  return { columns: stdout.columns || DEFAULT_COLUMNS, rows: stdout.rows || DEFAULT_ROWS };
}

export type { Capabilities } from "./capabilities.js";

export class Terminal extends EventEmitter<TerminalEvents> {
  /** For Ink's `render(tree, { stdout })`. */
  readonly inkStdout: NodeJS.WriteStream;
  readonly #stdin: NodeJS.ReadStream;
  readonly #stdout: NodeJS.WriteStream;
  readonly #env: NodeJS.ProcessEnv;
  readonly #process: Process;
  readonly #clock: InputClock;
  readonly #decoder: KeyDecoder;
  readonly #kittyFlags: number;
  readonly #askTmux: typeof askTmux;
  readonly #undo: (() => void)[] = [];
  readonly #ink: InkStdout;
  readonly #outlet: Outlet;
  readonly #title: WindowTitle;
  #isOpen = false;
  #isEntered = false;
  #hasHungUp = false;
  #isAlternate = false;
  #hasKitty = false;
  #name: string | null = null;
  #replies: ((event: InputEvent & { type: "reply" }) => void) | null = null;
  #suspending: Promise<boolean> | null = null;
  #onContinued: (() => void) | null = null;
  /** Somebody else has the terminal: nothing is written, and an interrupt is theirs. */
  #isLent = false;
  /** Lines that lie over the frame until a key is pressed. */
  #cover: { readonly draw: (size: TerminalSize) => string; readonly done: () => void } | null = null;

  constructor(options: TerminalOptions = {}) {
    super();
    this.#stdin = options.stdin ?? process.stdin;
    this.#stdout = options.stdout ?? process.stdout;
    this.#env = options.env ?? process.env;
    this.#process = options.process ?? process;
    this.#clock = options.clock ?? realClock;
    this.#kittyFlags = options.kittyFlags ?? 1;
    this.#askTmux = options.askTmux ?? askTmux;
    this.#decoder = new KeyDecoder({
      emit: (event) => this.#input(event),
      escapeDelayMs: isRemote(this.#env) ? REMOTE_ESCAPE_DELAY_MS : LOCAL_ESCAPE_DELAY_MS,
      clock: this.#clock,
    });
    this.#outlet = new Outlet(this.#stdout);
    this.#title = new WindowTitle(this.#env);
    this.#ink = new InkStdout(this, this.#stdout);
    this.inkStdout = this.#ink as unknown as NodeJS.WriteStream;
  }

  get size(): TerminalSize {
    return usableSize(this.#stdout);
  }

  /** Takes the terminal over, before Ink draws; `restore` gives it back, and so does every way the process can end. */
  open(): void {
    if (this.#isOpen) return;
    this.#isOpen = true;
    this.#listen(this.#stdin, "data", (bytes: Uint8Array) => this.#decoder.push(bytes));
    this.#listen(this.#stdin, "end", () => this.#hangup());
    this.#listen(this.#stdin, "error", () => this.#hangup());
    this.#listen(this.#stdout, "error", () => this.#outlet.markGone());
    this.#listen(this.#outlet, "gone", () => this.#hangup());
    // The frame that was held is drawn now, and is the newest.
    this.#listen(this.#outlet, "caughtUp", () => this.#ink.emit("drain"));
    this.#listen(this.#stdout, "resize", () => this.#resized());
    this.#listen(this.#process, "exit", () => {
      this.restore();
      this.#outlet.end();
    });
    // The monitor comes first and leaves the crash as it is.
    this.#listen(this.#process, "uncaughtExceptionMonitor", () => this.restore());
    this.#listen(this.#process, "SIGCONT", () => this.#continued());
    for (const signal of ["SIGTERM", "SIGHUP", "SIGINT"]) this.#listenForEnd(signal);
    this.#enter();
    this.#stdin.resume();
  }

  /** Gives the terminal back as it was. Whatever is written afterwards, by Ink too, goes nowhere. Idempotent. */
  restore(): void {
    if (!this.#isOpen) return;
    this.#leave();
    this.#isOpen = false;
    this.#decoder.reset();
    for (const undo of this.#undo.splice(0).reverse()) undo();
    this.#stdin.pause();
    if (this.#outlet.isBehind) this.#process.once("exit", () => this.#outlet.end());
    // Errors of writes still under way have nobody left to tell.
    this.#stdout.on("error", () => {});
  }

  write(data: string): void {
    if (this.#isOpen && !this.#isLent) this.#outlet.send(data);
  }

  /** For Ink alone; `done` is called in any case. */
  writeFrame(data: string, done?: () => void): boolean {
    if (data.includes(ENTER_ALTERNATE)) this.#isAlternate = true;
    if (data.includes(LEAVE_ALTERNATE)) {
      // After restore this has been said already.
      if (this.#isAlternate && this.#isEntered) this.#isAlternate = false;
    }
    if (!this.#isOpen || !this.#isEntered || this.#cover) {
      if (done) setImmediate(done);
      return true;
    }
    return this.#outlet.send(data, done);
  }

  /** Frames are held rather than written: it does not read. */
  get isBehind(): boolean {
    return this.#outlet.isBehind;
  }

  setTitle(title: string): void {
    if (this.#isOpen && !this.#isLent) this.#outlet.sendNewest("title", this.#title.set(title));
  }

  /** What the terminal called itself when it was asked; null where it did not say. */
  get name(): string | null {
    return this.#name;
  }

  /** Tells the person something while they look elsewhere; of several at once only one `rings`. */
  async notify(text: SafeText, rings = true): Promise<void> {
    const tmux = this.#env.TMUX ? await this.#askTmux(this.#env) : null;
    const sequence = notificationFor(text, { env: this.#env, name: this.#name, tmux, rings });
    if (this.#isOpen && !this.#isLent) this.#outlet.sendNewest("notification", sequence);
  }

  /** Flags in place of those asked for at first, as while a key is held to talk. No more than asked where the terminal has none. */
  setKittyFlags(flags: number): void {
    if (this.#hasKitty) this.write(`\x1b[=${flags};1u`);
  }

  /** Paints all of it again: after Ctrl-L, or when something else wrote to the terminal. */
  redraw(): void {
    this.emit("redraw");
    this.#tellInk();
  }

  /** Asks the terminal what it can do. Ends with its last answer, or when the time is over. */
  async query(timeoutMs = isRemote(this.#env) ? REMOTE_ANSWER_MS : LOCAL_ANSWER_MS): Promise<Capabilities> {
    const answers = new Answers();
    const hasAnswered = await new Promise<boolean>((done) => {
      const cancel = this.#clock.after(timeoutMs, () => done(false));
      this.#replies = (reply) => {
        if (!answers.take(reply)) return;
        cancel();
        done(true);
      };
      this.write(questionsFor(this.#env));
    });
    this.#replies = null;
    const capabilities = answers.capabilities(hasAnswered);
    this.#name = capabilities.name;
    if (hasAnswered) this.#ink.knowsMarks = capabilities.hasSynchronizedOutput;
    if (capabilities.kittyFlags !== null && this.#isOpen && !this.#hasKitty && this.#kittyFlags > 0) {
      this.#hasKitty = true;
      if (this.#isEntered) this.#outlet.send(`\x1b[>${this.#kittyFlags}u`);
    }
    return capabilities;
  }

  /**
   * Ctrl-Z: the terminal as it was, then stop until the shell continues us. False where nothing can
   * stop us, as in a session without job control; then the screen is back at once.
   */
  suspend(): Promise<boolean> {
    this.#suspending ??= this.#suspend().finally(() => {
      this.#suspending = null;
    });
    return this.#suspending;
  }

  async #suspend(): Promise<boolean> {
    if (!this.#isOpen || this.#process.platform === "win32") return false;
    this.#leave();
    await this.#outlet.settle();
    const wasStopped = await new Promise<boolean>((done) => {
      this.#onContinued = () => done(true);
      this.#process.kill(0, "SIGTSTP");
      // The stop happens inside kill, so this time begins when we are continued.
      const cancel = this.#clock.after(STOP_CHECK_MS, () => done(false));
      this.#undo.push(cancel);
    });
    this.#onContinued = null;
    if (!this.#isOpen) return wasStopped;
    this.#enter();
    this.redraw();
    return wasStopped;
  }

  /**
   * Gives the terminal to what `use` runs, as a shell would have it, and takes it back. What is drawn meanwhile goes
   * nowhere, keys are not read, and Ctrl-C is for whoever has the terminal.
   */
  async lend<T>(use: () => Promise<T>): Promise<T> {
    this.#leave();
    this.#isLent = true;
    this.#stdin.pause();
    await this.#outlet.settle();
    try {
      return await use();
    } finally {
      this.#isLent = false;
      if (this.#isOpen) {
        this.#decoder.reset();
        this.#stdin.resume();
        this.#enter();
        this.redraw();
      }
    }
  }

  /** Writes this over the frame, for the terminal to wrap, until a key is pressed. */
  async cover(draw: (size: TerminalSize) => string): Promise<void> {
    if (!this.#isEntered || this.#cover) return;
    await new Promise<void>((done) => {
      this.#cover = { draw, done };
      this.#drawCover();
    });
  }

  #drawCover(): void {
    if (this.#cover) this.#outlet.send(`\x1b[m\x1b[H\x1b[2J${this.#cover.draw(this.size)}`);
  }

  #uncover(): void {
    const cover = this.#cover;
    this.#cover = null;
    this.redraw();
    cover?.done();
  }

  #continued(): void {
    if (this.#isLent) return;
    if (this.#onContinued) this.#onContinued();
    else if (this.#isOpen) {
      // Stopped by something else, which left the modes as they were or not.
      this.#isEntered = false;
      this.#stdin.setRawMode?.(false);
      this.#enter();
      this.redraw();
      this.#drawCover();
    }
  }

  #enter(): void {
    if (this.#isEntered) return;
    this.#isEntered = true;
    // Whoever is stopped or in the background hears of no resize. Not public, but Node's own way to ask again.
    (this.#stdout as { _refreshSize?: () => void })._refreshSize?.();
    this.#stdin.setRawMode?.(true);
    this.#outlet.take();
    this.#outlet.send(
      (this.#isAlternate ? ENTER_ALTERNATE : "") + MODES_ON + (this.#hasKitty ? `\x1b[>${this.#kittyFlags}u` : ""),
    );
  }

  #leave(): void {
    if (!this.#isEntered) return;
    this.#isEntered = false;
    this.#outlet.giveBack(
      (this.#hasKitty ? "\x1b[<u" : "") +
        MODES_OFF +
        "\x1b[m" +
        (this.#isAlternate ? (takesStrings(this.#env) ? "" : CLEAR) + LEAVE_ALTERNATE : "") +
        this.#title.back() +
        SHOW_CURSOR,
    );
    try {
      this.#stdin.setRawMode?.(false);
    } catch (error) {
      if (!isGone(error)) throw error;
    }
  }

  #input(event: InputEvent): void {
    // An answer is never a key: those nobody asked for are dropped.
    if (event.type === "reply") this.#replies?.(event);
    else if (this.#cover && event.type !== "focus") {
      if (event.type !== "key" || event.eventType === "press") this.#uncover();
    } else if (this.#isEntered) this.emit("input", event);
  }

  #resized(): void {
    this.emit("resize", this.size);
    this.#drawCover();
    this.#tellInk();
  }

  #tellInk(): void {
    setImmediate(() => setImmediate(() => this.#ink.emit("resize")));
  }

  /** No key will come any more; the screen may still be there, and is given back as it was. */
  #hangup(): void {
    if (this.#hasHungUp) return;
    this.#hasHungUp = true;
    this.emit("hangup");
  }

  #listen(source: EventEmitter, event: string, listener: (bytes: Uint8Array) => void): void {
    source.on(event, listener);
    this.#undo.push(() => source.off(event, listener));
  }

  /** The terminal first; then the signal does what it would have done without us. */
  #listenForEnd(signal: string): void {
    this.#listen(this.#process, signal, () => {
      if (signal === "SIGINT" && this.#isLent) return;
      this.restore();
      // Ink listens too, and ends the process in its turn.
      this.#outlet.end();
      if (this.#process.listenerCount(signal) === 0) this.#process.kill(this.#process.pid, signal);
    });
  }
}
