/** Why the room would not take an op now, as a sentence; the same rules as `apply`, so that nothing useless is written. */
import b4a from "b4a";
import { MAX_REACTIONS, type MessageOp, mayBeOn } from "./apply-message.js";
import { decode, foldEmoji } from "./decode.js";
import { isSaid } from "./messages.js";
import { type Act, mayDo, RIGHTS, roleFor } from "./rights.js";
import type { Op } from "./spec/generated/types.js";
import { MAX_PINS, type PersonRecord, ROLES, type Role, type RoomRecord, type ViewReader } from "./view.js";

export interface Refusal {
  readonly code: "NOT_ALLOWED" | "NO_SUCH_MESSAGE" | "NO_SUCH_MEMBER" | "NOTHING_TO_DO" | "TOO_MANY";
  readonly message: string;
  readonly hint?: string;
}

/** Null where it would be taken. */
export async function whyNot(op: Op, identity: Uint8Array, view: ViewReader): Promise<Refusal | null> {
  const me = await view.person(identity);
  if (!me || me.removed || me.writers === 0) return refused("You may not write in this room any more.");
  const room = await view.room();
  for (const act of actsOf(op, room)) {
    const about = await aboutOf(op, view);
    if (about === "no-such-message") return missing("That message is not here.");
    if (about === "other-kind") return missing(otherKind(op));
    if (about === "taken-back") return missing(`That ${isOfFile(op) ? "file" : "message"} was taken back.`);
    if (about === "no-such-member") {
      return { code: "NO_SUCH_MEMBER", message: "There is no such member.", hint: "/who lists them." };
    }
    const own = about === null || b4a.equals(about.identity, identity);
    const otherRole = about?.person?.role ?? "member";
    if (mayDo(act, { role: me.role, room, own, otherRole })) continue;
    return refused(...(await sentence(act, { room, own, otherRole, role: me.role }, view)));
  }
  return alreadySo(op, identity, me, view);
}

function refused(message: string, hint?: string): Refusal {
  return { code: "NOT_ALLOWED", message, ...(hint ? { hint } : {}) };
}

function missing(message: string): Refusal {
  return { code: "NO_SUCH_MESSAGE", message };
}

function isOfFile({ type }: Op): boolean {
  return type === "finish-file" || type === "unshare-file";
}

function otherKind(op: Op): string {
  if (isOfFile(op)) return "There is no file in that message.";
  return op.type === "edit-message" ? "Only text can be edited." : "That can only be done to a message with text.";
}

/** What an op amounts to; `set-room` can be several things at once. */
export function actsOf(op: Op, room: RoomRecord | null): Act[] {
  if (op.type === "join-room") return [];
  if (op.type !== "set-room") return [op.type];
  const acts: Act[] = [];
  if (op.name || op.topic || op.clearTopic) acts.push("name-room");
  if (op.post || op.invite || op.share || op.call || op.predecessor) acts.push("set-rights");
  if (op.kind && room && op.kind !== 0) acts.push("set-rights");
  if (op.successor) acts.push("end-room");
  return acts;
}

type About = { identity: Uint8Array; person: PersonRecord | null };

async function aboutOf(
  op: Op,
  view: ViewReader,
): Promise<About | "no-such-message" | "other-kind" | "taken-back" | "no-such-member" | null> {
  if ("target" in op) {
    const place = await view.placeOf(op.target.writer, op.target.id);
    const row = place === null ? null : await view.row(place);
    const decoded = row ? decode(row.bytes) : null;
    const author = row ? await view.writer(row.writer) : null;
    if (place === null || !author || !decoded?.ok || !isSaid(decoded.op)) return "no-such-message";
    if (!mayBeOn(op as MessageOp, decoded.op)) return "other-kind";
    if ((await view.marks(place)).deletion || (await view.file(place))?.unshare) return "taken-back";
    return { identity: author.identity, person: await view.person(author.identity) };
  }
  if (op.type === "set-role" || op.type === "remove-member") {
    const person = await view.person(op.identity);
    return person ? { identity: op.identity, person } : "no-such-member";
  }
  return null;
}

