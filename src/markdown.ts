/**
 * The few marks people type in a chat: `*bold*`, `**bold**`, `_italic_`, `` `code` ``, fenced code, `> quotes`, links.
 *
 * Ours and no library: markdown parsers make documents. They join lines, take lists, headings, tables, HTML and
 * reference links for markup, and drop what they do not print, while a chat has to show what somebody typed. Here a
 * mark counts only between a gap and a word, so `snake_case`, `2*3*4`, paths and links stay as typed, as does every
 * mark without its partner. One pass over the text: the work grows with its length, whatever is in it.
 */
import type { SafeText } from "./safe-text.js";

export interface Piece {
  readonly text: SafeText;
  /** `mark`: the backticks round code, which are shown. */
  readonly kind: "text" | "code" | "link" | "mark";
  readonly bold: boolean;
  readonly italic: boolean;
}

export type Block =
  | { readonly kind: "text" | "quote"; readonly lines: readonly SafeText[] }
  /** What stands between two fences, without them. */
  | { readonly kind: "code"; readonly lines: readonly SafeText[] };

const OPENING_FENCE = /^ {0,3}```[\w+#.-]{0,24}\s*$/;
const CLOSING_FENCE = /^ {0,3}```\s*$/;
const QUOTE = /^> ?/;

/** Text in the order it was written, as runs of lines of one kind. */
export function blocksOf(text: SafeText): readonly Block[] {
  const lines = text.split("\n") as SafeText[];
  const ends = closingFences(lines);
  const blocks: { kind: Block["kind"]; lines: SafeText[] }[] = [];
  const add = (kind: "text" | "quote", line: SafeText) => {
    const last = blocks.at(-1);
    if (last?.kind === kind) last.lines.push(line);
    else blocks.push({ kind, lines: [line] });
  };
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at]!;
    const end = OPENING_FENCE.test(line) ? (ends[at + 1] ?? -1) : -1;
    if (end > at) {
      blocks.push({ kind: "code", lines: lines.slice(at + 1, end) });
      at = end;
    } else if (QUOTE.test(line)) add("quote", line.replace(QUOTE, "") as SafeText);
    else add("text", line);
  }
  return blocks;
}

/** For each line the first closing fence from there on; -1 where there is none. */
function closingFences(lines: readonly SafeText[]): readonly number[] {
  const ends: number[] = new Array(lines.length);
  let next = -1;
  for (let at = lines.length - 1; at >= 0; at -= 1) {
    if (CLOSING_FENCE.test(lines[at]!)) next = at;
    ends[at] = next;
  }
  return ends;
}

