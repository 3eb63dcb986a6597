/** What a message says, wrapped; without what stands left and right of it. Pure. */
import { blocksOf, piecesOf } from "../markdown.js";
import { plainText, type SafeText, safe } from "../safe-text.js";
import { fileLines } from "./file-lines.js";
import type { MessageView, ReactionView, ReplyView } from "./model.js";
import { noticeText } from "./notice-text.js";
import { type Cells, type Span, spaces, widthOf } from "./rows.js";
import { fileGist } from "./views.js";
import { wrapSpans } from "./wrap-spans.js";

/** Lines of one message; what is longer is cut, with a line that says so. */
const MAX_LINES = 500;
const MAX_REACTION_LINES = 3;
const CODE_BAR: Span = { text: plainText("▏ "), tone: "dim" };
/** The same line of code, too long for one row. */
const CODE_GOES_ON: Span = { text: plainText("┆ "), tone: "dim" };
const QUOTE_MARK: Span = { text: plainText("> "), tone: "dim" };
const LINE_END: Span = { text: plainText("\n") };

interface Wrapped {
  readonly columns: number;
  readonly came: SafeText | null;
  readonly body: Body;
}

export interface Body {
  /** What it says, with its marks; never empty. */
  readonly said: readonly (readonly Span[])[];
  /** What others think of it. */
  readonly reactions: readonly (readonly Span[])[];
}

const wrapped = new WeakMap<MessageView, Wrapped>();

/** The lines of a message without what stands left and right of them. `came`: when it arrived, where that is told. */
export function bodyOf(message: MessageView, columns: number, cells: Cells, came: SafeText | null = null): Body {
  const known = wrapped.get(message);
  if (known?.columns === columns && known.came === came) return known.body;
  const said = linesOf(message, columns, cells, came);
  const body = { said, reactions: reactionLines(message.reactions, columns, cells) };
  wrapped.set(message, { columns, came, body });
  return body;
}

/** With what tells them from somebody of the same looks. */
export function authorOf({ author, tag }: MessageView): SafeText {
  return tag === null ? author : safe`${author} ${tag}`;
}

/** What a message says in one line, where only its beginning is shown. */
export function gistOf(message: MessageView): SafeText {
  if (message.deleted) return takenBack(message);
  if (message.file) return fileGist(message.file.name);
  return message.text.replace(/\s*\n\s*/g, " ") as SafeText;
}

function linesOf(message: MessageView, columns: number, cells: Cells, came: SafeText | null): Span[][] {
  if (message.type === "notice") {
    return cells.wrap(noticeText(message, authorOf(message)), columns).map((text) => [{ text, tone: "dim" }]);
  }
  const lines = message.deleted
    ? cells.wrap(takenBack(message), columns).map((text): Span[] => [{ text, tone: "dim" }])
    : contentLines(message, columns, cells);
  const marks = [
    message.edited && !message.deleted ? plainText("edited") : null,
    message.pinned ? plainText("pinned") : null,
    came === null ? null : safe`came ${came}`,
  ].filter((mark) => mark !== null);
  if (marks.length > 0) addMarks(lines, safe`(${marks.join(", ")})`, columns, cells);
  if (message.reply && !message.deleted)
    lines.unshift([{ text: cells.cut(quoteText(message.reply), columns), tone: "dim" }]);
  return lines;
}

function takenBack({ deletedBy }: MessageView): SafeText {
  return deletedBy === null ? plainText("(taken back)") : safe`(taken back by ${deletedBy})`;
}

/** `┊ alice: morning! the new …`, the line above an answer. */
export function quoteText(reply: ReplyView): SafeText {
  if (!reply.found) return plainText("┊ a message that is not here");
  if (reply.deleted) return plainText("┊ (taken back)");
  return safe`┊ ${reply.author}: ${reply.text}`;
}

function contentLines(message: MessageView, columns: number, cells: Cells): Span[][] {
  if (message.file) return fileLines(message.file, message.mine, columns, cells);
  if (message.action) {
    return wrapSpans([{ text: safe`${authorOf(message)} ` }, ...inlineSpans(message.text)], columns, cells);
  }
  const lines = textLines(message.text, columns, cells);
  if (lines.length <= MAX_LINES) return lines;
  const left = lines.length - MAX_LINES;
  return [...lines.slice(0, MAX_LINES), [{ text: cells.cut(safe`… ${left} more lines`, columns), tone: "dim" }]];
}

/** Behind the last line where it fits, else on a line of their own. */
function addMarks(lines: Span[][], text: SafeText, columns: number, cells: Cells): void {
  const last = lines.at(-1)!;
  if (widthOf(last, cells) + cells.width(text) + 1 <= columns) last.push({ text: safe` ${text}`, tone: "dim" });
  else lines.push([{ text: cells.cut(text, columns), tone: "dim" }]);
}

function reactionLines(reactions: readonly ReactionView[], columns: number, cells: Cells): Span[][] {
  const lines: Span[][] = [];
  let used = 0;
  for (const { emoji, count, mine } of reactions) {
    const text = cells.cut(safe`${emoji} ${count}`, columns);
    const width = cells.width(text);
    const span: Span = mine ? { text, tone: "accent", bold: true } : { text, tone: "dim" };
    const last = lines.at(-1);
    if (last && used + 2 + width <= columns) {
      last.push({ text: spaces(2) }, span);
      used += 2 + width;
    } else {
      if (lines.length === MAX_REACTION_LINES) break;
      lines.push([span]);
      used = width;
    }
  }
  return lines;
}

/** Code keeps its lines and spaces, with a bar at its left; quotes keep their mark on every row they take. */
function textLines(text: SafeText, columns: number, cells: Cells): Span[][] {
  const lines: Span[][] = [];
  for (const block of blocksOf(text)) {
    const inner = Math.max(1, columns - 2);
    if (block.kind === "code") {
      for (const line of block.lines) {
        const pieces = cells.chop(line, inner);
        lines.push(...pieces.map((text, at): Span[] => [at === 0 ? CODE_BAR : CODE_GOES_ON, { text, tone: "code" }]));
      }
    } else if (block.kind === "quote") {
      lines.push(...proseLines(block.lines, inner, cells).map((line) => [QUOTE_MARK, ...line]));
    } else lines.push(...proseLines(block.lines, columns, cells));
  }
  return lines.length === 0 ? [[{ text: plainText("") }]] : lines;
}

function proseLines(lines: readonly SafeText[], columns: number, cells: Cells): Span[][] {
  const spans = lines.flatMap((line, at) => (at === 0 ? inlineSpans(line) : [LINE_END, ...inlineSpans(line)]));
  return wrapSpans(spans, columns, cells);
}

function inlineSpans(text: SafeText): Span[] {
  return piecesOf(text).map(({ text: piece, kind, bold, italic }) => ({
    text: piece,
    ...(kind === "code" ? { tone: "code" } : kind === "mark" ? { tone: "dim" } : {}),
    ...(kind === "link" ? { underline: true, link: piece } : {}),
    ...(bold ? { bold } : {}),
    ...(italic ? { italic } : {}),
  }));
}
