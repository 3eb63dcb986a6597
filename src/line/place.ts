import { safe } from "../safe-text.js";
import type { Actions } from "../state/actions.js";
import type { Session } from "../state/session.js";
import { nameWord } from "./message-words.js";
import type { News } from "./news.js";
import type { Paper } from "./paper.js";
import { arrivalWords } from "./room-words.js";
import type { Talk } from "./talk.js";

export interface PlaceOptions {
  readonly session: Session;
  readonly paper: Paper;
  readonly talk: Talk;
  readonly news: News;
  readonly actions: Actions;
  /** Somebody reads what is written here, so what is said in the room one is in counts as read. */
  readonly isRead: boolean;
}

/** The room one is in: where a line goes that is no command. */
export class Place {
  readonly #options: PlaceOptions;
  readonly #undo: () => void;
  #room: string | null = null;

  constructor(options: PlaceOptions) {
    this.#options = options;
    this.#undo = options.session.profile.subscribe(() => this.#followProfile());
  }

  get room(): string | null {
    return this.#room;
  }

  close(): void {
    this.#undo();
  }

  /** Whoever is in a room meanwhile stays there, where that is asked for. */
  async open(id: string, options: { readonly staysHere: boolean; readonly isNew: boolean }): Promise<void> {
    const { session, paper } = this.#options;
    const room = session.roomView(id);
    if (!options.staysHere || this.#room === null || !room) await this.enter(id, options.isNew);
    else paper.tell(safe`${nameWord(room)} is open to you now: /go ${nameWord(room)}`);
  }

  async openLatest(): Promise<void> {
    const { actions, paper } = this.#options;
    const latest = actions.rooms().toSorted((a, b) => (b.lastAt ?? 0) - (a.lastAt ?? 0))[0];
    if (latest) await this.enter(latest.id);
    else {
      const name = nameWord(actions.identity());
      paper.tell(
        safe`Hello ${name}. Nothing here yet: /create tea makes a room, /join and an invite joins one, /demo tries it alone`,
      );
    }
  }

  /** `isNew`: this person has never been there. */
  async enter(id: string | null, isNew = false): Promise<void> {
    const { session, paper, talk, news, actions, isRead } = this.#options;
    const room = session.roomView(id);
    talk.leave();
    this.#room = room?.id ?? null;
    news.enter(this.#room);
    if (!room) {
      session.setReading(null);
      return;
    }
    paper.tell(arrivalWords(room, actions.rooms()));
    await talk.open(room, isNew);
    // Another may have been entered while this one was read in.
    if (!isRead || this.#room !== room.id) return;
    session.setReading(room.id);
    if (room.markedUnread) await actions.running.setRead(room.id);
  }

  #followProfile(): void {
    const { session, paper, talk, news, actions } = this.#options;
    if (this.#room === null || session.roomView(this.#room)) return;
    talk.forget(this.#room);
    this.#room = null;
    news.enter(null);
    session.setReading(null);
    const hint = actions.rooms().length > 0 ? "/list names them, /go opens one." : "/create makes one.";
    paper.tell("no room is open now", hint);
  }
}
