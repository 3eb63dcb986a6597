/** A message as it is read aloud: who, where, what, in lines that nothing inside it can imitate. Pure. */
import { plainText, type SafeText, safe, safeLine, safeName } from "../safe-text.js";
import { extentOf, stateWords } from "../state/file-lines.js";
import { dayName, dayOf, timeOf } from "../state/local-time.js";
import { gistOf } from "../state/message-lines.js";
import type { MessageView, ReplyView } from "../state/model.js";
import { noticeText } from "../state/notice-text.js";
import { shownAt } from "../state/timeline.js";

/** In front of every further line of a message. The program's own lines begin at the edge, so these are never taken for one. */
export const INDENT = "      ";
/** Lines of one message that are said without being asked for. */
const MAX_LINES = 40;
const MAX_GIST_LENGTH = 60;
/** A message that came this much later than it was written says so. */
const LATE_MS = 60_000;
const BARE = /^[\p{L}\p{N}_][^\s":,()*]*$/u;

/**
 * A name as one would type it in a command: in quotes where it is more than one word. So nobody can call themselves
 * `alice: yes` and be heard as alice.
 */
export function nameWord({ name, tag = null }: { readonly name: SafeText; readonly tag?: SafeText | null }): SafeText {
  const whole = tag === null ? name : safe`${name}#${tag}`;
  return BARE.test(whole) ? whole : safe`"${whole.replaceAll('"', "'")}"`;
}

export function authorWord({ author, tag }: MessageView): SafeText {
  return nameWord({ name: author, tag });
}

/** Of several lines, all but the first indented. */
export function indented(text: SafeText): SafeText {
  if (!text.includes("\n")) return text;
  const lines = text.replace(/\n+$/, "").split("\n");
  return lines.map((line, at) => (at === 0 || line === "" ? line : `${INDENT}${line}`)).join("\n") as SafeText;
}

export interface MessageFacts {
  /** Its room, as a name. */
  readonly room: SafeText;
  readonly now: number;
  /** What names it in a command; only where it was asked for. */
  readonly number?: number;
  /** With what became of it: state, marks, reactions. */
  readonly withDetails?: boolean;
  /** All of it, however long. */
  readonly isWhole?: boolean;
}

/** `09:14 tea alice: morning! the new build is in the room`, or `-- bob joined tea`. */
export function messageWords(message: MessageView, facts: MessageFacts): SafeText {
  if (message.type === "notice") return safe`-- ${noticeWords(message, facts.room)}`;
  const number = facts.number === undefined ? "" : `#${facts.number} `;
  const place = nameWord({ name: facts.room });
  const head = safe`${number}${timeOf(shownAt(message))} ${place} ${headOf(message, facts)}`;
  const tail = facts.withDetails ? detailsOf(message) : plainText("");
  if (message.deleted) return safe`${head}: ${takenBack(message)}${tail}`;
  const text = facts.isWhole ? message.text : cutLines(message.text);
  if (message.file) return safe`${head} offers ${message.file.name}, ${extentOf(message.file)}${tail}`;
  return indented(message.action ? safe`${head} ${text}${tail}` : safe`${head}: ${text}${tail}`);
}

function headOf(message: MessageView, { now }: MessageFacts): SafeText {
  const { reply, receivedAt, sentAt, clockOff, mine } = message;
  const star = message.action ? "* " : "";
  const doubt = message.verified ? "" : ", not verified";
  const answered = reply && !message.deleted ? ` ${replyWords(reply)}` : "";
  const isLate = !mine && !clockOff && receivedAt !== null && receivedAt - sentAt > LATE_MS;
  const came = isLate ? safe` (came ${momentWords(receivedAt, now)})` : "";
  return safe`${star}${authorWord(message)}${doubt}${answered}${came}`;
}

/** `to alice ("morning! the new build…")` */
function replyWords(reply: ReplyView): SafeText {
  if (!reply.found) return plainText("to a message that is not here");
  const who = nameWord({ name: reply.author });
  return reply.deleted ? safe`to ${who} (taken back)` : safe`to ${who} (“${short(reply.text)}”)`;
}

/** `09:14`, with the day where it is another one. */
export function momentWords(at: number, now: number): SafeText {
  return dayOf(at) === dayOf(now) ? timeOf(at) : safe`${dayName(at, now)} ${timeOf(at)}`;
}

function cutLines(text: SafeText): SafeText {
  const lines = text.split("\n");
  if (lines.length <= MAX_LINES) return text;
  const left = lines.length - MAX_LINES;
  return safe`${lines.slice(0, MAX_LINES).join("\n")}\n(${left} more lines: /show)`;
}

const STATES = { pending: "waiting", sent: "sent", delivered: "delivered", failed: "not sent" } as const;

function detailsOf(message: MessageView): SafeText {
  const { edited, deleted, pinned, mine, state, reason, reactions, file } = message;
  const marks = [
    ...(file && !deleted ? [stateWords(file, mine)] : []),
    ...(edited && !deleted ? ["edited"] : []),
    ...(pinned ? ["pinned"] : []),
    ...(mine && state !== null ? [reason === null ? STATES[state] : `${STATES[state]}: ${reason}`] : []),
  ];
  const given = reactions.map(({ emoji, by, mine: isMine }) => safe`${emoji} ${namesOf(by, isMine)}`);
  return safe`${marks.length > 0 ? ` (${marks.join(", ")})` : ""}${given.length > 0 ? ` [${given.join(", ")}]` : ""}`;
}

const MAX_NAMES = 3;

/** `alice, bob and 4 more`; `withMe`: and oneself, as the first. */
export function namesOf(names: readonly SafeText[], withMe = false): SafeText {
  const words = [...(withMe ? [plainText("you")] : []), ...names.map((name) => nameWord({ name }))];
  if (words.length > MAX_NAMES) return safe`${words.slice(0, MAX_NAMES - 1).join(", ")} and ${words.length - 2} more`;
  return words.length < 2
    ? (words[0] ?? plainText("nobody"))
    : safe`${words.slice(0, -1).join(", ")} and ${words.at(-1)!}`;
}

function takenBack({ deletedBy }: MessageView): SafeText {
  return deletedBy === null ? plainText("(taken back)") : safe`(taken back by ${nameWord({ name: deletedBy })})`;
}

/** A line of the room itself, as a sentence that names the room. */
function noticeWords(message: MessageView, room: SafeText): SafeText {
  const who = authorWord(message);
  const place = nameWord({ name: room });
  if (message.notice === "joined") return safe`${who} joined ${place}`;
  if (message.notice === "created") return safe`${who} made ${place}`;
  const about = message.about && nameWord({ name: message.about });
  const isName = message.notice === "renamed" || message.notice === "room-name";
  // A name that is told is one word as well; who has the same as author already has it.
  const named = isName
    ? { author: nameWord({ name: message.author }), text: nameWord({ name: safeName(message.text) }) }
    : {};
  return safe`in ${place}: ${noticeText({ ...message, ...named, about }, who)}`;
}

/** The beginning of what it says, in quotes, to tell which one is meant. */
export function gistWords(message: MessageView): SafeText {
  return safe`“${short(gistOf(message))}”`;
}

function short(text: SafeText): SafeText {
  return safeLine(text.replace(/\s+/g, " "), { maxLength: MAX_GIST_LENGTH });
}
