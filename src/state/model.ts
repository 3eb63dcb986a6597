/** The shapes the screen reads. Text of others is SafeText from here on; times are ms since 1970. */
import type {
  DebugInfo,
  InviteInfo,
  MessageState,
  NetworkInfo,
  NoticeKind,
  RightLevel,
  Role,
  RoomKind,
  RoomRights,
  RoomState,
  TransferState,
  VerifyInfo,
} from "../rpc/methods.js";
import type { SafeText } from "../safe-text.js";

export type { DebugInfo, MessageState, NoticeKind, RightLevel, Role, RoomKind, RoomRights, RoomState, TransferState };

export interface PersonView {
  /** Identity in hex; the empty string where it is not known. */
  readonly id: string;
  readonly name: SafeText;
}

export interface RoomView {
  readonly id: string;
  /** Of a direct room: the other one's. */
  readonly name: SafeText;
  readonly kind: RoomKind;
  readonly topic: SafeText;
  readonly role: Role | null;
  readonly members: number;
  readonly peers: number;
  readonly unread: number;
  readonly mentions: number;
  readonly behind: number;
  readonly state: RoomState;
  readonly reason: SafeText | null;
  readonly fetched: number | null;
  readonly lastAt: number | null;
  readonly canWrite: boolean;
  readonly rights: RoomRights;
  /** Of a direct room: the other one. */
  readonly with: PersonView | null;
  /** No alerts until then; infinity: for good; null where there are alerts. */
  readonly mutedUntil: number | null;
  readonly archived: boolean;
  readonly favourite: boolean;
  readonly markedUnread: boolean;
  /** Id of the room that goes on from this one. */
  readonly continuedBy: string | null;
  readonly continues: string | null;
  /** Two histories under one name, as a sentence. */
  readonly alarm: SafeText | null;
}

export interface ReactionView {
  /** As it was sent, to be sent again; never for the screen. */
  readonly original: string;
  readonly emoji: SafeText;
  readonly count: number;
  /** Names of the others who gave it. */
  readonly by: readonly SafeText[];
  /** This person is one of them. */
  readonly mine: boolean;
}

export interface ReplyView {
  /** Of the message answered, as `MessageView.key`. */
  readonly key: string;
  readonly found: boolean;
  readonly authorId: string;
  readonly author: SafeText;
  /** One line, the beginning of it. */
  readonly text: SafeText;
  readonly deleted: boolean;
  /** Place in the room's order when it was told. */
  readonly position: number | null;
}

export interface TransferView {
  readonly state: TransferState;
  readonly bytes: number;
  readonly of: number;
  readonly perSecond: number;
  readonly sources: number;
  readonly reason: SafeText | null;
  /** Where it lies on this machine, exactly: for the system, never for the screen. */
  readonly path: string | null;
  /** Of a shared folder one file or folder alone. */
  readonly isPart: boolean;
}

/** A voice note being played. */
export interface PlayingView {
  readonly playedMs: number;
  readonly isPaused: boolean;
  /** More of it is on its way. */
  readonly isWaiting: boolean;
  /** Why it is not heard. */
  readonly trouble: SafeText | null;
}

export interface FileView {
  /** Without whatever folders were in front of it; never empty. */
  readonly name: SafeText;
  readonly bytes: number;
  readonly files: number;
  readonly isFolder: boolean;
  /** All of it has been read in where it is shared from. */
  readonly isWhole: boolean;
  /** How long a voice note is, as its sender says; null for any other file. */
  readonly voiceMs: number | null;
  /** While it is the voice note that is played here. */
  readonly playing: PlayingView | null;
  /** Null where it was not asked for on this device. */
  readonly transfer: TransferView | null;
}

