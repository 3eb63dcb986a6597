/** In which order rooms stand in the list, which is that of Alt-1…9 and of going from one to the next. Pure. */
import type { RoomView } from "./model.js";

export interface ListedRooms {
  readonly favourites: readonly RoomView[];
  readonly rooms: readonly RoomView[];
  readonly direct: readonly RoomView[];
  /** Not in the list; the one on screen is, wherever it belongs. */
  readonly archived: readonly RoomView[];
}

/** Within each part in the order they were joined; those that ask for an answer first among the direct ones. */
export function listedRooms(all: readonly RoomView[], current: string | null): ListedRooms {
  const isHidden = (room: RoomView) => room.archived && room.id !== current;
  const shown = all.filter((room) => !isHidden(room));
  const direct = shown.filter((room) => !room.favourite && room.kind === "direct");
  return {
    favourites: shown.filter((room) => room.favourite),
    rooms: shown.filter((room) => !room.favourite && room.kind !== "direct"),
    direct: [...direct.filter(isRequest), ...direct.filter((room) => !isRequest(room))],
    archived: all.filter(isHidden),
  };
}

export function inListOrder(all: readonly RoomView[], current: string | null): readonly RoomView[] {
  const { favourites, rooms, direct } = listedRooms(all, current);
  return [...favourites, ...rooms, ...direct];
}

function isRequest(room: RoomView): boolean {
  return room.state === "request";
}

/** The room that goes on from this one, where this person is in it already. */
export function successorOf(room: RoomView | null, all: readonly RoomView[]): RoomView | null {
  return (room?.continuedBy && all.find(({ id }) => id === room.continuedBy)) || null;
}
