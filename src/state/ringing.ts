/** Who calls this person alone and waits for an answer; and what becomes of it where none comes. */
import type { RoomCallView, RoomView } from "./model.js";
import { isMuted } from "./room-words.js";
import type { Session } from "./session.js";
import { Store } from "./store.js";

const RING_MS = 60_000;

export interface Ring {
  readonly room: RoomView;
  readonly call: string;
}

export interface RingingOptions {
  readonly session: Session;
  readonly after: (ms: number, act: () => void) => () => void;
  /** They gave up, or nobody answered in time. */
  readonly onMissed: (room: RoomView) => void;
}

interface Waiting {
  readonly room: string;
  readonly callOff: () => void;
}

export class Ringing {
  /** The first of those that ring; null where none does. */
  readonly store = new Store<Ring | null>(null, { windowMs: 0 });
  readonly #options: RingingOptions;
  /** By the id of the call. */
  readonly #waiting = new Map<string, Waiting>();
  readonly #hasEnded = new Set<string>();
  readonly #undos: readonly (() => void)[];

  constructor(options: RingingOptions) {
    this.#options = options;
    const { calls, profile } = options.session;
    this.#undos = [calls.store.subscribe(() => this.#follow()), profile.subscribe(() => this.#follow())];
  }

  close(): void {
    for (const undo of this.#undos) undo();
    for (const { callOff } of this.#waiting.values()) callOff();
    this.#waiting.clear();
    this.store.set(null);
  }

  #follow(): void {
    const { session } = this.#options;
    const calls = session.calls.store.getSnapshot();
    for (const call of calls.values()) if (this.#isWaiting(call)) this.#begin(call);
    for (const [id, { room }] of [...this.#waiting]) {
      const call = calls.get(room) ?? null;
      if (call?.id !== id || call.people.length === 0) this.#end(id, true);
      else if (!this.#isUnanswered(call)) this.#end(id, false);
    }
    this.#show();
  }

  #begin({ id, room, startedAt }: RoomCallView): void {
    const leftMs = RING_MS - (this.#options.session.now() - startedAt);
    const callOff = this.#options.after(leftMs, () => {
      this.#end(id, true);
      this.#show();
    });
    this.#waiting.set(id, { room, callOff });
  }

  #end(id: string, isMissed: boolean): void {
    const waiting = this.#waiting.get(id);
    if (!waiting) return;
    waiting.callOff();
    this.#waiting.delete(id);
    this.#hasEnded.add(id);
    const room = this.#options.session.roomView(waiting.room);
    if (isMissed && room) this.#options.onMissed(room);
  }

  #isWaiting(call: RoomCallView): boolean {
    if (this.#waiting.has(call.id) || this.#hasEnded.has(call.id)) return false;
    const { session } = this.#options;
    const room = session.roomView(call.room);
    if (room?.kind !== "direct" || room.state !== "open") return false;
    return this.#isUnanswered(call) && call.people.length > 0 && session.now() - call.startedAt < RING_MS;
  }

  #isUnanswered({ isHere, isElsewhere, isDeclined }: RoomCallView): boolean {
    return !isHere && !isElsewhere && !isDeclined;
  }

  /** A muted room waits for an answer too, but makes no noise. */
  #show(): void {
    const { session } = this.#options;
    const rings = [...this.#waiting].flatMap(([call, { room: id }]) => {
      const room = session.roomView(id);
      return room && !isMuted(room, session.now()) ? [{ room, call }] : [];
    });
    const [first = null] = rings;
    this.store.update((old) => (old?.call === first?.call && old?.room.name === first?.room.name ? old : first));
  }
}
