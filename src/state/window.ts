/** What events do to the run of messages a room session keeps. Pure. */

import type { TransferInfo } from "../rpc/methods.js";
import { safeLine } from "../safe-text.js";
import type { LateView, MessageState, MessageView, PlayingView, TimelineState } from "./model.js";
import { fileGist, quoteOf, transferView } from "./views.js";

export const EMPTY_TIMELINE: TimelineState = {
  first: 0,
  messages: [],
  arriving: [],
  total: 0,
  isLoaded: false,
  isLoading: false,
  unreadKey: null,
  unreadCount: 0,
  late: [],
  isIncomplete: false,
};

/** What was sent here has a random id and no writer yet, so one's own rows are the same by id alone. */
export function isSameMessage(a: MessageView, b: MessageView): boolean {
  return a.key === b.key || (a.mine && b.mine && a.id === b.id);
}

export function withoutArrived(
  arriving: readonly MessageView[],
  messages: readonly MessageView[],
): readonly MessageView[] {
  if (arriving.length === 0) return arriving;
  const keys = new Set(messages.map((message) => message.key));
  const mine = new Set(messages.filter((message) => message.mine).map((message) => message.id));
  const left = arriving.filter((row) => !keys.has(row.key) && !(row.mine && mine.has(row.id)));
  return left.length === arriving.length ? arriving : left;
}

/** The end of a page has what waits too, without a place: it stays at the end, whatever comes before it. */
export function apart(rows: readonly MessageView[]): {
  readonly ordered: readonly MessageView[];
  readonly waiting: readonly MessageView[];
} {
  return {
    ordered: rows.filter(({ position }) => position !== null),
    waiting: rows.filter(({ position }) => position === null),
  };
}

/** What waits or arrives, with these among it as they are told now. */
export function withWaiting(arriving: readonly MessageView[], waiting: readonly MessageView[]): readonly MessageView[] {
  const rows = [...arriving];
  for (const row of waiting) {
    const at = rows.findIndex((known) => isSameMessage(known, row));
    if (at < 0) rows.push(row);
    else rows[at] = row;
  }
  return rows;
}

/** These rows are other than they were; what answers one of them quotes it as it is now. Places and number stay. */
export function withChanged(state: TimelineState, changed: readonly MessageView[]): TimelineState {
  const byKey = new Map(changed.map((message) => [message.key, message]));
  const renewed = (row: MessageView): MessageView => {
    const message = byKey.get(row.key) ?? row;
    const { reply } = message;
    const answered = reply && byKey.get(reply.key);
    if (!answered) return message;
    const { author, original, file, deleted } = answered;
    const text = file ? fileGist(file.name) : quoteOf(original);
    return { ...message, reply: { ...reply, found: true, author, text, deleted } };
  };
  return { ...state, messages: state.messages.map(renewed), arriving: state.arriving.map(renewed) };
}

/** One entry an author, in the order they were heard of; what comes in above moves the others down. */
export function withLate(late: readonly LateView[], more: LateView): readonly LateView[] {
  const moved = late.map((one) =>
    one.position >= more.position ? { ...one, position: one.position + more.count } : one,
  );
  const at = moved.findIndex((one) => one.authorId === more.authorId && one.author === more.author);
  const known = moved[at];
  if (!known) return [...moved, more];
  const position = Math.min(known.position, more.position);
  return moved.with(at, { ...known, count: known.count + more.count, position });
}

/** The unread line above the first of so many messages of others at the end. */
export function withUnreadLine(state: TimelineState, unread: number): TimelineState {
  let left = unread;
  let unreadKey: string | null = null;
  const rows = [...state.messages, ...state.arriving];
  for (let at = rows.length - 1; at >= 0 && left > 0; at -= 1) {
    const message = rows[at]!;
    if (message.mine || message.type === "notice") continue;
    unreadKey = message.key;
    left -= 1;
  }
  return { ...state, unreadKey, unreadCount: unread };
}

/** How far one's own messages came. */
export function withStates(
  state: TimelineState,
  told: readonly { readonly id: string; readonly state: MessageState; readonly reason: string | null }[],
): TimelineState {
  const byId = new Map(told.map((change) => [change.id, change]));
  const changed = (message: MessageView): MessageView => {
    const change = message.mine ? byId.get(message.id) : undefined;
    if (!change) return message;
    return { ...message, state: change.state, reason: change.reason === null ? null : safeLine(change.reason) };
  };
  return { ...state, messages: state.messages.map(changed), arriving: state.arriving.map(changed) };
}

/** How far files are on this device. Where nothing of these rows is told of, they stay the very same. */
export function withTransfers(
  rows: readonly MessageView[],
  told: readonly { readonly writer: string; readonly id: string; readonly transfer: TransferInfo | null }[],
): readonly MessageView[] {
  const byKey = new Map(told.map(({ writer, id, transfer }) => [`${writer}:${id}`, transfer]));
  if (!rows.some(({ key, file }) => file !== null && byKey.has(key))) return rows;
  return rows.map((message) => {
    const transfer = byKey.get(message.key);
    if (transfer === undefined || !message.file) return message;
    return { ...message, file: { ...message.file, transfer: transfer && transferView(transfer) } };
  });
}

/** A voice note that is played, or is not any more. Where it is none of these rows, they stay the very same. */
export function withPlaying(
  rows: readonly MessageView[],
  key: string,
  playing: PlayingView | null,
): readonly MessageView[] {
  const at = rows.findIndex((row) => row.key === key);
  const row = rows[at];
  return row?.file ? rows.with(at, { ...row, file: { ...row.file, playing } }) : rows;
}

/** The same of a window and of what is arriving. */
export function windowWithTransfers(state: TimelineState, told: Parameters<typeof withTransfers>[1]): TimelineState {
  const messages = withTransfers(state.messages, told);
  const arriving = withTransfers(state.arriving, told);
  return messages === state.messages && arriving === state.arriving ? state : { ...state, messages, arriving };
}
