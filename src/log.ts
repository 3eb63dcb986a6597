/**
 * A log in a file. Standard output belongs to the screen or to the data, so nothing here ever writes there.
 * What people write is never logged on purpose; what could be a secret is taken out on the way in all the same.
 */
import { closeSync, fstatSync, openSync, renameSync, writeSync } from "node:fs";
import { format } from "node:util";

export type LogLevel = "debug" | "info" | "warn" | "error";
export const LOG_LEVELS: readonly LogLevel[] = ["debug", "info", "warn", "error"];

const MAX_LOG_BYTES = 2 * 1024 * 1024;
const MAX_LINE_CHARS = 4_000;

export interface Log {
  debug(...parts: unknown[]): void;
  info(...parts: unknown[]): void;
  warn(...parts: unknown[]): void;
  error(...parts: unknown[]): void;
  /** The same file, with a word in front of each line. */
  named(name: string): Log;
  close(): void;
}

/** Keys (64 hex digits, 52 of z32), invites, and anything that reads like recovery words. */
const SECRETS: readonly RegExp[] = [
  /(?:keet-tui|keet|pear):\/\/\S*/gi,
  /[0-9a-z]{52,}/gi,
  /(?:\b[a-z]{3,8}\b[\s,"']+){11,}[a-z]{3,8}\b/g,
];

export function redact(text: string): string {
  return SECRETS.reduce((rest, secret) => rest.replace(secret, "[left out]"), text);
}

/** One line stays one line, and no terminal obeys it when it is read with `cat`. */
function harmless(text: string): string {
  return text
    .replace(/\n\s*/g, " ⏎ ")
    .replace(
      /[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/g,
      (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
    );
}

export interface LogOptions {
  readonly level?: LogLevel;
  readonly maxBytes?: number;
  readonly now?: () => number;
}

/** Appends to `path` (0600); at `maxBytes` the file becomes `<path>.old`, in place of the one before. */
export function openLog(path: string, options: LogOptions = {}): Log {
  const { level = "info", maxBytes = MAX_LOG_BYTES, now = Date.now } = options;
  const least = LOG_LEVELS.indexOf(level);
  let fd = openSync(path, "a", 0o600);
  let size = fstatSync(fd).size;
  let isClosed = false;

  function write(at: LogLevel, name: string, parts: unknown[]): void {
    if (isClosed || LOG_LEVELS.indexOf(at) < least) return;
    const words = harmless(redact(format(...parts))).slice(0, MAX_LINE_CHARS);
    const line = `${new Date(now()).toISOString()} ${at.padEnd(5)} ${name}${words}\n`;
    try {
      if (size > maxBytes) rotate();
      size += writeSync(fd, line);
    } catch {
      // A full disk must not end the program for want of a log line.
    }
  }

  function rotate(): void {
    closeSync(fd);
    // The number may be another file's by the time the next line comes.
    fd = -1;
    try {
      renameSync(path, `${path}.old`);
    } finally {
      fd = openSync(path, "a", 0o600);
      size = fstatSync(fd).size;
    }
  }

  function close(): void {
    if (isClosed) return;
    isClosed = true;
    closeSync(fd);
  }

  const under = (name: string): Log => ({
    debug: (...parts) => write("debug", name, parts),
    info: (...parts) => write("info", name, parts),
    warn: (...parts) => write("warn", name, parts),
    error: (...parts) => write("error", name, parts),
    named: (inner) => under(`${name}${inner}: `),
    close,
  });
  return under("");
}

export const silentLog: Log = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  named: () => silentLog,
  close() {},
};

/** A dependency that prints would tear the screen or spoil the data: its lines go to the log. Returns the undo. */
export function redirectConsole(log: Log): () => void {
  const target = globalThis.console;
  const lines = log.named("console");
  const kept = { log: target.log, info: target.info, debug: target.debug, warn: target.warn, error: target.error };
  const trace = target.trace;
  Object.assign(target, {
    log: lines.info,
    info: lines.info,
    debug: lines.debug,
    warn: lines.warn,
    error: lines.error,
    trace: lines.debug,
  });
  return () => Object.assign(target, kept, { trace });
}