export interface MessageView {
  /** Writer and id; `local:` and the id while the core has not answered. */
  readonly key: string;
  readonly id: string;
  /** Id of its room. */
  readonly room: string;
  /** Writer core key in hex; the empty string while the core has not answered. */
  readonly writer: string;
  /** Place in the room's order when it was told; in a timeline its index says it. */
  readonly position: number | null;
  readonly authorId: string;
  readonly author: SafeText;
  /** A few letters of the identity, where somebody else here has a name that looks the same. */
  readonly tag: SafeText | null;
  readonly sentAt: number;
  readonly receivedAt: number | null;
  readonly type: "message" | "file" | "call" | "notice";
  readonly text: SafeText;
  /** As it was sent: for the clipboard and for files, never for the screen. */
  readonly original: string;
  readonly reply: ReplyView | null;
  readonly edited: boolean;
  readonly deleted: boolean;
  /** Who took it back, where that was not the author. */
  readonly deletedBy: SafeText | null;
  readonly pinned: boolean;
  /** By somebody this person has blocked: never shown. */
  readonly blocked: boolean;
  readonly reactions: readonly ReactionView[];
  readonly file: FileView | null;
  readonly state: MessageState | null;
  readonly verified: boolean;
  readonly mine: boolean;
  readonly action: boolean;
  readonly notice: NoticeKind | null;
  /** Whom a notice is about, where that is not its author. */
  readonly about: SafeText | null;
  readonly clockOff: boolean;
  readonly mentionsMe: boolean;
  readonly reason: SafeText | null;
}

export interface MemberView {
  readonly id: string;
  readonly name: SafeText;
  readonly role: Role;
  readonly here: boolean;
  readonly mine: boolean;
  readonly devices: number;
  /** When a device of theirs was here last; null: not since this device joined. */
  readonly seenAt: number | null;
  readonly blocked: boolean;
  readonly tag: SafeText | null;
}

export interface IdentityView {
  readonly id: string;
  readonly name: SafeText;
  readonly device: SafeText;
  readonly fingerprint: SafeText;
  readonly wordsSeen: boolean;
}

export interface InviteView {
  readonly id: string;
  readonly link: SafeText | null;
  readonly by: SafeText;
  readonly uses: number;
  readonly used: number;
  readonly expiresAt: number;
  readonly state: InviteInfo["state"];
}

export interface VerifyView {
  readonly id: string;
  readonly verified: boolean;
  readonly author: SafeText;
  readonly fingerprint: SafeText;
  readonly steps: readonly {
    readonly what: VerifyInfo["steps"][number]["what"];
    readonly ok: boolean;
    readonly detail: SafeText;
  }[];
}

export interface NetworkView {
  readonly state: NetworkInfo["state"];
  readonly peers: number;
  readonly reason: SafeText | null;
  readonly interfaces: readonly {
    readonly name: SafeText;
    readonly address: SafeText;
    readonly error: SafeText | null;
  }[];
}

/** One thing that a report of a fault says of this front end. */
export interface Fact {
  readonly what: string;
  readonly value: string;
}

/** Of `keet-tui doctor`, as it was found: text from elsewhere may be in it. */
export interface Finding {
  readonly what: string;
  readonly ok: boolean;
  readonly detail: string;
}

export interface RoomDetailView extends RoomView {
  readonly createdAt: number | null;
  readonly signedLength: number;
  readonly viewLength: number;
  readonly viewHash: SafeText;
  readonly indexers: number;
  readonly signers: readonly { readonly name: SafeText; readonly here: boolean; readonly seenAt: number | null }[];
  /** What the room would lose with one device, as a sentence. */
  readonly risk: SafeText | null;
  readonly has: readonly { readonly name: SafeText; readonly blocks: number; readonly of: number }[];
  readonly divergences: readonly {
    readonly writer: SafeText;
    readonly name: SafeText | null;
    readonly length: number;
    readonly here: SafeText;
    readonly there: SafeText;
    readonly told: SafeText;
    readonly at: number | null;
  }[];
  readonly leftOut: readonly { readonly reason: SafeText; readonly count: number }[];
}

/** `starting`: no core has answered yet; `lost`: it was there and is being started again. */
export type Connection = "starting" | "ready" | "lost" | "failed";

