import {
  fingerprintOf,
  type Identity,
  type Invite,
  type Member,
  type NetworkState,
  type OpenRoom,
  type RoomMessage,
} from "../p2p/index.js";
import type {
  IdentityInfo,
  InviteInfo,
  MemberInfo,
  MessageInfo,
  NetworkInfo,
  PersonInfo,
  RoomInfo,
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
  const stopReason = summary?.stopReason ?? room.failed;
  return {
    id: room.id,
    name: summary?.record?.name || room.name,
    kind: summary?.record?.kind ?? "group",
    topic: summary?.record?.topic ?? "",
    role: summary?.role ?? null,
    members: summary?.members ?? 0,
    peers: summary?.peers ?? 0,
    unread: summary?.unread ?? 0,
    mentions: summary?.mentions ?? 0,
    length: summary?.length ?? 0,
    behind: summary?.behind ?? 0,
    state: stopReason !== null ? "stopped" : room.waitsFor !== null ? "joining" : "open",
    reason: stopReason ?? room.waitsFor,
    fetched: summary?.fetched ?? null,
    lastAt: summary?.lastAt === null || summary === null ? null : iso(summary.lastAt),
    canWrite: summary?.canWrite ?? false,
    rights: { post: "anyone", invite: "anyone", share: "anyone", call: "anyone" },
    with: null,
    mutedUntil: null,
    archived: false,
    favourite: false,
    markedUnread: false,
    continuedBy: null,
    continues: null,
    alarm: null,
  };
}

export function messageInfo(room: string, message: RoomMessage): MessageInfo {
  const { op, receivedAt, state, verified, mine, clockOff, mentionsMe, reason } = message;
  const isPost = op?.type === "post-message";
  const notice = isPost ? null : op?.type === "join-room" ? (op.admission ? "joined" : "created") : "newer";
  return {
    id: hex(message.id),
    room,
    author: personInfo(message.author, message.name),
    sentAt: iso(message.sentAt),
    receivedAt: receivedAt === null ? null : iso(receivedAt),
    type: isPost ? "message" : "notice",
    text: isPost ? op.text : "",
    replyTo: isPost && op.replyTo ? hex(op.replyTo.id) : null,
    reply: null,
    edited: false,
    editedAt: null,
    deleted: false,
    deletedBy: null,
    pinned: false,
    blocked: false,
    about: null,
    reactions: [],
    file: null,
    state,
    verified,
    mine,
    writer: hex(message.writer),
    position: message.place,
    action: isPost && op.action === true,
    notice,
    clockOff,
    mentionsMe,
    reason,
  };
}

/** Names that look alike get four characters of the id beside them; so do those that look like a word of ours. */
export function memberInfos(members: readonly Member[]): MemberInfo[] {
  const looks = new Map<string, number>();
  for (const reserved of ["system", "you", "keet-tui"]) looks.set(confusableSkeleton(reserved), 1);
  for (const { name } of members) {
    const look = confusableSkeleton(name);
    looks.set(look, (looks.get(look) ?? 0) + 1);
  }
  return members.map(({ identity, name, role, here, mine, devices }) => {
    const id = hex(identity);
    const isAlone = looks.get(confusableSkeleton(name)) === 1;
    return { id, name, role, here, mine, devices, seenAt: null, blocked: false, tag: isAlone ? null : id.slice(0, 4) };
  });
}
