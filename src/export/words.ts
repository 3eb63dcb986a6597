/** What a row says in plain words, for every output that is lines: `tail`, and talk written out. */
import type { MessageInfo, PersonInfo } from "../rpc/methods.js";
import { plainText, type SafeText, safe, safeLine, safeName, safeText } from "../safe-text.js";
import { sizeOf } from "../state/message-lines.js";

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
  const text = reply.text.replace(/\s+/g, " ").trim();
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

export function fileWords(file: NonNullable<MessageInfo["file"]>): SafeText {
  return safe`offers ${safeLine(file.name)}, ${sizeOf(file.bytes)}`;
}

/** A notice as a sentence, its author and whom it is about by name. */
export function noticeWords(message: MessageInfo, tags: Tags): SafeText {
  const who = nameOf(message.author, tags);
  const about = message.about ? nameOf(message.about, tags) : plainText("somebody");
  const text = safeLine(message.text);
  switch (message.notice) {
    case "created":
      return safe`${who} made this room`;
    case "joined":
      return safe`${who} joined`;
    case "newer":
      return safe`newer message from ${who}: update keet-tui`;
    case "renamed":
      return message.author.name === message.text
        ? safe`${who} has a new name`
        : safe`${who} is now called ${safeName(message.text)}`;
    case "room-name":
      return safe`${who} called this room ${safeName(message.text)}`;
    case "topic":
      return text === "" ? safe`${who} took the topic away` : safe`${who} set the topic: ${text}`;
    case "rights":
      return text === ""
        ? safe`${who} changed who may do what here`
        : safe`${who} changed who may do what here: ${text}`;
    case "role":
      return message.text === "owner" ? safe`${who} made ${about} an owner` : safe`${who} made ${about} a ${text}`;
    case "removed":
      return safe`${who} removed ${about}`;
    case "renewed":
      return safe`${who} went on in a new room`;
    default:
      return text === "" ? safe`${who}: ${message.notice ?? message.type}` : text;
  }
}
