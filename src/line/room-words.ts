/** What is to be said of a room, in a sentence. Pure. */
import { plainText, type SafeText, safe } from "../safe-text.js";
import type { NetworkView, RoomView } from "../state/model.js";
import { successorOf } from "../state/room-order.js";
import { isMuted, REMOVED } from "../state/room-words.js";
import { nameWord } from "./message-words.js";

/** What one hears on coming into a room: who is here, what waits. */
export function arrivalWords(room: RoomView, all: readonly RoomView[]): SafeText {
  const facts = [presenceWords(room), ...(room.unread > 0 ? [safe`${room.unread} new`] : [])];
  const topic = room.topic === "" ? "" : safe`. Topic: ${room.topic}`;
  const state = stateWords(room, all);
  const alarm = room.alarm === null ? "" : safe`. ${room.alarm} (/room says more)`;
  return safe`in ${nameWord(room)}: ${state ?? facts.join(", ")}${topic}${alarm}`;
}

function presenceWords(room: RoomView): SafeText {
  if (room.kind === "direct" && room.with !== null) return room.peers > 0 ? plainText("here") : plainText("away");
  if (room.members <= 1) return plainText("only you so far; /invite makes a link for somebody");
  return room.peers === 0 ? plainText("nobody else is here") : safe`${room.peers + 1} here`;
}

/** What keeps a room from being one like any other, and what would work; null for one that is. */
export function stateWords(room: RoomView, all: readonly RoomView[]): SafeText | null {
  const name = nameWord(room);
  const reason = room.reason?.replace(/\.$/, "") ?? null;
  switch (room.state) {
    case "joining":
      return reason === null ? plainText("waiting for somebody of that room to let you in") : safe`${reason}`;
    case "stopped":
      return safe`this room stopped: ${reason ?? "unknown"}. Other rooms are fine. /room repair, or /export first`;
    case "request":
      return safe`${name} wants to talk to you: /accept, or /decline`;
    case "asked":
      return safe`${name} hears of it when you are both online; what you write waits`;
    case "removed":
      return REMOVED;
  }
  if (room.continuedBy === null) return null;
  const next = successorOf(room, all);
  if (next) return safe`this room goes on in another: /go ${nameWord(next)}`;
  return plainText("this room goes on in a new one; you come along when somebody of it is here");
}

/** A row of /list. */
export function listWords(room: RoomView, isHere: boolean, now: number): SafeText {
  const facts = [
    ...(isHere ? ["you are here"] : []),
    ...(room.unread > 0 ? [`${room.unread} new${room.mentions > 0 ? `, ${room.mentions} for you` : ""}`] : []),
    ...(room.markedUnread ? ["marked as unread"] : []),
    ...(STATES[room.state] ? [STATES[room.state]] : []),
    ...(room.kind === "direct" ? ["for two"] : []),
    ...(room.favourite ? ["favourite"] : []),
    ...(isMuted(room, now) ? ["muted"] : []),
    ...(room.archived ? ["archived"] : []),
    ...(room.continuedBy === null ? [] : ["goes on elsewhere"]),
  ];
  const topic = room.topic === "" ? "" : safe` (${room.topic})`;
  return safe`${nameWord(room)}${facts.length > 0 ? safe`: ${facts.join(", ")}` : ""}${topic}`;
}

const STATES: Readonly<Partial<Record<RoomView["state"], string>>> = {
  joining: "joining",
  stopped: "stopped",
  request: "wants to talk to you",
  asked: "not answered yet",
  removed: "you were removed",
};

export const NETWORK: Readonly<Record<NetworkView["state"], SafeText | null>> = {
  online: plainText("people anywhere can be found"),
  lan: plainText("this network only: the internet does not answer"),
  offline: plainText("offline: messages are kept and go out when someone appears"),
  // Not known yet.
  looking: null,
};