interface Case {
  readonly room: RoomRecord | null;
  readonly own: boolean;
  readonly otherRole: Role;
  readonly role: Role;
}

async function sentence(act: Act, { room, own, otherRole, role }: Case, view: ViewReader): Promise<[string, string?]> {
  const right = RIGHTS[act];
  if (room?.successor && !right.afterEnd)
    return ["This room goes on in another one; here nothing can be written any more."];
  if (room?.kind === "direct" && right.notDirect) return ["In a room for two there is no such thing."];
  const needs = own ? right.own : right.other;
  if (needs === null && act === "finish-file") return ["Only who shared it can do that."];
  if (needs === null) return ["Only who wrote it can do that.", "You can answer it, or react to it."];
  const needed = roleFor(needs, room);
  if (ROLES.indexOf(role) >= ROLES.indexOf(needed)) {
    return [
      `You cannot do that to ${otherRole === "owner" ? "an owner" : `a ${otherRole}`} as ${role === "owner" ? "an owner" : `a ${role}`}.`,
    ];
  }
  const persons = (await view.persons()).filter(({ value }) => !value.removed && value.writers > 0);
  const able = persons.filter(({ value }) => ROLES.indexOf(value.role) >= ROLES.indexOf(needed));
  const names = able.slice(0, 5).map(({ value }) => value.name);
  const who = needed === "owner" ? "Only owners can do that." : "Only moderators and owners can do that.";
  return [who, names.length > 0 ? `Here: ${names.join(", ")}.` : "There is nobody like that here any more."];
}

async function alreadySo(op: Op, identity: Uint8Array, me: PersonRecord, view: ViewReader): Promise<Refusal | null> {
  const place = "target" in op ? await view.placeOf(op.target.writer, op.target.id) : null;
  const nothing = (message: string): Refusal => ({ code: "NOTHING_TO_DO", message });
  switch (op.type) {
    case "add-reaction":
      if (place === null) return null;
      if (await view.hasReaction(place, identity, foldEmoji(op.emoji))) {
        return nothing("You have that reaction on it already.");
      }
      return (await view.reactionsOf(place, identity)) >= MAX_REACTIONS
        ? {
            code: "TOO_MANY",
            message: `You have ${MAX_REACTIONS} reactions on it.`,
            hint: "Take one of them back first.",
          }
        : null;
    case "remove-reaction":
      return place !== null && !(await view.hasReaction(place, identity, foldEmoji(op.emoji)))
        ? nothing("You have no such reaction on it.")
        : null;
    case "pin-message":
      if (place !== null && (await view.isPinned(place))) return nothing("It is pinned already.");
      return (await view.counts()).pins >= MAX_PINS
        ? { code: "TOO_MANY", message: `At most ${MAX_PINS} messages can be pinned.`, hint: "Unpin one first: /pins." }
        : null;
    case "unpin-message":
      return place !== null && !(await view.isPinned(place)) ? nothing("It is not pinned.") : null;
    case "finish-file":
      return place !== null && (await view.file(place))?.finish ? nothing("That file is whole already.") : null;
    case "set-role":
      return lastOwner(op.identity, ROLES[op.role - 1] ?? "member", identity, me, view);
    case "remove-member":
      if ((await view.person(op.identity))?.removed) return nothing("They were removed already.");
      return (await view.counts()).persons > 1 ? lastOwner(op.identity, "member", identity, me, view) : null;
    default:
      return null;
  }
}

async function lastOwner(
  whose: Uint8Array,
  role: Role,
  identity: Uint8Array,
  me: PersonRecord,
  view: ViewReader,
): Promise<Refusal | null> {
  if (!b4a.equals(whose, identity) || me.role !== "owner" || role === "owner") return null;
  const others = (await view.persons()).some(
    ({ key, value }) => value.role === "owner" && !value.removed && value.writers > 0 && !b4a.equals(key, identity),
  );
  return others ? null : refused("You are the only owner here.", "Make somebody else owner first: /role <name> owner.");
}
