/** What a row says in plain words, for every output that is lines: `tail`, and talk written out. */
import type { FileInfo, MessageInfo, PersonInfo } from "../rpc/methods.js";
import { plainText, type SafeText, safe, safeFileName, safeLine, safeName, safeText } from "../safe-text.js";
import { extentOf } from "../state/file-lines.js";
import { noticeText } from "../state/notice-text.js";
import { messageView, voiceMsOf } from "../state/views.js";

const MAX_QUOTE_LENGTH = 80;

/** Identity in hex → the four characters that tell somebody from another of the same looks. */
export type Tags = ReadonlyMap<string, string>;

export const NO_TAGS: Tags = new Map();

export function tagsOf(members: readonly { readonly id: string; readonly tag: string | null }[]): Tags {
  return new Map(members.flatMap(({ id, tag }) => (tag === null ? [] : [[id, tag]])));
}

/** `bob`, or `bob#1a2b` where somebody else looks the same. */
export function nameOf(person: PersonInfo, tags: Tags): SafeText {
  const tag = tags.get(person.id);
  return tag === undefined ? safeName(person.name) : safe`${safeName(person.name)}#${tag}`;
}

/** What was answered, on one line: `alice: morning! the new build…`; null where nothing was. */
export function quoteOf({ reply, replyTo }: MessageInfo, tags: Tags): SafeText | null {
  if (reply === null && replyTo === null) return null;
  if (!reply?.found) return plainText("a message that is not here");
  const author = reply.author ? nameOf(reply.author, tags) : plainText("somebody");
  if (reply.deleted) return safe`${author}: (taken back)`;
  const text = reply.isFile ? safeFileName(reply.text) : reply.text.replace(/\s+/g, " ").trim();
  return safe`${author}: ${safeText(text, { maxLength: MAX_QUOTE_LENGTH })}`;
}

/** `👍 alice, bob · 🎉 carol`; null where there are none. */
export function reactionsOf({ reactions }: MessageInfo, tags: Tags): SafeText | null {
  const given = reactions.filter(({ by }) => by.length > 0);
  if (given.length === 0) return null;
  const words = given.map(
    ({ emoji, by }) => safe`${safeLine(emoji).trim()} ${by.map((person) => nameOf(person, tags)).join(", ")}`,
  );
  return words.join(" · ") as SafeText;
}

export function takenBackBy({ deletedBy }: MessageInfo, tags: Tags): SafeText {
  return deletedBy ? safe`(taken back by ${nameOf(deletedBy, tags)})` : plainText("(taken back)");
}

/** What stands behind a message: `(edited)`, and of one's own that it is not in the room. */
export function marksOf({ edited, state, reason }: MessageInfo): readonly SafeText[] {
  const marks: SafeText[] = [];
  if (edited) marks.push(plainText("(edited)"));
  if (state === "pending") marks.push(plainText("(not sent yet)"));
  if (state === "failed") marks.push(reason === null ? plainText("(failed)") : safe`(failed: ${safeLine(reason)})`);
  return marks;
}

export function fileWords(file: FileInfo): SafeText {
  return safe`offers ${safeFileName(file.name)}, ${extentOf({ ...file, voiceMs: voiceMsOf(file) })}`;
}

/** A notice as a sentence, its author and whom it is about by name. */
export function noticeWords(message: MessageInfo, tags: Tags): SafeText {
  const view = messageView(message);
  const about = message.about ? nameOf(message.about, tags) : null;
  const sentence = noticeText({ ...view, about, text: safeLine(message.text) }, nameOf(message.author, tags));
  return sentence === "" ? safe`${nameOf(message.author, tags)}: ${message.notice ?? message.type}` : sentence;
}
