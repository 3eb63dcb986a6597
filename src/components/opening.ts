import type { Actions } from "../state/actions.js";
import type { MessageView } from "../state/model.js";
import type { Session } from "../state/session.js";
import type { Store } from "../state/store.js";
import type { Guard } from "./guard.js";
import type { Naming } from "./naming.js";
import type { Reading } from "./reading.js";
import type { ScreenState } from "./screen-state.js";
import type { Writing } from "./writing.js";

export interface OpeningOptions {
  readonly session: Session;
  readonly state: Store<ScreenState>;
  readonly actions: Actions;
  readonly reading: Reading;
  readonly writing: () => Writing;
  readonly naming: () => Naming;
  readonly guard: Guard;
  /** Of `keet-tui <invite>`: taken as soon as this person has a name. */
  readonly invite: string | null;
}

/** Which room is on screen, and how one gets there. */
export class Opening {
  readonly #options: OpeningOptions;
  #invite: string | null;
  #undo: (() => void) | null = null;

  constructor(options: OpeningOptions) {
    this.#options = options;
    this.#invite = options.invite;
  }

  /** Follows the session: opens a room when there is one, leaves one that is gone. */
  start(): void {
    this.#undo = this.#options.session.profile.subscribe(() => this.follow());
    this.follow();
  }

  close(): void {
    this.#undo?.();
    this.#undo = null;
  }

  /** An invite that waits until there is a name. */
  keepInvite(link: string): void {
    this.#invite = link;
  }

  open(id: string): void {
    const { session, state, actions, reading, guard } = this.#options;
    const { room } = state.getSnapshot();
    const view = session.roomView(id);
    if (room === id) {
      this.#set({ overlay: null, selected: null });
      reading.update();
      return;
    }
    reading.leaveRoom();
    this.#options.writing().leaveRoom();
    this.#options.writing().enterRoom(id, room === null);
    this.#set({
      room: id,
      ...reading.placeIn(id),
      selected: null,
      pointed: null,
      overlay: null,
      question: null,
    });
    const opened = session.room(id);
    // One that is still being joined, or asks whether to be, has nothing to read; it is opened when it is in.
    if (view?.state !== "joining" && view?.state !== "request") {
      opened.open(view?.unread ?? 0).catch((error: unknown) => session.tellError(error));
    }
    if (view?.markedUnread) void guard(() => actions.running.setRead(id));
    reading.update();
  }

  /** Into the room of a message, wherever that is. */
  goTo({ room, key, position }: MessageView): void {
    const { session, reading, guard } = this.#options;
    if (!session.roomView(room)) {
      session.tell("You are no longer in that room", { level: "warning" });
      return;
    }
    void guard(() => reading.jumpInto(() => this.open(room), { key, position }));
  }

  join(link: string): void {
    const { session, actions, guard } = this.#options;
    void guard(async () => {
      const room = await actions.joinRoom(link);
      this.open(room.id);
      session.tell(`You are in ${room.name}.`);
    });
  }

  follow(): void {
    const { session, state } = this.#options;
    const { isLoaded, identity, rooms } = session.profile.getSnapshot();
    if (!isLoaded || identity === null || this.#options.naming().isUnderWay) return;
    const { room, overlay } = state.getSnapshot();
    if (this.#invite !== null) {
      const link = this.#invite;
      this.#invite = null;
      this.join(link);
    }
    if (room !== null && rooms.some((one) => one.id === room)) return;
    const latest = rooms.toSorted((a, b) => (b.lastAt ?? 0) - (a.lastAt ?? 0))[0];
    if (latest) {
      this.open(latest.id);
      if (overlay) this.#set({ overlay });
    } else if (room !== null) {
      this.#options.writing().line.show("");
      this.#set({ room: null, anchor: null, cleared: null, selected: null, pointed: null, mode: null });
    }
  }

  #set(change: Partial<ScreenState>): void {
    this.#options.state.update((old) => ({ ...old, ...change }));
  }
}
