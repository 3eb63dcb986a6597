import type { MessageView } from "./model.js";

/** How long somebody may think better of it. */
export const UNDO_MS = 5_000;

export interface TakingBackOptions {
  /** The row looks taken back from now on; nobody has been asked for anything. */
  readonly hide: (message: MessageView) => void;
  readonly show: (message: MessageView) => void;
  /** Asks for it; shows the row again and says why where that is refused. */
  readonly send: (message: MessageView) => Promise<void>;
  readonly undoMs?: number | undefined;
}

/** Messages that were taken back just now: the request goes out when the time to undo it is over, or when the screen ends. */
export class TakingBack {
  readonly #options: TakingBackOptions;
  readonly #held = new Map<MessageView, NodeJS.Timeout>();

  constructor(options: TakingBackOptions) {
    this.#options = options;
  }

  take(message: MessageView): void {
    const timer = setTimeout(() => void this.#send(message), this.#options.undoMs ?? UNDO_MS);
    // Whatever ends the screen sends what is held; nothing has to stay alive for this.
    timer.unref();
    this.#held.set(message, timer);
    this.#options.hide(message);
  }

  /** @returns the one that is back, the last one first; null where there is none */
  undo(): MessageView | null {
    const last = [...this.#held.keys()].at(-1);
    if (!last) return null;
    this.#release(last);
    this.#options.show(last);
    return last;
  }

  /** Now, all of them. */
  async flush(): Promise<void> {
    await Promise.all([...this.#held.keys()].map((message) => this.#send(message)));
  }

  #send(message: MessageView): Promise<void> {
    this.#release(message);
    return this.#options.send(message);
  }

  #release(message: MessageView): void {
    clearTimeout(this.#held.get(message));
    this.#held.delete(message);
  }
}
