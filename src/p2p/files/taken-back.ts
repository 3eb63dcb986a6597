/** Shares that were taken back, by whoever shared them or by somebody who may. */

import { hex } from "../hex.js";
import type { MemberRoom } from "../member-room.js";
import type { KeptShare } from "./ledger.js";

export interface Watching {
  /** Of that room, as it is now. */
  readonly kept: () => readonly KeptShare[];
  readonly drop: (share: string) => Promise<void>;
  readonly warn: (error: unknown) => void;
}

/** What was taken back while this device was away is dropped as well. */
export function watchTakenBack(member: MemberRoom, { kept, drop, warn }: Watching): void {
  const look = async (share: KeptShare) => {
    if (share.state !== "failed" && (await isTakenBack(member, share))) await drop(share.id);
  };
  const onMarks = async (places: readonly number[]) => {
    const ids = await takenBackAt(member, places);
    for (const share of kept()) if (ids.includes(share.id)) await look(share);
  };
  member.on("marks", (places: number[]) => void onMarks(places).catch(warn));
  for (const share of kept()) void look(share).catch(warn);
}

/** Ids in hex, of the rows at these places. */
async function takenBackAt(member: MemberRoom, places: readonly number[]): Promise<string[]> {
  const found: string[] = [];
  for (const place of places) {
    const [full] = await member.room.fullRows(place, place + 1);
    if (!full?.file?.unshare) continue;
    for (const { id } of await member.messages(place, place + 1)) found.push(hex(id));
  }
  return found;
}

async function isTakenBack(member: MemberRoom, { id, writer }: KeptShare): Promise<boolean> {
  const rows = await member.message(Buffer.from(id, "hex"));
  const unsharedBy = rows.find((row) => hex(row.writer) === writer)?.file?.unsharedBy;
  return unsharedBy !== null && unsharedBy !== undefined;
}
