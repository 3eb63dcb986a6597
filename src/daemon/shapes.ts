import {
  fingerprintOf,
  type Identity,
  type Invite,
  type Member,
  type NetworkState,
  nameOnDisk,
  type OpenRoom,
  ROLES,
  type RoomMessage,
  type RoomSummary,
  type SharedFile,
  type TransferInfo as Transfer,
  type Who,
} from "../p2p/index.js";
import type {
  FileInfo,
  IdentityInfo,
  InviteInfo,
  MemberInfo,
  MessageInfo,
  NetworkInfo,
  NoticeKind,
  PersonInfo,
  RoomInfo,
  RoomRights,
  TransferInfo,
} from "../rpc/methods.js";
import { confusableSkeleton } from "../safe-text.js";

/** Milliseconds a Date can hold; a hostile clock may claim more. */
const MAX_TIME_MS = 8_640_000_000_000_000;

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("hex");
}

function iso(at: number): string {
  return new Date(Math.min(Math.max(0, at), MAX_TIME_MS)).toISOString();
}

export const Shapes = {
  hex,
  iso,
  identity(identity: Identity): IdentityInfo {
    return {
      id: hex(identity.key),
      name: identity.name,
      device: identity.device,
      fingerprint: fingerprintOf(identity.key),
      wordsSeen: identity.wordsSeen,
    };
  },
  invite(invite: Invite, by: PersonInfo): InviteInfo {
    const { id, record, link, state } = invite;
    const { uses, used } = record;
    return { id: hex(id).slice(0, 16), link, by, uses, used, expiresAt: iso(record.expiresAt), state };
  },
};

export function personInfo(identity: Uint8Array, name: string): PersonInfo {
  return { id: hex(identity), name };
}

export function networkInfo({ state, peers, reason, interfaces }: NetworkState): NetworkInfo {
  return { state, peers, reason, interfaces: interfaces.map(({ name, address, error }) => ({ name, address, error })) };
}

export function roomInfo(room: OpenRoom): RoomInfo {
  const summary = room.member?.summary() ?? null;
  const { prefs } = room;
  return {
    id: room.id,
    // A room for two is called like the other one.
    name: (isDirect(room) && room.direct?.name) || summary?.record?.name || room.name,
    kind: isDirect(room) ? "direct" : (summary?.record?.kind ?? "group"),
    topic: summary?.record?.topic ?? "",
    role: summary?.role ?? null,
    members: summary?.members ?? 0,
    peers: summary?.peers ?? 0,
    unread: summary?.unread ?? 0,
    mentions: summary?.mentions ?? 0,
    length: summary?.length ?? 0,
    behind: summary?.behind ?? 0,
    ...stateOf(room),
    fetched: summary?.fetched ?? null,
    lastAt: summary?.lastAt === null || summary === null ? null : iso(summary.lastAt),
    canWrite: summary?.canWrite ?? false,
    rights: rightsOf(summary?.record ?? null),
    with: room.direct && isDirect(room) ? personInfo(room.direct.identity, room.direct.name) : null,
    mutedUntil: typeof prefs.mutedUntil === "number" ? iso(prefs.mutedUntil) : prefs.mutedUntil,
    archived: prefs.archived,
    favourite: prefs.favourite,
    markedUnread: prefs.unread,
    continuedBy: summary?.record?.successor ? hex(summary.record.successor) : null,
    continues: summary?.record?.predecessor ? hex(summary.record.predecessor) : null,
    alarm: alarmOf(summary),
  };
}

/** Before its own record is here, whoever was asked or asks makes it one. */
function isDirect({ member, direct }: OpenRoom): boolean {
  const record = member?.summary().record;
  return record ? record.kind === "direct" : direct !== null;
}

function stateOf(room: OpenRoom): Pick<RoomInfo, "state" | "reason"> {
  const summary = room.member?.summary() ?? null;
  const stopReason = summary?.stopReason ?? room.failed;
  const who = room.direct?.name || "they";
  if (stopReason !== null) return { state: "stopped", reason: stopReason };
  if (room.isRequest) return { state: "request", reason: `${who} wants to talk to you` };
  if (room.waitsFor !== null) return { state: "joining", reason: room.waitsFor };
  if (summary?.removed) {
    const who = summary.removedBy ? `${summary.removedBy} removed you` : "you were removed";
    return { state: "removed", reason: `${who} from this room; what was said is still here` };
  }
  if (isDirect(room) && (summary?.members ?? 0) < 2) {
    return { state: "asked", reason: `${who} hears of it when you are both online` };
  }
  return { state: "open", reason: null };
}

const LEVELS = { member: "anyone", moderator: "moderators", owner: "owners" } as const;

function rightsOf(record: RoomSummary["record"]): RoomRights {
  const level = (right: "post" | "invite" | "share" | "call") => LEVELS[record?.[right] ?? "member"];
  return { post: level("post"), invite: level("invite"), share: level("share"), call: level("call") };
}

