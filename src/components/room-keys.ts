import type { KeyId, PressedKey } from "../keys.js";
import type { RoomView } from "../state/model.js";
import { inListOrder, listedRooms } from "../state/room-order.js";

/** The room that a key goes to from the current one; null where there is none, undefined where it is no such key. */
export function roomOfKey(
  id: KeyId | null,
  key: PressedKey,
  all: readonly RoomView[],
  current: string | null,
): RoomView | null | undefined {
  const rooms = inListOrder(all, current);
  const at = rooms.findIndex((room) => room.id === current);
  const step = id === "next-room" ? 1 : id === "previous-room" ? -1 : 0;
  if (step !== 0) return rooms[(at + step + rooms.length) % rooms.length] ?? null;
  if (id === "room-number") return rooms[Number(key.name) - 1] ?? null;
  if (id !== "active-room") return undefined;
  const { archived } = listedRooms(all, current);
  const others = [...rooms.slice(at + 1), ...rooms.slice(0, Math.max(0, at)), ...archived];
  return others.find((room) => room.mentions > 0) ?? others.find((room) => room.unread > 0) ?? null;
}