export interface ProfileState {
  readonly connection: Connection;
  /** Why `failed`: one sentence, and what would work. */
  readonly failure: { readonly message: SafeText; readonly hint: SafeText | null; readonly exitCode: number } | null;
  /** The rooms and the identity below have been read at least once. */
  readonly isLoaded: boolean;
  readonly identity: IdentityView | null;
  readonly rooms: readonly RoomView[];
  readonly network: NetworkView | null;
}

export interface Notice {
  readonly text: SafeText;
  readonly hint: SafeText | null;
  readonly level: "info" | "warning";
  /** Tells two notices with the same words apart. */
  readonly number: number;
}

/** A notice as /log keeps it. */
export interface Told extends Pick<Notice, "text" | "hint" | "level"> {
  readonly at: number;
}

/** What somebody wrote while apart, and came in above what was already here. */
export interface LateView {
  readonly authorId: string;
  readonly author: SafeText;
  readonly count: number;
  /** Place of the first of them in the room's order. */
  readonly position: number;
}

/** A run of the room's order, `messages[0]` at place `first`, and behind it what has no place yet. */
export interface TimelineState {
  readonly first: number;
  readonly messages: readonly MessageView[];
  readonly arriving: readonly MessageView[];
  /** Rows in the room's whole order. */
  readonly total: number;
  readonly isLoaded: boolean;
  readonly isLoading: boolean;
  /** Key of the first message that was unread when the room was opened. */
  readonly unreadKey: string | null;
  readonly unreadCount: number;
  /** Not looked at yet. */
  readonly late: readonly LateView[];
  /** Some of it is on no device that is here now. */
  readonly isIncomplete: boolean;
}

/** The call of a room, as others are in it. */
export interface RoomCallView {
  readonly room: string;
  readonly id: string;
  readonly startedAt: number;
  /** This device is in it. */
  readonly isHere: boolean;
  /** Another device of this person is. */
  readonly isElsewhere: boolean;
  /** This person said "not now". */
  readonly isDeclined: boolean;
  /** Others, each once. */
  readonly people: readonly PersonView[];
}

export interface CallPersonView extends PersonView {
  /** Of the device: its writer core key in hex. */
  readonly writer: string;
  readonly isMuted: boolean;
  readonly isTalking: boolean;
  /** The last ones, 0 to 7 each; the newest last. */
  readonly levels: readonly number[];
  /** Mouth to ear; null before any sound came. */
  readonly delayMs: number | null;
  readonly lossPercent: number;
  readonly volumePercent: number;
  readonly isPoor: boolean;
}

/** A microphone or a speaker as a call has it. */
export interface CallEndView {
  readonly what: "starting" | "here" | "silent" | "gone" | "ended";
  readonly name: SafeText;
  readonly trouble: SafeText | null;
  readonly hint: SafeText | null;
}

/** The call this screen is in. */
export interface OwnCallView {
  readonly room: string;
  readonly startedAt: number;
  readonly isMuted: boolean;
  readonly usesKey: boolean;
  readonly isKeyHeld: boolean;
  readonly isTalking: boolean;
  /** The others hear themselves. */
  readonly hearsSpeaker: boolean;
  readonly people: readonly CallPersonView[];
  readonly declinedBy: readonly SafeText[];
  readonly microphone: CallEndView;
  readonly speaker: CallEndView;
  /** The core is gone, and looked for. */
  readonly isCut: boolean;
}

/** A voice note being recorded at this screen, or kept until somebody sends or drops it. */
export interface RecordingView {
  /** Where it goes. */
  readonly room: string;
  /** `over`: the microphone is closed. */
  readonly state: "opening" | "open" | "over" | "sending";
  readonly seconds: number;
  /** The last ones, 0 to 7 each; the newest last. */
  readonly levels: readonly number[];
  /** What is not well, and what to do. */
  readonly trouble: SafeText | null;
}

export interface SoundDeviceView {
  readonly id: string;
  readonly name: SafeText;
  /** Used where nobody chose. */
  readonly isPreferred: boolean;
}

export interface SoundDevicesView {
  readonly microphones: readonly SoundDeviceView[];
  readonly speakers: readonly SoundDeviceView[];
}
