/** What a message says, wrapped; without what stands left and right of it. Pure. */
import { plainText, type SafeText, safe } from "../safe-text.js";
import type { MessageView, ReplyView } from "./model.js";
import { type Cells, type Span, widthOf } from "./rows.js";

/** Lines of one message; what is longer is cut, with a line that says so. */
const MAX_LINES = 500;

interface Wrapped {
  readonly columns: number;
  readonly lines: readonly (readonly Span[])[];
}

const wrapped = new WeakMap<MessageView, Wrapped>();

/** The lines of a message without what stands left and right of them. */
export function bodyOf(message: MessageView, columns: number, cells: Cells): readonly (readonly Span[])[] {
  const known = wrapped.get(message);
  let lines = known?.columns === columns ? known.lines : null;
  if (!lines) {
    lines = wrapMessage(message, columns, cells);
    wrapped.set(message, { columns, lines });
  }
  return lines;
}

/** `┊ alice: morning! the new …`, the line above an answer. */
function quoteText(reply: ReplyView): SafeText {
  if (!reply.found) return plainText("┊ a message that is not here");
  if (reply.deleted) return plainText("┊ (taken back)");
  return safe`┊ ${reply.author}: ${reply.text}`;
}

/** With what tells them from somebody of the same looks. */
export function authorOf({ author, tag }: MessageView): SafeText {
  return tag === null ? author : safe`${author} ${tag}`;
}

function wrapMessage(message: MessageView, columns: number, cells: Cells): Span[][] {
  if (message.deleted) return [[{ text: plainText("deleted"), tone: "dim" }]];
  if (message.type === "notice") {
    return cells.wrap(noticeText(message), columns).map((text) => [{ text, tone: "dim" }]);
  }
  const lines: Span[][] = [];
  if (message.reply) lines.push([{ text: cells.cut(quoteText(message.reply), columns), tone: "dim" }]);
  if (message.file) {
    const text = safe`↧ ${message.file.name}  ${sizeOf(message.file.bytes)}`;
    lines.push([{ text: cells.cut(text, columns), tone: "accent" }]);
  } else if (message.action) {
    const text = safe`${authorOf(message)} ${message.text}`;
    for (const line of cells.wrap(text, columns)) lines.push([{ text: line }]);
  } else lines.push(...textLines(message.text, columns, cells));
  if (message.edited) {
    const last = lines.at(-1)!;
    const mark: Span = { text: plainText(" (edited)"), tone: "dim" };
    if (widthOf(last, cells) + 9 <= columns) last.push(mark);
    else lines.push([{ text: cells.cut(plainText("(edited)"), columns), tone: "dim" }]);
  }
  if (message.reactions.length > 0) {
    const text = message.reactions.map(({ emoji, count }) => `${emoji} ${count}`).join("  ") as SafeText;
    lines.push([{ text: cells.cut(text, columns), tone: "dim" }]);
  }
  if (lines.length <= MAX_LINES) return lines;
  const left = lines.length - MAX_LINES;
  return [...lines.slice(0, MAX_LINES), [{ text: cells.cut(safe`… ${left} more lines`, columns), tone: "dim" }]];
}

const FENCE = /^\s*```/;

/** Between two fences stands code: never joined or broken at words, a bar at its left. */
function textLines(text: SafeText, columns: number, cells: Cells): Span[][] {
  if (!text.includes("```")) return cells.wrap(text, columns).map((line) => [{ text: line }]);
  const lines: Span[][] = [];
  const source = text.split("\n") as SafeText[];
  let plain: SafeText[] = [];
  const flush = () => {
    if (plain.length === 0) return;
    const joined = plain.join("\n") as SafeText;
    for (const line of cells.wrap(joined, columns)) lines.push([{ text: line }]);
    plain = [];
  };
  for (let at = 0; at < source.length; at += 1) {
    const end = FENCE.test(source[at]!) ? source.findIndex((line, index) => index > at && FENCE.test(line)) : -1;
    if (end < 0) {
      plain.push(source[at]!);
      continue;
    }
    flush();
    for (const line of source.slice(at + 1, end)) {
      for (const piece of cells.chop(line, Math.max(1, columns - 2))) {
        lines.push([
          { text: plainText("▏ "), tone: "dim" },
          { text: piece, tone: "code" },
        ]);
      }
    }
    at = end;
  }
  flush();
  return lines.length === 0 ? [[{ text: plainText("") }]] : lines;
}

function noticeText(message: MessageView): SafeText {
  if (message.notice === "joined") return safe`${authorOf(message)} joined`;
  if (message.notice === "created") return safe`${authorOf(message)} made this room`;
  if (message.notice === "newer") return safe`${authorOf(message)} sent something that only a newer keet-tui can show`;
  return message.text;
}

const UNITS = ["bytes", "KB", "MB", "GB", "TB"];

/** `812 KB`, `4.2 MB` */
export function sizeOf(bytes: number): SafeText {
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = unit >= 2 && value < 100 ? 1 : 0;
  return `${value.toFixed(digits)} ${UNITS[unit]}` as SafeText;
}
