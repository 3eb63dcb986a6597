/** Wire shapes into what the screen reads: the one place where foreign text becomes SafeText. */
import type {
  IdentityInfo,
  InviteInfo,
  MemberInfo,
  MessageInfo,
  NetworkInfo,
  RoomDetail,
  RoomInfo,
  VerifyInfo,
} from "../rpc/methods.js";
import { type SafeText, safeLine, safeName, safeText } from "../safe-text.js";
import type {
  IdentityView,
  InviteView,
  MemberView,
  MessageView,
  NetworkView,
  RoomDetailView,
  RoomView,
  VerifyView,
} from "./model.js";

/** Longest text drawn in one row of the screen; more would never be seen. */
const LINE = { maxLength: 1000 };
const MAX_EMOJI_LENGTH = 32;

function line(text: string): SafeText {
  return safeLine(text, LINE);
}

function lineOrNull(text: string | null): SafeText | null {
  return text === null ? null : line(text);
}

function momentOf(iso: string | null): number | null {
  if (iso === null) return null;
  const at = Date.parse(iso);
  return Number.isNaN(at) ? null : at;
}

export function roomView(info: RoomInfo): RoomView {
  return {
    id: info.id,
    name: safeName(info.name),
    kind: info.kind,
    topic: line(info.topic),
    role: info.role,
    members: info.members,
    peers: info.peers,
    unread: info.unread,
    mentions: info.mentions,
    behind: info.behind,
    state: info.state,
    reason: lineOrNull(info.reason),
    fetched: info.fetched,
    lastAt: momentOf(info.lastAt),
    canWrite: info.canWrite,
  };
}

export function roomDetailView(info: RoomDetail): RoomDetailView {
  return {
    ...roomView(info),
    createdAt: momentOf(info.createdAt),
    signedLength: info.signedLength,
    viewLength: info.viewLength,
    viewHash: line(info.viewHash),
    indexers: info.indexers,
    leftOut: Object.entries(info.leftOut).map(([reason, count]) => ({ reason: line(reason), count })),
  };
}

export function messageView(info: MessageInfo): MessageView {
  return {
    key: `${info.writer}:${info.id}`,
    id: info.id,
    authorId: info.author.id,
    author: safeName(info.author.name),
    tag: null,
    sentAt: momentOf(info.sentAt) ?? 0,
    receivedAt: momentOf(info.receivedAt),
    type: info.type,
    text: safeText(info.text),
    original: info.text,
    replyTo: info.replyTo,
    edited: info.edited,
    deleted: info.deleted,
    reactions: info.reactions.map(({ emoji, by }) => ({
      emoji: safeLine(emoji, { maxLength: MAX_EMOJI_LENGTH }),
      count: by.length,
    })),
    file: info.file && { name: line(info.file.name), bytes: info.file.bytes },
    state: info.state,
    verified: info.verified,
    mine: info.mine,
    action: info.action,
    notice: info.notice,
    clockOff: info.clockOff,
    mentionsMe: info.mentionsMe,
    reason: lineOrNull(info.reason),
  };
}

export function memberView(info: MemberInfo): MemberView {
  return {
    id: info.id,
    name: safeName(info.name),
    role: info.role,
    here: info.here,
    mine: info.mine,
    devices: info.devices,
    tag: lineOrNull(info.tag),
  };
}

export function identityView(info: IdentityInfo): IdentityView {
  return {
    id: info.id,
    name: safeName(info.name),
    device: safeName(info.device),
    fingerprint: line(info.fingerprint),
    wordsSeen: info.wordsSeen,
  };
}

export function inviteView(info: InviteInfo): InviteView {
  return {
    id: info.id,
    link: info.link === null ? null : safeLine(info.link),
    by: safeName(info.by.name),
    uses: info.uses,
    used: info.used,
    expiresAt: momentOf(info.expiresAt) ?? 0,
    state: info.state,
  };
}

export function verifyView(info: VerifyInfo): VerifyView {
  return {
    id: info.id,
    verified: info.verified,
    author: safeName(info.author.name),
    fingerprint: line(info.fingerprint),
    steps: info.steps.map(({ what, ok, detail }) => ({ what, ok, detail: line(detail) })),
  };
}

export function networkView(info: NetworkInfo): NetworkView {
  return {
    state: info.state,
    peers: info.peers,
    reason: lineOrNull(info.reason),
    interfaces: info.interfaces.map(({ name, address, error }) => ({
      name: line(name),
      address: line(address),
      error: lineOrNull(error),
    })),
  };
}
