/** What is to be said about a room's own state, for the title, the list and the commands. */
import { MAX_MESSAGE_BYTES } from "../config.js";
import { plainText, type SafeText, safe } from "../safe-text.js";
import { dayName, dayOf, timeOf } from "./local-time.js";
import type { MemberView, RightLevel, RoomView } from "./model.js";

export const RIGHT_NAMES = ["post", "invite", "share", "call"] as const;
export const RIGHT_LEVELS = ["anyone", "moderators", "owners"] as const;

const WHO: Readonly<Record<RightLevel, SafeText>> = {
  anyone: plainText("everybody in the room"),
  moderators: plainText("moderators and owners"),
  owners: plainText("owners"),
};

export function whoMay(level: RightLevel): SafeText {
  return WHO[level];
}

export function isMuted(room: Pick<RoomView, "mutedUntil">, now: number): boolean {
  return room.mutedUntil !== null && room.mutedUntil > now;
}

/** `20:04`, or `Thu 26 Nov, 09:00` where that is another day. */
export function momentText(at: number, now: number): SafeText {
  return dayOf(at) === dayOf(now) ? timeOf(at) : safe`${dayName(at, now)}, ${timeOf(at)}`;
}

/** `here`, `last here 09:04`; null where it is not known. */
export function presenceText({ here, mine, seenAt }: MemberView, now: number): SafeText | null {
  if (here || mine) return plainText("here");
  return seenAt === null ? null : safe`last here ${momentText(seenAt, now)}`;
}

export function nameOf({ name, tag }: Pick<MemberView, "name" | "tag">): SafeText {
  return tag === null ? name : safe`${name}#${tag}`;
}

/** Why nothing can be said here and what would work; null where it can. */
export function whyNoWriting(room: RoomView): { readonly text: SafeText; readonly hint: SafeText | null } | null {
  if (room.state === "request") return { text: requestText(room), hint: plainText("First /accept, or /decline.") };
  if (room.state === "removed") {
    return { text: REMOVED, hint: plainText("An owner can let you in again by a new invite.") };
  }
  if (room.continuedBy !== null) {
    return { text: plainText("This room goes on in another."), hint: plainText("Enter on an empty line goes there.") };
  }
  if (room.state !== "open" || room.canWrite) return null;
  if (room.rights.post === "anyone") return { text: plainText("You cannot write in this room."), hint: null };
  const hint = plainText("/who shows who they are. What you wrote stays on the line.");
  return { text: safe`Only ${whoMay(room.rights.post)} can write here.`, hint };
}

export function requestText(room: RoomView): SafeText {
  return safe`${room.with?.name ?? "Somebody"} wants to talk to you.`;
}

export const REMOVED = plainText("You were removed from this room. What was said is still here.");

/** Why a text is no message, before anybody is asked; null where it is one. */
export function whyTooLong(text: string): { readonly text: SafeText; readonly hint: SafeText } | null {
  const bytes = Buffer.byteLength(text);
  if (bytes <= MAX_MESSAGE_BYTES) return null;
  return {
    text: safe`That is ${Math.ceil(bytes / 1024)} KiB, and a message holds ${MAX_MESSAGE_BYTES / 1024}`,
    hint: plainText("Send it in parts; Ctrl-X opens it in your editor."),
  };
}
