import type { SafeText } from "../safe-text.js";
import { safe } from "../safe-text.js";
import type { MessageView, RoomView } from "../state/model.js";
import type { RoomSession } from "../state/room-session.js";
import type { Session } from "../state/session.js";
import { shownAt } from "../state/timeline.js";
import { changeWords } from "./change-words.js";
import { messageWords, nameWord } from "./message-words.js";
import { keyOf } from "./numbers.js";
import type { Paper } from "./paper.js";
import { Receipts } from "./receipts.js";

/** As many at once as one listens to; the rest is counted, and /last has it. */
const MAX_AT_ONCE = 20;
/** Of a room one has just come into for the first time. */
const MAX_AT_FIRST = 10;
/** What is older than coming in by this much was not said to whoever came. */
const HISTORY_MS = 60_000;
/** Rows of one room that are remembered as heard; then those no longer in its window are forgotten. */
const MAX_HEARD = 6_000;

export interface TalkOptions {
  readonly session: Session;
  readonly paper: Paper;
  /** Was written at this keyboard just now, where the terminal shows what is typed. */
  readonly isTyped: (message: MessageView) => boolean;
  readonly after: (ms: number, act: () => void) => () => void;
}

/** How one came into the room. */
interface Visit {
  readonly at: number;
  /** For the first time: it says little by itself. */
  readonly isNew: boolean;
  readonly unread: number;
}

/** The talk of the room one is in: each message once, when it comes, and what becomes of it. */
export class Talk {
  readonly #options: TalkOptions;
  readonly #receipts: Receipts;
  /** By room: what was heard of it, as it was then. */
  readonly #heard = new Map<string, Map<string, MessageView>>();
  #room: RoomSession | null = null;
  #visit: Visit = { at: 0, isNew: false, unread: 0 };
  /** Told by somebody who is connected, before the room had been read in. */
  readonly #live = new Set<string>();
  #undo: (() => void) | null = null;
  /** Older pages are being read in above this one: those are no news. */
  #top: string | null = null;

  constructor(options: TalkOptions) {
    this.#options = options;
    this.#receipts = new Receipts(options);
  }

  /**
   * From now on this room is followed; says what was unread in it, or of one that is new to this person the last of it.
   * `view` is the room as it was before.
   */
  async open(view: RoomView, isNew: boolean): Promise<void> {
    this.leave();
    const { session } = this.#options;
    const room = session.room(view.id);
    this.#room = room;
    this.#visit = { at: session.now(), isNew, unread: view.unread };
    this.#undo = room.timeline.subscribe(() => this.#follow());
    // One that is still being joined, or asks whether to be, has nothing to read.
    if (view.state !== "joining" && view.state !== "request") await room.open(view.unread);
    this.#follow();
  }

  leave(): void {
    this.#undo?.();
    this.#undo = null;
    this.#room = null;
    this.#live.clear();
  }

  forget(room: string): void {
    if (this.#room?.id === room) this.leave();
    this.#heard.delete(room);
  }

  close(): void {
    this.leave();
    this.#receipts.close();
  }

  /** The last rows of the room one is in, in order; older pages are read in where need be. */
  async last(count: number): Promise<readonly MessageView[]> {
    const room = this.#room;
    if (!room) return [];
    for (;;) {
      const { messages, arriving, first } = room.timeline.getSnapshot();
      const all = [...messages, ...arriving].filter((message) => !message.blocked);
      if (all.length >= count || first === 0) return all.slice(-count);
      await this.#readOlder(room);
      if (room.timeline.getSnapshot().first === first) return all.slice(-count);
    }
  }

  async #readOlder(room: RoomSession): Promise<void> {
    this.#top = room.timeline.getSnapshot().messages[0]?.key ?? null;
    try {
      await room.loadOlder();
    } finally {
      if (this.#room === room) this.#follow();
      this.#top = null;
    }
  }

  #heardIn(room: string): Map<string, MessageView> {
    let heard = this.#heard.get(room);
    if (!heard) {
      heard = new Map();
      this.#heard.set(room, heard);
    }
    return heard;
  }

  #follow(): void {
    const room = this.#room;
    if (!room) return;
    const state = room.timeline.getSnapshot();
    const view = this.#options.session.roomView(room.id);
    if (!state.isLoaded || !view) {
      for (const message of state.arriving) this.#live.add(keyOf(message));
      return;
    }
    const all = [...state.messages, ...state.arriving];
    const isFirst = !this.#heard.has(room.id);
    const heard = this.#heardIn(room.id);
    if (isFirst) this.#markHeard(heard, all, view);
    const fresh: MessageView[] = [];
    const top = this.#top === null ? 0 : all.findIndex((message) => message.key === this.#top);
    for (const message of all.slice(0, Math.max(0, top))) heard.set(keyOf(message), message);
    for (const message of all) {
      const key = keyOf(message);
      const before = heard.get(key);
      if (before === message) continue;
      heard.set(key, message);
      if (!before && this.#isNews(message, view)) fresh.push(message);
      else if (!before) continue;
      else this.#tellChanges(before, message, view);
      if (message.mine) this.#receipts.follow(message, view);
    }
    if (heard.size > MAX_HEARD) forgetOthers(heard, all);
    this.#tellFresh(fresh, view);
    if (state.late.length > 0) room.forgetLate();
  }

  /** At first sight only what is unread is news, and what is said at this moment. */
  #markHeard(heard: Map<string, MessageView>, all: readonly MessageView[], view: RoomView): void {
    const { isNew } = this.#visit;
    let left = isNew ? MAX_AT_FIRST : Math.max(this.#visit.unread, view.unread);
    for (const message of all.toReversed()) {
      const isOther = isNew || (!message.mine && message.type !== "notice");
      const isHeard = left <= 0 && !this.#live.has(keyOf(message));
      if (isOther) left -= 1;
      if (isHeard) heard.set(keyOf(message), message);
    }
    this.#live.clear();
  }

  /** While the history of a room is on its way, it is not read out. */
  #isNews(message: MessageView, { fetched }: RoomView): boolean {
    return fetched === null || shownAt(message) >= this.#visit.at - HISTORY_MS;
  }

  #tellChanges(before: MessageView, message: MessageView, { name }: RoomView): void {
    const { paper, session } = this.#options;
    for (const words of changeWords(before, message, { room: name, now: session.now() })) paper.tell(words);
  }

  #tellFresh(fresh: readonly MessageView[], { name }: RoomView): void {
    const { paper, session, isTyped } = this.#options;
    const isOwnArrival = ({ mine, notice }: MessageView) => mine && (notice === "joined" || notice === "created");
    const worth = fresh.filter((message) => !message.blocked && !isTyped(message) && !isOwnArrival(message));
    const left = worth.length - MAX_AT_ONCE;
    if (left > 0) paper.tell(safe`${left} more in ${nameWord({ name })}`, `/last ${worth.length} reads them.`);
    for (const message of left > 0 ? worth.slice(left) : worth) {
      paper.message(wordsOf(message, name, session.now()), shownAt(message));
    }
  }
}

function wordsOf(message: MessageView, room: SafeText, now: number): SafeText {
  return messageWords(message, { room, now });
}

function forgetOthers(heard: Map<string, MessageView>, all: readonly MessageView[]): void {
  heard.clear();
  for (const message of all) heard.set(keyOf(message), message);
}
