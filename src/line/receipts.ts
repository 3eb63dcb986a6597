import { safe } from "../safe-text.js";
import type { MessageView, RoomView } from "../state/model.js";
import { gistWords, nameWord } from "./message-words.js";
import type { Paper } from "./paper.js";

/** Where people are connected, a message that nobody has after this long is worth a word. */
const PATIENCE_MS = 10_000;

export interface ReceiptsOptions {
  readonly paper: Paper;
  readonly after: (ms: number, act: () => void) => () => void;
}

/** How far one's own messages came: nothing as long as all is well, else once that they wait, and once that they are there. */
export class Receipts {
  readonly #options: ReceiptsOptions;
  /** What calls off the word about a message that is not delivered yet, by its id. */
  readonly #watched = new Map<string, () => void>();
  /** Of which it was said, or goes without saying, that they wait: by room, then by id. */
  readonly #waiting = new Map<string, Map<string, MessageView>>();

  constructor(options: ReceiptsOptions) {
    this.#options = options;
  }

  /** A message of one's own, as it is now. */
  follow(message: MessageView, room: RoomView): void {
    const { id, state } = message;
    if (state === "delivered" || state === "failed" || state === null || message.deleted) this.#settle(message, room);
    // With nobody else in it, nobody is waited for.
    else if (room.members > 1 && !this.#watched.has(id) && !this.#isWaiting(message)) this.#watch(message, room);
  }

  close(): void {
    for (const callOff of this.#watched.values()) callOff();
    this.#watched.clear();
  }

  #isWaiting({ id, room }: MessageView): boolean {
    return this.#waiting.get(room)?.has(id) === true;
  }

  #watch(message: MessageView, room: RoomView): void {
    if (room.peers === 0) {
      const isFirst = this.#wait(message);
      if (isFirst) {
        const place = nameWord(room);
        this.#options.paper.tell(
          safe`nobody of ${place} is here: what you write is kept, and goes out when someone appears`,
        );
      }
      return;
    }
    const callOff = this.#options.after(PATIENCE_MS, () => {
      this.#watched.delete(message.id);
      this.#wait(message);
      this.#options.paper.tell(safe`not delivered yet in ${nameWord(room)}: ${gistWords(message)}; it is kept`);
    });
    this.#watched.set(message.id, callOff);
  }

  /** @returns whether nothing of that room waited before */
  #wait(message: MessageView): boolean {
    const waiting = this.#waiting.get(message.room) ?? new Map<string, MessageView>();
    const isFirst = waiting.size === 0;
    this.#waiting.set(message.room, waiting.set(message.id, message));
    return isFirst;
  }

  #settle({ id, room, state, deleted }: MessageView, view: RoomView): void {
    this.#watched.get(id)?.();
    this.#watched.delete(id);
    const waiting = this.#waiting.get(room);
    const message = waiting?.get(id);
    if (!waiting || !message) return;
    waiting.delete(id);
    if (waiting.size > 0 || state !== "delivered" || deleted) return;
    this.#options.paper.tell(safe`delivered in ${nameWord(view)}: ${gistWords(message)}`);
  }
}
