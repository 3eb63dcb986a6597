/** Messages into rows that fit exactly, from the bottom up and only as far as the screen reaches. Pure. */
import { plainText, type SafeText, safe } from "../safe-text.js";
import { dayName, dayOf, timeOf } from "./local-time.js";
import { messageLines, shownAt, type TimelineFrame } from "./message-rows.js";
import type { LateView, MessageView, TimelineState } from "./model.js";
import { BLANK, ruled, type Span } from "./rows.js";

export { hueOf, shownAt, type TimelineFrame } from "./message-rows.js";

const MAX_NAME_COLUMNS = 12;
/** A message this much later than it was written came late; so did one this much later than another below it. */
const LATE_MS = 60_000;
/** How far below a message something earlier is looked for. */
const LATE_REACH = 60;

/** Stands for the line at the end that tells of what came in further up. */
export const LATE_KEY = "late";

/**
 * The bottom row on screen: `row` rows into that message, lines drawn above it counting below zero.
 * Null follows the end. New text below never moves it, nor do older pages above.
 */
export interface Anchor {
  readonly key: string;
  readonly row: number;
}

export interface TimelineRow {
  /** The message it belongs to; null for the lines between and for empty rows. */
  readonly key: string | null;
  readonly spans: readonly Span[];
}

export interface LaidOut {
  /** Exactly as many as the frame has. */
  readonly rows: readonly TimelineRow[];
  /** Messages below the last row. */
  readonly newer: number;
  /** The first loaded row is on screen: older pages are wanted. */
  readonly isAtTop: boolean;
}

interface Block {
  readonly before: readonly TimelineRow[];
  readonly content: readonly TimelineRow[];
}

interface Place {
  readonly index: number;
  readonly row: number;
}

const EMPTY_ROW: TimelineRow = { key: null, spans: [] };

/** The rows to draw. At the end, nothing up to the message `cleared`: what comes below it begins at the top. */
export function layOut(
  state: TimelineState,
  anchor: Anchor | null,
  frame: TimelineFrame,
  cleared: string | null = null,
): LaidOut {
  const floor = anchor === null && cleared !== null ? indexOfKey(state, cleared) : -1;
  const blocks = new Blocks(state, anchor, frame, floor);
  const bottom = blocks.placeOf(anchor);
  if (!bottom) return { rows: Array.from({ length: frame.rows }, () => EMPTY_ROW), newer: 0, isAtTop: true };
  const rows: TimelineRow[] = [];
  let { index, row } = bottom;
  if (index === floor) rows.push(...blocks.lateRows());
  while (index > floor && rows.length < frame.rows) {
    const { before, content } = blocks.at(index);
    for (; row >= -before.length && rows.length < frame.rows; row -= 1) {
      rows.push(row >= 0 ? content[row]! : before[before.length + row]!);
    }
    if (row >= -before.length) break;
    index -= 1;
    if (index >= 0) row = blocks.at(index).content.length - 1;
  }
  const isAtTop = floor < 0 && index < 0;
  rows.reverse();
  while (rows.length < frame.rows) rows.push(EMPTY_ROW);
  const below = state.total - state.first - state.messages.length;
  return { rows, newer: anchor === null ? 0 : blocks.count - 1 - bottom.index + Math.max(0, below), isAtTop };
}

/** How much further up one has to go where rows are empty below what came since it was cleared. */
export function emptyBelow(state: TimelineState, frame: TimelineFrame, cleared: string): number {
  const { rows } = layOut(state, null, frame, cleared);
  return rows.length - 1 - rows.findLastIndex((row) => row !== EMPTY_ROW);
}

/** Where the bottom is after going so many rows down (or up, below zero); null at the end. */
export function scroll(state: TimelineState, anchor: Anchor | null, rows: number, frame: TimelineFrame): Anchor | null {
  const blocks = new Blocks(state, anchor, frame);
  const place = blocks.placeOf(anchor);
  if (!place) return null;
  const moved = rows < 0 ? blocks.up(place, -rows) : blocks.down(place, rows);
  return blocks.anchorAt(blocks.notAbove(moved));
}

/** The top of what is loaded. */
export function scrollToTop(state: TimelineState, anchor: Anchor | null, frame: TimelineFrame): Anchor | null {
  const blocks = new Blocks(state, anchor, frame);
  return blocks.count === 0 ? null : blocks.anchorAt(blocks.notAbove({ index: 0, row: 0 }));
}

/** The anchor changed as little as shows the whole of a message, or its last rows where it is higher than the screen. */
export function scrollTo(
  state: TimelineState,
  anchor: Anchor | null,
  key: string,
  frame: TimelineFrame,
): Anchor | null {
  const blocks = new Blocks(state, anchor, frame);
  const bottom = blocks.placeOf(anchor);
  const index = blocks.indexOf(key);
  if (!bottom || index < 0) return anchor;
  const last: Place = { index, row: blocks.at(index).content.length - 1 };
  if (isBelow(last, bottom)) return blocks.anchorAt(last);
  const first: Place = { index, row: -blocks.at(index).before.length };
  const lowest = blocks.down(first, frame.rows - 1);
  return isBelow(bottom, lowest) ? blocks.anchorAt(isBelow(last, lowest) ? last : lowest) : anchor;
}

