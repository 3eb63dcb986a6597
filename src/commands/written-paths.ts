/** Paths as people write and drag them into a line: quoted, with backslashes, from their home, as file:// links. */
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { KeetError } from "../errors.js";
import { safeLine } from "../safe-text.js";

const IS_WINDOWS = process.platform === "win32";
const SPECIAL = /[\s'"\\]/g;

export interface WrittenPath {
  /** Its place in the text, with its quotes. */
  readonly from: number;
  readonly to: number;
  /** Without quotes and backslashes. */
  readonly path: string;
  /** It begins with a tilde that means a home. */
  readonly isHome: boolean;
}

/** Words as a shell would take them; a quote that is not closed goes to the end. */
export function writtenPaths(text: string): readonly WrittenPath[] {
  const found: WrittenPath[] = [];
  for (let at = 0; at < text.length; ) {
    if (/\s/.test(text[at]!)) at += 1;
    else {
      const word = wordAt(text, at);
      found.push(word);
      at = word.to;
    }
  }
  return found;
}

function wordAt(text: string, from: number): WrittenPath {
  let path = "";
  let quote = "";
  let at = from;
  for (; at < text.length; at += 1) {
    const char = text[at]!;
    const escapes = char === "\\" && quote !== "'" && !IS_WINDOWS && at + 1 < text.length;
    if (escapes && (quote === "" || /["\\$`]/.test(text[at + 1]!))) {
      at += 1;
      path += text[at];
    } else if (quote !== "" && char === quote) quote = "";
    else if (quote === "" && (char === '"' || char === "'")) quote = char;
    else if (quote === "" && /\s/.test(char)) break;
    else path += char;
  }
  return { from, to: at, path, isHome: text[from] === "~" && /^~(?:\/|$)/.test(path) };
}

/** So that it is one word and means itself. */
export function asWritten(path: string): string {
  if (IS_WINDOWS) return /\s/.test(path) ? `"${path}"` : path;
  return path.replace(SPECIAL, (char) => `\\${char}`).replace(/^~/, "\\~");
}

/** Relative ones begin where the screen was started. @throws NO_SUCH_FILE for a link that leads to no file here */
export function absolutePath({ path, isHome }: Pick<WrittenPath, "path" | "isHome">): string {
  if (isHome) return join(homedir(), path.slice(1));
  if (!/^file:\/\//i.test(path)) return resolve(path);
  try {
    return fileURLToPath(path);
  } catch (cause) {
    throw new KeetError("user", "NO_SUCH_FILE", `${safeLine(path)} is no file on this machine`, {
      hint: "Name a path, such as ~/notes.txt.",
      cause,
    });
  }
}

/** A path with spaces that nobody quoted is one path where it is there. */
export function pathsIn(text: string): readonly string[] {
  const whole = text.trim();
  const alone = absolutePath({ path: whole, isHome: /^~(?:\/|$)/.test(whole) });
  if (existsSync(alone)) return [alone];
  return writtenPaths(text).map(absolutePath);
}
