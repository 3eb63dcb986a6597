/** Talk as text to read: a line a message, more of it indented, a line where a day begins. */
import type { MessageInfo, RoomInfo } from "../rpc/methods.js";
import { safeLine, safeName, safeText } from "../safe-text.js";
import type { RowWriter } from "./export-room.js";
import { type Moments, writtenAt } from "./moments.js";
import { fileWords, marksOf, nameOf, noticeWords, quoteOf, reactionsOf, type Tags, takenBackBy } from "./words.js";

/** As wide as a time and a space. */
const INDENT = "      ";

export function plainWriter(
  room: Pick<RoomInfo, "name" | "topic">,
  tags: Tags,
  moments: Moments,
  now: Date,
): RowWriter {
  const topic = room.topic === "" ? "" : `${safeLine(room.topic)}\n`;
  let day = "";
  return {
    head: `${safeName(room.name)}\n${topic}Written out on ${moments.day(now)} at ${moments.time(now)}, times in ${moments.zone}.\n`,
    row(message) {
      const at = writtenAt(message);
      const today = at ? moments.day(at) : day;
      const dayLine = today === day ? "" : `\n--- ${today} ---\n\n`;
      day = today;
      return `${dayLine}${at ? moments.time(at) : "??:??"} ${indented(linesOf(message, tags))}\n`;
    },
    end: "",
  };
}

function indented([first = "", ...rest]: readonly string[]): string {
  return [first, ...rest.map((line) => (line === "" ? "" : INDENT + line))].join("\n");
}

/** Without the time; the first stands beside it. */
function linesOf(message: MessageInfo, tags: Tags): string[] {
  const name = nameOf(message.author, tags);
  const mark = message.verified ? "" : "?! ";
  if (message.notice !== null) return [`-- ${noticeWords(message, tags)}`];
  if (message.blocked) return [`-- message from ${name}, whom you blocked`];
  if (message.deleted) return [`${mark}${name} ${takenBackBy(message, tags)}`];
  const marks = marksOf(message).map((words) => ` ${words}`);
  const quote = quoteOf(message, tags);
  const reactions = reactionsOf(message, tags);
  const after = reactions === null ? [] : [reactions];
  if (message.file) return [`${mark}${name} ${fileWords(message.file)}${marks.join("")}`, ...after];
  const [first = "", ...rest] = [safeText(message.text), ...marks].join("").split("\n");
  if (quote !== null)
    return [`${mark}${name} ┊ ${quote}`, message.action ? `* ${name} ${first}` : first, ...rest, ...after];
  return [message.action ? `${mark}* ${name} ${first}` : `${mark}${name}: ${first}`, ...rest, ...after];
}
