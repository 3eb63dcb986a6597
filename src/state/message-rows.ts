/** One message as rows: time, author, what it says, its state. Pure. */
import { plainText, type SafeText, safe } from "../safe-text.js";
import { timeOf } from "./local-time.js";
import { bodyOf } from "./message-lines.js";
import type { MessageView } from "./model.js";
import { BLANK, type Cells, type Span, spaces, widthOf } from "./rows.js";

const GROUP_MS = 5 * 60_000;
const TIME_COLUMNS = 5;
const HUES = 12;

export interface TimelineFrame {
  readonly columns: number;
  readonly rows: number;
  /** One column: the author has a line of their own. */
  readonly isNarrow: boolean;
  readonly cells: Cells;
  readonly now: number;
}

/** How a message is to look among the others. */
export interface Look extends TimelineFrame {
  /** Cells for names; 0 in one column. */
  readonly nameColumns: number;
  /** When it arrived, where that is to be told. */
  readonly came: SafeText | null;
}

/** `previous` is the message right above, null where something lies between. */
export function messageLines(message: MessageView, previous: MessageView | null, look: Look): Span[][] {
  return look.isNarrow ? narrowLines(message, previous, look) : wideLines(message, previous, look);
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

function wideLines(message: MessageView, previous: MessageView | null, look: Look): Span[][] {
  const { cells, columns, nameColumns, came } = look;
  const gutter = TIME_COLUMNS + 1 + nameColumns + 1;
  const body = bodyOf(message, Math.max(1, columns - gutter - markColumns(message)), cells, came);
  const time = isSameMinute(message, previous) ? spaces(TIME_COLUMNS) : timeOf(shownAt(message));
  const under = (line: readonly Span[]): Span[] => [{ text: spaces(gutter) }, ...line];
  const lines = body.said.map((line, at): Span[] => {
    return at > 0 ? under(line) : [...timeSpans(message, time), ...nameSpans(message, previous, look), ...line];
  });
  return [...withState(lines, message, columns, gutter, cells), ...body.reactions.map(under)];
}

function nameSpans(message: MessageView, previous: MessageView | null, { cells, nameColumns }: Look): Span[] {
  if (message.type === "notice") return [{ text: spaces(nameColumns + 1) }];
  if (message.action) return [{ text: safe`${spaces(nameColumns - 1)}* `, tone: "dim" }];
  if (isGrouped(message, previous)) return [{ text: spaces(nameColumns + 1) }];
  const name = authorSpans(message, nameColumns, cells);
  return [...name, { text: spaces(nameColumns - widthOf(name, cells) + 1) }];
}

function narrowLines(message: MessageView, previous: MessageView | null, look: Look): Span[][] {
  const { cells, columns, came } = look;
  const margin = message.action ? 3 + markColumns(message) : 1;
  const body = bodyOf(message, Math.max(1, columns - margin), cells, came);
  const reactions = body.reactions.map((line): Span[] => [{ text: BLANK }, ...line]);
  const lines = body.said.map((line, at): Span[] => {
    return message.action ? [{ text: at === 0 ? plainText(" * ") : spaces(3) }, ...line] : [{ text: BLANK }, ...line];
  });
  if (message.type === "notice" || message.action || isGrouped(message, previous)) {
    return [...withState(lines, message, columns, 1, cells), ...reactions];
  }
  const name = authorSpans(message, Math.max(1, columns - TIME_COLUMNS - 1 - markColumns(message)), cells);
  const header = [...timeSpans(message, timeOf(shownAt(message))), ...name];
  const [head] = withState([header], { ...message, reason: null }, columns, 1, cells);
  if (message.reason === null || message.state !== "failed") return [head!, ...lines, ...reactions];
  return [head!, ...lines, ...reasonLines(message.reason, columns, 1, cells), ...reactions];
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
