// Text to the clipboard of the person at the keyboard, by the way that reaches it.
import { spawn } from "node:child_process";
import { KeetError } from "../errors.js";
import { isRemote, multiplexerOf, takesStrings, throughScreen, throughTmux } from "./surroundings.js";

export interface CopyResult {
  readonly way: "tmux" | "system" | "osc52";
  /** Something said that it worked; a terminal that was merely told did not. */
  readonly confirmed: boolean;
}

export interface CopyOptions {
  /** Writes to the terminal. */
  readonly write: (data: string) => void;
  readonly env?: NodeJS.ProcessEnv;
  /** What the terminal called itself. */
  readonly name?: string | null;
  /** Runs a program with `input` as its standard input; rejects where it does not exit with 0. */
  readonly run?: (command: string, args: readonly string[], input: string) => Promise<void>;
  readonly writeSystem?: (text: string) => Promise<void>;
}

const TIME_LIMIT_MS = 3000;
/** Terminals drop longer ones without a word; xterm's limit, in base64. */
const MAX_OSC52_LENGTH = 74_994;

function runProgram(command: string, args: readonly string[], input: string): Promise<void> {
  return new Promise((done, fail) => {
    const child = spawn(command, args, { stdio: ["pipe", "ignore", "ignore"] });
    const timer = setTimeout(() => child.kill("SIGKILL"), TIME_LIMIT_MS);
    child.on("error", (error) => {
      clearTimeout(timer);
      fail(error);
    });
    child.on("exit", (code) => {
      clearTimeout(timer);
      if (code === 0) done();
      else fail(new Error(`${command} ended with ${code}`));
    });
    child.stdin.on("error", fail);
    child.stdin.end(input);
  });
}

async function writeWithClipboardy(text: string): Promise<void> {
  const { default: clipboardy } = await import("clipboardy");
  let timer: NodeJS.Timeout | undefined;
  // A clipboard program without a display may never end.
  const late = new Promise<never>((_, fail) => {
    timer = setTimeout(fail, TIME_LIMIT_MS, new Error("the clipboard did not answer"));
  });
  try {
    await Promise.race([clipboardy.write(text), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** What stands in every refusal to copy: two ways that need no clipboard. */
const WITHOUT_CLIPBOARD = "/bare shows it as bare lines for the mouse, /export writes it to a file.";

/**
 * Inside tmux through tmux: the environment of a session is that of the day it was started, so what it
 * says of SSH and displays may be about another machine. Elsewhere the system's clipboard where the
 * terminal is local, and the terminal's own (OSC 52) where it is far or the system has none.
 * @throws KeetError TOO_LONG_TO_COPY, NO_CLIPBOARD
 */
export async function copyText(text: string, options: CopyOptions): Promise<CopyResult> {
  const { write, env = process.env, name = null, run = runProgram, writeSystem = writeWithClipboardy } = options;
  if (env.TMUX) {
    if (await succeeds(run("tmux", ["load-buffer", "-w", "-"], text))) return { way: "tmux", confirmed: true };
    // One from before -w has at least a buffer of its own; one that is gone leaves its terminal.
    if (await succeeds(run("tmux", ["load-buffer", "-"], text))) {
      write(osc52(text, env, name));
      return { way: "tmux", confirmed: true };
    }
  } else if (!isRemote(env) && (await succeeds(writeSystem(text)))) return { way: "system", confirmed: true };
  write(osc52(text, env, name));
  return { way: "osc52", confirmed: false };
}

async function succeeds(work: Promise<void>): Promise<boolean> {
  try {
    await work;
    return true;
  } catch {
    // No clipboard program, no display, no tmux: there is another way to try.
    return false;
  }
}

function osc52(text: string, env: NodeJS.ProcessEnv, name: string | null): string {
  if (!takesStrings(env)) {
    throw new KeetError("user", "NO_CLIPBOARD", "This terminal has no clipboard.", { hint: WITHOUT_CLIPBOARD });
  }
  const encoded = Buffer.from(text).toString("base64");
  if (encoded.length > MAX_OSC52_LENGTH) {
    const message = "This is too long for the terminal's clipboard.";
    throw new KeetError("user", "TOO_LONG_TO_COPY", message, { hint: WITHOUT_CLIPBOARD });
  }
  const multiplexer = multiplexerOf(env, name);
  if (multiplexer === "screen") return throughScreen(`\x1b]52;c;${encoded}\x07`);
  const bare = `\x1b]52;c;${encoded}\x1b\\`;
  // Which of the two gets out is a matter of tmux's settings; both, and the same text is there twice over.
  return multiplexer === "tmux" ? bare + throughTmux(bare) : bare;
}
