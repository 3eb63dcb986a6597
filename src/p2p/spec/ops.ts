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
      { name: "admission", type: "admission", says: "absent only for the creator" },
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
  { number: 3, name: "edit-message", says: "Replace the text of one's own message" },
  { number: 4, name: "delete-message", says: "Take a message back" },
  { number: 5, name: "add-reaction", says: "React to a message" },
  { number: 6, name: "remove-reaction", says: "Take a reaction back" },
  { number: 7, name: "pin-message", says: "Pin a message" },
  { number: 8, name: "unpin-message", says: "Unpin a message" },
  {
    number: 9,
    name: "set-profile",
    says: "Change the name people see",
    fields: [{ name: "name", type: "string", required: true, says: "1 to 64 bytes" }],
  },
  {
    number: 10,
    name: "set-room",
    says: "Name, topic and kind of the room",
    fields: [
      { name: "name", type: "string", says: "1 to 64 bytes" },
      { name: "topic", type: "string", says: "at most 256 bytes" },
      {
        name: "kind",
        type: "uint",
        says: "1 group, 2 direct, 3 broadcast, 0 as it was; only before anyone else is in",
      },
      { name: "clearTopic", type: "bool", says: "no topic any more" },
    ],
  },
  {
    number: 11,
    name: "set-indexers",
    says: "Which writers sign the order: exactly one or three, all of them members",
    fields: [{ name: "indexers", type: "indexer", array: true, required: true, says: "the whole new set" }],
  },
  { number: 12, name: "set-role", says: "Make somebody owner, moderator or member" },
  { number: 13, name: "remove-member", says: "Take a person's right to write" },
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
    ],
  },
  {
    number: 15,
    name: "revoke-invite",
    says: "Close a door",
    fields: [{ name: "invite", type: "fixed32", required: true, says: "id of the invite" }],
  },
  { number: 16, name: "share-file", says: "Offer a file" },
  { number: 17, name: "finish-file", says: "A shared file is whole: its hash" },
  { number: 18, name: "unshare-file", says: "Take a file back" },
  { number: 19, name: "note-call", says: "A call began or ended" },
];
