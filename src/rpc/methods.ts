/**
 * THE list of what a front end or a one-shot may ask of the core, and of what the core tells by itself.
 * JSON-RPC 2.0, one object a line. Text is exactly as it was sent, but for names of files: whoever shows it, sanitises it.
 * `status` and `stop` never change shape, so that any version can ask any other to leave.
 */
import type { ErrorData } from "../errors.js";
import { CALL_METHODS, type CallInfo } from "./call-methods.js";
import { FILE_METHODS } from "./file-methods.js";
import { count, flag, hex, type Method, method, oneOf, optional, text, texts, type ValuesOf } from "./shape.js";

export type { CallInfo, CallMemberInfo, SoundParams } from "./call-methods.js";

/** Raised when an older client would misread a newer core, or the other way round. */
export const WIRE_VERSION = 1;

/** Longest line either side accepts, in bytes: a page of 200 messages of 8 KiB, escaped. */
export const MAX_LINE_BYTES = 8 * 1024 * 1024;

export type RoomKind = "group" | "direct" | "broadcast";
export type Role = "owner" | "moderator" | "member";
export type MessageState = "pending" | "sent" | "delivered" | "failed";
/**
 * `request`: somebody wants to talk to this person and nothing was answered yet. `asked`: this person asked somebody
 * and waits. `removed`: somebody took this person out; all that was said before is still here.
 */
export type RoomState = "joining" | "open" | "stopped" | "request" | "asked" | "removed";

export interface PersonInfo {
  /** Identity public key in hex; the empty string where it is not known. */
  readonly id: string;
  readonly name: string;
}

export interface RoomInfo {
  /** Discovery key in hex: a name, not a secret. */
  readonly id: string;
  readonly name: string;
  readonly kind: RoomKind;
  readonly topic: string;
  readonly role: Role | null;
  readonly members: number;
  /** Members connected to this core now, devices of one person counted once. */
  readonly peers: number;
  readonly unread: number;
  readonly mentions: number;
  /** Rows in the timeline. */
  readonly length: number;
  /** Blocks of other members that are known to exist and are not here yet. */
  readonly behind: number;
  readonly state: RoomState;
  /** Why it is `stopped`, or for whom `joining` waits, as a sentence; else null. */
  readonly reason: string | null;
  /** History still on its way, from 0 to 1; null when it is all here. */
  readonly fetched: number | null;
  /** When the last row came, ISO 8601; null for an empty room. */
  readonly lastAt: string | null;
  /** May this person write here now? */
  readonly canWrite: boolean;
  /** Whose role is at least that may do it; `anyone` of the room otherwise. */
  readonly rights: RoomRights;
  /** Of a direct room: the other one. */
  readonly with: PersonInfo | null;
  /** No alerts until then, ISO 8601; `forever`; null where there are alerts. */
  readonly mutedUntil: string | null;
  readonly archived: boolean;
  readonly favourite: boolean;
  /** Set by hand: shown as unread until it is opened. */
  readonly markedUnread: boolean;
  /** Id of the room that goes on from this one; this one is read-only since. */
  readonly continuedBy: string | null;
  /** Id of the room this one goes on from. */
  readonly continues: string | null;
  /** Two histories under one name, as a sentence; null where nothing of the kind was seen. */
  readonly alarm: string | null;
}

export interface RoomRights {
  readonly post: RightLevel;
  readonly invite: RightLevel;
  readonly share: RightLevel;
  readonly call: RightLevel;
}
export type RightLevel = "anyone" | "moderators" | "owners";

export interface RoomDetail extends RoomInfo {
  readonly createdAt: string | null;
  readonly signedLength: number;
  readonly viewLength: number;
  /** Hash of the view's whole content in hex: equal on two devices that agree; empty where it is too much to read now. */
  readonly viewHash: string;
  /** Hash of what is signed, in hex: equal on two devices with one signedLength; empty where nothing is. */
  readonly signedHash: string;
  readonly indexers: number;
  /** Devices that sign the room's order, and when each was here last; null: not since this device joined. */
  readonly signers: readonly {
    readonly person: PersonInfo;
    readonly writer: string;
    readonly here: boolean;
    readonly seenAt: string | null;
  }[];
  /** What the room would lose with one device, as a sentence; null where nothing hangs on one. */
  readonly risk: string | null;
  /** What each connected member has of the blocks known here. */
  readonly has: readonly { readonly person: PersonInfo; readonly blocks: number; readonly of: number }[];
  /** Each case of two histories under one name: whose writer, the two hashes in hex, and who told. */
  readonly divergences: readonly {
    readonly writer: string;
    readonly person: PersonInfo | null;
    readonly length: number;
    readonly here: string;
    readonly there: string;
    readonly told: PersonInfo;
    readonly at: string;
  }[];
  /** Blocks and messages left out, by reason (`unreadable`, `not-a-member`, …). */
  readonly leftOut: Readonly<Record<string, number>>;
}

