import type { RoomSession } from "../state/room-session.js";
import type { Session } from "../state/session.js";
import type { Store } from "../state/store.js";
import {
  type Anchor,
  indexOfKey,
  layOut,
  messageAt,
  rowCount,
  scroll,
  scrollTo,
  scrollToTop,
  type TimelineFrame,
} from "../state/timeline.js";
import type { ScreenState } from "./screen-state.js";

export interface ReadingOptions {
  readonly session: Session;
  readonly state: Store<ScreenState>;
  readonly frame: () => TimelineFrame;
}

/** Where in the talk one is: the end, a place further up, a selected message; and whether that counts as read. */
export class Reading {
  readonly #options: ReadingOptions;
  /** Places of the rooms that are not on screen. */
  readonly #anchors = new Map<string, Anchor | null>();
  #isFocused = true;

  constructor(options: ReadingOptions) {
    this.#options = options;
  }

  room(): RoomSession | null {
    const { room } = this.#options.state.getSnapshot();
    return room === null ? null : this.#options.session.room(room);
  }

  leaveRoom(): void {
    const { room, anchor } = this.#options.state.getSnapshot();
    if (room !== null) this.#anchors.set(room, anchor);
  }

  placeIn(room: string): Anchor | null {
    return this.#anchors.get(room) ?? null;
  }

  setFocused(isFocused: boolean): void {
    const isBack = isFocused && !this.#isFocused;
    this.#isFocused = isFocused;
    const room = this.room();
    const unread = this.#options.session.roomView(room?.id ?? null)?.unread ?? 0;
    // The line shows what came while nobody looked.
    if (isBack && room && unread > 0) this.#whatever(room.open(unread));
    this.update();
  }

  /** Tells the session which room is being read now: the one on screen, at its end, with nothing over it. */
  update(): void {
    const { room, anchor, overlay } = this.#options.state.getSnapshot();
    this.#options.session.setReading(this.#isFocused && anchor === null && overlay === null ? room : null);
  }

  scrollPages(pages: number): void {
    const frame = this.#options.frame();
    this.scroll(pages * Math.max(1, frame.rows - 2));
  }

  scroll(rows: number): void {
    const room = this.room();
    if (!room) return;
    const { anchor } = this.#options.state.getSnapshot();
    this.#moveTo(room, scroll(room.timeline.getSnapshot(), anchor, rows, this.#options.frame()));
    if (rows > 0 && !room.isAtEnd()) this.#whatever(room.loadNewer());
  }

  toTop(): void {
    const room = this.room();
    if (!room) return;
    const { anchor } = this.#options.state.getSnapshot();
    this.#moveTo(room, scrollToTop(room.timeline.getSnapshot(), anchor, this.#options.frame()));
  }

  toEnd(): void {
    this.#set({ anchor: null, selected: null });
    this.update();
    const room = this.room();
    if (room) this.#whatever(room.reloadEnd());
  }

  select(step: -1 | 1): void {
    const room = this.room();
    if (!room) return;
    const state = room.timeline.getSnapshot();
    const { selected, anchor } = this.#options.state.getSnapshot();
    const at = selected === null ? rowCount(state) : indexOfKey(state, selected);
    let next = at + step;
    while (messageAt(state, next)?.type === "notice") next += step;
    const message = messageAt(state, next);
    if (!message) {
      // Below the last one lies the line.
      if (step > 0) this.#set({ selected: null });
      else this.#moveTo(room, anchor);
      return;
    }
    this.#set({ selected: message.key });
    this.#moveTo(room, scrollTo(state, anchor, message.key, this.#options.frame()));
  }

  /** As it was sent, for the clipboard; null where nothing is selected. */
  selectedText(): string | null {
    const { selected } = this.#options.state.getSnapshot();
    const state = this.room()?.timeline.getSnapshot();
    if (!state || selected === null) return null;
    return messageAt(state, indexOfKey(state, selected))?.original ?? null;
  }

  #moveTo(room: RoomSession, anchor: Anchor | null): void {
    this.#set({ anchor });
    this.update();
    const { isAtTop } = layOut(room.timeline.getSnapshot(), anchor, this.#options.frame());
    if (isAtTop) this.#whatever(room.loadOlder());
  }

  #whatever(work: Promise<void>): void {
    work.catch((error: unknown) => this.#options.session.tellError(error));
  }

  #set(change: Partial<ScreenState>): void {
    this.#options.state.update((old) => ({ ...old, ...change }));
  }
}
