/** Standard input, where a command asks for it: all of it, or one line typed by a person. */
import { createInterface } from "node:readline";
import { Writable } from "node:stream";
import { KeetError } from "../errors.js";

/**
 * Exactly what came in, with one line end at the end taken off.
 * @throws TOO_LONG as soon as there is more than `maxBytes`, NOT_UTF8
 */
export async function readAll(what: string, maxBytes: number, tooLongHint: string): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of process.stdin) {
    parts.push(part as Buffer);
    size += (part as Buffer).length;
    // A line end more is no fault of the text.
    if (size > maxBytes + 2) break;
  }
  process.stdin.destroy();
  const bytes = withoutLastLineEnd(Buffer.concat(parts));
  if (bytes.length > maxBytes) {
    throw new KeetError("user", "TOO_LONG", `${what} is longer than ${maxBytes / 1024} KiB`, { hint: tooLongHint });
  }
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new KeetError("user", "NOT_UTF8", `${what} is no UTF-8 text`, {
      hint: "Convert it first, for example: iconv -f ISO-8859-1 -t UTF-8",
      cause,
    });
  }
}

function withoutLastLineEnd(bytes: Buffer): Buffer {
  if (bytes.at(-1) !== 0x0a) return bytes;
  const isCrLf = process.platform === "win32" && bytes.at(-2) === 0x0d;
  return bytes.subarray(0, bytes.length - (isCrLf ? 2 : 1));
}

/** A question on standard error, so that standard output stays data. With `isSecret` nothing typed is shown. */
export async function ask(question: string, options: { isSecret?: boolean } = {}): Promise<string> {
  process.stderr.write(question);
  const silent = new Writable({ write: (_bytes, _encoding, done) => done() });
  const lines = createInterface({
    input: process.stdin,
    output: options.isSecret ? silent : process.stderr,
    terminal: process.stdin.isTTY === true,
    historySize: 0,
  });
  try {
    return await new Promise<string>((done, failed) => {
      lines.once("line", done);
      lines.once("SIGINT", () => failed(new KeetError("user", "CANCELLED", "Cancelled")));
      lines.once("close", () => failed(new KeetError("user", "USAGE", "Nothing was entered")));
    });
  } finally {
    lines.removeAllListeners("close");
    lines.close();
    if (options.isSecret) process.stderr.write("\n");
  }
}
