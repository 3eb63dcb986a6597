/**
 * Talk as Markdown. What people wrote shows as they typed it: every mark is escaped, so that nobody's text becomes a
 * heading, a picture that is fetched, or another person's line. Left as they are: code between two fences, and links.
 */
import type { MessageInfo, RoomInfo } from "../rpc/methods.js";
import { safeLine, safeName, safeText } from "../safe-text.js";
import type { RowWriter } from "./export-room.js";
import { type Moments, writtenAt } from "./moments.js";
import { fileWords, marksOf, nameOf, noticeWords, quoteOf, reactionsOf, type Tags, takenBackBy } from "./words.js";

/** No brackets, quotes or backticks: whatever ends a link early is text again. */
const LINK = /\bhttps?:\/\/\w[\w\-.~:/?#@!$&'()*+,;=%]*/g;
const TRAILING = /[.,:;!?'")]+$/;
/** With nothing beside the language: a line that says more is text. */
const FENCE = /^ {0,3}```([\w+#.-]*)\s*$/;
const FENCE_END = /^ {0,3}```\s*$/;

export function markdownWriter(
  room: Pick<RoomInfo, "name" | "topic">,
  tags: Tags,
  moments: Moments,
  now: Date,
): RowWriter {
  const topic = room.topic === "" ? "" : `${lineOf(safeLine(room.topic))}\n\n`;
  const written = `Written out on ${moments.day(now)} at ${moments.time(now)}, times in ${moments.zone}.`;
  let day = "";
  return {
    head: `# ${escaped(safeName(room.name)).replaceAll("#", "\\#")}\n\n${topic}*${escaped(written)}*\n`,
    row(message) {
      const at = writtenAt(message);
      const today = at ? moments.day(at) : day;
      const heading = today === day ? "" : `\n## ${today}\n`;
      day = today;
      return `${heading}\n${blocksOf(message, at ? moments.time(at) : "??:??", tags).join("\n\n")}\n`;
    },
    end: "",
  };
}

function blocksOf(message: MessageInfo, time: string, tags: Tags): string[] {
  const name = escaped(nameOf(message.author, tags));
  const mark = message.verified ? "" : "?! ";
  const head = `**${time} ${mark}${name}**`;
  if (message.notice !== null) return [`*${time} ${escaped(noticeWords(message, tags).trimEnd())}*`];
  if (message.blocked) return [`*${time} message from ${name}, whom you blocked*`];
  if (message.deleted) return [`${head} *${escaped(takenBackBy(message, tags))}*`];
  const quote = quoteOf(message, tags);
  const reactions = reactionsOf(message, tags);
  const after = [...marksOf(message), ...(reactions === null ? [] : [reactions])].map((words) => `*${escaped(words)}*`);
  const said = message.file ? [escaped(fileWords(message.file))] : bodyOf(safeText(message.text));
  const lead = message.action ? `${head} \\*` : head;
  if (quote !== null) return [lead, `> ${lineOf(quote)}`, ...said, ...after];
  const [first = "", ...rest] = said;
  return first.startsWith("```") ? [lead, ...said, ...after] : [`${lead} ${first}`, ...rest, ...after];
}

/** Paragraphs and code. Lines of a paragraph end with a backslash, which keeps them lines, empty ones too. */
function bodyOf(text: string): string[] {
  const blocks: string[] = [];
  const source = text.replace(/\n+$/, "").split("\n");
  let lines: string[] = [];
  const flush = () => {
    if (lines.length > 0) blocks.push(lines.map(lineOf).join("\\\n"));
    lines = [];
  };
  let mayEnd = true;
  for (let at = 0; at < source.length; at += 1) {
    const line = source[at] ?? "";
    const fence = mayEnd ? FENCE.exec(line) : null;
    const end = fence ? source.findIndex((other, index) => index > at && FENCE_END.test(other)) : -1;
    // What no later line ends, none after it will: a text of fences alone is not searched again and again.
    if (fence && end < 0) mayEnd = false;
    if (fence && end >= 0) {
      flush();
      blocks.push(fenced(fence[1] ?? "", source.slice(at + 1, end)));
      at = end;
    } else lines.push(line);
  }
  flush();
  return blocks.length === 0 ? [""] : blocks;
}

/** In a fence longer than any in it. */
function fenced(language: string, code: readonly string[]): string {
  const longest = Math.max(
    2,
    ...code.map((line) => Math.max(0, ...(line.match(/`+/g) ?? []).map((run) => run.length))),
  );
  const fence = "`".repeat(longest + 1);
  return [`${fence}${language}`, ...code, fence].join("\n");
}

function lineOf(line: string): string {
  const [spaces = ""] = /^ */.exec(line) ?? [];
  const words = atLineStart(escaped(line.slice(spaces.length)));
  return spaces.replaceAll(" ", "&nbsp;") + words.replace(/ {2,}/g, (run) => ` ${"&nbsp;".repeat(run.length - 1)}`);
}

/** What is a mark only where a line begins: headings, lists, lines under a heading. */
function atLineStart(line: string): string {
  return line.replace(/^([#+=-])/, "\\$1").replace(/^(\d{1,9})([.)])/, "$1\\$2");
}

function escaped(text: string): string {
  let out = "";
  let end = 0;
  for (const { 0: found, index } of text.matchAll(LINK)) {
    const link = found.replace(TRAILING, "");
    out += `${escapedMarks(text.slice(end, index))}<${link}>`;
    end = index + link.length;
  }
  return out + escapedMarks(text.slice(end));
}

function escapedMarks(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replace(/[\\`*_[\]|~>$]/g, "\\$&");
}
