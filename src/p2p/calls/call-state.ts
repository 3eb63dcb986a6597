/** What a device says of itself in a room's call, beside the log, and how a packet of sound travels. docs/protocol.md. */
import b4a from "b4a";
import c from "compact-encoding";
import { struct } from "../codec.js";

export const CALL_ID_BYTES = 16;
/** The first bytes of a datagram: this program's, sound, version 1. */
const SOUND = 0x51;
const ROOM_TAG_BYTES = 8;
const HEADER_BYTES = 1 + ROOM_TAG_BYTES;
/** What one datagram carries besides the header: with all that goes around it, it passes everywhere unsplit. */
export const MAX_PACKET_BYTES = 1_100;
const MAX_STATE_BYTES = 64;

const IS_IN = 1;
const IS_MUTED = 2;
const DECLINES = 4;

export interface CallState {
  /** 16 random bytes; of two calls that began at once the smaller one stays. */
  readonly call: Uint8Array;
  readonly isIn: boolean;
  readonly isMuted: boolean;
  /** Does not want to come into that call. */
  readonly declines: boolean;
  /** How long it has been going on, in ms: the sender's word for it. */
  readonly ageMs: number;
  /** What it misses of what the others send, so that they repeat as much as is needed. */
  readonly loss: Loss;
}

export interface Loss {
  /** 0 to 100, of the one heard worst. */
  readonly percent: number;
  /** Mean length of a loss, in packets. */
  readonly run: number;
}

/** Until it has heard enough to tell: better repeated in vain than missed. */
export const UNKNOWN_LOSS: Loss = { percent: 10, run: 1 };
const MAX_RUN = 50;
/** Older than any call; further back there would be no such moment. */
const MAX_AGE_MS = 365 * 86_400_000;

interface Written {
  readonly version: number;
  readonly call: Uint8Array;
  readonly flags: number;
  readonly ageMs: number;
  readonly lossPercent: number;
  /** In tenths of a packet. */
  readonly lossRun: number;
}

const codec = struct<Written>({
  version: c.uint,
  call: c.fixed(CALL_ID_BYTES),
  flags: c.uint,
  ageMs: c.uint,
  lossPercent: c.uint,
  lossRun: c.uint,
});

export function encodeCallState({ call, isIn, isMuted, declines, ageMs, loss }: CallState): Uint8Array {
  const flags = (isIn ? IS_IN : 0) | (isMuted ? IS_MUTED : 0) | (declines ? DECLINES : 0);
  return c.encode(codec, {
    version: 1,
    call,
    flags,
    ageMs: Math.max(0, Math.round(ageMs)),
    lossPercent: Math.round(within(loss.percent, 0, 100)),
    lossRun: Math.round(within(loss.run, 1, MAX_RUN) * 10),
  });
}

/** Null for what is none, or of a version that this one does not know. */
export function decodeCallState(bytes: Uint8Array): CallState | null {
  if (bytes.byteLength > MAX_STATE_BYTES) return null;
  try {
    const { version, call, flags, ageMs, lossPercent, lossRun } = c.decode(codec, bytes);
    if (version !== 1 || !Number.isSafeInteger(ageMs)) return null;
    return {
      call: b4a.from(call),
      isIn: (flags & IS_IN) !== 0,
      isMuted: (flags & IS_MUTED) !== 0,
      declines: (flags & DECLINES) !== 0,
      ageMs: within(ageMs, 0, MAX_AGE_MS),
      loss: { percent: within(lossPercent, 0, 100), run: within(lossRun / 10, 1, MAX_RUN) },
    };
  } catch {
    return null;
  }
}

function within(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(most, value));
}

/** @throws RangeError over `MAX_PACKET_BYTES` */
export function encodeSound(roomId: Uint8Array, packet: Uint8Array): Uint8Array {
  if (packet.byteLength > MAX_PACKET_BYTES) throw new RangeError(`a packet of ${packet.byteLength} bytes`);
  return b4a.concat([Uint8Array.of(SOUND), roomId.subarray(0, ROOM_TAG_BYTES), packet]);
}

/** Null for what is none. `tag`: the first bytes of the room's discovery key, in hex. */
export function decodeSound(bytes: Uint8Array): { readonly tag: string; readonly packet: Uint8Array } | null {
  const length = bytes.byteLength - HEADER_BYTES;
  if (bytes[0] !== SOUND || length < 1 || length > MAX_PACKET_BYTES) return null;
  return { tag: b4a.toString(bytes.subarray(1, HEADER_BYTES), "hex"), packet: bytes.subarray(HEADER_BYTES) };
}

/** Of a room's id in hex. */
export function tagOf(id: string): string {
  return id.slice(0, ROOM_TAG_BYTES * 2);
}
