/** The files of a room as they were listed, kept true by what the core tells afterwards. */
import type { CoreEvent, MessageInfo } from "../rpc/methods.js";
import type { MessageView } from "./model.js";
import { Store } from "./store.js";
import { withTransfers } from "./window.js";

export class FileList {
  /** The newest first. */
  readonly store = new Store<readonly MessageView[]>([]);
  readonly #viewOf: (info: MessageInfo) => MessageView;

  constructor(viewOf: (info: MessageInfo) => MessageView) {
    this.#viewOf = viewOf;
  }

  take(listed: readonly MessageView[]): void {
    this.store.set(listed);
  }

  apply(event: CoreEvent): void {
    if (event.type === "transfers") this.store.update((rows) => withTransfers(rows, event.transfers));
    else if (event.type === "changed") this.#takeChanged(event.messages);
  }

  #takeChanged(changed: readonly MessageInfo[]): void {
    const byKey = new Map(changed.map((info) => [`${info.writer}:${info.id}`, info]));
    this.store.update((rows) => {
      if (!rows.some(({ key }) => byKey.has(key))) return rows;
      const renewed = rows.map((row) => {
        const info = byKey.get(row.key);
        return info ? this.#viewOf(info) : row;
      });
      return renewed.filter(({ deleted }) => !deleted);
    });
  }
}
