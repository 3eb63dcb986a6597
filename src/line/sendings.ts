import { plainText, type SafeText, safe, safeLine } from "../safe-text.js";
import type { MessageView } from "../state/model.js";
import type { Session } from "../state/session.js";
import { shownAt } from "../state/timeline.js";
import { gistWords, messageWords, nameWord } from "./message-words.js";
import type { Paper } from "./paper.js";

const MAX_QUOTE_LENGTH = 60;

export interface SendingsOptions {
  readonly session: Session;
  readonly paper: Paper;
  readonly room: () => string | null;
  /** The terminal shows what is typed. */
  readonly isTyped: boolean;
  /** A message that the room did not take, with why. */
  readonly onRefused: (words: SafeText) => void;
  readonly onBug: (error: unknown) => void;
}

/** What is on its way from here to the disk of the background part. */
export class Sendings {
  readonly #options: SendingsOptions;
  readonly #open = new Set<Promise<void>>();

  constructor(options: SendingsOptions) {
    this.#options = options;
  }

  follow(sending: Promise<MessageView | null>): void {
    const work = sending.then((message) => this.#settle(message));
    this.#open.add(work);
    work.then(
      () => this.#open.delete(work),
      (error: unknown) => this.#options.onBug(error),
    );
  }

  /** Resolves when all of it is stored, or refused. */
  async stored(): Promise<void> {
    while (this.#open.size > 0) await Promise.allSettled(this.#open);
  }

  /** The beginnings of what is stored nowhere yet. */
  unstored(): readonly SafeText[] {
    const { session } = this.#options;
    return session.profile.getSnapshot().rooms.flatMap(({ id }) =>
      session
        .room(id)
        .timeline.getSnapshot()
        .arriving.filter(({ key, state }) => key.startsWith("local:") && state === "pending")
        .map(gistWords),
    );
  }

  #settle(message: MessageView | null): void {
    if (!message) return;
    const room = this.#options.session.roomView(message.room)?.name ?? plainText("a room you left");
    if (message.state === "failed") {
      const why = message.reason ?? "the room refused it";
      this.#options.onRefused(safe`Not sent to ${nameWord({ name: room })}: ${gistWords(message)}: ${why}`);
    } else this.#confirm(message, room);
  }

  /** What a terminal has shown is not said again; what it has not shown is. */
  #confirm(message: MessageView, room: SafeText): void {
    const { paper, session, isTyped } = this.#options;
    if (!isTyped) {
      paper.message(messageWords(message, { room, now: session.now() }), shownAt(message));
      return;
    }
    // Others see it otherwise than it was typed.
    if (message.action) paper.message(messageWords(message, { room, now: session.now() }), shownAt(message));
    const elsewhere = message.room === this.#options.room() ? "" : safe` in ${nameWord({ name: room })}`;
    const { reply } = message;
    if (reply?.found) {
      const quote = safeLine(reply.text, { maxLength: MAX_QUOTE_LENGTH });
      paper.tell(safe`sent${elsewhere} in answer to ${nameWord({ name: reply.author })}: “${quote}”`);
      return;
    }
    const lines = message.original.split("\n").length;
    if (lines > 1) paper.tell(safe`sent${elsewhere}, ${lines} lines`);
    else if (elsewhere !== "") paper.tell(safe`sent${elsewhere}`);
  }
}
