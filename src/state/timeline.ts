/** Messages into rows that fit exactly, from the bottom up and only as far as the screen reaches. Pure. */
import { plainText, type SafeText, safe } from "../safe-text.js";
import { dayName, dayOf, timeOf } from "./local-time.js";
import { bodyOf } from "./message-lines.js";
import type { MessageView, TimelineState } from "./model.js";
import { BLANK, type Cells, ruled, type Span, spaces, widthOf } from "./rows.js";

const GROUP_MS = 5 * 60_000;
const TIME_COLUMNS = 5;
const MAX_NAME_COLUMNS = 12;
const HUES = 12;

/**
 * The bottom row on screen: `row` rows into that message, lines drawn above it counting below zero.
 * Null follows the end. New text below never moves it, nor do older pages above.
 */
export interface Anchor {
  readonly key: string;
  readonly row: number;
}

export interface TimelineFrame {
  readonly columns: number;
  readonly rows: number;
  /** One column: the author has a line of their own. */
  readonly isNarrow: boolean;
  readonly cells: Cells;
  readonly now: number;
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

/** The rows to draw. */
export function layOut(state: TimelineState, anchor: Anchor | null, frame: TimelineFrame): LaidOut {
  const blocks = new Blocks(state, anchor, frame);
  const bottom = blocks.placeOf(anchor);
  if (!bottom) return { rows: Array.from({ length: frame.rows }, () => EMPTY_ROW), newer: 0, isAtTop: true };
  const rows: TimelineRow[] = [];
  let { index, row } = bottom;
  while (index >= 0 && rows.length < frame.rows) {
    const { before, content } = blocks.at(index);
    for (; row >= -before.length && rows.length < frame.rows; row -= 1) {
      rows.push(row >= 0 ? content[row]! : before[before.length + row]!);
    }
    if (row >= -before.length) break;
    index -= 1;
    if (index >= 0) row = blocks.at(index).content.length - 1;
  }
  const isAtTop = index < 0;
  rows.reverse();
  while (rows.length < frame.rows) rows.push(EMPTY_ROW);
  const below = state.total - state.first - state.messages.length;
  return { rows, newer: anchor === null ? 0 : blocks.count - 1 - bottom.index + Math.max(0, below), isAtTop };
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

/** Stable on every screen: made of the identity, of the name where that is not known. */
export function hueOf(message: { readonly authorId: string; readonly author: SafeText }): number {
  const source = message.authorId || message.author;
  let sum = 0;
  for (let at = 0; at < Math.min(source.length, 32); at += 1) sum = (sum * 31 + source.charCodeAt(at)) >>> 0;
  return sum % HUES;
}

/** When a message counts as written: a clock far ahead is not believed. */
export function shownAt(message: MessageView): number {
  return message.clockOff ? (message.receivedAt ?? message.sentAt) : message.sentAt;
}

function isBelow(a: Place, b: Place): boolean {
  return a.index > b.index || (a.index === b.index && a.row > b.row);
}

class Blocks {
  readonly count: number;
  readonly #state: TimelineState;
  readonly #frame: TimelineFrame;
  readonly #nameColumns: number;
  readonly #blocks = new Map<number, Block>();

  constructor(state: TimelineState, anchor: Anchor | null, frame: TimelineFrame) {
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
    const { before, content } = this.at(index);
    return { index, row: Math.max(-before.length, Math.min(anchor.row, content.length - 1)) };
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
      if (message.type !== "notice") {
        const { cells } = this.#frame;
        const tagColumns = message.tag === null ? 0 : cells.width(message.tag) + 1;
        columns = Math.max(columns, cells.width(message.author) + tagColumns);
      }
    }
    return Math.min(columns, MAX_NAME_COLUMNS);
  }

  #build(index: number): Block {
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
    const neighbour = before.length === 0 ? previous : null;
    const lines = this.#frame.isNarrow ? this.#narrowLines(message, neighbour) : this.#wideLines(message, neighbour);
    return { before, content: lines.map((spans) => ({ key: message.key, spans })) };
  }

  #wideLines(message: MessageView, previous: MessageView | null): Span[][] {
    const { cells, columns } = this.#frame;
    const gutter = TIME_COLUMNS + 1 + this.#nameColumns + 1;
    const body = bodyOf(message, Math.max(1, columns - gutter - markColumns(message)), cells);
    const time = isSameMinute(message, previous) ? spaces(TIME_COLUMNS) : timeOf(shownAt(message));
    const lines = body.map((line, at): Span[] => {
      if (at > 0) return [{ text: spaces(gutter) }, ...line];
      return [...timeSpans(message, time), ...this.#nameSpans(message, previous), ...line];
    });
    return withState(lines, message, columns, gutter, cells);
  }

