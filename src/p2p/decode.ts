/**
 * Bytes ↔ op. The envelope around every op, in order:
 * version 1 · op number 1 · id 16 · sentAt 6 (ms since 1970, little endian) · body length 4 (little endian) · body ·
 * signature 64. The signature is the writer's, over domain tag ‖ room key ‖ writer key ‖ all bytes before it.
 * The outer part is read by hand, so that an op of a later version still has an author who can be verified.
 */
import b4a from "b4a";
import c, { type Codec } from "compact-encoding";
import crypto from "hypercore-crypto";
import { resolveStruct } from "./spec/generated/codecs.js";
import { type MessageRef, OP_NUMBERS, type Op, type ShareFile } from "./spec/generated/types.js";

export const ENVELOPE_VERSION = 1;
export const MAX_OP_BYTES = 64 * 1024;
export const MAX_TEXT_BYTES = 8 * 1024;
export const MAX_NAME_BYTES = 64;
export const MAX_TOPIC_BYTES = 256;
/** Four links of 96 bytes, the identity, the attestation and their frame. */
export const MAX_PROOF_BYTES = 512;
export const MAX_MENTIONS = 32;
export const MAX_EMOJI_BYTES = 64;
export const MAX_NAMED_GUESTS = 1_000;
export const MAX_INVITE_USES = 1000;
export const ID_BYTES = 16;
export const MAX_FILE_NAME_BYTES = 255;
export const MAX_SHARED_FILES = 100_000;
const MAX_CALL_SECONDS = 366 * 86_400;
/** Of a shared file; the last one of each file may be shorter. */
export const BLOCK_BYTES = 256 * 1024;

const HEADER_BYTES = 1 + 1 + ID_BYTES + 6 + 4;
const SIGNATURE_BYTES = 64;
const OP_DOMAIN = b4a.from("keet-tui/op/1");
const NUMBER_OFFSET = 1;
const ID_OFFSET = 2;
const SENT_AT_OFFSET = ID_OFFSET + ID_BYTES;
const LENGTH_OFFSET = SENT_AT_OFFSET + 6;

export type RejectReason =
  | "unreadable"
  | "too-long"
  | "not-a-member"
  | "not-allowed"
  | "duplicate"
  | "bad-proof"
  | "bad-admission"
  | "no-such-invite"
  | "no-such-message"
  | "no-such-member"
  | "too-many";

export interface Envelope {
  readonly version: number;
  readonly number: number;
  readonly id: Uint8Array;
  /** A claim of the sender, ms since 1970. */
  readonly sentAt: number;
  readonly body: Uint8Array;
  readonly signature: Uint8Array;
  /** The exact bytes it came in; kept verbatim wherever it is stored. */
  readonly bytes: Uint8Array;
}

export type Decoded =
  | { readonly ok: true; readonly envelope: Envelope; readonly op: Op | null }
  | { readonly ok: false; readonly reason: RejectReason };

type OpName = keyof typeof OP_NUMBERS;

const CODECS = new Map<number, { name: OpName; codec: Codec<Record<string, unknown>> }>(
  (Object.keys(OP_NUMBERS) as OpName[]).map((name) => [
    OP_NUMBERS[name],
    { name, codec: resolveStruct(`@keet-tui/${name}`) as Codec<Record<string, unknown>> },
  ]),
);

/**
 * As a version of the schema reads them that knew no further fields. One that is broken in what was added later must
 * not be left out here and taken there, or the views of two versions would differ.
 */
const EARLIER = new Map<number, Codec<Record<string, unknown>>>([
  [OP_NUMBERS["share-file"], resolveStruct("@keet-tui/share-file", 3) as Codec<Record<string, unknown>>],
]);

/**
 * Total: any bytes give an answer and none throws. A throw inside apply closes the Autobase for good, so one bad
 * block from one member would end the room for everyone. `op` is null for a version or number this program does
 * not know: such an op is kept unread.
 */
