import type { Op } from "./spec/generated/types.js";
import type { Role, RoomRecord } from "./view.js";

/** At least that role; `post`, `invite`, `share`, `call`: what the room's own setting asks for; null: nobody. */
type Needs = Role | Setting | null;
type Setting = "post" | "invite" | "share" | "call";

export interface Right {
  /** What it is about is one's own: a message, an invite, oneself. */
  readonly own: Needs;
  /** It is somebody else's; `outranks` asks for a higher role than theirs besides. */
  readonly other: Needs;
  readonly outranks?: boolean;
  /** Allowed in a room that goes on elsewhere. */
  readonly afterEnd?: boolean;
  /** Not in a room for two. */
  readonly notDirect?: boolean;
}

/** What `set-room` changes decides what it needs. */
export type Act = Exclude<Op["type"], "join-room" | "set-room"> | "name-room" | "set-rights" | "end-room";

/**
 * Who may do what, decided in `apply` at the causal point of the op. What is not here is denied. `join-room` has rules
 * of its own (admission), so it is in no row.
 */
export const RIGHTS: { readonly [A in Act]: Right } = {
  "post-message": { own: "post", other: null },
  "edit-message": { own: "post", other: null },
  "delete-message": { own: "member", other: "moderator", outranks: true, afterEnd: true },
  "add-reaction": { own: "member", other: "member" },
  // Always one's own reaction; the message may be anybody's.
  "remove-reaction": { own: "member", other: "member" },
  "pin-message": { own: "moderator", other: "moderator" },
  "unpin-message": { own: "moderator", other: "moderator" },
  "set-profile": { own: "member", other: null, afterEnd: true },
  "name-room": { own: "moderator", other: "moderator" },
  "set-rights": { own: "owner", other: "owner", notDirect: true },
  "end-room": { own: "owner", other: "owner", afterEnd: true, notDirect: true },
  "set-indexers": { own: "moderator", other: "moderator", notDirect: true },
  "set-role": { own: "owner", other: "owner", outranks: true, afterEnd: true, notDirect: true },
  "remove-member": { own: "member", other: "moderator", outranks: true, afterEnd: true, notDirect: true },
  "add-invite": { own: "invite", other: "invite" },
  "revoke-invite": { own: "member", other: "moderator", afterEnd: true },
  "share-file": { own: "share", other: null },
  // It says nothing new: without it nobody could tell that what was shared before is whole.
  "finish-file": { own: "member", other: null, afterEnd: true },
  "note-call": { own: "call", other: null },
  "unshare-file": { own: "member", other: "moderator", outranks: true, afterEnd: true },
};

/** The role it takes in this room. */
export function roleFor(needs: Role | Setting, room: RoomRecord | null): Role {
  const isSet = needs === "post" || needs === "invite" || needs === "share" || needs === "call";
  return isSet ? (room?.[needs] ?? "member") : needs;
}

const RANK: { readonly [R in Role]: number } = { member: 0, moderator: 1, owner: 2 };

export function isAtLeast(role: Role, needed: Role): boolean {
  return RANK[role] >= RANK[needed];
}

export interface Asking {
  readonly role: Role;
  readonly room: RoomRecord | null;
  /** Is what it is about one's own? */
  readonly own: boolean;
  /** Role of the one it is about; a member where there is none. */
  readonly otherRole?: Role;
}

export function mayDo(act: Act, { role, room, own, otherRole = "member" }: Asking): boolean {
  const right = RIGHTS[act];
  if (room?.successor && !right.afterEnd) return false;
  if (room?.kind === "direct" && right.notDirect) return false;
  const needs = own ? right.own : right.other;
  if (needs === null) return false;
  if (!isAtLeast(role, roleFor(needs, room))) return false;
  return own || !right.outranks || RANK[role] > RANK[otherRole];
}
