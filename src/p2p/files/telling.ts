/** How far each share is, told when it changed. Emits `transfer` (TransferInfo). */
import { EventEmitter } from "node:events";
import type { Held, TransferInfo } from "./held.js";

export class Telling extends EventEmitter {
  /** By share, as it was told last. */
  readonly #told = new Map<string, string>();

  tell(held: Held): void {
    const info: TransferInfo = held.info();
    const said = JSON.stringify(info);
    if (this.#told.get(info.share) === said) return;
    this.#told.set(info.share, said);
    this.emit("transfer", info);
  }

  forget(share: string): void {
    this.#told.delete(share);
  }
}
