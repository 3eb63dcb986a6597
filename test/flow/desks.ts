// People at their terminals: a home, a screen in a real pseudo terminal, and keys pressed one at a time.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Test } from "tap";
import { connect, type RpcClient } from "../../src/rpc/client.js";
import { BIN, Home, type RunOptions, until } from "../helpers/program.js";
import { openPty, type Pty, type PtyOptions } from "../helpers/pty.js";
import type { Condition } from "../helpers/screen.js";

/** Found by the beacon; nobody is asked on the internet. */
export const NEARBY = ["--bootstrap", "127.0.0.1:9"] as const;

export const KEY = {
  enter: "\r",
  escape: "\x1b",
  up: "\x1b[A",
  down: "\x1b[B",
  pageUp: "\x1b[5~",
  pageDown: "\x1b[6~",
  end: "\x1b[F",
  altDown: "\x1b[1;3B",
  altUp: "\x1b[1;3A",
  tab: "\t",
  newline: "\n",
  interrupt: "\x03",
  suspend: "\x1a",
  clearLine: "\x15",
} as const;

export class Desk {
  readonly home: Home;
  readonly #t: Test;

  constructor(t: Test, dir: string = t.testdir()) {
    this.#t = t;
    this.home = new Home(t, dir);
  }

  get globals(): string[] {
    return ["--home", this.home.dir, ...NEARBY];
  }

  /** The screen, in a terminal of its own. */
  open(args: readonly string[] = [], options: PtyOptions = {}): Pty {
    const pty = openPty(process.execPath, [BIN, ...this.globals, ...args], options);
    this.#t.teardown(() => pty.kill());
    return pty;
  }

  run(args: readonly string[], options: RunOptions = {}) {
    return this.home.run(args, { ...options, globals: this.globals });
  }

  json(args: readonly string[], options: RunOptions = {}) {
    return this.home.json(args, { ...options, globals: this.globals });
  }

  /** The process of the core that runs now. */
  core(): number {
    const [owner] = this.home.owners();
    if (!owner) throw new Error("no core runs here");
    this.home.cores();
    return owner.pid;
  }

  /** Straight to the core, for what no screen and no command would send. */
  async rpc(): Promise<RpcClient> {
    const [owner] = this.home.owners();
    if (!owner) throw new Error("no core runs here");
    const client = await connect(owner.socket);
    this.#t.teardown(() => client.close());
    return client;
  }
}

/**
 * Text, seen in the line before what comes next: with Enter in one burst it would be a paste. `pieces`: each in a write
 * of its own.
 */
export async function type(pty: Pty, text: string, pieces: Iterable<string> = [text]): Promise<void> {
  for (const piece of pieces) pty.write(piece);
  await pty.waitFor((screen) => squeezed(screen.text().join("")).includes(squeezed(text.split("\n").at(-1)!)));
}

/** Typed and sent: what comes next goes into an empty line. */
export async function enter(pty: Pty, text: string, pieces?: Iterable<string>): Promise<void> {
  await type(pty, text, pieces);
  pty.write(KEY.enter);
  await pty.waitFor((screen) => /^\s*>?\s*$/.test(screen.text().at(-2)!));
}

/** Text may be wrapped anywhere. */
function squeezed(text: string): string {
  return text.replaceAll(/\s/g, "");
}

/** The first run up to where one can talk. */
export async function giveName(pty: Pty, name: string): Promise<void> {
  await pty.waitFor("What should people call you?");
  await type(pty, name);
  pty.write(KEY.enter);
  await pty.waitFor("These words are you");
  pty.write(KEY.enter);
}

/** The screen when nothing more is being written to it. */
export async function still(pty: Pty): Promise<string[]> {
  for (let length = -1; length !== pty.raw().length; ) {
    length = pty.raw().length;
    await new Promise((done) => setTimeout(done, 150));
  }
  return pty.screen();
}

/** The row a text is in. */
export function row(pty: Pty, text: string): string {
  return pty.screen().find((line) => line.includes(text)) ?? "";
}

/** A step of a longer way: where it fails, those after it have nothing to stand on. */
export async function part(t: Test, name: string, run: (t: Test) => Promise<void>): Promise<void> {
  const result = await t.test(name, run);
  if (!result?.ok) throw new Error(`the way ends at: ${name}`);
}

export async function sees(t: Test, pty: Pty, what: Condition, message: string, timeoutMs = 10_000): Promise<void> {
  const isSeen = await t.resolves(pty.waitFor(what, { timeoutMs }), message);
  if (isSeen !== true) throw new Error(`not seen: ${message}`);
}

export async function seesRow(t: Test, pty: Pty, pattern: RegExp, message: string, timeoutMs?: number): Promise<void> {
  await sees(t, pty, (screen) => screen.text().some((line) => pattern.test(line)), message, timeoutMs);
}

/** The invite on screen, over as many rows as it takes. */
export async function linkOn(pty: Pty): Promise<string> {
  await pty.waitFor("keet-tui://join/");
  const rows = pty.screen();
  const first = rows.findIndex((line) => line.startsWith("keet-tui://join/"));
  let link = "";
  for (let at = first; at >= 0 && /^\S+$/.test(rows[at] ?? ""); at += 1) link += rows[at];
  return link;
}

/** What the program last asked the window to be called. */
export function windowTitle(pty: Pty): string | null {
  return [...pty.raw().matchAll(/\x1b\]2;([^\x07\x1b]*)(?:\x07|\x1b\\)/g)].at(-1)?.[1] ?? null;
}

/** Processes whose command line or environment names this folder. */
export function livingIn(folder: string): { pid: number; args: string }[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap((name) => {
      try {
        const args = readFileSync(join("/proc", name, "cmdline"), "utf8");
        return args.includes(folder) ? [{ pid: Number(name), args: args.replaceAll("\0", " ") }] : [];
      } catch {
        return [];
      }
    });
}

export { until };