  #nameSpans(message: MessageView, previous: MessageView | null): Span[] {
    const { cells } = this.#frame;
    if (message.type === "notice") return [{ text: spaces(this.#nameColumns + 1) }];
    if (message.action) return [{ text: safe`${spaces(this.#nameColumns - 1)}* `, tone: "dim" }];
    if (isGrouped(message, previous)) return [{ text: spaces(this.#nameColumns + 1) }];
    const name = authorSpans(message, this.#nameColumns, cells);
    return [...name, { text: spaces(this.#nameColumns - widthOf(name, cells) + 1) }];
  }

  #narrowLines(message: MessageView, previous: MessageView | null): Span[][] {
    const { cells, columns } = this.#frame;
    const margin = message.action ? 3 + markColumns(message) : 1;
    const body = bodyOf(message, Math.max(1, columns - margin), cells);
    const lines = body.map((line, at): Span[] => {
      return message.action ? [{ text: at === 0 ? plainText(" * ") : spaces(3) }, ...line] : [{ text: BLANK }, ...line];
    });
    if (message.type === "notice" || message.action || isGrouped(message, previous)) {
      return withState(lines, message, columns, 1, cells);
    }
    const name = authorSpans(message, Math.max(1, columns - TIME_COLUMNS - 1 - markColumns(message)), cells);
    const header = [...timeSpans(message, timeOf(shownAt(message))), ...name];
    const [head] = withState([header], { ...message, reason: null }, columns, 1, cells);
    if (message.reason === null || message.state !== "failed") return [head!, ...lines];
    return [head!, ...lines, ...reasonLines(message.reason, columns, 1, cells)];
  }
}

function isSameMinute(message: MessageView, previous: MessageView | null): boolean {
  if (!previous?.verified) return false;
  return Math.floor(shownAt(message) / 60_000) === Math.floor(shownAt(previous) / 60_000);
}

function isGrouped(message: MessageView, previous: MessageView | null): boolean {
  if (!previous || message.action || previous.action) return false;
  if (message.type === "notice" || previous.type === "notice") return false;
  if (message.authorId !== previous.authorId || message.author !== previous.author) return false;
  if (message.verified !== previous.verified) return false;
  const passed = shownAt(message) - shownAt(previous);
  return passed > -GROUP_MS && passed < GROUP_MS;
}

function timeSpans(message: MessageView, time: SafeText): Span[] {
  if (message.verified) return [{ text: safe`${time} `, tone: "dim" }];
  return [{ text: plainText("?!    "), tone: "bad" }];
}

/** The name, cut where it is too long, and behind it what tells it from another that looks the same. */
function authorSpans(message: MessageView, columns: number, cells: Cells): Span[] {
  const tag = message.tag === null ? plainText("") : cells.cut(safe` ${message.tag}`, Math.max(0, columns - 1));
  const name = authorSpan(message, cells.cut(message.author, columns - cells.width(tag)));
  return tag === "" ? [name] : [name, { text: tag, tone: "warning" }];
}

function authorSpan(message: MessageView, name: SafeText): Span {
  return {
    text: name,
    tone: "author",
    hue: message.mine ? -1 : hueOf(message),
    bold: true,
    ...(message.mentionsMe ? { reverse: true } : {}),
  };
}

const MARKS: Readonly<Record<NonNullable<MessageView["state"]>, Span>> = {
  pending: { text: plainText("·"), tone: "dim" },
  sent: { text: plainText("✓"), tone: "dim" },
  delivered: { text: plainText("✓✓"), tone: "dim" },
  failed: { text: plainText("✗"), tone: "bad" },
};

/** Room kept at the right edge of one's own messages, whatever the state, so that nothing moves when it changes. */
function markColumns(message: MessageView): number {
  return message.mine && message.state !== null ? 3 : 0;
}

/** The state at the right edge of the last line, and under it why it failed. */
function withState(lines: Span[][], message: MessageView, columns: number, gutter: number, cells: Cells): Span[][] {
  if (!message.mine || message.state === null) return lines;
  const mark = MARKS[message.state];
  const last = lines.at(-1)!;
  const gap = columns - widthOf(last, cells) - cells.width(mark.text);
  const marked = [...lines.slice(0, -1), gap < 0 ? last : [...last, { text: spaces(gap) }, mark]];
  if (message.state !== "failed" || message.reason === null) return marked;
  return [...marked, ...reasonLines(message.reason, columns, gutter, cells)];
}

function reasonLines(reason: SafeText, columns: number, gutter: number, cells: Cells): Span[][] {
  return cells
    .wrap(reason, Math.max(1, columns - gutter))
    .map((text): Span[] => [{ text: spaces(gutter) }, { text, tone: "bad" }]);
}