export function decode(bytes: Uint8Array | null): Decoded {
  if (!bytes || bytes.byteLength < HEADER_BYTES + SIGNATURE_BYTES) return { ok: false, reason: "unreadable" };
  if (bytes.byteLength > MAX_OP_BYTES) return { ok: false, reason: "too-long" };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const bodyLength = view.getUint32(LENGTH_OFFSET, true);
  if (bodyLength !== bytes.byteLength - HEADER_BYTES - SIGNATURE_BYTES) return { ok: false, reason: "unreadable" };
  const envelope: Envelope = {
    version: view.getUint8(0),
    number: view.getUint8(NUMBER_OFFSET),
    id: bytes.subarray(ID_OFFSET, ID_OFFSET + ID_BYTES),
    sentAt: view.getUint16(SENT_AT_OFFSET + 4, true) * 0x1_0000_0000 + view.getUint32(SENT_AT_OFFSET, true),
    body: bytes.subarray(HEADER_BYTES, HEADER_BYTES + bodyLength),
    signature: bytes.subarray(HEADER_BYTES + bodyLength),
    bytes,
  };
  const known = envelope.version === ENVELOPE_VERSION ? CODECS.get(envelope.number) : undefined;
  if (!known) return { ok: true, envelope, op: null };
  try {
    const op = { ...fieldsOf(envelope.number, known.codec, envelope.body), type: known.name } as unknown as Op;
    const wrong = wrongIn(op);
    return wrong ? { ok: false, reason: wrong } : { ok: true, envelope, op };
  } catch {
    return { ok: false, reason: "unreadable" };
  }
}

function fieldsOf(number: number, codec: Codec<Record<string, unknown>>, body: Uint8Array): Record<string, unknown> {
  try {
    return c.decode(codec, body);
  } catch (error) {
    const earlier = EARLIER.get(number);
    if (!earlier) throw error;
    return c.decode(earlier, body);
  }
}

export interface EncodeOptions {
  readonly roomKey: Uint8Array;
  readonly writerKey: Uint8Array;
  readonly secretKey: Uint8Array;
  readonly id: Uint8Array;
  readonly sentAt: number;
}

/** @throws RangeError where the op breaks a limit: callers check what people typed before they come here. */
export function encode(op: Op, options: EncodeOptions): Buffer {
  const wrong = wrongIn(op);
  if (wrong) throw new RangeError(`${op.type}: ${wrong}`);
  const known = CODECS.get(OP_NUMBERS[op.type])!;
  return encodeRaw(OP_NUMBERS[op.type], c.encode(known.codec, op as unknown as Record<string, unknown>), options);
}

/** An op without its envelope, as this device keeps it until it is written. @throws RangeError as `encode` */
export function opBytes(op: Op): Buffer {
  const wrong = wrongIn(op);
  if (wrong) throw new RangeError(`${op.type}: ${wrong}`);
  const number = OP_NUMBERS[op.type];
  const body = c.encode(CODECS.get(number)!.codec, op as unknown as Record<string, unknown>);
  return b4a.concat([Uint8Array.of(number), body]);
}

/** Null where it is none of this version. */
export function opOf(bytes: Uint8Array): Op | null {
  const known = CODECS.get(bytes[0] ?? 0);
  if (!known) return null;
  try {
    const op = { ...c.decode(known.codec, bytes.subarray(1)), type: known.name } as unknown as Op;
    return wrongIn(op) ? null : op;
  } catch {
    return null;
  }
}

/** An envelope of any number, body and version; tests write hostile ones with it. */
export function encodeRaw(
  number: number,
  body: Uint8Array,
  { roomKey, writerKey, secretKey, id, sentAt }: EncodeOptions,
  version = ENVELOPE_VERSION,
): Buffer {
  const bytes = b4a.alloc(HEADER_BYTES + body.byteLength + SIGNATURE_BYTES);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  view.setUint8(0, version);
  view.setUint8(NUMBER_OFFSET, number);
  bytes.set(id, ID_OFFSET);
  view.setUint32(SENT_AT_OFFSET, sentAt % 0x1_0000_0000, true);
  view.setUint16(SENT_AT_OFFSET + 4, Math.floor(sentAt / 0x1_0000_0000), true);
  view.setUint32(LENGTH_OFFSET, body.byteLength, true);
  bytes.set(body, HEADER_BYTES);
  const unsigned = bytes.subarray(0, HEADER_BYTES + body.byteLength);
  bytes.set(crypto.sign(b4a.concat([OP_DOMAIN, roomKey, writerKey, unsigned]), secretKey), unsigned.byteLength);
  return bytes;
}

/** Is this envelope signed by that key, for that room and writer? About 0.1 ms. */
export function isSignedBy(
  envelope: Envelope,
  { roomKey, writerKey, signingKey }: { roomKey: Uint8Array; writerKey: Uint8Array; signingKey: Uint8Array },
): boolean {
  const unsigned = envelope.bytes.subarray(0, envelope.bytes.byteLength - SIGNATURE_BYTES);
  return crypto.verify(b4a.concat([OP_DOMAIN, roomKey, writerKey, unsigned]), envelope.signature, signingKey);
}

