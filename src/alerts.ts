/** What of all that is said elsewhere is worth looking up for, and when. Draws and writes nothing. */
import { plainText, type SafeText, safe } from "./safe-text.js";
import type { RoomView } from "./state/model.js";
import { isMuted } from "./state/room-words.js";

/** From when somebody appears what was said meanwhile comes in; it is told together, and rings once. */
const CATCH_UP_MS = 5_000;
/** It is all here when no count has grown for this long. */
const CALM_MS = 1_000;
/** A room that is far behind goes on catching up; where nobody has what is missing, it is told after this all the same. */
const MAX_BEHIND_MS = 30_000;
/** In a lively room one is a few blocks behind with every message. */
const FAR_BEHIND_BLOCKS = 20;
const BETWEEN_MS = 2_000;

export interface Alert {
  readonly room: string;
  /** `tea: 12 new, 2 for you` */
  readonly text: SafeText;
  /** Of all that is announced together one rings. */
  readonly rings: boolean;
}

export interface AlertsOptions {
  readonly now: () => number;
  /** Calls back after so many ms; gives what calls that off. */
  readonly after: (ms: number, act: () => void) => () => void;
  readonly announce: (alert: Alert) => void;
  /** The room on screen while the terminal has the focus; null while nobody looks. */
  readonly lookedAt: () => string | null;
  /** False while there is no core, and while it tells what was before. */
  readonly isReady: () => boolean;
}

export class Alerts {
  readonly #options: AlertsOptions;
  /** Rooms as the core told them last; what is read here first shows in its next word. */
  readonly #known = new Map<string, RoomView>();
  readonly #waiting = new Set<string>();
  readonly #toldAt = new Map<string, number>();
  readonly #behindSince = new Map<string, number>();
  #caughtUpFrom = Number.NEGATIVE_INFINITY;
  #grewAt = Number.NEGATIVE_INFINITY;
  #rangAt = Number.NEGATIVE_INFINITY;
  #cancel: (() => void) | null = null;

  constructor(options: AlertsOptions) {
    this.#options = options;
  }

  /** A room as the core tells it now, and as it was known on this screen before; null for a new one. */
  room(room: RoomView, before: RoomView | null): void {
    const last = this.#known.get(room.id) ?? before;
    this.#known.set(room.id, room);
    if (!this.#options.isReady()) return;
    const now = this.#options.now();
    this.#noteCatchingUp(room, last, now);
    if (room.unread > (last?.unread ?? room.unread)) this.#grewAt = now;
    if (this.#isWorth(room, last)) this.#waiting.add(room.id);
    else if (!this.#stillWaits(room)) this.#waiting.delete(room.id);
    this.#schedule();
  }

  gone(room: string): void {
    this.#known.delete(room);
    this.#waiting.delete(room);
    this.#toldAt.delete(room);
    this.#behindSince.delete(room);
  }

  /** The core was lost, or is another one: what it tells first is no news. */
  forget(): void {
    for (const kept of [this.#known, this.#waiting, this.#toldAt, this.#behindSince]) kept.clear();
    this.#stop();
  }

  /**
   * Where many talk, only what names this person rings, and rooms marked as favourites; talk for two always does.
   * The counts in the list and in the title go up in any case. A room that has just come into the list has a past,
   * but says nothing new, unless somebody asks by it for a talk.
   */
  #isWorth(room: RoomView, before: RoomView | null): boolean {
    if (!this.#stillWaits(room)) return false;
    if (room.state === "request") return before?.state !== "request";
    if (before === null) return false;
    const isClose = room.kind === "direct" || room.favourite;
    return room.mentions > before.mentions || (isClose && room.unread > before.unread);
  }

  #stillWaits(room: RoomView): boolean {
    if (isMuted(room, this.#options.now()) || this.#options.lookedAt() === room.id) return false;
    return room.unread > 0 || room.state === "request";
  }

  #noteCatchingUp(room: RoomView, before: RoomView | null, now: number): void {
    const isNew = isFarBehind(room) && !this.#behindSince.has(room.id);
    if (isNew) this.#behindSince.set(room.id, now);
    else if (!isFarBehind(room)) this.#behindSince.delete(room.id);
    const hasAppeared = room.peers > 0 && before?.peers === 0;
    if ((isNew || hasAppeared) && !this.#isCatchingUp(now)) this.#caughtUpFrom = now;
  }

  #isCatchingUp(now: number): boolean {
    return now - this.#caughtUpFrom < CATCH_UP_MS;
  }

  #dueAt(room: string, now: number): number {
    const behindUntil = (this.#behindSince.get(room) ?? Number.NEGATIVE_INFINITY) + MAX_BEHIND_MS;
    if (behindUntil > now) return behindUntil;
    const next = (this.#toldAt.get(room) ?? Number.NEGATIVE_INFINITY) + BETWEEN_MS;
    if (!this.#isCatchingUp(now)) return next;
    const end = this.#caughtUpFrom + CATCH_UP_MS;
    // It has rung once: the rest waits until these seconds are over.
    return this.#rangAt >= this.#caughtUpFrom ? Math.max(next, end) : Math.min(this.#grewAt + CALM_MS, end);
  }

  #schedule(): void {
    this.#stop();
    if (this.#waiting.size === 0) return;
    const now = this.#options.now();
    const at = Math.min(...[...this.#waiting].map((room) => this.#dueAt(room, now)));
    if (at <= now) this.#tell(now);
    else this.#cancel = this.#options.after(at - now, () => this.#tell(this.#options.now()));
  }

  /** All rooms that are due, those that name this person first; one of them rings. */
  #tell(now: number): void {
    const due = [...this.#waiting].filter((room) => this.#dueAt(room, now) <= now);
    const rooms = due.flatMap((id) => {
      this.#waiting.delete(id);
      const room = this.#known.get(id);
      return room && this.#stillWaits(room) ? [room] : [];
    });
    if (rooms.length > 0) this.#rangAt = now;
    for (const [index, room] of rooms.toSorted(byRank).entries()) {
      this.#toldAt.set(room.id, now);
      this.#options.announce({ room: room.id, text: textOf(room), rings: index === 0 });
    }
    this.#schedule();
  }

  #stop(): void {
    this.#cancel?.();
    this.#cancel = null;
  }
}

function isFarBehind(room: RoomView): boolean {
  return room.behind >= FAR_BEHIND_BLOCKS || room.fetched !== null;
}

function byRank(a: RoomView, b: RoomView): number {
  const rank = (room: RoomView) => (room.mentions > 0 ? 0 : room.kind === "direct" ? 1 : 2);
  return rank(a) - rank(b) || b.mentions - a.mentions || b.unread - a.unread;
}

function textOf({ name, state, unread, mentions }: RoomView): SafeText {
  if (state === "request") return safe`${name} wants to talk to you`;
  const forMe = mentions > 0 ? safe`, ${mentions} for you` : plainText("");
  return safe`${name}: ${unread} new${forMe}`;
}
