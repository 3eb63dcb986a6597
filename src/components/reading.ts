import { KeetError } from "../errors.js";
import type { MessageView, TimelineState } from "../state/model.js";
import type { RoomSession } from "../state/room-session.js";
import type { Session } from "../state/session.js";
import type { Store } from "../state/store.js";
import {
  type Anchor,
  centreOn,
  emptyBelow,
  indexOfKey,
  LATE_KEY,
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
  /** Where a message is now, asked of the core; null where it knows none. */
  readonly placeOf: (room: string, key: string) => Promise<number | null>;
}

type Place = Pick<ScreenState, "anchor" | "cleared">;

/** Where in the talk one is: the end, a place further up, a selected message; and whether that counts as read. */
export class Reading {
  readonly #options: ReadingOptions;
  /** Places of the rooms that are not on screen. */
  readonly #places = new Map<string, Place>();
  #isFocused = true;
  /** On the way to a message: what comes on screen in between is not being read. */
  #isJumping = false;

  constructor(options: ReadingOptions) {
    this.#options = options;
  }

  room(): RoomSession | null {
    const { room } = this.#options.state.getSnapshot();
    return room === null ? null : this.#options.session.room(room);
  }

  leaveRoom(): void {
    const { room, anchor, cleared } = this.#options.state.getSnapshot();
    if (room !== null) this.#places.set(room, { anchor, cleared });
  }

  placeIn(room: string): Place {
    return this.#places.get(room) ?? { anchor: null, cleared: null };
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
    const isReading = this.#isFocused && !this.#isJumping && anchor === null && overlay === null;
    this.#options.session.setReading(isReading ? room : null);
  }

  scrollPages(pages: number): void {
    const frame = this.#options.frame();
    this.scroll(pages * Math.max(1, frame.rows - 2));
  }

  scroll(rows: number): void {
    const room = this.room();
    if (!room) return;
    const { anchor } = this.#options.state.getSnapshot();
    const state = room.timeline.getSnapshot();
    const wanted = rows < 0 ? Math.min(0, rows + this.#bringBack(state)) : rows;
    this.#moveTo(room, scroll(state, anchor, wanted, this.#options.frame()));
    if (rows > 0 && !room.isAtEnd()) this.#whatever(room.loadNewer());
  }

  toTop(): void {
    const room = this.room();
    if (!room) return;
    const { anchor } = this.#options.state.getSnapshot();
    this.#set({ cleared: null });
    this.#moveTo(room, scrollToTop(room.timeline.getSnapshot(), anchor, this.#options.frame()));
  }

  toEnd(): void {
    this.#set({ anchor: null, selected: null });
    this.update();
    const room = this.room();
    if (room) this.#whatever(room.reloadEnd());
  }

  /** What is there goes out of sight; nothing is deleted, and going up brings it back. */
  async clear(): Promise<void> {
    const room = this.room();
    if (!room) return;
    this.#set({ anchor: null, selected: null });
    this.update();
    await room.reloadEnd();
    if (this.room() !== room) return;
    const state = room.timeline.getSnapshot();
    this.#set({ cleared: messageAt(state, rowCount(state) - 1)?.key ?? null });
  }

  /** @returns how many rows were empty below what came since it was cleared */
  #bringBack(state: TimelineState): number {
    const { cleared, anchor } = this.#options.state.getSnapshot();
    if (cleared === null) return 0;
    this.#set({ cleared: null });
    return anchor === null ? emptyBelow(state, this.#options.frame(), cleared) : 0;
  }

  select(step: -1 | 1): void {
    const room = this.room();
    if (!room) return;
    const state = room.timeline.getSnapshot();
    const { selected, anchor } = this.#options.state.getSnapshot();
    const count = rowCount(state);
    if (selected === null && step < 0 && this.#showsLate(room)) {
      this.#select(LATE_KEY);
      return;
    }
    const at = selected === null || selected === LATE_KEY ? count : indexOfKey(state, selected);
    let next = at + step;
    while (!isSelectable(messageAt(state, next)) && next >= 0 && next < count) next += step;
    const message = messageAt(state, next);
    if (message) {
      this.#select(message.key);
      this.#moveTo(room, scrollTo(state, anchor, message.key, this.#options.frame()));
    } else if (step < 0) this.#moveTo(room, anchor);
    else if (!room.isAtEnd()) this.#whatever(room.loadNewer());
    // Below the last one lies the line.
    else this.#select(selected !== LATE_KEY && this.#showsLate(room) ? LATE_KEY : null);
  }

  /** As far as a page reaches, and the message that comes into sight there. */
  selectPage(step: -1 | 1): void {
    const room = this.room();
    if (!room) return;
    this.scrollPages(step);
    this.#selectInSight(room, step);
  }

  selectFirst(): void {
    const room = this.room();
    if (!room) return;
    this.toTop();
    this.#selectInSight(room, -1);
  }

  /** What was said of the one before makes way for what can be done with this one. */
  #select(selected: string | null): void {
    this.#options.session.clearNotice();
    this.#set(selected === null || selected === LATE_KEY ? { selected } : { selected, cleared: null });
  }

