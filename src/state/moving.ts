/** What moves now between this device and others, of all rooms. */
import type { TransferInfo } from "../rpc/methods.js";
import { Store } from "./store.js";

export interface Moving {
  /** Of so many files. */
  readonly files: number;
  readonly bytes: number;
  readonly of: number;
  readonly perSecond: number;
}

export class MovingFiles {
  /** Null while nothing does. */
  readonly store = new Store<Moving | null>(null);
  readonly #byKey = new Map<string, TransferInfo>();

  apply(
    told: readonly { readonly writer: string; readonly id: string; readonly transfer: TransferInfo | null }[],
  ): void {
    for (const { writer, id, transfer } of told) {
      const isMoving = transfer?.state === "fetching" || transfer?.state === "reading";
      if (isMoving) this.#byKey.set(`${writer}:${id}`, transfer);
      else this.#byKey.delete(`${writer}:${id}`);
    }
    this.#publish();
  }

  /** After a new core run nothing told before holds. */
  clear(): void {
    this.#byKey.clear();
    this.#publish();
  }

  #publish(): void {
    const all = [...this.#byKey.values()];
    const sum = (of: (transfer: TransferInfo) => number) => all.reduce((total, one) => total + of(one), 0);
    const next: Moving | null =
      all.length === 0
        ? null
        : {
            files: all.length,
            bytes: sum(({ bytes }) => bytes),
            of: sum(({ of }) => of),
            perSecond: sum((one) => one.perSecond),
          };
    this.store.update((now) => (JSON.stringify(now) === JSON.stringify(next) ? now : next));
  }
}
