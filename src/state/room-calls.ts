/** Which rooms have a call now, and who is in it. */
import type { CallInfo } from "../rpc/methods.js";
import { safeName } from "../safe-text.js";
import type { Request } from "./core-link.js";
import type { RoomCallView, RoomView } from "./model.js";
import { Store } from "./store.js";

type Calls = ReadonlyMap<string, RoomCallView>;

export class RoomCalls {
  readonly store = new Store<Calls>(new Map());
  /** Rooms that were told of while all are asked about: an answer may be older. */
  readonly #heard = new Set<string>();

  of(room: string | null): RoomCallView | null {
    return room === null ? null : (this.store.getSnapshot().get(room) ?? null);
  }

  /** Told once a second while this device is in one: only what is other than before is a change. */
  apply(room: string, info: CallInfo | null): void {
    this.#heard.add(room);
    this.#set(room, info);
  }

  #set(room: string, info: CallInfo | null): void {
    const next = info === null ? null : callView(info);
    this.store.update((old) => {
      const before = old.get(room) ?? null;
      return JSON.stringify(before) === JSON.stringify(next) ? old : withCall(old, room, next);
    });
  }

  forget(room: string): void {
    this.apply(room, null);
  }

  /** After a core that knows nothing of what was told before. */
  async read(rooms: readonly RoomView[], request: Request): Promise<void> {
    this.#heard.clear();
    const known = new Set(rooms.map(({ id }) => id));
    for (const room of this.store.getSnapshot().keys()) if (!known.has(room)) this.forget(room);
    const open = rooms.filter(({ state }) => state === "open");
    await Promise.all(
      open.map(async ({ id }) => {
        const call = await request("call.show", { room: id });
        if (!this.#heard.has(id)) this.#set(id, call);
      }),
    );
  }
}

function withCall(old: Calls, room: string, call: RoomCallView | null): Calls {
  const next = new Map(old);
  if (call) next.set(room, call);
  else next.delete(room);
  return next;
}

export function callView(info: CallInfo): RoomCallView {
  const others = info.others.filter(({ mine }) => !mine);
  return {
    room: info.room,
    id: info.id,
    startedAt: Date.parse(info.startedAt),
    isHere: info.here,
    isElsewhere: others.length < info.others.length,
    isDeclined: info.declined,
    people: [...new Map(others.map(({ id, name }) => [id, { id, name: safeName(name) }])).values()],
  };
}
