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
}

export interface SetIndexers {
  readonly type: "set-indexers";
  readonly indexers: readonly Indexer[];
}

export interface AddInvite {
  readonly type: "add-invite";
  readonly invite: Uint8Array;
  readonly publicKey: Uint8Array;
  readonly uses: number;
  readonly expiresAt: number;
}

export interface RevokeInvite {
  readonly type: "revoke-invite";
  readonly invite: Uint8Array;
}

export type Op =
  | JoinRoom
  | PostMessage
  | SetProfile
  | SetRoom
  | SetIndexers
  | AddInvite
  | RevokeInvite;

export const OP_NUMBERS = {
  "join-room": 1,
  "post-message": 2,
  "set-profile": 9,
  "set-room": 10,
  "set-indexers": 11,
  "add-invite": 14,
  "revoke-invite": 15,
} as const;

export const RESERVED_NUMBERS: readonly number[] = [3, 4, 5, 6, 7, 8, 12, 13, 16, 17, 18, 19];
