/** What two spellings share: compared without case, accents and width. Only ever on this device, never in `apply`. */

/** Letters with a stroke or joined, which decomposing leaves as they are. */
const PLAIN: Readonly<Record<string, string>> = {
  ß: "ss",
  ø: "o",
  ł: "l",
  đ: "d",
  ð: "d",
  ħ: "h",
  ı: "i",
  æ: "ae",
  œ: "oe",
  þ: "th",
};

export function searchable(text: string): string {
  return text
    .normalize("NFKD")
    .replace(/\p{M}+/gu, "")
    .toLowerCase()
    .replace(/[ßøłđðħıæœþ]/g, (letter) => PLAIN[letter] ?? letter)
    .replace(/\s+/g, " ");
}

export interface Query {
  /** All of them have to be in the text. */
  readonly terms: readonly string[];
  /** Part of the author's name; null: anybody. */
  readonly from: string | null;
}

/** Words, `"words that stay together"` and `from:name`; null where nothing is asked for. */
export function parseQuery(text: string): Query | null {
  const terms: string[] = [];
  let from: string | null = null;
  for (const [, quoted, word] of text.matchAll(/"([^"]*)"?|(\S+)/g)) {
    const isFrom = word !== undefined && /^from:./i.test(word);
    if (isFrom) from = searchable(word.slice("from:".length).replace(/^@/, ""));
    else {
      const term = searchable(quoted ?? word ?? "").trim();
      if (term) terms.push(term);
    }
  }
  return terms.length > 0 || from !== null ? { terms, from } : null;
}

export function matches(query: Query, searchableText: string): boolean {
  return query.terms.every((term) => searchableText.includes(term));
}
