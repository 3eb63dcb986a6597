/** Standard output is data, standard error is talk. */
import { writeSync } from "node:fs";
import { KeetError } from "../errors.js";
import { jsonText, safeLine, safeText } from "../safe-text.js";
import { asCommandLine } from "./slash-words.js";

export function printJson(value: unknown): void {
  process.stdout.write(`${jsonText(value)}\n`);
}

export function printLine(line: string): void {
  process.stdout.write(`${safeLine(line)}\n`);
}

/** Exactly these bytes; only for what is known to be harmless or wanted raw. */
export function printRaw(text: string): void {
  process.stdout.write(text);
}

export function talk(line: string): void {
  process.stderr.write(`${safeText(line)}\n`);
}

export function printError(error: unknown, asJson: boolean): void {
  const known = error instanceof KeetError ? error : null;
  const message = asCommandLine(known?.message ?? (error instanceof Error ? error.message : String(error)));
  const hint = known?.hint ? asCommandLine(known.hint) : null;
  if (asJson) {
    const data = known && Object.keys(known.data).length > 0 ? { data: known.data } : {};
    const body = { code: known?.code ?? "BUG", message, hint, ...data };
    process.stderr.write(`${jsonText({ error: body })}\n`);
    return;
  }
  talk(`keet-tui: ${message}`);
  if (hint) talk(hint);
  if (!known) talk("This is a fault of keet-tui. Please report it with the lines above.");
}

/** `keet-tui tail tea | head -1`: the reader has what it wanted, which is no fault. Gives what ends that. */
export function endQuietlyWhenUnread(): () => void {
  const onError = (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE" || error.code === "EIO") process.exit(0);
    try {
      writeSync(2, `keet-tui: standard output cannot be written (${error.code})\n`);
    } catch {
      // Nobody reads that either.
    }
    process.exit(1);
  };
  process.stdout.on("error", onError);
  process.stderr.on("error", () => {});
  return () => process.stdout.off("error", onError);
}

/** Ends only when all that was printed is with its reader. */
export async function flushed(): Promise<void> {
  await Promise.all(
    [process.stdout, process.stderr].map(
      (stream) => new Promise<void>((done) => (stream.writableLength > 0 ? stream.write("", () => done()) : done())),
    ),
  );
}

/** Rows in columns: padded for people, separated by tabs for programs. */
export async function printTable(rows: readonly (readonly string[])[]): Promise<void> {
  const cells = rows.map((row) => row.map((cell) => safeLine(cell).replaceAll("\t", " ")));
  if (!process.stdout.isTTY) {
    for (const row of cells) process.stdout.write(`${row.join("\t")}\n`);
    return;
  }
  const { default: width } = await import("string-width");
  const columns = Math.max(0, ...cells.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, at) => Math.max(...cells.map((row) => width(row[at] ?? ""))));
  for (const row of cells) {
    const padded = row.map((cell, at) => cell + " ".repeat(Math.max(0, (widths[at] ?? 0) - width(cell))));
    process.stdout.write(`${padded.join("  ").trimEnd()}\n`);
  }
}
