/** Shares that were taken back, by whoever shared them or by somebody who may. */
import type { MemberRoom } from "../member-room.js";
import { hex } from "../room.js";
import type { KeptShare } from "./ledger.js";

/** Ids in hex, of the rows at these places. */
export async function takenBackAt(member: MemberRoom, places: readonly number[]): Promise<string[]> {
  const found: string[] = [];
  for (const place of places) {
    const [full] = await member.room.fullRows(place, place + 1);
    if (!full?.file?.unshare) continue;
    for (const { id } of await member.messages(place, place + 1)) found.push(hex(id));
  }
  return found;
}

export async function isTakenBack(member: MemberRoom, { id, writer }: KeptShare): Promise<boolean> {
  const rows = await member.message(Buffer.from(id, "hex"));
  const unsharedBy = rows.find((row) => hex(row.writer) === writer)?.file?.unsharedBy;
  return unsharedBy !== null && unsharedBy !== undefined;
}
