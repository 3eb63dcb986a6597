/** How a packet of sound travels, straight or by somebody who passes it on. What is in it is not looked at. docs/protocol.md. */
import b4a from "b4a";

/** The first byte: this program's, sound, version 1. */
const SOUND = 0x51;
const TO_PASS_ON = 0x52;
const PASSED_ON = 0x53;

const TAG_BYTES = 8;
/** Of a writer's key: what names a device in a datagram. */
export const SHORT_BYTES = 8;
export const SIGNATURE_BYTES = 64;
/** What one datagram carries besides the header: with all that goes around it, it passes everywhere unsplit. */
export const MAX_PACKET_BYTES = 1_100;
/** Devices that one datagram is passed on to. */
export const MAX_LISTENERS = 7;
/** A longer one is not passed on. */
export const MAX_PASSED_ON_BYTES = MAX_PACKET_BYTES - 1 - MAX_LISTENERS * SHORT_BYTES - SIGNATURE_BYTES;

/** `tag`: the first bytes of the room's discovery key, in hex; devices by `shortOf` their writers. */
export type SoundDatagram = { readonly tag: string; readonly packet: Uint8Array } & (
  | { readonly kind: "sound" }
  /** From who speaks, to who passes it on to those. */
  | { readonly kind: "to-pass-on"; readonly listeners: readonly string[]; readonly signature: Uint8Array }
  /** From who passes it on. */
  | { readonly kind: "passed-on"; readonly speaker: string; readonly signature: Uint8Array }
);

/** Of a room's id in hex. */
export function tagOf(id: string): string {
  return id.slice(0, TAG_BYTES * 2);
}

/** Of a writer in hex. */
export function shortOf(writer: string): string {
  return writer.slice(0, SHORT_BYTES * 2);
}

/**
 * @param tag `tagOf` the room
 * @throws RangeError over `MAX_PACKET_BYTES`
 */
export function encodeSound(tag: string, packet: Uint8Array): Uint8Array {
  if (packet.byteLength > MAX_PACKET_BYTES) throw new RangeError(`a packet of ${packet.byteLength} bytes`);
  return b4a.concat([Uint8Array.of(SOUND), b4a.from(tag, "hex"), packet]);
}

export interface Signed {
  readonly signature: Uint8Array;
  /** At most `MAX_PASSED_ON_BYTES`. */
  readonly packet: Uint8Array;
}

/** @param listeners short, at most `MAX_LISTENERS` */
export function encodeToPassOn(tag: string, listeners: readonly string[], { signature, packet }: Signed): Uint8Array {
  const count = Uint8Array.of(listeners.length);
  const names = b4a.from(listeners.join(""), "hex");
  return b4a.concat([Uint8Array.of(TO_PASS_ON), b4a.from(tag, "hex"), count, names, signature, packet]);
}

/** @param speaker short */
export function encodePassedOn(tag: string, speaker: string, { signature, packet }: Signed): Uint8Array {
  return b4a.concat([Uint8Array.of(PASSED_ON), b4a.from(tag, "hex"), b4a.from(speaker, "hex"), signature, packet]);
}

/** Null for what is none. */
export function decodeSoundDatagram(bytes: Uint8Array): SoundDatagram | null {
  if (bytes.byteLength > 1 + TAG_BYTES + MAX_PACKET_BYTES) return null;
  const tag = hexAt(bytes, 1, TAG_BYTES);
  const rest = bytes.subarray(1 + TAG_BYTES);
  switch (bytes[0]) {
    case SOUND:
      return rest.byteLength === 0 ? null : { kind: "sound", tag, packet: rest };
    case TO_PASS_ON: {
      const count = rest[0] ?? 0;
      const signed = signedAt(rest, 1 + count * SHORT_BYTES);
      if (count > MAX_LISTENERS || !signed) return null;
      const listeners = Array.from({ length: count }, (_, at) => hexAt(rest, 1 + at * SHORT_BYTES, SHORT_BYTES));
      return { kind: "to-pass-on", tag, listeners, ...signed };
    }
    case PASSED_ON: {
      const signed = signedAt(rest, SHORT_BYTES);
      return signed && { kind: "passed-on", tag, speaker: hexAt(rest, 0, SHORT_BYTES), ...signed };
    }
    default:
      return null;
  }
}

function hexAt(bytes: Uint8Array, at: number, length: number): string {
  return b4a.toString(bytes.subarray(at, at + length), "hex");
}

function signedAt(bytes: Uint8Array, at: number): Signed | null {
  const packet = bytes.subarray(at + SIGNATURE_BYTES);
  return packet.byteLength === 0 ? null : { signature: bytes.subarray(at, at + SIGNATURE_BYTES), packet };
}
