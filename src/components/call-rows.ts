/** The rows above the line that a call has: who is in it, how they are heard, whether one's own microphone is open. Pure. */
import { plainText, type SafeText, safe } from "../safe-text.js";
import { ECHO_WORDS, endRemedy, endTrouble } from "../state/call-words.js";
import type { CallPersonView, OwnCallView } from "../state/model.js";
import type { Ring } from "../state/ringing.js";
import { type Cells, type Span, spaces, widthOf } from "../state/rows.js";
import { hueOf } from "../state/timeline.js";
import { hintRow } from "./hints.js";

/** More people than this have a row of their own. */
const MAX_IN_ONE_ROW = 3;
const LOW_ROWS = 16;
const NARROW_COLUMNS = 60;
const MAX_NAME_COLUMNS = 12;
const METER = "▁▂▃▄▅▆▇█";

export interface CallFacts {
  readonly own: OwnCallView | null;
  readonly ring: Ring | null;
  /** Of the call one is in. */
  readonly roomName: SafeText;
  readonly ownName: SafeText;
  readonly seconds: number;
  /** The terminal tells when a key is let go. */
  readonly tellsRelease: boolean;
  /** Enter answers, as nothing is being written. */
  readonly isLineEmpty: boolean;
  readonly columns: number;
  readonly cells: Cells;
}

/** How many of them there are on a screen so high. */
export function callRowCount(own: OwnCallView | null, rings: boolean, rows: number, noteRows = 0): number {
  const strip = own === null ? noteRows : troubleOf(own) !== null || own.people.length > MAX_IN_ONE_ROW ? 2 : 1;
  return Math.min(strip + (rings ? 1 : 0), rows < LOW_ROWS ? 1 : 3);
}

export function callRows(facts: CallFacts): readonly (readonly Span[])[] {
  const { own, ring } = facts;
  return [...(own ? stripRows(own, facts) : []), ...(ring ? [ringRow(ring, facts)] : [])];
}

function ringRow({ room }: Ring, { own, isLineEmpty, columns, cells }: CallFacts): Span[] {
  const answer = own ? "/hangup, then Enter answers" : isLineEmpty ? "Enter answers" : "/call there answers";
  const words = safe` ${room.name} calls`;
  const keys = safe` · ${answer}${isLineEmpty ? " · Esc not now" : ""}`;
  const name = cells.cut(words, Math.max(8, columns - cells.width(keys)));
  return [
    { text: name, tone: "warning", bold: true },
    { text: cells.cut(keys, Math.max(0, columns - cells.width(name))), tone: "accent" },
  ];
}

interface Trouble {
  readonly words: SafeText;
  /** What to do. */
  readonly remedy: SafeText | null;
}

function troubleOf({ microphone, speaker, hearsSpeaker, isCut }: OwnCallView): Trouble | null {
  if (isCut) {
    return { words: plainText("looking for the background part; the call goes on when it is back"), remedy: null };
  }
  for (const [end, view] of [
    ["microphone", microphone],
    ["speaker", speaker],
  ] as const) {
    const words = endTrouble(end, view);
    if (words) return { words, remedy: endRemedy(view) };
  }
  return hearsSpeaker ? { words: ECHO_WORDS, remedy: null } : null;
}

function stripRows(own: OwnCallView, facts: CallFacts): readonly (readonly Span[])[] {
  const trouble = troubleOf(own);
  const isSplit = trouble === null && own.people.length > MAX_IN_ONE_ROW;
  const head = headOf(own, facts);
  const first = fitted(head, isSplit ? [] : own.people, facts);
  if (trouble !== null) {
    return [first, troubleRow(trouble, facts)];
  }
  return isSplit ? [first, fitted([{ text: plainText("  ") }], own.people, facts)] : [first];
}

function troubleRow({ words, remedy }: Trouble, { columns, cells }: CallFacts): Span[] {
  const said = cells.cut(safe`   ${words}`, columns);
  const left = columns - cells.width(said);
  const row: Span[] = [{ text: said, tone: "warning" }];
  if (remedy !== null && left > 3) row.push({ text: cells.cut(safe` · ${remedy}`, left), tone: "dim" });
  return row;
}

/** ` ♪ tea 03:12   maya (mic open)`: never cut, for it says whether one is heard. */
function headOf(own: OwnCallView, { roomName, ownName, seconds, tellsRelease, columns, cells }: CallFacts): Span[] {
  const isNarrow = columns < NARROW_COLUMNS;
  const room = cells.cut(roomName, isNarrow ? 8 : MAX_NAME_COLUMNS);
  const state = stateOf(own, tellsRelease, isNarrow);
  const isOpen = !own.isMuted && (!own.usesKey || own.isKeyHeld);
  const who = isNarrow ? state : safe`${cells.cut(ownName, MAX_NAME_COLUMNS)} (${state})`;
  return [
    { text: safe` ♪ ${room}`, tone: "accent", bold: true },
    { text: safe` ${clock(seconds)}${gapOf(columns)}` },
    { text: who, ...(isOpen ? { tone: "warning" as const } : {}), ...(own.isTalking ? { bold: true } : {}) },
  ];
}

