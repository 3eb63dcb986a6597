import { TextDecoder } from "node:util";
import { KeetError } from "../errors.js";

/** Far more than a message may have; the core says what is too long for one. */
const MAX_LINE_BYTES = 64 * 1024;
const BOM = /^\ufeff/;
const NEWLINE = 0x0a;
const RETURN = 0x0d;

export interface InputLine {
  /** From 1. */
  readonly number: number;
  readonly text: string;
  /** Why it cannot be taken; `text` is empty then. */
  readonly error: KeetError | null;
}

/** Standard input line by line, no faster than they are asked for. Only a line feed ends a line, as only that one does in a terminal. */
export class LineInput {
  readonly #chunks: AsyncIterator<Uint8Array>;
  readonly #stopped = Promise.withResolvers<null>();
  #buffer = Buffer.alloc(0);
  #number = 0;
  #hasEnded = false;
  /** The rest of a line that was too long is still coming. */
  #isSkipping = false;

  constructor(stream: AsyncIterable<Uint8Array>) {
    this.#chunks = stream[Symbol.asyncIterator]();
  }

  /** The number of the line that was given last. */
  get number(): number {
    return this.#number;
  }

  /** Null at the end, and from `stop` on. */
  async next(): Promise<InputLine | null> {
    for (;;) {
      const end = this.#buffer.indexOf(NEWLINE);
      if (end >= 0) {
        const bytes = this.#buffer.subarray(0, end);
        this.#buffer = this.#buffer.subarray(end + 1);
        if (this.#isSkipping) this.#isSkipping = false;
        else return this.#lineOf(bytes);
        continue;
      }
      if (this.#hasEnded) {
        const bytes = this.#buffer;
        this.#buffer = Buffer.alloc(0);
        return bytes.length === 0 || this.#isSkipping ? null : this.#lineOf(bytes);
      }
      if (this.#buffer.length > MAX_LINE_BYTES) {
        this.#buffer = Buffer.alloc(0);
        if (!this.#isSkipping) {
          this.#isSkipping = true;
          return this.#refused(tooLong());
        }
      }
      const chunk = await Promise.race([this.#read(), this.#stopped.promise]);
      if (chunk === null) this.#hasEnded = true;
      else this.#buffer = Buffer.concat([this.#buffer, chunk]);
    }
  }

  stop(): void {
    this.#hasEnded = true;
    this.#buffer = Buffer.alloc(0);
    this.#stopped.resolve(null);
  }

  async #read(): Promise<Uint8Array | null> {
    try {
      const { done, value } = await this.#chunks.next();
      return done ? null : value;
    } catch {
      // A terminal that has gone: nothing more will come from it.
      return null;
    }
  }

  #lineOf(bytes: Buffer): InputLine {
    const line = bytes.at(-1) === RETURN ? bytes.subarray(0, -1) : bytes;
    if (line.length > MAX_LINE_BYTES) return this.#refused(tooLong());
    try {
      const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(line);
      this.#number += 1;
      // What an editor put in front of a file is no part of its first line.
      return { number: this.#number, text: this.#number === 1 ? text.replace(BOM, "") : text, error: null };
    } catch (cause) {
      return this.#refused(
        new KeetError("user", "NOT_UTF8", "That line is no UTF-8 text, so it was not sent", {
          hint: "Convert it first, for example: iconv -f ISO-8859-1 -t UTF-8",
          cause,
        }),
      );
    }
  }

  #refused(error: KeetError): InputLine {
    this.#number += 1;
    return { number: this.#number, text: "", error };
  }
}

function tooLong(): KeetError {
  return new KeetError(
    "user",
    "TOO_LONG",
    `That line is longer than ${MAX_LINE_BYTES / 1024} KiB, so it was not sent`,
    {
      hint: "A message takes at most 8 KiB.",
    },
  );
}
