/** The files of a room as they were listed, kept true by what the core tells afterwards. */
import type { CoreEvent, MessageInfo } from "../rpc/methods.js";
import type { MessageView } from "./model.js";
import { Store } from "./store.js";
import { withTransfers } from "./window.js";

const MAX_LISTED = 200;

export interface FileListOptions {
  readonly viewOf: (info: MessageInfo) => MessageView;
  /** The newest first. */
  readonly list: (limit: number) => Promise<readonly MessageInfo[]>;
}

export class FileList {
  /** The newest first. */
  readonly store = new Store<readonly MessageView[]>([]);
  /** Somebody looks at it: what comes is taken in. Else it stays as it was looked at, since its numbers are typed. */
  isOnScreen = false;
  readonly #options: FileListOptions;

  constructor(options: FileListOptions) {
    this.#options = options;
  }

  async read(): Promise<readonly MessageView[]> {
    const listed = await this.#options.list(MAX_LISTED);
    const views = listed.map(this.#options.viewOf).filter(isShown);
    this.store.set(views);
    return views;
  }

  /** What was told in between is lost. */
  refresh(): void {
    // The core may go meanwhile; the next one is asked again.
    if (this.isOnScreen) this.read().catch(() => {});
  }

  apply(event: CoreEvent): void {
    if (event.type === "transfers") this.store.update((rows) => withTransfers(rows, event.transfers));
    else if (event.type === "changed") this.#takeChanged(event.messages);
    else if (event.type === "timeline" && this.isOnScreen) {
      if (event.messages === null) this.refresh();
      else this.#takeIn(event.messages);
    }
  }

  #takeChanged(changed: readonly MessageInfo[]): void {
    const byKey = new Map(changed.map((info) => [keyOf(info), info]));
    this.store.update((rows) => {
      if (!rows.some(({ key }) => byKey.has(key))) return rows;
      const renewed = rows.map((row) => {
        const info = byKey.get(row.key);
        return info ? this.#options.viewOf(info) : row;
      });
      return renewed.filter(isShown);
    });
  }

  #takeIn(messages: readonly MessageInfo[]): void {
    const files = messages.filter(({ file }) => file !== null).map(this.#options.viewOf);
    if (files.length === 0) return;
    const keys = new Set(files.map(({ key }) => key));
    this.store.update((rows) =>
      [...rows.filter(({ key }) => !keys.has(key)), ...files]
        .filter(isShown)
        .sort((a, b) => (b.position ?? 0) - (a.position ?? 0))
        .slice(0, MAX_LISTED),
    );
  }
}

function isShown({ deleted, blocked }: MessageView): boolean {
  return !deleted && !blocked;
}

function keyOf({ writer, id }: MessageInfo): string {
  return `${writer}:${id}`;
}
