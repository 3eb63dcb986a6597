/** The shapes the screen reads. Text of others is SafeText from here on; times are ms since 1970. */
import type { InviteInfo, MessageState, NetworkInfo, Role, RoomKind, RoomState, VerifyInfo } from "../rpc/methods.js";
import type { SafeText } from "../safe-text.js";

export type { MessageState, Role, RoomKind };

export interface RoomView {
  readonly id: string;
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
}

export interface MessageView {
  /** Writer and id; `local:` and the id while the core has not answered. */
  readonly key: string;
  readonly id: string;
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
  readonly replyTo: string | null;
  readonly edited: boolean;
  readonly deleted: boolean;
  readonly reactions: readonly { readonly emoji: SafeText; readonly count: number }[];
  readonly file: { readonly name: SafeText; readonly bytes: number } | null;
  readonly state: MessageState | null;
  readonly verified: boolean;
  readonly mine: boolean;
  readonly action: boolean;
  readonly notice: string | null;
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

export interface RoomDetailView extends RoomView {
  readonly createdAt: number | null;
  readonly signedLength: number;
  readonly viewLength: number;
  readonly viewHash: SafeText;
  readonly indexers: number;
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
  /** Some of it is on no device that is here now. */
  readonly isIncomplete: boolean;
}
