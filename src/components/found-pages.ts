/** The pages of pins and of a search. Pure. */
import { plainText, type SafeText, safe } from "../safe-text.js";
import { type Span, spaces } from "../state/rows.js";
import { foundRows, wordsOf } from "./found-rows.js";
import type { Overlay, SearchOverlay } from "./overlay.js";
import type { OverlayFacts, OverlayRows } from "./overlay-rows.js";

const GO_THERE = [plainText("↑ ↓"), plainText("Enter goes there")];

export function pinRows(overlay: Extract<Overlay, { kind: "pins" }>, facts: OverlayFacts): OverlayRows {
  const { columns, cells, now } = facts;
  const { messages, chosen, room } = overlay;
  const heading: Span[] = [{ text: cells.cut(safe` Pinned in ${room.name}`, columns), bold: true }];
  if (messages.length === 0) {
    const words = plainText("Nothing is pinned here. /pin pins the selected message.");
    return { heading, body: [[], ...prose(words, facts)], paper: [], keys: [] };
  }
  const { rows, focus } = foundRows(messages, chosen, { columns, cells, now, words: [], rooms: null });
  return { heading, body: rows, paper: [], keys: GO_THERE, focus };
}

export function searchRows(overlay: SearchOverlay, facts: OverlayFacts): OverlayRows {
  const { columns, cells, now } = facts;
  const { query, found, chosen, isEverywhere, room } = overlay;
  const rooms = isEverywhere ? new Map(facts.rooms.map(({ id, name }) => [id, name])) : null;
  const words = wordsOf(query);
  const { rows, focus } = foundRows(found.messages, chosen, { columns, cells, now, words, rooms });
  const above = [...missingRows(overlay, facts), ...(rows.length === 0 ? emptyRows(overlay, facts) : [])];
  const other = isEverywhere ? safe`Tab only ${room?.name ?? ""}` : plainText("Tab every room");
  return {
    heading: searchHeading(overlay, facts),
    body: [...above, ...rows],
    paper: [],
    keys: room === null ? GO_THERE : [...GO_THERE, cells.cut(other, 24)],
    focus: { from: focus.from + above.length, to: Math.min(focus.to, rows.length) + above.length },
  };
}

/** ` Search  > reconn▏          in tea` */
function searchHeading({ query, isEverywhere, isSearching, room }: SearchOverlay, facts: OverlayFacts): Span[] {
  const { columns, cells } = facts;
  const where = isEverywhere || !room ? plainText("every room") : safe`in ${cells.cut(room.name, 16)}`;
  const end = isSearching ? safe`… ${where} ` : safe`${where} `;
  const title = columns < 60 ? plainText(" ") : plainText(" Search  ");
  const queryColumns = Math.max(4, columns - title.length - 3 - cells.width(end) - 1);
  const shown = tail(safe`${query}`, queryColumns, cells.width);
  const gap = columns - title.length - 3 - cells.width(shown) - cells.width(end);
  return [
    { text: title, bold: true },
    { text: plainText("> "), tone: "accent" },
    { text: shown },
    { text: plainText(" "), reverse: true },
    { text: spaces(gap) },
    { text: end, tone: "dim" },
  ];
}

const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** What is typed last stays in sight. */
function tail(text: SafeText, columns: number, width: (text: string) => number): SafeText {
  if (width(text) <= columns) return text;
  let shown = "";
  for (const { segment } of Array.from(graphemes.segment(text)).reverse()) {
    if (width(segment + shown) > columns - 1) break;
    shown = segment + shown;
  }
  return `…${shown}` as SafeText;
}

function emptyRows({ query, isSearching, isEverywhere, room }: SearchOverlay, facts: OverlayFacts): Span[][] {
  if (query.trim() === "") {
    return [
      [],
      ...prose(plainText("Words to look for: all of them, in any case."), facts),
      ...prose(plainText('"…" keeps words together, from:alice asks for an author.'), facts),
    ];
  }
  if (isSearching) return [[], ...prose(plainText("Looking …"), facts)];
  const where = isEverywhere || !room ? plainText("any room here") : room.name;
  const more = isEverywhere ? "" : " Tab looks in every room.";
  return [[], ...prose(safe`No message in ${where} has that.${more}`, facts)];
}

/** What could not be looked through is said before what was found. */
function missingRows({ found }: SearchOverlay, { columns, cells }: OverlayFacts): Span[][] {
  if (found.incomplete.length === 0) return [];
  const names =
    found.incomplete.length > 3 ? safe`${found.incomplete.length} rooms` : safe`${found.incomplete.join(", ")}`;
  const words = safe`A part of ${names} is on no device that is here now; there may be more.`;
  return cells.wrap(words, columns - 2).map((line): Span[] => [{ text: safe` ${line}`, tone: "warning" }]);
}

function prose(text: SafeText, { columns, cells }: OverlayFacts): Span[][] {
  return cells.wrap(text, columns - 3).map((line): Span[] => [{ text: safe`  ${line}`, tone: "dim" }]);
}
