/** What may be asked of the core about files; part of `METHODS`. */
import type { MessageInfo, TransferInfo } from "./methods.js";
import { count, hex, method, optional, text, texts } from "./shape.js";

const MAX_PATH_CHARS = 4_096;
const MAX_TREE_FILES = 100_000;
const MAX_DURATION_MS = 24 * 60 * 60_000;

/** Names the row of a share. */
const file = { room: text(512), id: hex(16), writer: optional(hex(32)) };

export interface SentFile {
  readonly message: MessageInfo;
  /** What of a folder is not in the share, and why, as a phrase. */
  readonly leftOut: readonly { readonly path: string; readonly why: string }[];
}

export interface FileEntry {
  /** In the folder, with `/` between. */
  readonly path: string;
  readonly bytes: number;
}

export interface FileTree {
  readonly entries: readonly FileEntry[];
  /** The `from` of what comes after these; null at the end. */
  readonly more: number | null;
}

export interface FileKeys {
  /** With these three any Hyperdrive program reads this share, and nothing else. In hex. */
  readonly drive: string;
  readonly blobs: string;
  readonly encryptionKey: string;
}

export const FILE_METHODS = {
  "file.send": method<SentFile>()(
    "Share files or folders that lie on this machine; the row is there at once, and `transfers` tells how far they are read; with a `duration` in ms one file is a voice note",
    { room: text(512), paths: texts(1_000, MAX_PATH_CHARS), duration: optional(count(MAX_DURATION_MS)) },
    "sent file",
  ),
  "file.list": method<readonly MessageInfo[]>()(
    "Files of a room, the newest first; of places before that one",
    { room: text(512), limit: count(200), before: optional(count(Number.MAX_SAFE_INTEGER)) },
    "list of message",
  ),
  "file.get": method<TransferInfo>()(
    "Fetch a share, or a part of a shared folder, into a folder, or to exactly that path where nothing may be yet; asked again it tells how far it is",
    { ...file, folder: text(MAX_PATH_CHARS), to: optional(text(MAX_PATH_CHARS)), part: optional(text(MAX_PATH_CHARS)) },
    "transfer",
  ),
  "file.tree": method<FileTree>()(
    "What is in a shared folder, without fetching it, from that place on; a path of it is the `part` of `file.get`",
    { ...file, from: optional(count(MAX_TREE_FILES)) },
    "tree",
  ),
  "file.copy": method<{ path: string }>()(
    "A further copy of a share that is here whole, in a folder under a free name or at exactly that path; answers when it is there",
    { ...file, folder: text(MAX_PATH_CHARS), to: optional(text(MAX_PATH_CHARS)) },
    "path",
  ),
  "file.cancel": method<null>()("Fetch it no more, and forget what came; or share it no more from here", file, "null"),
  "file.read": method<{ path: string; bytes: number }>()(
    "Answers when this byte is here: where it lies on this machine, and how many bytes from there on are here too",
    { ...file, offset: count(Number.MAX_SAFE_INTEGER) },
    "place",
  ),
  "file.open": method<null>()(
    "For the next minute whoever has the keys of this share gets it from here, in the room or not; ask again in time to keep it so",
    file,
    "null",
  ),
  "file.show": method<FileKeys>()("The keys of one share, for other programs", file, "keys"),
} as const;
