// What the wire carries, with nothing special about it: each test says only what it is about.
import type { FileInfo, MessageInfo, RoomInfo, TransferInfo } from "../../src/rpc/methods.js";

export function plainRoom(id: string, name: string, change: Partial<RoomInfo> = {}): RoomInfo {
  return {
    id,
    name,
    kind: "group",
    topic: "",
    role: "owner",
    members: 1,
    peers: 0,
    unread: 0,
    mentions: 0,
    length: 0,
    behind: 0,
    state: "open",
    reason: null,
    fetched: null,
    lastAt: null,
    canWrite: true,
    rights: { post: "anyone", invite: "anyone", share: "anyone", call: "anyone" },
    with: null,
    mutedUntil: null,
    archived: false,
    favourite: false,
    markedUnread: false,
    continuedBy: null,
    continues: null,
    alarm: null,
    ...change,
  };
}

export function plainFile(name: string, bytes: number, change: Partial<FileInfo> = {}): FileInfo {
  return {
    id: "0f".repeat(16),
    name,
    bytes,
    files: 1,
    isFolder: false,
    duration: null,
    drive: "d0".repeat(32),
    blobs: "b0".repeat(32),
    blocks: Math.ceil(bytes / 262_144),
    hash: "4a".repeat(32),
    unsharedBy: null,
    transfer: null,
    ...change,
  };
}

export function transfer(change: Partial<TransferInfo> = {}): TransferInfo {
  return {
    state: "fetching",
    bytes: 0,
    of: 1,
    perSecond: 0,
    sources: 1,
    reason: null,
    path: null,
    part: null,
    ...change,
  };
}

type Given = Pick<MessageInfo, "id" | "room" | "author" | "sentAt" | "text" | "writer">;

export function plainMessage(given: Given, change: Partial<MessageInfo> = {}): MessageInfo {
  return {
    ...given,
    receivedAt: null,
    type: "message",
    replyTo: null,
    reply: null,
    edited: false,
    editedAt: null,
    deleted: false,
    deletedBy: null,
    pinned: false,
    blocked: false,
    reactions: [],
    file: null,
    state: null,
    verified: true,
    mine: false,
    position: 0,
    action: false,
    notice: null,
    about: null,
    clockOff: false,
    mentionsMe: false,
    reason: null,
    ...change,
  };
}
