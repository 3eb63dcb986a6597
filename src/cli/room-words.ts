/** What a room and its people are like, as people say it. */
import type { MemberInfo, RoomInfo } from "../rpc/methods.js";
import { type SafeText, safe, safeName } from "../safe-text.js";
import { sayDuration } from "./duration.js";
import { asCommandLine } from "./slash-words.js";

export function rightsWords({ post, invite, share, call }: RoomInfo["rights"]): string {
  return `write: ${post}; invite: ${invite}; share files: ${share}; call: ${call}`;
}

export function mutedWords({ mutedUntil }: Pick<RoomInfo, "mutedUntil">, now = Date.now()): string {
  if (mutedUntil === null) return "no";
  if (mutedUntil === "forever") return "for good";
  const left = Date.parse(mutedUntil) - now;
  return left > 0 ? `for ${sayDuration(left)} more` : "no";
}

/** How it is with a room where something is to be said; the empty string where all is well. */
export function stateWords(room: RoomInfo): string {
  const who = safeName(room.with?.name ?? room.name);
  if (room.alarm !== null) return asCommandLine(room.alarm);
  if (room.continuedBy !== null) return `goes on in ${room.continuedBy.slice(0, 16)}`;
  if (room.state === "request") return `${who} asks to talk to you: room accept, or room leave`;
  if (room.state === "asked") return `you asked ${who}, who has not answered yet`;
  if (room.state === "removed") return "you were removed: what was said before is still here";
  if (room.state === "open") return room.archived ? "archived" : "";
  return room.reason ? `${room.state}: ${asCommandLine(room.reason)}` : room.state;
}

export function hereWords({ mine, here, seenAt }: MemberInfo, now = Date.now()): string {
  if (mine) return "you";
  return here ? "here" : `away, ${seenWords(seenAt, now)}`;
}

export function seenWords(seenAt: string | null, now = Date.now()): string {
  return seenAt === null ? "not seen yet" : `seen ${sayDuration(now - Date.parse(seenAt))} ago`;
}

/** `bob#1a2b` where another name looks the same. */
export function memberName({ name, tag }: Pick<MemberInfo, "name" | "tag">): SafeText {
  return tag === null ? safeName(name) : safe`${safeName(name)}#${tag}`;
}
