/**
 * A room built anew from its logs. Nothing is deleted: what only this machine has stays in its logs, and where a log
 * itself is damaged this device goes on writing in a new one beside it.
 */
import Autobase from "autobase";
import type Corestore from "corestore";
import type { MemberRoom } from "./member-room.js";
import { newId, type Room } from "./room.js";
import { within } from "./time-limit.js";

const REPAIR_LIMIT_MS = 20_000;
const KNOWN_LIMIT_MS = 20_000;
const WRITABLE_LIMIT_MS = 10_000;

/** From now on this device writes in another log, in that namespace. The room has to be closed. */
export async function takeNewLog(root: Corestore, namespaced: Corestore, roomKey: Uint8Array): Promise<void> {
  const local = Autobase.getLocalCore(namespaced);
  await local.ready();
  const { key } = local;
  await local.close();
  const bootstrap = root.get({ key: roomKey, active: false });
  await bootstrap.ready();
  await bootstrap.setUserData("autobase/local", key);
  await bootstrap.close();
}

/**
 * One more device of somebody who is in: the identity vouches for the new log, so nobody has to be asked. What says so
 * is written after the words that took this person in, or it would come before them in the room's order and count for
 * nothing.
 */
export async function joinWithNewLog(member: MemberRoom, now: number): Promise<void> {
  const { room } = member;
  const isIn = async () => (await member.members().catch(() => [])).some(({ mine }) => mine);
  await waitFor(room, isIn, KNOWN_LIMIT_MS, "the room is not here far enough to write in it");
  const bytes = room.seal(room.joinOp(null), newId(), now);
  member.peers.ownJoin = bytes;
  await room.append(bytes, true);
  await waitFor(room, () => room.writable, WRITABLE_LIMIT_MS, "the room has not taken the new log in yet");
}

/** Looks whenever the room has changed. */
function waitFor(room: Room, isSo: () => boolean | Promise<boolean>, limitMs: number, what: string): Promise<void> {
  let look: () => Promise<void> = async () => {};
  const so = new Promise<void>((resolve) => {
    look = async () => {
      if (await isSo()) resolve();
    };
    room.on("writable", look).on("rows", look);
    void look();
  });
  return within(so, limitMs, () => new Error(what)).finally(() => room.off("writable", look).off("rows", look));
}

/** Takes the signed order over from whoever has it, then reads everything anew. @returns what was done */
export async function readAnew(member: MemberRoom): Promise<string[]> {
  const { room } = member;
  const done: string[] = [];
  if (member.peers.provenCount === 0) {
    done.push("Nobody else is here: what this machine has was read anew; run it again when somebody is.");
  } else if (!room.base.isIndexer) {
    const taken = await within(
      room.base.repair().then(() => true),
      REPAIR_LIMIT_MS,
      () => new Error(),
    ).catch(() => false);
    done.push(
      taken
        ? "The order of the room was compared with the others'."
        : "The others did not answer in time; it goes on by itself.",
    );
  }
  room.fetchHistory();
  await member.divergences.clear();
  done.push("Differences between devices are looked for anew.");
  return done;
}