export interface MessageInfo {
  /** The sender's 16 random bytes, hex. With `writer` it names the message. */
  readonly id: string;
  readonly room: string;
  readonly author: PersonInfo;
  readonly sentAt: string;
  readonly receivedAt: string | null;
  readonly type: "message" | "file" | "call" | "notice";
  readonly text: string;
  readonly replyTo: string | null;
  /** What it answers, as it is now; null where it answers nothing, `found` false where that is not here. */
  readonly reply: ReplyInfo | null;
  readonly edited: boolean;
  readonly editedAt: string | null;
  /** Its text is empty then. */
  readonly deleted: boolean;
  /** Who took it back, where that was not the author. */
  readonly deletedBy: PersonInfo | null;
  readonly pinned: boolean;
  /** By somebody this person has blocked. */
  readonly blocked: boolean;
  readonly reactions: readonly { readonly emoji: string; readonly by: readonly PersonInfo[] }[];
  /** Its text is empty then. */
  readonly file: FileInfo | null;
  /** Of one's own message; null for others'. */
  readonly state: MessageState | null;
  readonly verified: boolean;
  readonly mine: boolean;
  /** Writer core key in hex. */
  readonly writer: string;
  /** Place in the room's order, from 0; null while it is pending or arriving. It can change while unsettled. */
  readonly position: number | null;
  /** `/me`: shown as `* maya pours tea`. */
  readonly action: boolean;
  /**
   * What a notice is about; `text` is the new name, topic or role. `newer`: a message this version cannot read;
   * `renamed`: a person's new name; `room-name`; `topic`; `rights`; `role` and `removed` with `about`;
   * `renewed`: the room goes on in another; `call-began`, and `call-ended` with its whole seconds as text.
   */
  readonly notice: NoticeKind | null;
  /** Whom a notice is about, where that is not its author. */
  readonly about: PersonInfo | null;
  /** sentAt is more than ten minutes ahead of when it came: the time shown is that of arrival. */
  readonly clockOff: boolean;
  /** Mentions this person (name after @, whole word). */
  readonly mentionsMe: boolean;
  /** Why it failed, as a sentence. */
  readonly reason: string | null;
}

/** A file, or a folder of them, that somebody offers. */
export interface FileInfo {
  /** Of the share, in hex. */
  readonly id: string;
  /** As it is written to a disk, so that nobody reads one name and gets another; empty where it was taken back. */
  readonly name: string;
  /** In all. */
  readonly bytes: number;
  readonly files: number;
  readonly isFolder: boolean;
  /** Of a voice note, in ms, as its sender says; null for what is none. */
  readonly duration: number | null;
  /** Keys of the cores with paths and sizes, and with the bytes, in hex: names, and not what decrypts them. */
  readonly drive: string;
  readonly blobs: string;
  readonly blocks: number;
  /** Tree hash of all the bytes, in hex; null while they are still being read in where it is shared from. */
  readonly hash: string | null;
  readonly unsharedBy: PersonInfo | null;
  /** How far it is on this device; null where nobody asked for it here. */
  readonly transfer: TransferInfo | null;
}

/** `reading`, `shared`: one's own, being read in where it lies, or all of it. */
export type TransferState = "queued" | "reading" | "shared" | "fetching" | "paused" | "here" | "failed";

