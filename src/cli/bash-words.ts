/** A line of bash up to the cursor, taken apart and put together as bash itself would: what Tab puts in is code there. */

type Quote = "" | "'" | '"';

export interface BashLine {
  /** Without their quotes; the unfinished one last. */
  readonly words: readonly string[];
  /** The unfinished one as it stands there. */
  readonly raw: string;
}

export function readBashLine(line: string): BashLine {
  const words: string[] = [];
  let from = 0;
  let at = 0;
  while (at < line.length) {
    if (/\s/.test(line[at]!)) {
      if (at > from) words.push(unquoted(line.slice(from, at)).text);
      at += 1;
      from = at;
    } else at = endOfPiece(line, at);
  }
  const raw = line.slice(from);
  return { words: [...words, unquoted(raw).text], raw };
}

/** Behind one character, or what stands in one pair of quotes. */
function endOfPiece(line: string, at: number): number {
  const char = line[at]!;
  if (char === "\\") return Math.min(line.length, at + 2);
  if (char !== "'" && char !== '"') return at + 1;
  for (let end = at + 1; end < line.length; end += 1) {
    if (char === '"' && line[end] === "\\") end += 1;
    else if (line[end] === char) return end + 1;
  }
  return line.length;
}

/** `open`: the quote that has no end yet. */
export function unquoted(raw: string): { readonly text: string; readonly open: Quote } {
  let text = "";
  let open: Quote = "";
  for (let at = 0; at < raw.length; at += 1) {
    const char = raw[at]!;
    const next = raw[at + 1];
    if (open === "'") {
      if (char === "'") open = "";
      else text += char;
    } else if (char === "\\" && next !== undefined && (open === "" || '$`"\\'.includes(next))) {
      text += next;
      at += 1;
    } else if (char === open) open = "";
    else if (open === "" && (char === "'" || char === '"')) open = char;
    else text += char;
  }
  return { text, open };
}

/**
 * What takes the place of `region`, the end of the unfinished word that bash replaces: not the whole word where a quote,
 * a colon or an equals sign stands in it.
 * @returns null where the word does not begin as it was typed
 */
export function bashReplacement(word: string, raw: string, region: string): string | null {
  if (!raw.endsWith(region)) return null;
  const { text, open } = unquoted(raw.slice(0, raw.length - region.length));
  if (!word.startsWith(text)) return null;
  const quoted = quotedFor(word.slice(text.length), open);
  // Where the last character is that quote bash takes it for the end of the word, whatever it is.
  return open !== "" && quoted.endsWith(open) ? quoted + open : quoted;
}

export function quotedFor(text: string, open: Quote): string {
  if (open === "'") return text.replaceAll("'", "'\\''");
  // History is expanded inside of these too, and no backslash hinders it there.
  if (open === '"') return text.replace(/[$`"\\]/g, "\\$&").replaceAll("!", `"'!'"`);
  return text.replace(/[^\w./,+%@\u0080-\u{10ffff}-]/gu, "\\$&");
}
