import fuzzysort from "fuzzysort";
import type { RoomView } from "../state/model.js";

/** Below this the letters are too scattered to be meant. */
const THRESHOLD = 0.3;

/** Rooms whose name has these letters, best first; all of them, new ones first, where there are none. */
export function roomsFor(query: string, rooms: readonly RoomView[]): readonly RoomView[] {
  if (query.trim() === "") return rooms.toSorted((a, b) => (b.lastAt ?? 0) - (a.lastAt ?? 0));
  return fuzzysort.go(query, rooms, { key: "name", threshold: THRESHOLD }).map((result) => result.obj);
}
