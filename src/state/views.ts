/** Wire shapes into what the screen reads: the one place where foreign text becomes SafeText. */
import type {
  FileInfo,
  IdentityInfo,
  InviteInfo,
  MemberInfo,
  MessageInfo,
  NetworkInfo,
  PersonInfo,
  ReplyInfo,
  RoomDetail,
  RoomInfo,
  TransferInfo,
  VerifyInfo,
} from "../rpc/methods.js";
import { type SafeText, safe, safeFileName, safeLine, safeName, safeText } from "../safe-text.js";
import type {
  FileView,
  IdentityView,
  InviteView,
  MemberView,
  MessageView,
  NetworkView,
  PersonView,
  ReplyView,
  RoomDetailView,
  RoomView,
  TransferView,
  VerifyView,
} from "./model.js";

const VOICE_ENDING = ".opus";

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
    name: safeName(info.kind === "direct" && info.with ? info.with.name : info.name),
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
    rights: info.rights,
    with: info.with && personView(info.with),
    mutedUntil: info.mutedUntil === "forever" ? Number.POSITIVE_INFINITY : momentOf(info.mutedUntil),
    archived: info.archived,
    favourite: info.favourite,
    markedUnread: info.markedUnread,
    continuedBy: info.continuedBy,
    continues: info.continues,
    alarm: lineOrNull(info.alarm),
  };
}

export function personView({ id, name }: PersonInfo): PersonView {
  return { id, name: safeName(name) };
}

export function roomDetailView(info: RoomDetail): RoomDetailView {
  return {
    ...roomView(info),
    createdAt: momentOf(info.createdAt),
    signedLength: info.signedLength,
    viewLength: info.viewLength,
    viewHash: line(info.viewHash),
    indexers: info.indexers,
    signers: info.signers.map(({ person, here, seenAt }) => ({
      name: safeName(person.name),
      here,
      seenAt: momentOf(seenAt),
    })),
    risk: lineOrNull(info.risk),
    has: info.has.map(({ person, blocks, of }) => ({ name: safeName(person.name), blocks, of })),
    divergences: info.divergences.map((one) => ({
      writer: line(one.writer),
      name: one.person && safeName(one.person.name),
      length: one.length,
      here: line(one.here),
      there: line(one.there),
      told: safeName(one.told.name),
      at: momentOf(one.at),
    })),
    leftOut: Object.entries(info.leftOut).map(([reason, count]) => ({ reason: line(reason), count })),
  };
}

/** `me`: this person's identity in hex, where there is one. */
export function messageView(info: MessageInfo, me: string | null = null): MessageView {
  return {
    key: `${info.writer}:${info.id}`,
    id: info.id,
    room: info.room,
    writer: info.writer,
    position: info.position,
    authorId: info.author.id,
    author: safeName(info.author.name),
    tag: null,
    sentAt: momentOf(info.sentAt) ?? 0,
    receivedAt: momentOf(info.receivedAt),
    // A line of the room itself, as all notices are.
    type: info.type === "call" ? "notice" : info.type,
    text: safeText(info.text),
    original: info.text,
    reply: info.reply && replyView(info.reply),
    edited: info.edited,
    deleted: info.deleted,
    deletedBy: info.deletedBy && safeName(info.deletedBy.name),
    pinned: info.pinned,
    blocked: info.blocked,
    reactions: info.reactions.map(({ emoji, by }) => ({
      original: emoji,
      emoji: shownEmoji(emoji),
      count: by.length,
      by: by.filter(({ id }) => id !== me).map(({ name }) => safeName(name)),
      mine: me !== null && by.some(({ id }) => id === me),
    })),
    file: info.file && fileView(info.file),
    state: info.state,
    verified: info.verified,
    mine: info.mine,
    action: info.action,
    notice: info.notice,
    about: info.about && safeName(info.about.name),
    clockOff: info.clockOff,
    mentionsMe: info.mentionsMe,
    reason: lineOrNull(info.reason),
  };
}

/** A file counts as a voice note by its name and by what is said of it; of anything else the duration is nothing. */
export function voiceMsOf({ name, duration }: Pick<FileInfo, "name" | "duration">): number | null {
  return name.endsWith(VOICE_ENDING) ? duration : null;
}

function fileView(file: FileInfo): FileView {
  const { name, bytes, files, isFolder, hash, transfer } = file;
  return {
    name: safeFileName(name),
    bytes,
    files,
    isFolder,
    isWhole: hash !== null,
    voiceMs: voiceMsOf(file),
    playing: null,
    transfer: transfer && transferView(transfer),
  };
}

export function transferView({ part, ...info }: TransferInfo): TransferView {
  return { ...info, reason: lineOrNull(info.reason), isPart: part !== null };
}

/** A file where only one line of it is shown. */
export function fileGist(name: SafeText): SafeText {
  return safe`↧ ${name}`;
}

/** Anything at all can be sent as a reaction; what shows as nothing still has to be seen. */
export function shownEmoji(emoji: string): SafeText {
  const shown = safeLine(emoji, { maxLength: MAX_EMOJI_LENGTH }).trim();
  return safe`${shown === "" ? "?" : shown}`;
}

function replyView(info: ReplyInfo): ReplyView {
  return {
    key: `${info.writer}:${info.id}`,
    found: info.found,
    authorId: info.author?.id ?? "",
    author: safeName(info.author?.name ?? ""),
    text: info.isFile ? fileGist(safeFileName(info.text)) : quoteOf(info.text),
    deleted: info.deleted,
    position: info.position,
  };
}

/** The beginning of a text in one line, as an answer quotes it. */
export function quoteOf(text: string): SafeText {
  return line(
    text
      .slice(0, LINE.maxLength)
      .toWellFormed()
      .replace(/\s*\n\s*/g, " "),
  );
}

export function memberView(info: MemberInfo): MemberView {
  return {
    id: info.id,
    name: safeName(info.name),
    role: info.role,
    here: info.here,
    mine: info.mine,
    devices: info.devices,
    seenAt: momentOf(info.seenAt),
    blocked: info.blocked,
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
