/** Messages as a list to choose from: pins, and what a search found. Pure. */
import { plainText, type SafeText, safe } from "../safe-text.js";
import { dayName, dayOf, timeOf } from "../state/local-time.js";
import { authorOf, gistOf } from "../state/message-lines.js";
import type { MessageView } from "../state/model.js";
import { BLANK, type Cells, type Span, widthOf } from "../state/rows.js";
import { hueOf, shownAt } from "../state/timeline.js";

const MAX_NAME_COLUMNS = 12;
/** Cells of a line that may go by before the first word that was looked for. */
const LEAD_COLUMNS = 16;

export interface FoundLook {
  readonly columns: number;
  readonly now: number;
  readonly cells: Cells;
  /** What was looked for, to be marked. */
  readonly words: readonly string[];
  /** Names of rooms by id, where messages are of several. */
  readonly rooms: ReadonlyMap<string, SafeText> | null;
}

export interface FoundRows {
  readonly rows: readonly (readonly Span[])[];
  /** Rows of the chosen message, the end not included. */
  readonly focus: { readonly from: number; readonly to: number };
}

export function foundRows(messages: readonly MessageView[], chosen: number, look: FoundLook): FoundRows {
  const { columns, cells, now, rooms } = look;
  const isNarrow = columns < 60;
  const when = messages.map((message) => whenText(shownAt(message), now));
  const whenColumns = Math.max(0, ...when.map(cells.width));
  const widest = Math.max(0, ...messages.map((message) => cells.width(authorOf(message))));
  const nameColumns = isNarrow ? columns : Math.min(MAX_NAME_COLUMNS, widest);
  const roomOf = (message: MessageView) => rooms?.get(message.room) ?? plainText("");
  const roomColumns = Math.min(MAX_NAME_COLUMNS, Math.max(0, ...messages.map((one) => cells.width(roomOf(one)))));
  const rows = messages.flatMap((message, at): Span[][] => {
    const isChosen = at === chosen;
    const mark: Span = isChosen ? { text: plainText("▌"), tone: "accent" } : { text: BLANK };
    const name = cells.cut(authorOf(message), nameColumns);
    const author: Span = { text: name, tone: "author", hue: message.mine ? -1 : hueOf(message), bold: true };
    const room = roomOf(message);
    if (isNarrow) {
      const place = room === "" ? "" : ` · ${room}`;
      const head: Span[] = [
        mark,
        { text: safe`${when[at]!} `, tone: "dim" },
        author,
        { text: safe`${place}`, tone: "dim" },
      ];
      return [fitted(head, columns), [mark, ...hitSpans(message, columns - 1, look)]];
    }
    const head: Span[] = [
      mark,
      { text: cells.pad(when[at]!, whenColumns + 1), tone: "dim" },
      { ...author, text: cells.pad(name, nameColumns + 1) },
      ...(roomColumns === 0 ? [] : [{ text: cells.pad(room, roomColumns + 1), tone: "dim" } as Span]),
    ];
    return [[...head, ...hitSpans(message, columns - widthOf(head, cells), look)]];
  });
  const each = isNarrow ? 2 : 1;
  return { rows, focus: { from: chosen * each, to: (chosen + 1) * each } };

  function fitted(spans: readonly Span[], room: number): Span[] {
    let left = room;
    return spans.map((span) => {
      const text = cells.cut(span.text, Math.max(0, left));
      left -= cells.width(text);
      return { ...span, text };
    });
  }
}

/** `09:14` of today, `24 Nov 09:14` of this year, `24 Nov 2025` before that. */
function whenText(at: number, now: number): SafeText {
  if (dayOf(at) === dayOf(now)) return timeOf(at);
  const day = dayName(at, now).replace(/^\w+ /, "");
  return new Date(at).getFullYear() === new Date(now).getFullYear() ? safe`${day} ${timeOf(at)}` : safe`${day}`;
}

/** One line from a little before the first word that was looked for, with all of those marked. */
function hitSpans(message: MessageView, columns: number, { words, cells }: FoundLook): Span[] {
  const text = gistOf(message);
  const ranges = matchesIn(text, words);
  const from = leadOf(text, ranges[0]?.from ?? 0, columns, cells);
  const pieces: Span[] = from === 0 ? [] : [{ text: plainText("…"), tone: "dim" }];
  let at = from;
  for (const range of ranges) {
    if (range.from < at) continue;
    pieces.push({ text: text.slice(at, range.from) as SafeText });
    pieces.push({ text: text.slice(range.from, range.to) as SafeText, tone: "accent", bold: true, underline: true });
    at = range.to;
  }
  pieces.push({ text: text.slice(at) as SafeText });
  let left = columns;
  return pieces
    .filter((piece) => piece.text !== "")
    .map((piece) => {
      const shown = left > 0 ? cells.cut(piece.text, left) : plainText("");
      left -= cells.width(shown);
      return { ...piece, text: shown };
    });
}

/** Where to begin so that a match further on is in sight: behind a space, not in the middle of a word. */
function leadOf(text: SafeText, match: number, columns: number, cells: Cells): number {
  if (cells.width(text.slice(0, match)) < columns - LEAD_COLUMNS) return 0;
  const space = text.lastIndexOf(" ", Math.max(0, match - LEAD_COLUMNS));
  const next = space < 0 || match - space > 3 * LEAD_COLUMNS ? match : space + 1;
  return next;
}

/** The words of a search that can be seen in a text: not those that ask for an author. */
export function wordsOf(query: string): readonly string[] {
  return Array.from(query.matchAll(/"([^"]*)"?|(\S+)/g), ([, phrase, word]) => phrase ?? word ?? "").filter(
    (word) => word.trim() !== "" && !/^from:/i.test(word),
  );
}

interface Range {
  readonly from: number;
  readonly to: number;
}

/** Places of the words, whatever their case and accents; overlapping ones are one. */
export function matchesIn(text: string, words: readonly string[]): readonly Range[] {
  const folded = fold(text);
  const found: Range[] = [];
  for (const word of words) {
    const wanted = fold(word).text;
    if (wanted === "") continue;
    for (let at = folded.text.indexOf(wanted); at >= 0; at = folded.text.indexOf(wanted, at + wanted.length)) {
      found.push({ from: folded.places[at]!, to: folded.places[at + wanted.length]! });
    }
  }
  const merged: Range[] = [];
  for (const range of found.toSorted((a, b) => a.from - b.from)) {
    const last = merged.at(-1);
    if (last && range.from <= last.to) merged[merged.length - 1] = { from: last.from, to: Math.max(last.to, range.to) };
    else merged.push(range);
  }
  return merged;
}

/** Without case and accents; `places` says for each unit where it was, and one more for the end. */
function fold(text: string): { readonly text: string; readonly places: readonly number[] } {
  let folded = "";
  const places: number[] = [];
  let at = 0;
  for (const char of text) {
    const plain = char.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
    folded += plain;
    for (let unit = 0; unit < plain.length; unit += 1) places.push(at);
    at += char.length;
  }
  places.push(text.length);
  return { text: folded, places };
}