function stateOf(own: OwnCallView, tellsRelease: boolean, isNarrow: boolean): SafeText {
  if (own.isMuted) return plainText("muted");
  if (!own.usesKey) return plainText("mic open");
  if (tellsRelease) return own.isKeyHeld ? plainText("mic open") : plainText("hold Alt-V");
  if (isNarrow) return own.isKeyHeld ? plainText("mic open") : plainText("Alt-V talks");
  return own.isKeyHeld ? plainText("mic open, Alt-V stops") : plainText("Alt-V talks, again stops");
}

/** Hints give way first, then figures, then meters; at last people are counted. */
function fitted(head: readonly Span[], people: readonly CallPersonView[], facts: CallFacts): readonly Span[] {
  const { columns, cells } = facts;
  const isHeadRow = head.length > 1;
  const declined = isHeadRow ? declinedSpans(facts) : [];
  for (const look of LOOKS) {
    const row = [...head, ...people.flatMap((person) => personSpans(person, look, facts)), ...declined];
    const free = columns - widthOf(row, cells);
    if (free < 0) continue;
    return isHeadRow ? [...row, ...hintSpans(free, facts)] : row;
  }
  return counted(head, people, facts);
}

interface Look {
  readonly hasFigures: boolean;
  readonly hasMeters: boolean;
}

const LOOKS: readonly Look[] = [
  { hasFigures: true, hasMeters: true },
  { hasFigures: false, hasMeters: true },
  { hasFigures: false, hasMeters: false },
];

function counted(head: readonly Span[], people: readonly CallPersonView[], facts: CallFacts): readonly Span[] {
  const { columns, cells } = facts;
  for (let shown = people.length - 1; shown >= 0; shown -= 1) {
    const some = people.slice(0, shown).flatMap((person) => personSpans(person, LOOKS.at(-1)!, facts));
    const row: Span[] = [...head, ...some, { text: safe`${gapOf(columns)}+${people.length - shown}`, tone: "dim" }];
    if (widthOf(row, cells) <= columns) return row;
  }
  return head;
}

function personSpans(person: CallPersonView, look: Look, { columns, cells }: CallFacts): Span[] {
  const name = cells.cut(person.name, MAX_NAME_COLUMNS);
  const said: Span = {
    text: safe`${gapOf(columns)}${name}`,
    tone: "author",
    hue: hueOf({ authorId: person.id, author: person.name }),
    ...(person.isTalking ? { bold: true } : {}),
  };
  if (person.isMuted) return [said, { text: plainText(" (muted)"), tone: "dim" }];
  if (person.delayMs === null)
    return [
      said,
      { text: plainText(" (nothing heard yet)").slice(0, look.hasFigures ? undefined : 0) as SafeText, tone: "dim" },
    ];
  const meter: Span = {
    text: safe` ${meterOf(person.levels)}`,
    ...(person.isTalking ? { tone: "accent" } : { tone: "dim" }),
  };
  const figures: Span = { text: figuresOf(person), tone: person.isPoor ? "warning" : "dim" };
  return [said, ...(look.hasMeters ? [meter] : []), ...(look.hasFigures ? [figures] : [])];
}

export function meterOf(levels: readonly number[]): SafeText {
  return levels.map((level) => METER[level] ?? METER[0]).join("") as SafeText;
}

/** `  38 ms, 4 % lost`; of one width while it is short, so that others stay where they are. */
function figuresOf({ delayMs, lossPercent, isPoor }: CallPersonView): SafeText {
  const lost = lossPercent > 0 ? `, ${lossPercent} % lost` : "";
  return safe` ${String(delayMs).padStart(3)} ms${lost}${isPoor ? ", poor" : ""}`;
}

function declinedSpans({ own, columns }: CallFacts): Span[] {
  const names = own?.declinedBy ?? [];
  return names.slice(0, 1).map((name) => ({ text: safe`${gapOf(columns)}${name}: not now`, tone: "dim" }));
}

function hintSpans(free: number, { own, columns, cells }: CallFacts): Span[] {
  const room = free - gapOf(columns).length;
  const end = plainText("/hangup");
  if (room < cells.width(end)) return [];
  const hints = [plainText("Alt-T mic"), ...(own?.usesKey ? [plainText("Alt-V talk")] : [])];
  const row = hintRow(hints, { columns: room, separator: " · ", end, width: cells.width });
  return [{ text: safe`${spaces(free - cells.width(row) - 1)}${row}`, tone: "dim" }];
}

function gapOf(columns: number): SafeText {
  return spaces(columns < NARROW_COLUMNS ? 2 : 3);
}

/** `03:12`, `1:03:12` */
function clock(seconds: number): SafeText {
  const two = (number: number) => String(number).padStart(2, "0");
  const hours = Math.floor(seconds / 3600);
  const rest = `${two(Math.floor((seconds % 3600) / 60))}:${two(seconds % 60)}`;
  return safe`${hours > 0 ? `${hours}:` : ""}${rest}`;
}
