/** Who is named in a text. Pure. */
import type { MemberView } from "./model.js";

/** The most one message may name, as the wire has it. */
const MAX_MENTIONS = 32;
const WORD = /^[\p{L}\p{N}_]$/u;

/**
 * Identities of the members named behind an `@`: whole names in any case, the longest that fits, with `#1a2b` where
 * names look alike. A name that several have means all of them.
 */
export function mentionsIn(text: string, members: readonly MemberView[]): readonly string[] {
  if (!text.includes("@")) return [];
  const forms = members
    .filter((member) => !member.mine)
    .flatMap(({ id, name, tag }) => [
      { id, name: name.toLowerCase() },
      ...(tag === null ? [] : [{ id, name: `${name}#${tag}`.toLowerCase() }]),
    ])
    .toSorted((a, b) => b.name.length - a.name.length);
  const found = new Set<string>();
  for (let at = text.indexOf("@"); at >= 0 && found.size < MAX_MENTIONS; at = text.indexOf("@", at + 1)) {
    if (isWord(text.slice(Math.max(0, at - 2), at), -1)) continue;
    const length = forms.find(({ name }) => isNamed(text, at + 1, name))?.name.length;
    if (length === undefined) continue;
    for (const { id, name } of forms) if (name.length === length && isNamed(text, at + 1, name)) found.add(id);
  }
  return [...found].slice(0, MAX_MENTIONS);
}

function isNamed(text: string, from: number, name: string): boolean {
  const end = from + name.length;
  return text.slice(from, end).toLowerCase() === name && !isWord(text.slice(end, end + 2), 0);
}

/** The first (0) or last (-1) character of a piece is part of a word. */
function isWord(piece: string, at: 0 | -1): boolean {
  const char = Array.from(piece).at(at);
  return char !== undefined && WORD.test(char);
}
