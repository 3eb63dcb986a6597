/** Which room is meant: its exact name, or eight or more characters of its id. Never a guess. */
import { KeetError } from "../errors.js";
import type { RpcClient } from "../rpc/client.js";
import type { RoomInfo } from "../rpc/methods.js";
import { safeName } from "../safe-text.js";
import type { PositionalSpec } from "./define.js";

const MIN_ID_CHARS = 8;
const MAX_NEAR = 5;

export const ROOM_ARGUMENT: PositionalSpec = {
  name: "room",
  completes: "room",
  describe: `Exact name, or ${MIN_ID_CHARS} or more characters of the id`,
};

export async function findRoom(core: RpcClient, said: string): Promise<RoomInfo> {
  return pickRoom(await core.request("room.list", {}), said);
}

/** @throws NO_SUCH_ROOM with near names in the hint, AMBIGUOUS_ROOM with the ids of all that fit */
export function pickRoom(rooms: readonly RoomInfo[], said: string): RoomInfo {
  const sameName = rooms.filter((room) => room.name === said);
  // A room that goes on in another of the same name is over: that one is meant.
  const named = sameName.filter(({ continuedBy }) => !continuedBy || !sameName.some(({ id }) => id === continuedBy));
  const isId = said.length >= MIN_ID_CHARS && /^[0-9a-f]+$/.test(said);
  const found = named.length > 0 ? named : isId ? rooms.filter((room) => room.id.startsWith(said)) : [];
  if (found.length === 1 && found[0]) return found[0];
  if (found.length > 1) {
    const list = found.map((room) => `${room.id.slice(0, 16)} (${safeName(room.name)}, ${room.members} members)`);
    throw new KeetError("user", "AMBIGUOUS_ROOM", `${found.length} rooms are called "${safeName(said)}"`, {
      hint: `Say which by its id: ${list.join(", ")}`,
      data: { rooms: found.map((room) => ({ id: room.id, name: room.name })) },
    });
  }
  const near = rooms.filter((room) => isNear(room, said)).slice(0, MAX_NEAR);
  throw new KeetError("user", "NO_SUCH_ROOM", `There is no room called "${safeName(said)}"`, {
    hint: nearHint(near, said, rooms.length),
    data: { near: near.map((room) => room.name) },
  });
}

function nearHint(near: readonly RoomInfo[], said: string, count: number): string {
  if (count === 0) return "There is no room yet: keet-tui room create <name>, or room join <invite>.";
  if (near.length === 0) return "keet-tui room list shows them all.";
  const names = near.map((room) => `"${safeName(room.name)}"`).join(", ");
  const isShortId = near.some((room) => room.id.startsWith(said));
  return `Near it: ${names}. Names count exactly${isShortId ? `, an id from its first ${MIN_ID_CHARS} characters on` : ""}.`;
}

function isNear(room: RoomInfo, said: string): boolean {
  const name = room.name.normalize("NFKC").toLowerCase();
  const other = said.normalize("NFKC").toLowerCase();
  if (other === "") return false;
  return name.includes(other) || other.includes(name) || room.id.startsWith(other) || differsLittle(name, other);
}

/** At most two letters apart. */
function differsLittle(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 2 || a.length < 3 || a.length > 64) return false;
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const swap = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return (row[b.length] ?? 9) <= 2;
}
