import { plainText } from "../safe-text.js";
import type { MessageView } from "./model.js";

/** Rows that were taken back here just now: they look it, whatever the core goes on telling of them. */
export class Withdrawn {
  /** By key, as the core told of them last. */
  readonly #told = new Map<string, MessageView>();

  /** A row as the core tells it, as it is to be seen. */
  look(message: MessageView): MessageView {
    if (!this.#told.has(message.key)) return message;
    this.#told.set(message.key, message);
    return takenBack(message);
  }

  hide(message: MessageView): MessageView {
    this.#told.set(message.key, message);
    return takenBack(message);
  }

  /** @returns the row as it is to be seen again; null where it was not hidden */
  release(key: string): MessageView | null {
    const message = this.#told.get(key) ?? null;
    this.#told.delete(key);
    return message;
  }
}

function takenBack(message: MessageView): MessageView {
  return { ...message, text: plainText(""), deleted: true, reactions: [] };
}
