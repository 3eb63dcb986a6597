/**
 * Messages that have no place in the order yet: one's own on their way, and those pushed by their authors ahead of it.
 * Emits `arriving` (RoomMessage) and `arriving-gone` {writer, id}.
 */
import { EventEmitter } from "node:events";
import b4a from "b4a";
import type { RoomMessage } from "./messages.js";

const LIMIT_MS = 30_000;
const MAX_ARRIVING = 256;

export class Arriving extends EventEmitter {
  readonly #messages = new Map<string, { message: RoomMessage; at: number }>();

  get all(): RoomMessage[] {
    return [...this.#messages.values()].map(({ message }) => message);
  }

  get isFull(): boolean {
    return this.#messages.size >= MAX_ARRIVING;
  }

  show(message: RoomMessage): void {
    this.#messages.set(nameOf(message), { message, at: performance.now() });
    this.emit("arriving", message);
  }

  /** It was taken back before it went out. */
  drop(message: { readonly writer: Uint8Array; readonly id: Uint8Array }): void {
    if (this.#messages.delete(nameOf(message))) this.emit("arriving-gone", { writer: message.writer, id: message.id });
  }

  /** Those that have their place now leave without a word: their row is told. */
  async settle(placeOf: (writer: Uint8Array, id: Uint8Array) => Promise<number | null>): Promise<void> {
    for (const [name, { message }] of this.#messages) {
      if ((await placeOf(message.writer, message.id)) !== null) this.#messages.delete(name);
    }
  }

  /** Once a second: what somebody pushed and never wrote is gone again. */
  tick(): void {
    const now = performance.now();
    for (const [name, { message, at }] of this.#messages) {
      if (message.mine || now - at < LIMIT_MS) continue;
      this.#messages.delete(name);
      this.emit("arriving-gone", { writer: message.writer, id: message.id });
    }
  }
}

function nameOf({ writer, id }: { readonly writer: Uint8Array; readonly id: Uint8Array }): string {
  return `${b4a.toString(writer, "hex")}:${b4a.toString(id, "hex")}`;
}