/** The anchor that has a message in the middle of the screen, as far as there is something above and below it. */
export function centreOn(state: TimelineState, key: string, frame: TimelineFrame): Anchor | null {
  const blocks = new Blocks(state, null, frame);
  const index = blocks.indexOf(key);
  if (index < 0) return null;
  return blocks.anchorAt(blocks.notAbove(blocks.down({ index, row: 0 }, Math.floor(frame.rows / 2))));
}

export function rowCount(state: TimelineState): number {
  return state.messages.length + state.arriving.length;
}

export function messageAt(state: TimelineState, index: number): MessageView | undefined {
  return index < state.messages.length ? state.messages[index] : state.arriving[index - state.messages.length];
}

export function indexOfKey(state: TimelineState, key: string): number {
  const ordered = state.messages.findLastIndex((message) => message.key === key);
  if (ordered >= 0) return ordered;
  const arriving = state.arriving.findIndex((message) => message.key === key);
  if (arriving >= 0) return state.messages.length + arriving;
  if (!key.startsWith("local:")) return -1;
  // What was typed here has got its writer's key meanwhile.
  const id = key.slice("local:".length);
  for (let index = rowCount(state) - 1; index >= 0; index -= 1) {
    const message = messageAt(state, index)!;
    if (message.mine && message.id === id) return index;
  }
  return -1;
}

function isBelow(a: Place, b: Place): boolean {
  return a.index > b.index || (a.index === b.index && a.row > b.row);
}

class Blocks {
  readonly count: number;
  readonly #state: TimelineState;
  readonly #frame: TimelineFrame;
  readonly #nameColumns: number;
  readonly #floor: number;
  readonly #blocks = new Map<number, Block>();

  /** `floor`: the last one that is out of sight; nothing below it hangs on what stands above. */
  constructor(state: TimelineState, anchor: Anchor | null, frame: TimelineFrame, floor = -1) {
    this.#floor = floor;
    this.#state = state;
    this.#frame = frame;
    this.count = rowCount(state);
    this.#nameColumns = frame.isNarrow ? 0 : this.#longestName(anchor);
  }

  indexOf(key: string): number {
    return indexOfKey(this.#state, key);
  }

  placeOf(anchor: Anchor | null): Place | null {
    if (this.count === 0) return null;
    const index = anchor === null ? -1 : this.indexOf(anchor.key);
    if (anchor === null || index < 0) {
      const last = this.count - 1;
      return { index: last, row: this.at(last).content.length - 1 };
    }
    return this.#nearest(index, anchor.row);
  }

  /** A message folded into the line below it has no row of its own. */
  #nearest(index: number, row: number): Place {
    let at = index;
    while (at < this.count - 1 && this.at(at).before.length + this.at(at).content.length === 0) at += 1;
    const { before, content } = this.at(at);
    const wanted = at === index ? row : 0;
    return { index: at, row: Math.max(-before.length, Math.min(wanted, content.length - 1)) };
  }