/** Of the op in an envelope that is stored, without reading it. */
export function numberOf(bytes: Uint8Array): number {
  return bytes[NUMBER_OFFSET] ?? 0;
}

export function textBytes(text: string): number {
  return Buffer.byteLength(text, "utf8");
}

function isName(name: string | null | undefined): boolean {
  if (typeof name !== "string") return false;
  const bytes = textBytes(name);
  return bytes >= 1 && bytes <= MAX_NAME_BYTES;
}

/**
 * What people see as one reaction is one: a sign with and without a variation selector. A fixed rule of this op
 * version and never the runtime's Unicode tables, which differ between versions and would part the views.
 */
export function foldEmoji(emoji: string): string {
  return emoji.replace(/[\ufe0e\ufe0f]/g, "");
}

function isEmoji(emoji: string): boolean {
  return textBytes(emoji) <= MAX_EMOJI_BYTES && foldEmoji(emoji).length > 0;
}

function isRef(ref: MessageRef): boolean {
  return ref.id.byteLength === ID_BYTES;
}

function isLevel(level: number | null | undefined): boolean {
  return !level || level <= 3;
}

/** What it says of sizes has to fit together, so that whoever fetches can set aside what is needed, and no more. */
function wrongInShare({ name, size, files, blocks, isFolder }: ShareFile): RejectReason | null {
  if (textBytes(name) > MAX_FILE_NAME_BYTES) return "too-long";
  if (files > MAX_SHARED_FILES) return "too-many";
  if (name.length === 0 || (!isFolder && files !== 1)) return "unreadable";
  if (files === 0 && size > 0) return "unreadable";
  const least = Math.ceil(size / BLOCK_BYTES);
  return blocks >= least && blocks <= least + files ? null : "unreadable";
}

/** Limits that need no context; the same table on both ways. */
function wrongIn(op: Op): RejectReason | null {
  switch (op.type) {
    case "join-room":
      if (!isName(op.name) || (op.device && textBytes(op.device) > MAX_NAME_BYTES)) return "too-long";
      return op.proof.byteLength > MAX_PROOF_BYTES ? "too-long" : null;
    case "post-message":
      if (textBytes(op.text) > MAX_TEXT_BYTES || (op.mentions?.length ?? 0) > MAX_MENTIONS) return "too-long";
      if (op.text.length === 0) return "unreadable";
      return op.replyTo && !isRef(op.replyTo) ? "unreadable" : null;
    case "edit-message":
      if (textBytes(op.text) > MAX_TEXT_BYTES || (op.mentions?.length ?? 0) > MAX_MENTIONS) return "too-long";
      return op.text.length > 0 && isRef(op.target) ? null : "unreadable";
    case "delete-message":
    case "pin-message":
    case "unpin-message":
      return isRef(op.target) ? null : "unreadable";
    case "add-reaction":
    case "remove-reaction":
      return isRef(op.target) && isEmoji(op.emoji) ? null : "unreadable";
    case "set-role":
      return op.role >= 1 && op.role <= 3 ? null : "unreadable";
    case "remove-member":
      return null;
    case "set-profile":
      return isName(op.name) ? null : "too-long";
    case "set-room":
      if (op.name && !isName(op.name)) return "too-long";
      if (op.topic && textBytes(op.topic) > MAX_TOPIC_BYTES) return "too-long";
      return [op.post, op.invite, op.share, op.call].every(isLevel) ? null : "unreadable";
    case "set-indexers":
      return op.indexers.length === 1 || op.indexers.length === 3 ? null : "unreadable";
    case "add-invite":
      if ((op.only?.length ?? 0) > MAX_NAMED_GUESTS) return "too-many";
      return op.uses >= 1 && op.uses <= MAX_INVITE_USES && Number.isSafeInteger(op.expiresAt) ? null : "unreadable";
    case "revoke-invite":
      return null;
    case "note-call":
      return (op.seconds ?? 0) <= MAX_CALL_SECONDS ? null : "unreadable";
    case "share-file":
      return wrongInShare(op);
    case "finish-file":
    case "unshare-file":
      return isRef(op.target) ? null : "unreadable";
  }
}
