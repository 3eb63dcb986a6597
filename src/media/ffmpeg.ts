/**
 * One ffmpeg at work: started without a terminal, an environment or a folder of ours, watched, and ended with all it
 * started. Only devices and our own files ever reach it, never a byte or a name that came from somebody else.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";

/** What it has after SIGTERM to end by itself. After a call nothing of it may be left for longer than a second. */
const TERM_MS = 500;
const MAX_STDERR_BYTES = 64 * 1024;
const LAST_LINES = 10;
const MAX_LINE_CHARS = 500;

/**
 * All that the client libraries of PulseAudio, PipeWire and ALSA read: where the server is, its cookie, their settings.
 * Windows adds by itself what no program starts without.
 */
const KEPT = /^(HOME|XDG_RUNTIME_DIR|XDG_CONFIG_HOME|(PULSE|PIPEWIRE|ALSA)_\w+)$/;

/** Raw input without a look ahead: probing is what costs a third of a second, and it opens what it finds named. */
export const LOW_DELAY: readonly string[] = [
  ...["-fflags", "nobuffer", "-flags", "low_delay"],
  ...["-probesize", "32", "-analyzeduration", "0"],
];

export interface FfmpegOptions {
  /** Absolute. */
  readonly path: string;
  readonly args: readonly string[];
  /** A number is a file of ours that is open. */
  readonly stdin?: "ignore" | "pipe" | number;
  readonly stdout?: "ignore" | "pipe";
  /** Whether it tells on its third descriptor how far it is. */
  readonly progress?: boolean;
  readonly env?: NodeJS.ProcessEnv;
}

export interface FfmpegEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Why it did not even start. */
  readonly error: Error | null;
}

export interface FfmpegRun {
  readonly pid: number | null;
  readonly stdin: Writable | null;
  readonly stdout: Readable | null;
  readonly progress: Readable | null;
  /** When it is gone and all it wrote is read. Never rejects. */
  readonly ended: Promise<FfmpegEnd>;
  /** The end of what it had to say, as it said it: for people only through safe-text. */
  lastLines(): readonly string[];
  /** As far back as they are kept. */
  allLines(): readonly string[];
  /** Ends it and whatever it started. */
  close(): Promise<void>;
}

/** Input that is read from standard input and from nothing else, whatever is in it. */
export function pipedInput(...format: readonly string[]): readonly string[] {
  return ["-protocol_whitelist", "pipe", ...format, "-i", "pipe:0"];
}

export function ffmpegEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => KEPT.test(name)));
}

export function startFfmpeg(options: FfmpegOptions): FfmpegRun {
  return startChild({ ...options, args: ["-hide_banner", "-nostdin", ...options.args] });
}

/** Any program about sound, under the same conditions. */
export function startChild(options: FfmpegOptions): FfmpegRun {
  const { path, args, stdin = "ignore", stdout = "pipe", progress = false, env = process.env } = options;
  const folder = mkdtempSync(join(tmpdir(), "keet-tui-ffmpeg-"));
  let child: ChildProcess;
  try {
    child = spawn(path, [...args], {
      stdio: [stdin, stdout, "pipe", ...(progress ? (["pipe"] as const) : [])],
      // A session of its own has no terminal to read keys from, and no part in Ctrl-C.
      detached: process.platform !== "win32",
      cwd: folder,
      env: ffmpegEnvironment(env),
      windowsHide: true,
    });
  } catch (error) {
    removeFolder(folder);
    return neverStarted(error as Error);
  }
  // On Linux the folder of a process may go while it runs, and then nothing can be found or made in it at all.
  if (process.platform === "linux") removeFolder(folder);
  return watch(child, folder);
}

function watch(child: ChildProcess, folder: string): FfmpegRun {
  const lines = new LastLines();
  child.stderr?.on("data", (bytes: Buffer) => lines.add(bytes));
  // Its end is told by `ended`; a pipe that breaks with it is no news.
  child.stdin?.on("error", () => {});
  if (child.pid !== undefined) endWithUs(child.pid);
  const ended = new Promise<FfmpegEnd>((settle) => {
    let error: Error | null = null;
    child.on("error", (cause) => {
      error = cause;
    });
    // What it started itself holds its pipes open.
    child.on("exit", () => signalGroup(child, "SIGKILL"));
    child.on("close", (code, signal) => {
      if (child.pid !== undefined) running.delete(child.pid);
      removeFolder(folder);
      settle({ code, signal, error });
    });
  });
  const extra = child.stdio[3];
  return {
    pid: child.pid ?? null,
    stdin: child.stdin,
    stdout: child.stdout,
    progress: extra && "read" in extra ? (extra as Readable) : null,
    ended,
    lastLines: () => lines.all().slice(-LAST_LINES),
    allLines: () => lines.all(),
    close: () => end(child, ended),
  };
}

async function end(child: ChildProcess, ended: Promise<FfmpegEnd>): Promise<void> {
  // What nobody reads any more would keep the pipe, and so its end, from being seen.
  child.stdout?.destroy();
  child.stdin?.destroy();
  signalGroup(child, "SIGTERM");
  const timer = setTimeout(() => signalGroup(child, "SIGKILL"), TERM_MS);
  await ended;
  clearTimeout(timer);
}

function neverStarted(error: Error): FfmpegRun {
  return {
    pid: null,
    stdin: null,
    stdout: null,
    progress: null,
    ended: Promise.resolve({ code: null, signal: null, error }),
    lastLines: () => [error.message],
    allLines: () => [error.message],
    close: async () => {},
  };
}

const running = new Set<number>();

/** Where we end in an orderly way; killed, we leave it pipes that end, at which it ends. */
function endWithUs(pid: number): void {
  if (running.size === 0) {
    process.off("exit", endAll);
    process.on("exit", endAll);
  }
  running.add(pid);
}

function endAll(): void {
  for (const pid of running) kill(pid, "SIGKILL");
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  if (process.platform === "win32") child.kill(signal);
  else kill(child.pid, signal);
}

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(process.platform === "win32" ? pid : -pid, signal);
  } catch {
    // It has gone by itself.
  }
}

function removeFolder(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // Gone already, or held by Windows until the process is.
  }
}

/** The end of a text of any length: however much is written, so much is kept. */
class LastLines {
  #text = "";

  add(bytes: Buffer): void {
    this.#text = (this.#text + bytes.toString("latin1")).slice(-MAX_STDERR_BYTES);
  }

  all(): readonly string[] {
    const text = Buffer.from(this.#text, "latin1").toString("utf8");
    const lines = text.split(/[\r\n]+/).filter((line) => line.trim() !== "");
    return lines.map((line) => line.slice(0, MAX_LINE_CHARS));
  }
}