  anchorAt(place: Place): Anchor | null {
    const isEnd = place.index === this.count - 1 && place.row >= this.at(place.index).content.length - 1;
    const { first, messages, total } = this.#state;
    if (isEnd && first + messages.length >= total) return null;
    return { key: messageAt(this.#state, place.index)!.key, row: place.row };
  }

  up(place: Place, rows: number): Place {
    let { index } = place;
    let row = place.row - rows;
    while (row < -this.at(index).before.length) {
      if (index === 0) return { index: 0, row: -this.at(0).before.length };
      row += this.at(index).before.length;
      index -= 1;
      row += this.at(index).content.length;
    }
    return { index, row };
  }

  down(place: Place, rows: number): Place {
    let { index } = place;
    let row = place.row + rows;
    while (row >= this.at(index).content.length) {
      if (index === this.count - 1) return { index, row: this.at(index).content.length - 1 };
      row -= this.at(index).content.length;
      index += 1;
      row -= this.at(index).before.length;
    }
    return { index, row };
  }

  /** No place for the bottom leaves rows empty above the first one. */
  notAbove(place: Place): Place {
    const highest = this.down({ index: 0, row: -this.at(0).before.length }, this.#frame.rows - 1);
    return isBelow(highest, place) ? highest : place;
  }

  at(index: number): Block {
    let block = this.#blocks.get(index);
    if (!block) {
      block = this.#build(index);
      this.#blocks.set(index, block);
    }
    return block;
  }

  /** Among as many messages as could be on screen: each has a row at least. */
  #longestName(anchor: Anchor | null): number {
    const found = anchor === null ? -1 : this.indexOf(anchor.key);
    const bottom = found < 0 ? this.count - 1 : found;
    let columns = 1;
    for (let index = bottom; index >= Math.max(0, bottom - this.#frame.rows); index -= 1) {
      const message = messageAt(this.#state, index)!;
      if (message.type !== "notice" && !message.blocked) {
        const { cells } = this.#frame;
        const tagColumns = message.tag === null ? 0 : cells.width(message.tag) + 1;
        columns = Math.max(columns, cells.width(message.author) + tagColumns);
      }
    }
    return Math.min(columns, MAX_NAME_COLUMNS);
  }

  #build(index: number): Block {
    const message = messageAt(this.#state, index)!;
    const before = this.#linesAbove(index);
    const content = message.blocked ? this.#blockedRows(index) : this.#messageRows(index, before.length > 0);
    const isLast = index === this.count - 1;
    return { before, content: isLast ? [...content, ...this.lateRows()] : content };
  }

  #messageRows(index: number, isApart: boolean): TimelineRow[] {
    const message = messageAt(this.#state, index)!;
    const above = isApart || index === this.#floor + 1 ? null : messageAt(this.#state, index - 1)!;
    const look = { ...this.#frame, nameColumns: this.#nameColumns, came: this.#came(index) };
    const lines = messageLines(message, above?.blocked ? null : above, look);
    return lines.map((spans) => ({ key: message.key, spans }));
  }

  /** When a message arrived, where it slid in above what had come before it; else null. */
  #came(index: number): SafeText | null {
    const { mine, sentAt, receivedAt, clockOff } = messageAt(this.#state, index)!;
    if (mine || clockOff || receivedAt === null || receivedAt - sentAt <= LATE_MS) return null;
    for (let below = index + 1; below < Math.min(this.count, index + LATE_REACH); below += 1) {
      const other = messageAt(this.#state, below)!;
      const cameAt = other.receivedAt ?? (other.mine ? other.sentAt : Number.POSITIVE_INFINITY);
      if (cameAt >= receivedAt - LATE_MS) continue;
      const { now } = this.#frame;
      return dayOf(receivedAt) === dayOf(now)
        ? timeOf(receivedAt)
        : safe`${dayName(receivedAt, now)} ${timeOf(receivedAt)}`;
    }
    return null;
  }

  /** One line for a run of them, where its last one stands. */
  #blockedRows(index: number): TimelineRow[] {
    const isBlocked = (at: number) => messageAt(this.#state, at)?.blocked === true;
    if (isBlocked(index + 1) && this.#linesAbove(index + 1).length === 0) return [];
    let first = index;
    while (first - 1 > this.#floor && isBlocked(first - 1) && this.#linesAbove(first).length === 0) first -= 1;
    const count = index - first + 1;
    const words =
      count === 1 ? plainText("1 message from somebody you blocked") : safe`${count} messages from people you blocked`;
    const text = this.#frame.cells.cut(words, this.#frame.columns - 1);
    return [{ key: null, spans: [{ text: BLANK }, { text, tone: "dim" }] }];
  }

  lateRows(): TimelineRow[] {
    const { first, messages, total, late } = this.#state;
    if (late.length === 0 || first + messages.length < total) return [];
    const { cells, columns, isNarrow } = this.#frame;
    const what = cells.cut(lateText(late, isNarrow), columns - 1 - cells.width(TO_LATE));
    const text = safe`${what}${TO_LATE}`;
    return [{ key: LATE_KEY, spans: [{ text: BLANK }, { text, tone: "accent" }] }];
  }

  #linesAbove(index: number): TimelineRow[] {
    const message = messageAt(this.#state, index)!;
    const previous = index > 0 ? messageAt(this.#state, index - 1)! : null;
    const { columns, cells, now } = this.#frame;
    const before: TimelineRow[] = [];
    const at = shownAt(message);
    if (!previous || dayOf(shownAt(previous)) !== dayOf(at)) {
      before.push({ key: null, spans: [{ text: ruled(dayName(at, now), columns, "─", cells), tone: "dim" }] });
    }
    if (message.key === this.#state.unreadKey) {
      const label = safe`${this.#state.unreadCount} new`;
      before.push({ key: null, spans: [{ text: ruled(label, columns, "━", cells), tone: "accent" }] });
    }
    return before;
  }
}

const TO_LATE = plainText(" · Ctrl-O");

/** `2 earlier messages from maya` */
function lateText(late: readonly LateView[], isShort: boolean): SafeText {
  const count = late.reduce((sum, one) => sum + one.count, 0);
  const [first, second, ...others] = late.map(({ author }) => author);
  const who = others.length > 0 ? safe`${late.length} people` : second ? safe`${first!} and ${second}` : first!;
  const what = isShort ? "" : count === 1 ? " message" : " messages";
  return safe`↑ ${count} earlier${what} from ${who}`;
}
