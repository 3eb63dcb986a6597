import { downloadFolder } from "../config.js";
import { KeetError } from "../errors.js";
import { type SafeText, safeLine } from "../safe-text.js";
import type { FileView, MessageView, TransferView } from "./model.js";
import type { Session } from "./session.js";
import { indexOfKey, messageAt } from "./timeline.js";
import { transferView } from "./views.js";

/** A folder of many thousands is looked through before the row is there. */
const LOOK_MS = 600_000;

export type FileDeed = "get" | "cancel" | "open" | "play";

export interface SharingOptions {
  readonly session: Session;
  readonly room: () => string | null;
  /** The message that is selected or named by its number; its key where only that is known. */
  readonly selected: () => MessageView | string | null;
  /** What `/set downloads` says. */
  readonly downloads: () => string;
}

const FITS: Readonly<Record<FileDeed, (message: MessageView) => boolean>> = {
  get: ({ mine }) => !mine,
  cancel: ({ file }) => file?.transfer != null && isMoving(file),
  open: ({ file }) => file !== null && isHere(file),
  play: ({ file }) => file?.voiceMs != null,
};
const NONE: Readonly<Record<FileDeed, string>> = {
  get: "Nobody else has shared a file here yet",
  cancel: "No file of this room is on its way",
  open: "No file of this room is here yet",
  play: "There is no voice note in this room yet",
};

/** Files of a room: shared, listed, fetched, stopped. What the core refuses is thrown in its words. */
export class Sharing {
  readonly #options: SharingOptions;

  constructor(options: SharingOptions) {
    this.#options = options;
  }

  /** Where fetched files go. */
  folder(): string {
    const set = this.#options.downloads();
    return set === "auto" ? downloadFolder() : set;
  }

  async share(
    room: string,
    paths: readonly string[],
    durationMs?: number,
  ): Promise<{ message: MessageView; leftOut: readonly { readonly path: SafeText; readonly why: SafeText }[] }> {
    const { session } = this.#options;
    const duration = durationMs === undefined ? {} : { duration: Math.ceil(durationMs) };
    const sent = await session.request("file.send", { room, paths: [...paths], ...duration }, { timeoutMs: LOOK_MS });
    return {
      message: session.room(room).viewOf(sent.message),
      leftOut: sent.leftOut.map(({ path, why }) => ({ path: safeLine(path), why: safeLine(why) })),
    };
  }

  /** The newest first, followed from now on in the room's store of files. */
  list(room: string): Promise<readonly MessageView[]> {
    return this.#options.session.room(room).files.read();
  }

  /**
   * By name or by its number in the list; else the selected one, else the latest that this can be done to.
   * @throws NO_SUCH_FILE
   */
  async meant(deed: FileDeed, said: string | null): Promise<MessageView> {
    const room = this.#here();
    if (said !== null) return this.#named(room, said);
    const selected = this.#selected(room);
    if (selected && (!selected.file || selected.deleted)) throw noSuchFile("That message is no file");
    if (selected) return selected;
    const latest = (await this.list(room)).find(FITS[deed]);
    if (!latest) throw noSuchFile(NONE[deed]);
    return latest;
  }

  /** It is told when it is here. */
  async get(message: MessageView): Promise<TransferView> {
    const transfer = await this.fetch(message);
    const { writer, id } = message;
    if (!isHere({ transfer })) this.#options.session.fileNews.expect({ writer, id });
    return transfer;
  }

  async fetch({ room, id, writer }: MessageView): Promise<TransferView> {
    const asked = { room, id, writer, folder: this.folder() };
    return transferView(await this.#options.session.request("file.get", asked));
  }

  async cancel({ room, id, writer, file }: MessageView): Promise<void> {
    if (!file?.transfer) throw noSuchFile(`${file?.name ?? "It"} is neither on its way nor here`);
    await this.#options.session.request("file.cancel", { room, id, writer });
  }

  /** Where it lies on this machine. @throws NOT_HERE */
  placeOf({ file }: MessageView): string {
    const path = file && isHere(file) ? (file.transfer?.path ?? null) : null;
    if (path !== null) return path;
    throw new KeetError("user", "NOT_HERE", `${file?.name ?? "That"} is not here yet`, { hint: "/get fetches it." });
  }

  #here(): string {
    const room = this.#options.room();
    if (room === null) throw new KeetError("user", "NO_ROOM_HERE", "No room is open", { hint: "/create makes one." });
    return room;
  }

  #selected(room: string): MessageView | null {
    const selected = this.#options.selected();
    if (typeof selected !== "string") return selected;
    const { timeline, files } = this.#options.session.room(room);
    const state = timeline.getSnapshot();
    const listed = files.store.getSnapshot().find(({ key }) => key === selected);
    return messageAt(state, indexOfKey(state, selected)) ?? listed ?? null;
  }

  /** A number means the list as it was shown: what came in since has not moved it. */
  async #named(room: string, said: string): Promise<MessageView> {
    const shown = this.#options.session.room(room).files.store.getSnapshot();
    const numbered = /^\d{1,4}$/.test(said) ? Number(said) - 1 : -1;
    const listed = await this.list(room);
    const named = listed.find(({ file }) => file?.name === said) ?? (shown.length > 0 ? shown : listed)[numbered];
    if (named) return listed.find(({ key }) => key === named.key) ?? named;
    throw noSuchFile(`There is no file ${safeLine(said)} in this room`);
  }
}

export function isHere({ transfer }: Pick<FileView, "transfer">): boolean {
  return (transfer?.state === "here" && !transfer.isPart) || transfer?.state === "shared";
}

function isMoving(file: FileView): boolean {
  return file.transfer !== null && !isHere(file);
}

function noSuchFile(message: string): KeetError {
  return new KeetError("user", "NO_SUCH_FILE", message, { hint: "/files lists them." });
}
