/**
 * One JSON object a line over a byte stream: a Unix socket, a named pipe, or an ssh process's stdio.
 * Both directions are bounded: a longer line is skipped and told, a reader that stands still is cut off.
 */
import { connect as connectNet } from "node:net";
import type { Duplex } from "node:stream";
import { StringDecoder } from "node:string_decoder";
import { KeetError } from "../errors.js";
import { MAX_LINE_BYTES } from "./methods.js";

/** What may wait for a client that does not read, before it is cut off. */
const MAX_QUEUED_BYTES = 64 * 1024 * 1024;

const NEWLINE = 0x0a;

/** Bytes in, whole lines out. Never holds more than `maxBytes`. */
export class LineReader {
  readonly #onLine: (line: string) => void;
  readonly #onTooLong: () => void;
  readonly #maxBytes: number;
  #parts: Buffer[] = [];
  #held = 0;
  #isSkipping = false;

  constructor(options: { onLine: (line: string) => void; onTooLong?: () => void; maxBytes?: number }) {
    this.#onLine = options.onLine;
    this.#onTooLong = options.onTooLong ?? (() => {});
    this.#maxBytes = options.maxBytes ?? MAX_LINE_BYTES;
  }

  push(bytes: Buffer): void {
    let from = 0;
    for (let at = bytes.indexOf(NEWLINE); at !== -1; at = bytes.indexOf(NEWLINE, from)) {
      this.#hold(bytes.subarray(from, at));
      from = at + 1;
      const line = this.#take();
      if (line !== null) this.#onLine(line);
    }
    this.#hold(bytes.subarray(from));
  }

  #hold(bytes: Buffer): void {
    if (this.#isSkipping || bytes.length === 0) return;
    if (this.#held + bytes.length > this.#maxBytes) {
      this.#isSkipping = true;
      this.#parts = [];
      this.#held = 0;
      this.#onTooLong();
      return;
    }
    this.#parts.push(bytes);
    this.#held += bytes.length;
  }

  #take(): string | null {
    const parts = this.#parts;
    const wasSkipping = this.#isSkipping;
    this.#parts = [];
    this.#held = 0;
    this.#isSkipping = false;
    if (wasSkipping) return null;
    const decoder = new StringDecoder("utf8");
    return parts.map((part) => decoder.write(part)).join("") + decoder.end();
  }
}

export interface LinesOptions {
  readonly onLine: (line: string) => void;
  readonly onTooLong?: () => void;
  /** Once, whoever closed it; the reason is for the log. */
  readonly onClose: (reason: string | null) => void;
  readonly maxLineBytes?: number;
  readonly maxQueuedBytes?: number;
}

/** A stream that speaks in lines. */
export class Lines {
  readonly #stream: Duplex;
  readonly #maxQueuedBytes: number;
  #closed: string | null = null;
  #isOpen = true;

  constructor(stream: Duplex, options: LinesOptions) {
    this.#stream = stream;
    this.#maxQueuedBytes = options.maxQueuedBytes ?? MAX_QUEUED_BYTES;
    const reader = new LineReader({
      onLine: (line) => this.#isOpen && options.onLine(line),
      ...(options.onTooLong ? { onTooLong: options.onTooLong } : {}),
      ...(options.maxLineBytes ? { maxBytes: options.maxLineBytes } : {}),
    });
    stream.on("data", (bytes: Buffer) => reader.push(bytes));
    stream.on("error", (error) => {
      this.#closed ??= error.message;
    });
    // Half-open is of no use here: who has said all has gone.
    stream.on("end", () => stream.end());
    stream.on("close", () => {
      this.#isOpen = false;
      options.onClose(this.#closed);
    });
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** False where nobody will read it. */
  send(line: string): boolean {
    if (!this.#isOpen || this.#stream.writableEnded || this.#stream.destroyed) return false;
    if (this.#stream.writableLength > this.#maxQueuedBytes) {
      this.close("does not read");
      return false;
    }
    this.#stream.write(`${line}\n`);
    return true;
  }

  /** Bytes that wait for the reader. */
  get queuedBytes(): number {
    return this.#stream.writableLength;
  }

  pause(): void {
    this.#stream.pause();
  }

  resume(): void {
    this.#stream.resume();
  }

  /** Lets what was said get out first. */
  end(): void {
    this.#stream.end();
  }

  close(reason: string | null = null): void {
    this.#closed ??= reason;
    this.#stream.destroy();
  }
}

/**
 * @throws the system's error (ENOENT, ECONNREFUSED, …) where nobody listens, TIMED_OUT where nobody accepts
 */
export async function dial(path: string, timeoutMs: number): Promise<Duplex> {
  const socket = connectNet({ path });
  await new Promise<void>((done, failed) => {
    const timer = setTimeout(() => {
      socket.destroy();
      failed(new KeetError("peer", "TIMED_OUT", `Nobody answered at ${path}`, { data: { path } }));
    }, timeoutMs);
    socket.once("connect", () => {
      clearTimeout(timer);
      done();
    });
    socket.once("error", (error) => {
      clearTimeout(timer);
      failed(error);
    });
  });
  return socket;
}
