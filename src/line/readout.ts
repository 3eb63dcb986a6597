import { KeetError } from "../errors.js";
import { safe } from "../safe-text.js";
import type { Actions } from "../state/actions.js";
import type { MessageView } from "../state/model.js";
import type { Session } from "../state/session.js";
import { shownAt } from "../state/timeline.js";
import { messageWords, namesOf, nameWord } from "./message-words.js";
import type { Numbers } from "./numbers.js";
import type { Paper } from "./paper.js";
import type { Talk } from "./talk.js";

/** Found messages that are read at once. */
const MAX_FOUND = 10;

export interface ReadoutOptions {
  readonly session: Session;
  readonly actions: Actions;
  readonly paper: Paper;
  readonly numbers: Numbers;
  readonly talk: Talk;
}

interface Search {
  readonly words: string;
  /** Newest first; read from the end on. */
  readonly left: readonly MessageView[];
  readonly more: string | null;
}

/** Messages that were asked for, each with the number that names it. */
export class Readout {
  readonly #options: ReadoutOptions;
  /** What `/search` alone goes on with. */
  #search: Search | null = null;

  constructor(options: ReadoutOptions) {
    this.#options = options;
  }

  message(message: MessageView, isWhole = false): void {
    const { session, paper, numbers } = this.#options;
    // A room that was left meanwhile has no name here any more.
    const room = session.roomView(message.room)?.name ?? safe`a room you left`;
    const facts = { room, now: session.now(), withDetails: true, isWhole };
    // Nothing can be done with a line of the room itself.
    const named = message.type === "notice" ? facts : { ...facts, number: numbers.of(message) };
    paper.message(messageWords(message, named), shownAt(message));
  }

  async last(count: number): Promise<void> {
    const { actions, paper, talk } = this.#options;
    const room = actions.here();
    const messages = await talk.last(count);
    if (messages.length === 0) paper.tell(safe`nothing has been said in ${nameWord(room)} yet`);
    for (const message of messages) this.message(message);
  }

  /** As they were listed last. */
  files(): readonly MessageView[] {
    const { session, actions } = this.#options;
    return session.room(actions.here().id).files.store.getSnapshot();
  }

  async pins(): Promise<void> {
    const { actions, paper } = this.#options;
    const room = nameWord(actions.here());
    const pins = await actions.messages.pins();
    if (pins.length === 0) paper.tell(safe`nothing is pinned in ${room}`, "/pin pins a message.");
    else paper.tell(safe`Pinned in ${room}: ${pins.length}`);
    for (const message of pins.toReversed()) this.message(message);
  }

  /** In every room; without words the older ones of the last search. */
  async search(words: string): Promise<void> {
    const { paper } = this.#options;
    const isNew = words.trim() !== "";
    const before = isNew ? null : this.#search;
    if (!isNew && !before) {
      throw new KeetError("user", "USAGE", "/search needs words", { hint: "/search green tea" });
    }
    if (before && before.left.length === 0 && before.more === null) {
      paper.tell(safe`nothing older was found: ${before.words}`);
      return;
    }
    const search =
      before && before.left.length > 0 ? before : await this.#ask(before?.words ?? words, before?.more ?? null);
    const found = search.left.slice(0, MAX_FOUND);
    this.#search = { ...search, left: search.left.slice(MAX_FOUND) };
    if (found.length === 0) paper.tell(safe`nothing found: ${search.words}`);
    for (const message of found.toReversed()) this.message(message);
    const hasMore = this.#search.left.length > 0 || this.#search.more !== null;
    if (found.length > 0) {
      paper.tell(safe`found: ${search.words}`, hasMore ? "There are older ones: /search" : "That is all.");
    }
  }

  async #ask(words: string, after: string | null): Promise<Search> {
    const { actions, paper } = this.#options;
    const { messages, more, incomplete } = await actions.messages.search(words, null, after);
    if (incomplete.length > 0) {
      paper.tell(safe`a part of ${namesOf(incomplete)} is on no device that is here now; there may be more`);
    }
    return { words, left: messages.filter((message) => !message.blocked), more };
  }
}
