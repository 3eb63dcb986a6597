/** One draft and the ways to change it. Pure; positions are UTF-16 units and always between two characters as people see them. */

export interface Edit {
  readonly text: string;
  readonly cursor: number;
  /** What was cut last. */
  readonly cut: string;
  /** The cut before was just now and in this direction: the next one adds to it. */
  readonly cutting: "left" | "right" | null;
}

export const EMPTY_EDIT: Edit = { text: "", cursor: 0, cut: "", cutting: null };

/** More than that is refused by the core anyway; the composer stays quick. */
export const MAX_DRAFT_LENGTH = 64 * 1024;

const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });
const WORD = /[\p{L}\p{N}\p{M}_]/u;
/** Far longer than any character; keeps a step from reading the whole draft. */
const REACH = 64;

function at(edit: Edit, text: string, cursor: number): Edit {
  return { ...edit, text, cursor, cutting: null };
}

export function insert(edit: Edit, piece: string): Edit {
  const left = MAX_DRAFT_LENGTH - edit.text.length;
  const fitting = piece.length <= left ? piece : piece.slice(0, Math.max(0, left)).toWellFormed();
  const text = edit.text.slice(0, edit.cursor) + fitting + edit.text.slice(edit.cursor);
  return at(edit, text, edit.cursor + fitting.length);
}

export function replace(edit: Edit, from: number, to: number, piece: string): Edit {
  return at(edit, edit.text.slice(0, from) + piece + edit.text.slice(to), from + piece.length);
}

export function write(edit: Edit, text: string, cursor: number = text.length): Edit {
  return at(edit, text, Math.max(0, Math.min(cursor, text.length)));
}

export function clear(edit: Edit): Edit {
  return { text: "", cursor: 0, cut: edit.text === "" ? edit.cut : edit.text, cutting: null };
}

function before(text: string, cursor: number): number {
  if (cursor === 0) return 0;
  const start = Math.max(0, cursor - REACH);
  let last = start;
  for (const { index } of graphemes.segment(text.slice(start, cursor))) last = start + index;
  return last;
}

function after(text: string, cursor: number): number {
  const next = graphemes
    .segment(text.slice(cursor, cursor + REACH))
    [Symbol.iterator]()
    .next();
  return next.done ? cursor : cursor + next.value.segment.length;
}

/** The character under the cursor; empty at the end. */
export function characterAt(text: string, cursor: number): string {
  return text.slice(cursor, after(text, cursor));
}

export function left(edit: Edit): Edit {
  return at(edit, edit.text, before(edit.text, edit.cursor));
}

export function right(edit: Edit): Edit {
  return at(edit, edit.text, after(edit.text, edit.cursor));
}

function wordLeft(text: string, cursor: number): number {
  let place = cursor;
  while (place > 0 && !WORD.test(text.slice(before(text, place), place))) place = before(text, place);
  while (place > 0 && WORD.test(text.slice(before(text, place), place))) place = before(text, place);
  return place;
}

function wordRight(text: string, cursor: number): number {
  let place = cursor;
  while (place < text.length && !WORD.test(characterAt(text, place))) place = after(text, place);
  while (place < text.length && WORD.test(characterAt(text, place))) place = after(text, place);
  return place;
}

/** To the last space, as shells do: a whole path or link goes at once. */
function blankLeft(text: string, cursor: number): number {
  const match = /\S*\s*$/.exec(text.slice(0, cursor))!;
  return match.index;
}

export function lineStart(text: string, cursor: number): number {
  return text.lastIndexOf("\n", cursor - 1) + 1;
}

export function lineEnd(text: string, cursor: number): number {
  const end = text.indexOf("\n", cursor);
  return end < 0 ? text.length : end;
}

function cutLeft(edit: Edit, from: number): Edit {
  const piece = edit.text.slice(from, edit.cursor);
  if (piece === "") return edit;
  const text = edit.text.slice(0, from) + edit.text.slice(edit.cursor);
  return { text, cursor: from, cut: edit.cutting === "left" ? piece + edit.cut : piece, cutting: "left" };
}

function cutRight(edit: Edit, to: number): Edit {
  const piece = edit.text.slice(edit.cursor, to);
  if (piece === "") return edit;
  const text = edit.text.slice(0, edit.cursor) + edit.text.slice(to);
  return { ...edit, text, cut: edit.cutting === "right" ? edit.cut + piece : piece, cutting: "right" };
}

/** By the names of src/keys.ts. */
export const EDITS: Readonly<Record<string, (edit: Edit) => Edit>> = {
  newline: (edit) => insert(edit, "\n"),
  "line-start": (edit) => at(edit, edit.text, lineStart(edit.text, edit.cursor)),
  "line-end": (edit) => at(edit, edit.text, lineEnd(edit.text, edit.cursor)),
  "char-left": left,
  "char-right": right,
  "word-left": (edit) => at(edit, edit.text, wordLeft(edit.text, edit.cursor)),
  "word-right": (edit) => at(edit, edit.text, wordRight(edit.text, edit.cursor)),
  "delete-left": (edit) => {
    const from = before(edit.text, edit.cursor);
    return at(edit, edit.text.slice(0, from) + edit.text.slice(edit.cursor), from);
  },
  "delete-right": (edit) =>
    at(edit, edit.text.slice(0, edit.cursor) + edit.text.slice(after(edit.text, edit.cursor)), edit.cursor),
  "cut-word-left": (edit) => cutLeft(edit, blankLeft(edit.text, edit.cursor)),
  "cut-word-right": (edit) => cutRight(edit, wordRight(edit.text, edit.cursor)),
  "cut-line-start": (edit) => {
    const from = lineStart(edit.text, edit.cursor);
    return cutLeft(edit, from === edit.cursor ? Math.max(0, from - 1) : from);
  },
  "cut-line-end": (edit) => {
    const to = lineEnd(edit.text, edit.cursor);
    return cutRight(edit, to === edit.cursor ? Math.min(to + 1, edit.text.length) : to);
  },
  "paste-cut": (edit) => insert(edit, edit.cut),
};
