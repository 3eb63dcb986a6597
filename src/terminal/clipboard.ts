// Text to the clipboard of the person at the keyboard, by the way that reaches it.
import { spawn } from "node:child_process";
import { KeetError } from "../errors.js";

export interface CopyResult {
  readonly way: "tmux" | "system" | "osc52";
  /** Something said that it worked; a terminal that was merely told did not. */
  readonly confirmed: boolean;
}

export interface CopyOptions {
  /** Writes to the terminal. */
  readonly write: (data: string) => void;
  readonly env?: NodeJS.ProcessEnv;
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

/**
 * Inside tmux through tmux: the environment of a session is that of the day it was started, so what it
 * says of SSH and displays may be about another machine. Elsewhere the system's clipboard where the
 * terminal is local, and the terminal's own (OSC 52) where it is far or the system has none.
 * @throws KeetError TOO_LONG_TO_COPY
 */
export async function copyText(text: string, options: CopyOptions): Promise<CopyResult> {
  const { write, env = process.env, run = runProgram, writeSystem = writeWithClipboardy } = options;
  const isLocal = !env.SSH_CONNECTION && !env.SSH_TTY;
  if (env.TMUX) {
    try {
      await run("tmux", ["load-buffer", "-w", "-"], text);
      return { way: "tmux", confirmed: true };
    } catch {
      // A tmux from before -w, or one that is gone: its terminal may still listen.
    }
  } else if (isLocal) {
    try {
      await writeSystem(text);
      return { way: "system", confirmed: true };
    } catch {
      // No clipboard program, or no display.
    }
  }
  const encoded = Buffer.from(text).toString("base64");
  if (encoded.length > MAX_OSC52_LENGTH) {
    throw new KeetError("user", "TOO_LONG_TO_COPY", "This is too long for the terminal's clipboard.");
  }
  write(`\x1b]52;c;${encoded}\x1b\\`);
  return { way: "osc52", confirmed: false };
}
