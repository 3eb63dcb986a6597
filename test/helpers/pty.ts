// A real program in a real pseudo terminal, its output read as a screen.
import { type IPty, spawn } from "@lydell/node-pty";
import { type Cell, type Condition, type Size, VirtualTerminal } from "./screen.js";

export interface PtyOptions extends Partial<Size> {
  readonly cwd?: string;
  /** Added to the environment of this process, from which what would change the program is taken out. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly term?: string;
}

export interface PtyExit {
  readonly exitCode: number;
  readonly signal?: number | undefined;
}

export interface Pty {
  readonly pid: number;
  readonly virtual: VirtualTerminal;
  readonly exited: Promise<PtyExit>;
  write(keys: string | Buffer): void;
  resize(size: Size): void;
  screen(): string[];
  cell(x: number, y: number): Cell;
  raw(from?: number): string;
  waitFor(condition: Condition, options?: { timeoutMs?: number }): Promise<void>;
  kill(signal?: NodeJS.Signals): void;
  /** Reads nothing of what the program writes, until `resume`: a line that hangs. */
  pause(): void;
  resume(): void;
}

const LEFT_OUT =
  /^(CI|CONTINUOUS_INTEGRATION|BUILD_NUMBER|NO_COLOR|FORCE_COLOR|NODE_OPTIONS|NODE_ENV|TMUX|TMUX_PANE|STY|TAP.*|SSH_.*|_TAPJS_.*)$/;

export function ptyEnvironment(env: PtyOptions["env"] = {}, term = "xterm-256color"): Record<string, string> {
  const kept = Object.entries(process.env).filter(([name]) => !LEFT_OUT.test(name));
  const all = { ...Object.fromEntries(kept), TERM: term, COLORTERM: "truecolor", LANG: "C.UTF-8", ...env };
  return Object.fromEntries(Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined));
}

/** Starts the program; whoever does kills it in a teardown. Questions to the terminal get xterm's answers. */
export function openPty(command: string, args: readonly string[], options: PtyOptions = {}): Pty {
  const { columns = 80, rows = 24, cwd = process.cwd(), term = "xterm-256color" } = options;
  const virtual = new VirtualTerminal({ columns: columns || 80, rows: rows || 24 });
  const pty: IPty = spawn(command, [...args], {
    name: term,
    cols: columns || 80,
    rows: rows || 24,
    cwd,
    env: ptyEnvironment(options.env, term),
  });
  let hasExited = false;
  const send = (data: string) => {
    if (!hasExited) pty.write(data);
  };
  pty.onData((data) => virtual.write(data));
  virtual.terminal.onData(send);
  const exited = new Promise<PtyExit>((done) => {
    pty.onExit((exit) => {
      hasExited = true;
      done(exit);
    });
  });
  return {
    pid: pty.pid,
    virtual,
    exited,
    write: send,
    resize: (size) => {
      virtual.resize(size);
      pty.resize(size.columns, size.rows);
    },
    screen: () => virtual.text(),
    cell: (x, y) => virtual.cell(x, y),
    raw: (from) => virtual.raw(from),
    waitFor: (condition, waitOptions) => virtual.waitFor(condition, waitOptions),
    kill: (signal = "SIGKILL") => {
      if (!hasExited) pty.kill(signal);
    },
    pause: () => pty.pause(),
    resume: () => pty.resume(),
  };
}