  /** The first (-1) or last (1) message on screen. */
  #selectInSight(room: RoomSession, step: -1 | 1): void {
    const state = room.timeline.getSnapshot();
    const { rows } = layOut(state, this.#options.state.getSnapshot().anchor, this.#options.frame());
    const keys = rows.flatMap(({ key }) => (key === null || key === LATE_KEY ? [] : [key]));
    const inOrder = step < 0 ? keys : keys.reverse();
    const found = inOrder.find((key) => isSelectable(messageAt(state, indexOfKey(state, key))));
    if (found) this.#select(found);
  }

  /** Null where nothing is selected, or the line that tells of late messages. */
  selected(): MessageView | null {
    const { selected } = this.#options.state.getSnapshot();
    const state = this.room()?.timeline.getSnapshot();
    if (!state || selected === null) return null;
    return messageAt(state, indexOfKey(state, selected)) ?? null;
  }

  /**
   * A message of the room on screen, wherever it is: selected, in the middle, with what was said round it.
   * @throws NO_SUCH_MESSAGE where no device that is here has it
   */
  async jumpTo({ key, position }: { readonly key: string | null; readonly position: number | null }): Promise<void> {
    const room = this.room();
    if (!room) return;
    const found = await this.#bringIn(room, key, position);
    // Meanwhile another room came on screen: whoever is there now has not asked for this.
    if (this.room() !== room) return;
    if (found === null) {
      throw new KeetError("user", "NO_SUCH_MESSAGE", "That message is not here", {
        hint: "It may come when more people are here.",
      });
    }
    this.#set({ selected: found, pointed: null, cleared: null });
    this.#moveTo(room, centreOn(room.timeline.getSnapshot(), found, this.#options.frame()));
  }

  /** Opens a room by `open`, for one message of it alone. */
  async jumpInto(open: () => void, target: Parameters<Reading["jumpTo"]>[0]): Promise<void> {
    this.#isJumping = true;
    try {
      open();
      await this.jumpTo(target);
    } finally {
      this.#isJumping = false;
      this.update();
    }
  }

  /** The first of those that came late, while one was reading further down. */
  async toLate(): Promise<void> {
    const room = this.room();
    const first = room?.timeline.getSnapshot().late[0];
    if (!room || !first) {
      this.#options.session.tell("Nothing came late here");
      return;
    }
    await this.jumpTo({ key: null, position: first.position });
    room.forgetLate();
  }

  async #bringIn(room: RoomSession, key: string | null, position: number | null): Promise<string | null> {
    const find = (at: number | null): string | null => {
      const state = room.timeline.getSnapshot();
      if (key !== null) return messageAt(state, indexOfKey(state, key))?.key ?? null;
      return at === null ? null : (state.messages[at - state.first]?.key ?? null);
    };
    const known = key === null ? null : find(null);
    if (known !== null) return known;
    if (position !== null) {
      await room.loadAround(position);
      const found = find(position);
      if (found !== null) return found;
    }
    if (key === null) return null;
    // It has another place by now, or was never told one.
    const place = await this.#options.placeOf(room.id, key);
    if (place === null) return null;
    await room.loadAround(place);
    return find(place);
  }

  #showsLate(room: RoomSession): boolean {
    return room.timeline.getSnapshot().late.length > 0 && room.isAtEnd();
  }

  #moveTo(room: RoomSession, anchor: Anchor | null): void {
    this.#set({ anchor });
    this.update();
    const { cleared } = this.#options.state.getSnapshot();
    const { isAtTop } = layOut(room.timeline.getSnapshot(), anchor, this.#options.frame(), cleared);
    if (isAtTop) this.#whatever(room.loadOlder());
  }

  #whatever(work: Promise<void>): void {
    work.catch((error: unknown) => this.#options.session.tellError(error));
  }

  #set(change: Partial<ScreenState>): void {
    this.#options.state.update((old) => ({ ...old, ...change }));
  }
}

function isSelectable(message: MessageView | undefined): boolean {
  return message !== undefined && message.type !== "notice" && !message.blocked;
}