export interface TransferInfo {
  readonly state: TransferState;
  /** Of `of` so many are here. */
  readonly bytes: number;
  readonly of: number;
  /** 0 while none come. */
  readonly perSecond: number;
  /** Connected members who have some of it; of one that is `here`: who fetch it from this device. */
  readonly sources: number;
  /** Why it is `paused` or `failed`, as a sentence. */
  readonly reason: string | null;
  /** Where it lies on this machine; null while it is not whole, and for several files at once. */
  readonly path: string | null;
  /** Path in a shared folder where this is only a part of it. */
  readonly part: string | null;
}

export type NoticeKind =
  | "joined"
  | "created"
  | "newer"
  | "renamed"
  | "room-name"
  | "topic"
  | "rights"
  | "role"
  | "removed"
  | "renewed"
  | "call-began"
  | "call-ended";

export interface ReplyInfo {
  readonly id: string;
  readonly writer: string;
  readonly found: boolean;
  readonly author: PersonInfo | null;
  /** The beginning of its text, at most 200 characters; of a file its name. */
  readonly text: string;
  readonly isFile: boolean;
  readonly deleted: boolean;
  /** Its author is one this person has blocked: there is no text. */
  readonly blocked: boolean;
  readonly position: number | null;
}

export interface MemberInfo extends PersonInfo {
  readonly role: Role;
  readonly here: boolean;
  readonly mine: boolean;
  readonly devices: number;
  /** When a device of theirs was here last, ISO 8601; null: not since this device joined. */
  readonly seenAt: string | null;
  /** This person has blocked them. */
  readonly blocked: boolean;
  /** Another member's name looks the same: four characters of the id tell them apart; else null. */
  readonly tag: string | null;
}

export interface InviteInfo {
  /** First 16 hex digits of the invite's public key's hash; what `revoke` takes. */
  readonly id: string;
  /** The link, where this device made it; null for those of others. */
  readonly link: string | null;
  readonly by: PersonInfo;
  readonly uses: number;
  readonly used: number;
  readonly expiresAt: string;
  readonly state: "open" | "used" | "expired" | "revoked";
}

export interface IdentityInfo extends PersonInfo {
  readonly device: string;
  /** Five groups of four characters, to read to each other. */
  readonly fingerprint: string;
  /** The words have been written down (`identity.wordsSeen`). */
  readonly wordsSeen: boolean;
}

export interface VerifyInfo {
  readonly id: string;
  readonly verified: boolean;
  /** Checks in order, each with its answer. */
  readonly steps: readonly {
    readonly what: "message" | "device" | "identity";
    readonly ok: boolean;
    readonly detail: string;
  }[];
  readonly author: PersonInfo;
  readonly fingerprint: string;
}

export interface NetworkInfo {
  /** `online`: the DHT answers; `lan`: only this network; `looking`: not known yet; `offline`: nobody and nothing. */
  readonly state: "online" | "lan" | "looking" | "offline";
  readonly peers: number;
  readonly reason: string | null;
  readonly interfaces: readonly { readonly name: string; readonly address: string; readonly error: string | null }[];
}

export interface StatusInfo {
  readonly version: string;
  readonly wire: number;
  readonly profile: string;
  readonly pid: number;
  readonly startedAt: string;
  readonly clients: number;
  /** It stays until told to stop. */
  readonly stays: boolean;
  /** What keeps it from stopping by itself, as sentences. */
  readonly open: readonly string[];
}

/** For a report of a fault: counts and sizes. No name, no key, no link and nothing of what is said. */
export interface DebugInfo {
  readonly node: string;
  readonly upMs: number;
  readonly rssBytes: number;
  readonly heapBytes: number;
  readonly rooms: number;
  readonly network: NetworkInfo["state"];
  readonly peers: number;
  readonly room: DebugRoom | null;
}

export interface DebugRoom {
  /** The first 8 digits of its id. */
  readonly id: string;
  readonly kind: RoomKind;
  readonly state: RoomState;
  readonly role: Role | null;
  readonly members: number;
  /** Devices that wrote here, and those that may write now. */
  readonly writers: number;
  readonly activeWriters: number;
  readonly indexers: number;
  /** Devices of members connected now. */
  readonly connected: number;
  readonly rows: number;
  readonly viewLength: number;
  readonly signedLength: number;
  /** Blocks in this device's own log. */
  readonly ownLength: number;
  readonly behind: number;
  /** As in `RoomInfo`. */
  readonly fetched: number | null;
  /** The log takes nothing at the moment. */
  readonly stalled: boolean;
  /** One's own messages that are not out, and those that failed. */
  readonly pending: number;
  readonly failed: number;
  readonly divergences: number;
  readonly leftOut: Readonly<Record<string, number>>;
}