function alarmOf(summary: RoomSummary | null): string | null {
  const count = summary?.alarms.length ?? 0;
  if (count === 0) return null;
  return count === 1
    ? "Two devices here have different histories of one member: /room tells which."
    : `Two devices here have different histories, in ${count} cases: /room tells which.`;
}

export function messageInfo(room: string, message: RoomMessage): MessageInfo {
  const { op, receivedAt, state, verified, mine, clockOff, mentionsMe, reason, reply } = message;
  const isPost = op?.type === "post-message";
  const file = message.file && fileInfo(message.file);
  const notice = noticeOf(op);
  return {
    id: hex(message.id),
    room,
    author: personInfo(message.author, message.name),
    sentAt: iso(message.sentAt),
    receivedAt: receivedAt === null ? null : iso(receivedAt),
    type: isPost ? "message" : file ? "file" : op?.type === "note-call" ? "call" : "notice",
    text: isPost ? message.text : (notice?.text ?? ""),
    replyTo: reply ? hex(reply.id) : null,
    reply: reply && {
      id: hex(reply.id),
      writer: hex(reply.writer),
      found: reply.found !== null,
      author: reply.found && personInfo(reply.found.author.identity, reply.found.author.name),
      text: reply.found?.text ?? "",
      isFile: reply.found?.isFile ?? false,
      deleted: reply.found?.deleted ?? false,
      blocked: reply.found?.blocked ?? false,
      position: reply.found?.place ?? null,
    },
    edited: message.editedAt !== null && message.deletedBy === null,
    editedAt: message.editedAt === null ? null : iso(message.editedAt),
    deleted: message.deletedBy !== null,
    deletedBy: deletedBy(message),
    pinned: message.pinned,
    reactions: message.reactions.map(({ emoji, by }) => ({ emoji, by: by.map((who) => whoInfo(who)) })),
    blocked: message.blocked,
    file,
    state,
    verified,
    mine,
    writer: hex(message.writer),
    position: message.place,
    action: isPost && op.action === true,
    notice: notice?.kind ?? null,
    about: message.about && whoInfo(message.about),
    clockOff,
    mentionsMe,
    reason,
  };
}

function fileInfo({ name, size, files, isFolder, durationMs, blocks, ...file }: SharedFile): FileInfo {
  return {
    id: hex(file.id),
    // What is shown is what is written; of one that was taken back nothing is.
    name: name === "" ? "" : nameOnDisk(name),
    bytes: size,
    files,
    isFolder,
    duration: durationMs,
    drive: hex(file.drive),
    blobs: hex(file.blobs),
    blocks,
    hash: file.hash && hex(file.hash),
    unsharedBy: file.unsharedBy && whoInfo(file.unsharedBy),
    transfer: file.transfer && transferInfo(file.transfer),
  };
}

export function transferInfo({ state, bytes, of, perSecond, sources, reason, path, part }: Transfer): TransferInfo {
  return { state, bytes, of, perSecond: Math.round(perSecond), sources, reason, path, part };
}

function whoInfo({ identity, name }: Who): PersonInfo {
  return personInfo(identity, name);
}

/** Null where its author took it back. */
function deletedBy({ deletedBy: by, author }: RoomMessage): PersonInfo | null {
  return by && hex(by.identity) !== hex(author) ? whoInfo(by) : null;
}

function noticeOf(op: RoomMessage["op"]): { kind: NoticeKind; text: string } | null {
  switch (op?.type) {
    case "post-message":
    case "share-file":
      return null;
    case "join-room":
      return { kind: op.admission ? "joined" : "created", text: "" };
    case "set-profile":
      return { kind: "renamed", text: op.name };
    case "set-room":
      if (op.successor) return { kind: "renewed", text: hex(op.successor) };
      if (op.name) return { kind: "room-name", text: op.name };
      if (op.topic || op.clearTopic) return { kind: "topic", text: op.clearTopic ? "" : (op.topic ?? "") };
      return { kind: "rights", text: "" };
    case "set-role":
      return { kind: "role", text: ROLES[op.role - 1] ?? "member" };
    case "remove-member":
      return { kind: "removed", text: "" };
    case "note-call":
      return op.ended ? { kind: "call-ended", text: String(op.seconds ?? 0) } : { kind: "call-began", text: "" };
    default:
      return { kind: "newer", text: "" };
  }
}

/** Names that look alike get four characters of the id beside them; so do those that look like a word of ours. */
export function memberInfos(members: readonly Member[]): MemberInfo[] {
  const looks = new Map<string, number>();
  for (const reserved of ["system", "you", "keet-tui"]) looks.set(confusableSkeleton(reserved), 1);
  for (const { name } of members) {
    const look = confusableSkeleton(name);
    looks.set(look, (looks.get(look) ?? 0) + 1);
  }
  return members.map(({ identity, name, role, here, mine, devices, seenAt, blocked }) => {
    const id = hex(identity);
    const isAlone = looks.get(confusableSkeleton(name)) === 1;
    return {
      id,
      name,
      role,
      here,
      mine,
      devices,
      seenAt: seenAt === null ? null : iso(seenAt),
      blocked,
      tag: isAlone ? null : id.slice(0, 4),
    };
  });
}
