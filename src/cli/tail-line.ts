/** One message on one line, for `tail` and every list of messages. */
import { writtenAt } from "../export/moments.js";
import {
  fileWords,
  marksOf,
  NO_TAGS,
  nameOf,
  noticeWords,
  quoteOf,
  reactionsOf,
  type Tags,
  takenBackBy,
} from "../export/words.js";
import type { MessageInfo } from "../rpc/methods.js";
import { type SafeText, safe, safeLine } from "../safe-text.js";

/**
 * `2026-11-24 09:04 bob (to alice: morning!): works here (edited) [👍 alice]`. A message printed again since it
 * changed has `~` behind the time.
 */
export function plainLine(message: MessageInfo, tags: Tags = NO_TAGS, isAgain = false): SafeText {
  const again = isAgain ? "~ " : "";
  return safe`${localTime(writtenAt(message))} ${again}${wordsOf(message, tags)}`;
}

function wordsOf(message: MessageInfo, tags: Tags): SafeText {
  const name = nameOf(message.author, tags);
  const mark = message.verified ? "" : "?! ";
  if (message.notice !== null) return safe`-- ${noticeWords(message, tags)}`;
  if (message.blocked) return safe`-- message from ${name}, whom you blocked`;
  if (message.deleted) return safe`${mark}${name} ${takenBackBy(message, tags)}`;
  const reactions = reactionsOf(message, tags);
  const after = [...marksOf(message), ...(reactions === null ? [] : [`[${reactions}]`])].map((words) => ` ${words}`);
  if (message.file) return safe`${mark}${name} ${fileWords(message.file)}${after.join("")}`;
  const quote = quoteOf(message, tags);
  const answered = quote === null ? "" : ` (to ${quote})`;
  const text = safeLine(message.text);
  return message.action
    ? safe`${mark}* ${name}${answered} ${text}${after.join("")}`
    : safe`${mark}${name}${answered}: ${text}${after.join("")}`;
}

function localTime(at: Date | null): string {
  if (at === null) return "????-??-?? ??:??";
  const two = (value: number) => String(value).padStart(2, "0");
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${two(at.getHours())}:${two(at.getMinutes())}`;
}