const MARKS = /[*_`]|https?:\/\//i;
const LINK = /https?:\/\/[^\s<>"`]+/iy;
const WORD = /^[\p{L}\p{N}\p{M}_]$/u;
/** What may stand before an opening mark. No slash, dot or equals sign: those are paths, names and code. */
const GAP_BEFORE = /^[\s([{"'“‘«–—,;!?¡¿*_]$/u;
const GAP_AFTER = /^[\s.,;:!?)\]}"'”’»…–—*_-]$/u;
/** A mark cut off from what is stacked upon it would change both. */
const CLINGS = /^[\s\p{M}\u200d]$/u;

interface Mark {
  readonly from: number;
  readonly to: number;
  readonly sort: "*" | "**" | "_";
  readonly canOpen: boolean;
  readonly canClose: boolean;
  /** What became of it. */
  is: "open" | "close" | null;
}

interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly kind: "code" | "link";
  /** Backticks at each end. */
  readonly ticks: number;
}

/** One line as pieces; together they are the line without the marks that had their effect. */
export function piecesOf(line: SafeText): readonly Piece[] {
  if (!MARKS.test(line)) return [{ text: line, kind: "text", bold: false, italic: false }];
  const { marks, stretches } = scan(line);
  pair(marks);
  return cutAt(
    line,
    marks.filter((mark) => mark.is !== null),
    stretches,
  );
}

function before(line: string, at: number): string {
  const low = line.charCodeAt(at - 1);
  return at <= 0 ? "" : low >= 0xdc00 && low <= 0xdfff ? line.slice(at - 2, at) : line[at - 1]!;
}

function after(line: string, at: number): string {
  return at >= line.length ? "" : String.fromCodePoint(line.codePointAt(at)!);
}

function scan(line: string): { readonly marks: Mark[]; readonly stretches: Stretch[] } {
  const marks: Mark[] = [];
  const stretches: Stretch[] = [];
  const partners = partnersOf(line);
  for (let at = 0; at < line.length; ) {
    const char = line[at]!;
    const end = runEnd(line, at);
    if (char === "`") {
      const partner = WORD.test(before(line, at)) ? undefined : partners.get(at);
      if (partner !== undefined) {
        const to = partner + (end - at);
        stretches.push({ from: at, to, kind: "code", ticks: end - at });
        at = to;
      } else at = end;
    } else if (char === "*" || char === "_") {
      const sort = line.slice(at, end);
      const [left, right] = [before(line, at), after(line, end)];
      if (sort === "*" || sort === "**" || sort === "_") {
        const canOpen = (left === "" || GAP_BEFORE.test(left)) && right !== "" && !CLINGS.test(right);
        const canClose = (right === "" || GAP_AFTER.test(right)) && left !== "" && !/^\s$/.test(left);
        marks.push({ from: at, to: end, sort, canOpen, canClose, is: null });
      }
      at = end;
    } else if (char === "h" || char === "H") {
      const to = WORD.test(before(line, at)) ? at : linkEnd(line, at);
      if (to > at) stretches.push({ from: at, to, kind: "link", ticks: 0 });
      at = Math.max(to, at + 1);
    } else at += 1;
  }
  return { marks, stretches };
}

function runEnd(line: string, at: number): number {
  let end = at + 1;
  while (end < line.length && line[end] === line[at]) end += 1;
  return end;
}

/** Each run of backticks with the next one as long. */
function partnersOf(line: string): ReadonlyMap<number, number> {
  const runs: { readonly at: number; readonly length: number }[] = [];
  for (let at = line.indexOf("`"); at >= 0; at = line.indexOf("`", at)) {
    const end = runEnd(line, at);
    runs.push({ at, length: end - at });
    at = end;
  }
  const partners = new Map<number, number>();
  const nextOf = new Map<number, number>();
  for (const { at, length } of runs.reverse()) {
    const next = nextOf.get(length);
    if (next !== undefined) partners.set(at, next);
    nextOf.set(length, at);
  }
  return partners;
}

/** Without what ends a sentence or a bracket round the link; `at` where there is no link. */
function linkEnd(line: string, at: number): number {
  LINK.lastIndex = at;
  const found = LINK.exec(line)?.[0];
  if (found === undefined) return at;
  let end = found.length;
  let open = 0;
  for (const char of found) open += char === "(" ? 1 : char === ")" ? -1 : 0;
  while (end > 0) {
    const last = found[end - 1]!;
    if (last === ")" && open < 0) open += 1;
    else if (last === ")" || !/[.,;:!?'\]*_]/.test(last)) break;
    end -= 1;
  }
  return end > "https://".length ? at + end : at;
}

/** Each closing mark takes the latest open one of its sort; those in between that are still open stay as typed. */
function pair(marks: readonly Mark[]): void {
  const open = new Map<Mark["sort"], number>();
  for (const [index, mark] of marks.entries()) {
    const partner = mark.canClose ? open.get(mark.sort) : undefined;
    if (partner === undefined) {
      if (mark.canOpen) open.set(mark.sort, index);
      continue;
    }
    marks[partner]!.is = "open";
    mark.is = "close";
    for (const [sort, at] of open) if (at >= partner) open.delete(sort);
  }
}

function cutAt(line: SafeText, marks: readonly Mark[], stretches: readonly Stretch[]): readonly Piece[] {
  const pieces: Piece[] = [];
  let bold = 0;
  let italic = 0;
  const add = (from: number, to: number, kind: Piece["kind"] = "text") => {
    const text = line.slice(from, to) as SafeText;
    if (text !== "") pieces.push({ text, kind, bold: bold > 0, italic: italic > 0 });
  };
  let at = 0;
  let nextStretch = 0;
  const upTo = (end: number) => {
    for (; nextStretch < stretches.length && stretches[nextStretch]!.from < end; nextStretch += 1) {
      const { from, to, kind, ticks } = stretches[nextStretch]!;
      add(at, from);
      add(from, from + ticks, "mark");
      add(from + ticks, to - ticks, kind);
      add(to - ticks, to, "mark");
      at = to;
    }
    add(at, end);
    at = end;
  };
  for (const mark of marks) {
    upTo(mark.from);
    const step = mark.is === "open" ? 1 : -1;
    if (mark.sort === "_") italic += step;
    else bold += step;
    at = mark.to;
  }
  upTo(line.length);
  return pieces;
}
