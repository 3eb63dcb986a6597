import type { MessageView } from "../state/model.js";

/** As many as anybody goes back to; older ones are forgotten, and their numbers are not given again. */
const MAX_NUMBERS = 10_000;

/** Numbers that name messages, in the order they were first asked for. One number means one message until the end. */
export class Numbers {
  readonly #messages = new Map<number, MessageView>();
  readonly #numbers = new Map<string, number>();
  #last = 0;

  of(message: MessageView): number {
    const key = keyOf(message);
    const known = this.#numbers.get(key);
    const number = known ?? this.#last + 1;
    if (known === undefined) {
      this.#last = number;
      this.#numbers.set(key, number);
      this.#forget(number - MAX_NUMBERS);
    }
    this.#messages.set(number, message);
    return number;
  }

  message(number: number): MessageView | null {
    return this.#messages.get(number) ?? null;
  }

  #forget(number: number): void {
    const message = this.#messages.get(number);
    if (!message) return;
    this.#messages.delete(number);
    this.#numbers.delete(keyOf(message));
  }
}

/** One's own row has no writer yet when it is typed. */
export function keyOf({ room, mine, id, key }: MessageView): string {
  return `${room}:${mine ? id : key}`;
}
