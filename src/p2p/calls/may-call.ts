/** Who may be in a room's call: what the room's `call` setting says, decided here since a call is in no log. */
import { KeetError } from "../../errors.js";
import type { MemberRoom } from "../member-room.js";
import { mayDo } from "../rights.js";

/** Why this person may not be in it now; null where they may. */
export function whyNoCall(member: MemberRoom): KeetError | null {
  const { role, record, removed, stopReason } = member.summary();
  if (stopReason !== null) return refused("This room has stopped.", "/room tells why.");
  if (role === null || removed) return refused("You are not in this room any more.");
  if (record?.successor) return refused("This room goes on in another one; calls are made there.");
  if (mayDo("note-call", { role, room: record, own: true })) return null;
  return refused(`Only ${record?.call === "owner" ? "owners" : "moderators and owners"} may call here.`);
}

export async function mayCall(member: MemberRoom, identity: Uint8Array): Promise<boolean> {
  const { record } = member.summary();
  // The usual case without a read: everybody who is in says so once a second.
  if (record && record.call === "member" && !record.successor) return true;
  const person = await member.room.person(identity);
  if (!person || person.removed) return false;
  return mayDo("note-call", { role: person.role, room: record, own: true });
}

function refused(message: string, hint?: string): KeetError {
  return new KeetError("user", "NOT_ALLOWED", message, hint ? { hint } : {});
}