export interface Draft {
  readonly text: string;
  readonly cursor: number;
}

export interface SearchResult {
  /** Newest first. */
  readonly messages: readonly MessageInfo[];
  /** Pass it on as `after` for older ones; null at the end. */
  readonly more: string | null;
  /** Rooms of which a part could not be read now, by id. */
  readonly incomplete: readonly string[];
}

export interface RepairInfo {
  /** What was done, as sentences in order. */
  readonly done: readonly string[];
  readonly room: RoomInfo;
}

export interface Page {
  readonly messages: readonly MessageInfo[];
  /** Rows in the whole timeline when this page was read. */
  readonly total: number;
  /** Some of what was asked for is on no device that is here now. */
  readonly incomplete: boolean;
}

const room = text(512);
const messageId = hex(16);
/** With `id` it names a message; may be left out where only one writer chose that id. */
const writerKey = optional(hex(32));
/** A name as members see it, or at least four hex digits of an id. */
const person = text(512);
const level = optional(oneOf("anyone", "moderators", "owners"));

export const METHODS = {
  status: method<StatusInfo>()("What this core is and what keeps it running", {}, "status"),
  stop: method<null>()("Close everything and end", { force: optional(flag()) }, "null"),
  attach: method<{ run: string; seq: number; missed: readonly CoreEvent[] | null }>()(
    "Subscribe to events, or only to those of calls; with the cursor of an earlier connection also what was missed (null: read everything anew)",
    { run: optional(text(64)), seq: optional(count(Number.MAX_SAFE_INTEGER)), only: optional(oneOf("calls")) },
    "cursor",
  ),
  stay: method<{ warning: string | null }>()("Stay after the last client leaves", {}, "warning"),
  network: method<NetworkInfo>()("How people are found, and what stands in the way", {}, "network"),
  debug: method<DebugInfo>()(
    "For a report of a fault: counts and sizes of this core and of one room, with no name, key, link or text",
    { room: optional(room) },
    "debug",
  ),

  "identity.show": method<IdentityInfo | null>()("Who this profile is; null before the first run", {}, "identity"),
  "identity.create": method<IdentityInfo>()("Make an identity with new words", { name: text(256) }, "identity"),
  "identity.restore": method<IdentityInfo>()(
    "Make this profile a new device of the person whose 24 words these are",
    { words: text(1024), name: text(256) },
    "identity",
  ),
  "identity.words": method<{ words: readonly string[] }>()("The 24 words", {}, "words"),
  "identity.wordsSeen": method<null>()("The words have been written down", {}, "null"),
  "identity.rename": method<IdentityInfo>()("Change the name people see", { name: text(256) }, "identity"),

  "room.create": method<RoomInfo>()(
    "Make a room",
    { name: text(1024), topic: optional(text(2048)), kind: optional(oneOf("group", "direct", "broadcast")) },
    "room",
  ),
  "room.list": method<readonly RoomInfo[]>()("All rooms, in the order they were joined", {}, "list of room"),
  "room.show": method<RoomDetail>()("One room, with its inner state", { room }, "room detail"),
  "room.leave": method<null>()("Forget a room on this device", { room }, "null"),
  "room.join": method<RoomInfo>()(
    "Join by invite; answers when in, or after `waitMs` with TIMED_OUT while the joining goes on",
    { invite: text(4096), waitMs: optional(count(86_400_000)) },
    "room",
  ),
  "room.invite": method<InviteInfo>()(
    "Make an invite",
    { room, expiresMs: optional(count(Number.MAX_SAFE_INTEGER)), uses: optional(count(1000)) },
    "invite",
  ),
  "room.invites": method<readonly InviteInfo[]>()("The invites of a room", { room }, "list of invite"),
  "room.revoke": method<InviteInfo>()("Make an invite admit nobody any more", { room, invite: text(4096) }, "invite"),
  "room.members": method<readonly MemberInfo[]>()("Who is in a room", { room }, "list of member"),
  "room.read": method<null>()("All that is in a room has been read", { room }, "null"),
  "room.typing": method<null>()("This person is typing (told to members, kept nowhere)", { room }, "null"),

  "room.set": method<RoomInfo>()(
    "Change a room's name, topic (empty: none), or who may do what in it",
    {
      room,
      name: optional(text(1024)),
      topic: optional(text(2048)),
      post: level,
      invite: level,
      share: level,
      call: level,
    },
    "room",
  ),
  "room.role": method<MemberInfo>()(
    "Make somebody owner, moderator or member; `member` also lets a removed person come back by an invite",
    { room, person, role: oneOf("owner", "moderator", "member") },
    "member",
  ),
  "room.remove": method<null>()(
    "Take a person's right to write; they keep the key and what they have, and can go on reading",
    { room, person },
    "null",
  ),
  "room.renew": method<RoomInfo>()(
    "Go on in a new room with new keys, without those removed; the others are taken along as they appear",
    { room },
    "room",
  ),
  "room.repair": method<RepairInfo>()(
    "Build a room anew from its logs, here and at the others; nothing that only this machine has is deleted",
    { room },
    "repair",
  ),
  "room.prefs": method<RoomInfo>()(
    "This person's own settings of a room; `mutedMs` 0 ends muting, no number mutes for good with `muted`",
    {
      room,
      muted: optional(flag()),
      mutedMs: optional(count(Number.MAX_SAFE_INTEGER)),
      archived: optional(flag()),
      favourite: optional(flag()),
      unread: optional(flag()),
    },
    "room",
  ),
  "direct.open": method<RoomInfo>()(
    "The room for two with somebody; where there is none yet, ask them for one as soon as they are seen",
    { person, room: optional(text(512)) },
    "room",
  ),
  "direct.accept": method<RoomInfo>()("Say yes to a request (`room.leave` says no)", { room }, "room"),
  "person.block": method<PersonInfo>()(
    "Hide all that a person writes, everywhere, and hear nothing more from them; or no longer",
    { person, room: optional(text(512)), blocked: flag() },
    "person",
  ),
  "person.blocked": method<readonly PersonInfo[]>()("Whom this person has blocked", {}, "list of person"),

  "message.send": method<MessageInfo>()(
    "Post; answers when it is in this core's log (`sent`), or on its disk (`pending`) where the room is not ready",
    {
      room,
      text: text(1_000_000),
      id: optional(messageId),
      action: optional(flag()),
      replyTo: optional(messageId),
      replyWriter: writerKey,
      /** Identities named in it, in hex. */
      mentions: optional(texts(32, 64)),
    },
    "message",
  ),
  "message.edit": method<MessageInfo>()(
    "Replace the text of one's own message",
    { room, id: messageId, writer: writerKey, text: text(1_000_000), mentions: optional(texts(32, 64)) },
    "message",
  ),
  "message.delete": method<MessageInfo>()("Take a message back", { room, id: messageId, writer: writerKey }, "message"),
  "message.retry": method<readonly MessageInfo[]>()(
    "Send again what failed in a room, or one's own message of that id that failed or waits; answers with each as it is then",
    { room, id: optional(messageId) },
    "list of message",
  ),
  "message.react": method<MessageInfo>()(
    "React to a message, or take a reaction back",
    { room, id: messageId, writer: writerKey, emoji: text(64), remove: optional(flag()) },
    "message",
  ),
  "message.pin": method<MessageInfo>()(
    "Pin a message, or unpin it",
    { room, id: messageId, writer: writerKey, pinned: flag() },
    "message",
  ),
  "message.pins": method<readonly MessageInfo[]>()(
    "Pinned messages, the latest pin first",
    { room },
    "list of message",
  ),
  "message.get": method<MessageInfo>()(
    "One message; its first 4 or more hex digits do where they fit one of the latest",
    { room, id: text(64), writer: writerKey },
    "message",
  ),
  "message.search": method<SearchResult>()(
    'Messages with all these words, whatever their case and accents; "…" keeps words together, `from:name` asks for an author',
    { text: text(1024), room: optional(text(512)), limit: count(200), after: optional(text(512)) },
    "search result",
  ),
  "message.wait": method<MessageInfo>()(
    "Answers when one's own message is `sent` or `delivered`",
    { room, id: messageId, state: oneOf("sent", "delivered"), waitMs: count(86_400_000) },
    "message",
  ),
  "message.list": method<Page>()(
    "Rows by place: the last `limit`, or those before or from a place",
    {
      room,
      limit: count(200),
      before: optional(count(Number.MAX_SAFE_INTEGER)),
      from: optional(count(Number.MAX_SAFE_INTEGER)),
    },
    "page",
  ),
  "message.verify": method<VerifyInfo>()(
    "Check a message from its bytes up to its author's identity; `writer` where two chose the same id",
    { room, id: text(64), writer: optional(hex(32)) },
    "verification",
  ),

  ...FILE_METHODS,

  ...CALL_METHODS,

  "draft.get": method<Draft | null>()("Unsent text kept for a room", { room }, "draft"),
  "draft.set": method<null>()(
    "Keep unsent text for a room; empty forgets it",
    { room, text: text(1_000_000), cursor: count(1_000_000) },
    "null",
  ),
} as const;

