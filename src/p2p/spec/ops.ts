/**
 * THE list of ops. Numbers are for ever; fields are only ever added, at the end and optional.
 * `scripts/generate-ops.mjs` makes from it the codecs, the type `Op` and docs/ops.md.
 *
 * An op without `fields` has its number reserved and is not built yet: this version keeps it
 * unread, as it keeps every number it does not know.
 */
export interface OpField {
  readonly name: string;
  /** A type of hyperschema, or the name of a struct below. */
  readonly type: string;
  readonly required?: boolean;
  readonly array?: boolean;
  readonly says: string;
}

export interface OpSpec {
  readonly number: number;
  readonly name: string;
  readonly says: string;
  readonly fields?: readonly OpField[];
}

export interface StructSpec {
  readonly name: string;
  readonly fields: readonly OpField[];
}

export const STRUCTS: readonly StructSpec[] = [
  {
    name: "admission",
    fields: [
      { name: "invite", type: "fixed32", required: true, says: "id of the invite" },
      { name: "admitter", type: "fixed32", required: true, says: "writer key of the member who let them in" },
      {
        name: "signature",
        type: "fixed64",
        required: true,
        says: "admitter's, over `keet-tui/admission/1`, room key, invite id, newcomer's writer key and identity",
      },
    ],
  },
  {
    name: "message-ref",
    fields: [
      { name: "writer", type: "fixed32", required: true, says: "writer key" },
      { name: "id", type: "buffer", required: true, says: "16 bytes" },
    ],
  },
  {
    name: "indexer",
    fields: [
      { name: "writer", type: "fixed32", required: true, says: "writer key of a member" },
      {
        name: "manifest",
        type: "buffer",
        required: true,
        says: "its core's manifest, so that all name the next cores alike",
      },
    ],
  },
];

