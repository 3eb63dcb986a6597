/** A message as the core tells it: a row, or what has no row yet, with all that is on it. */
import type { TransferInfo } from "./files/held.js";
import type { Reaction, RowState, Who } from "./message-state.js";
import type { MessageRef, Op, PostMessage, ShareFile } from "./spec/generated/types.js";

export type MessageState = "pending" | "sent" | "delivered" | "failed";

export interface Reply {
  readonly writer: Uint8Array;
  readonly id: Uint8Array;
  /** Null where it is not here. */
  readonly found: {
    readonly author: Who;
    /** Of a file: its name. */
    readonly text: string;
    readonly isFile: boolean;
    readonly deleted: boolean;
    readonly blocked: boolean;
    readonly place: number;
  } | null;
}

/** A file, or a folder of them, that somebody offers. */
export interface SharedFile {
  /** Of the share: with the room's key it makes the key that its bytes are encrypted with. */
  readonly id: Uint8Array;
  /** As it was sent; empty where it was taken back. */
  readonly name: string;
  /** Bytes in all. */
  readonly size: number;
  readonly files: number;
  readonly isFolder: boolean;
  /** Of a voice note, as its sender says; null for what is none. */
  readonly durationMs: number | null;
  /** Keys of the cores with paths and sizes, and with the bytes. */
  readonly drive: Uint8Array;
  readonly blobs: Uint8Array;
  readonly blocks: number;
  /** Tree hash of `blobs` when all of it is in; null until then. */
  readonly hash: Uint8Array | null;
  readonly unsharedBy: Who | null;
  /** How far it is on this device; null where it has nothing to do with it. */
  readonly transfer: TransferInfo | null;
}

export interface RoomMessage {
  readonly id: Uint8Array;
  readonly writer: Uint8Array;
  readonly author: Uint8Array;
  readonly name: string;
  readonly sentAt: number;
  readonly receivedAt: number | null;
  readonly place: number | null;
  /** As it was written; null for what this version cannot read. */
  readonly op: Op | null;
  /** As it is now; empty where it is no post, or was taken back. */
  readonly text: string;
  readonly file: SharedFile | null;
  readonly editedAt: number | null;
  readonly deletedBy: Who | null;
  readonly pinned: boolean;
  readonly reactions: readonly Reaction[];
  readonly reply: Reply | null;
  /** Whom a notice is about. */
  readonly about: Who | null;
  readonly state: MessageState | null;
  readonly reason: string | null;
  readonly verified: boolean;
  readonly mine: boolean;
  readonly blocked: boolean;
  readonly clockOff: boolean;
  readonly mentionsMe: boolean;
}

export interface StateChange {
  /** 32 hex digits. */
  readonly id: string;
  readonly state: MessageState;
  readonly reason: string | null;
}

/** Of a message with nothing on it. */
export const UNTOUCHED = {
  editedAt: null,
  deletedBy: null,
  pinned: false,
  reactions: [],
  reply: null,
  about: null,
} as const;

const MAX_DURATION_MS = 24 * 60 * 60_000;

export function fileOf(
  op: Op | null,
  id: Uint8Array,
  { finish, deletion }: RowState,
  transfer: TransferInfo | null = null,
): SharedFile | null {
  if (op?.type !== "share-file") return null;
  const { name, size, files, drive, blobs, blocks } = op;
  return {
    id,
    name: deletion ? "" : name,
    size,
    files,
    isFolder: op.isFolder === true,
    durationMs: durationOf(op),
    drive,
    blobs,
    blocks,
    hash: finish?.hash ?? null,
    unsharedBy: deletion?.by ?? null,
    transfer,
  };
}

/** A lie is harmless: it is shown, and nothing is set aside for it. */
function durationOf({ durationMs, isFolder }: ShareFile): number | null {
  return durationMs && !isFolder && durationMs <= MAX_DURATION_MS ? durationMs : null;
}

/** What a person said: words, or a file. */
export function isSaid(op: Op | null): op is PostMessage | ShareFile {
  return op?.type === "post-message" || op?.type === "share-file";
}

export function textOf(op: Op | null): string {
  return op?.type === "post-message" ? op.text : "";
}

/** What of it can be searched for and quoted. */
export function wordsOf(op: Op | null): string {
  return op?.type === "share-file" ? op.name : textOf(op);
}

export function targetOf(op: Op): MessageRef | null {
  return "target" in op ? op.target : null;
}
