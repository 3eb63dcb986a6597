// Made by scripts/generate-ops.mjs from src/p2p/spec/ops.ts.

export interface Admission {
  readonly invite: Uint8Array;
  readonly admitter: Uint8Array;
  readonly signature: Uint8Array;
}

export interface MessageRef {
  readonly writer: Uint8Array;
  readonly id: Uint8Array;
}

export interface Indexer {
  readonly writer: Uint8Array;
  readonly manifest: Uint8Array;
}

export interface JoinRoom {
  readonly type: "join-room";
  readonly name: string;
  readonly signingKey: Uint8Array;
  readonly noiseKey: Uint8Array;
  readonly proof: Uint8Array;
  readonly admission?: Admission | null;
  readonly device?: string | null;
}

export interface PostMessage {
  readonly type: "post-message";
  readonly text: string;
  readonly action?: boolean | null;
  readonly replyTo?: MessageRef | null;
  readonly mentions?: readonly Uint8Array[] | null;
}

export interface EditMessage {
  readonly type: "edit-message";
  readonly target: MessageRef;
  readonly text: string;
  readonly mentions?: readonly Uint8Array[] | null;
}

export interface DeleteMessage {
  readonly type: "delete-message";
  readonly target: MessageRef;
}

export interface AddReaction {
  readonly type: "add-reaction";
  readonly target: MessageRef;
  readonly emoji: string;
}

export interface RemoveReaction {
  readonly type: "remove-reaction";
  readonly target: MessageRef;
  readonly emoji: string;
}

export interface PinMessage {
  readonly type: "pin-message";
  readonly target: MessageRef;
}

export interface UnpinMessage {
  readonly type: "unpin-message";
  readonly target: MessageRef;
}

export interface SetProfile {
  readonly type: "set-profile";
  readonly name: string;
}

export interface SetRoom {
  readonly type: "set-room";
  readonly name?: string | null;
  readonly topic?: string | null;
  readonly kind?: number | null;
  readonly clearTopic?: boolean | null;
  readonly post?: number | null;
  readonly invite?: number | null;
  readonly share?: number | null;
  readonly call?: number | null;
  readonly successor?: Uint8Array | null;
  readonly predecessor?: Uint8Array | null;
}

export interface SetIndexers {
  readonly type: "set-indexers";
  readonly indexers: readonly Indexer[];
}

export interface SetRole {
  readonly type: "set-role";
  readonly identity: Uint8Array;
  readonly role: number;
}

export interface RemoveMember {
  readonly type: "remove-member";
  readonly identity: Uint8Array;
}

export interface AddInvite {
  readonly type: "add-invite";
  readonly invite: Uint8Array;
  readonly publicKey: Uint8Array;
  readonly uses: number;
  readonly expiresAt: number;
  readonly only?: readonly Uint8Array[] | null;
}

export interface RevokeInvite {
  readonly type: "revoke-invite";
  readonly invite: Uint8Array;
}

export interface ShareFile {
  readonly type: "share-file";
  readonly name: string;
  readonly size: number;
  readonly files: number;
  readonly drive: Uint8Array;
  readonly blobs: Uint8Array;
  readonly blocks: number;
  readonly isFolder?: boolean | null;
  readonly durationMs?: number | null;
}

export interface FinishFile {
  readonly type: "finish-file";
  readonly target: MessageRef;
  readonly hash: Uint8Array;
}

export interface UnshareFile {
  readonly type: "unshare-file";
  readonly target: MessageRef;
}

export interface NoteCall {
  readonly type: "note-call";
  readonly ended?: boolean | null;
  readonly seconds?: number | null;
}

export type Op =
  | JoinRoom
  | PostMessage
  | EditMessage
  | DeleteMessage
  | AddReaction
  | RemoveReaction
  | PinMessage
  | UnpinMessage
  | SetProfile
  | SetRoom
  | SetIndexers
  | SetRole
  | RemoveMember
  | AddInvite
  | RevokeInvite
  | ShareFile
  | FinishFile
  | UnshareFile
  | NoteCall;

export const OP_NUMBERS = {
  "join-room": 1,
  "post-message": 2,
  "edit-message": 3,
  "delete-message": 4,
  "add-reaction": 5,
  "remove-reaction": 6,
  "pin-message": 7,
  "unpin-message": 8,
  "set-profile": 9,
  "set-room": 10,
  "set-indexers": 11,
  "set-role": 12,
  "remove-member": 13,
  "add-invite": 14,
  "revoke-invite": 15,
  "share-file": 16,
  "finish-file": 17,
  "unshare-file": 18,
  "note-call": 19,
} as const;

export const RESERVED_NUMBERS: readonly number[] = [];