export const OPS: readonly OpSpec[] = [
  {
    number: 1,
    name: "join-room",
    says: "First op of every writer: who this is, and who let them in (nobody, for the room's creator)",
    fields: [
      { name: "name", type: "string", required: true, says: "what people call them, at most 64 bytes" },
      { name: "signingKey", type: "fixed32", required: true, says: "ed25519 key that signs this writer's ops" },
      { name: "noiseKey", type: "fixed32", required: true, says: "key of this device's connections" },
      {
        name: "proof",
        type: "buffer",
        required: true,
        says: "identity → device → `keet-tui/join/1`, room key, writer key, signing key, noise key; at most 512 bytes",
      },
      { name: "admission", type: "admission", says: "absent for the creator, and for another device of a member" },
      { name: "device", type: "string", says: "what the person calls this device, at most 64 bytes" },
    ],
  },
  {
    number: 2,
    name: "post-message",
    says: "Say something",
    fields: [
      { name: "text", type: "string", required: true, says: "at most 8 KiB of UTF-8" },
      { name: "action", type: "bool", says: "written with /me" },
      { name: "replyTo", type: "message-ref", says: "the message it answers" },
      { name: "mentions", type: "fixed32", array: true, says: "identities named in it, at most 32" },
    ],
  },
  {
    number: 3,
    name: "edit-message",
    says: "Replace the text of one's own message",
    fields: [
      { name: "target", type: "message-ref", required: true, says: "one's own message, from whichever device" },
      { name: "text", type: "string", required: true, says: "at most 8 KiB of UTF-8" },
      { name: "mentions", type: "fixed32", array: true, says: "identities named in it, at most 32" },
    ],
  },
  {
    number: 4,
    name: "delete-message",
    says: "Take a message back: a request to all programs, since everybody has the block",
    fields: [{ name: "target", type: "message-ref", required: true, says: "the message" }],
  },
  {
    number: 5,
    name: "add-reaction",
    says: "React to a message",
    fields: [
      { name: "target", type: "message-ref", required: true, says: "the message" },
      {
        name: "emoji",
        type: "string",
        required: true,
        says: "1 to 64 bytes; two that differ only in U+FE0E and U+FE0F are one",
      },
    ],
  },
  {
    number: 6,
    name: "remove-reaction",
    says: "Take one's own reaction back",
    fields: [
      { name: "target", type: "message-ref", required: true, says: "the message" },
      { name: "emoji", type: "string", required: true, says: "the reaction, with or without U+FE0F" },
    ],
  },
  {
    number: 7,
    name: "pin-message",
    says: "Pin a message",
    fields: [{ name: "target", type: "message-ref", required: true, says: "the message" }],
  },
  {
    number: 8,
    name: "unpin-message",
    says: "Unpin a message",
    fields: [{ name: "target", type: "message-ref", required: true, says: "the message" }],
  },
  {
    number: 9,
    name: "set-profile",
    says: "Change the name people see",
    fields: [{ name: "name", type: "string", required: true, says: "1 to 64 bytes" }],
  },
  {
    number: 10,
    name: "set-room",
    says: "Name, topic and kind of the room, who may do what in it, and which room it goes on in",
    fields: [
      { name: "name", type: "string", says: "1 to 64 bytes" },
      { name: "topic", type: "string", says: "at most 256 bytes" },
      {
        name: "kind",
        type: "uint",
        says: "1 group, 2 direct, 3 broadcast, 0 as it was; only before anyone else is in",
      },
      { name: "clearTopic", type: "bool", says: "no topic any more" },
      { name: "post", type: "uint", says: "who may post: 1 member, 2 moderator, 3 owner and above, 0 as it was" },
      { name: "invite", type: "uint", says: "who may invite, likewise" },
      { name: "share", type: "uint", says: "who may share files, likewise" },
      { name: "call", type: "uint", says: "who may call, likewise" },
      {
        name: "successor",
        type: "fixed32",
        says: "id of the room this one goes on in; it is read-only then; all zero: it goes on here after all",
      },
      { name: "predecessor", type: "fixed32", says: "id of the room this one goes on from" },
    ],
  },
  {
    number: 11,
    name: "set-indexers",
    says: "Which writers sign the order: exactly one or three, all of them members",
    fields: [{ name: "indexers", type: "indexer", array: true, required: true, says: "the whole new set" }],
  },
  {
    number: 12,
    name: "set-role",
    says: "Make somebody owner, moderator or member; also lets a removed person be let in again",
    fields: [
      { name: "identity", type: "fixed32", required: true, says: "whose" },
      { name: "role", type: "uint", required: true, says: "1 member, 2 moderator, 3 owner" },
    ],
  },
  {
    number: 13,
    name: "remove-member",
    says: "Take a person's right to write, on all their devices, and close the invites they made",
    fields: [{ name: "identity", type: "fixed32", required: true, says: "whose; one's own: leave" }],
  },
  {
    number: 14,
    name: "add-invite",
    says: "Open a door: the invite's public key, never its seed",
    fields: [
      { name: "invite", type: "fixed32", required: true, says: "id of the invite" },
      { name: "publicKey", type: "fixed32", required: true, says: "of the invite's key pair" },
      { name: "uses", type: "uint", required: true, says: "how many people may come in, 1 to 1,000" },
      {
        name: "expiresAt",
        type: "uint",
        required: true,
        says: "ms since 1970; checked by whoever answers, not by the log",
      },
      { name: "only", type: "fixed32", array: true, says: "identities it is for, at most 1,000; anybody where empty" },
    ],
  },
  {
    number: 15,
    name: "revoke-invite",
    says: "Close a door",
    fields: [{ name: "invite", type: "fixed32", required: true, says: "id of the invite" }],
  },
  {
    number: 16,
    name: "share-file",
    says: "Offer a file, or a folder; the id of its envelope is the id of the share",
    fields: [
      { name: "name", type: "string", required: true, says: "what it is called, 1 to 255 bytes" },
      { name: "size", type: "uint", required: true, says: "bytes in all" },
      { name: "files", type: "uint", required: true, says: "1; of a folder how many are in it, at most 100,000" },
      { name: "drive", type: "fixed32", required: true, says: "key of the core that holds paths and sizes" },
      { name: "blobs", type: "fixed32", required: true, says: "key of the core that holds the bytes" },
      { name: "blocks", type: "uint", required: true, says: "of 256 KiB at most; each file begins a new one" },
      { name: "isFolder", type: "bool", says: "it is a folder" },
      { name: "durationMs", type: "uint", says: "of a voice note, in ms: a claim, shown where it is at most a day" },
    ],
  },
  {
    number: 17,
    name: "finish-file",
    says: "A shared file is whole",
    fields: [
      { name: "target", type: "message-ref", required: true, says: "one's own share, from whichever device" },
      {
        name: "hash",
        type: "fixed32",
        required: true,
        says: "tree hash of the core with the bytes, at all its blocks",
      },
    ],
  },
  {
    number: 18,
    name: "unshare-file",
    says: "Take a file back: a request to all programs, since some may have it",
    fields: [{ name: "target", type: "message-ref", required: true, says: "the share" }],
  },
  {
    number: 19,
    name: "note-call",
    says: "A call began, or ended: written by who began it, and by who left it last",
    fields: [
      { name: "ended", type: "bool", says: "it is over" },
      { name: "seconds", type: "uint", says: "how long it was, at most a year" },
    ],
  },
];