export type MethodName = keyof typeof METHODS;
export type ParamsOf<M extends MethodName> = ValuesOf<(typeof METHODS)[M]["params"]>;
export type ResultOf<M extends MethodName> = (typeof METHODS)[M] extends Method<infer _F, infer R> ? R : never;

/** What the core tells by itself. Each comes with a cursor {run, seq}; `room` is always a room's id. */
export type CoreEvent =
  /** A room is new or something about it changed (counts, name, state, peers). */
  | { readonly type: "room"; readonly room: RoomInfo }
  | { readonly type: "room-gone"; readonly room: string }
  /**
   * Rows from `from` on are no longer what they were; `messages` are all rows from there to `total` where they are
   * 100 or fewer, else null: read the window anew.
   */
  | {
      readonly type: "timeline";
      readonly room: string;
      readonly from: number;
      readonly total: number;
      readonly messages: readonly MessageInfo[] | null;
    }
  /** These rows are other than they were: edited, taken back, reacted to, pinned. Places and number stay. */
  | { readonly type: "changed"; readonly room: string; readonly messages: readonly MessageInfo[] }
  /** What somebody wrote while apart came in above what is already here, from place `position` on. */
  | {
      readonly type: "late";
      readonly room: string;
      readonly author: PersonInfo;
      readonly count: number;
      readonly position: number;
    }
  /** A message with no place yet: just written here (`pending`), or pushed by its author ahead of its order. Replaces the one of the same writer and id. */
  | { readonly type: "arriving"; readonly room: string; readonly message: MessageInfo }
  /** A pushed message never came into the room's order: it disappears. */
  | { readonly type: "arriving-gone"; readonly room: string; readonly writer: string; readonly id: string }
  /** States of one's own messages that changed. */
  | {
      readonly type: "states";
      readonly room: string;
      readonly states: readonly { readonly id: string; readonly state: MessageState; readonly reason: string | null }[];
    }
  /** How far files are on this device, where that changed. */
  | {
      readonly type: "transfers";
      readonly room: string;
      readonly transfers: readonly {
        readonly writer: string;
        readonly id: string;
        readonly transfer: TransferInfo | null;
      }[];
    }
  | { readonly type: "members"; readonly room: string; readonly members: readonly MemberInfo[] }
  /** Who is typing now; the empty list when nobody is. */
  | { readonly type: "typing"; readonly room: string; readonly who: readonly PersonInfo[] }
  /** The call of a room is other than before; null: it is over. While this device is in one also once a second. */
  | { readonly type: "call"; readonly room: string; readonly call: CallInfo | null }
  | { readonly type: "network"; readonly network: NetworkInfo }
  | { readonly type: "identity"; readonly identity: IdentityInfo }
  /** Something a person should read once. */
  | {
      readonly type: "notice";
      readonly room: string | null;
      readonly text: string;
      readonly level: "info" | "warning";
    };

export interface ReadyParams {
  readonly version: string;
  readonly wire: number;
  readonly profile: string;
  readonly run: string;
}

export interface EventParams {
  readonly run: string;
  readonly seq: number;
  readonly event: CoreEvent;
}

/** `data` of a JSON-RPC error. */
export interface WireErrorData extends ErrorData {
  readonly family: "user" | "peer" | "device" | "storage" | "bug";
  readonly data: Readonly<Record<string, unknown>>;
}
