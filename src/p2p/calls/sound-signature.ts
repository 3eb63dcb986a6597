/**
 * A packet of sound that others pass on is signed by the device that speaks: whoever passes it on cannot put words into
 * somebody's mouth, nor bring what was said in another call.
 */
import b4a from "b4a";
import crypto from "hypercore-crypto";
import sodium from "sodium-universal";

const DOMAIN = b4a.from("keet-tui/sound/1");

export interface SoundIn {
  /** Discovery key. */
  readonly room: Uint8Array;
  readonly call: Uint8Array;
}

/** @param secretKey of the key that the device's connections are known by */
export function signSound(where: SoundIn, packet: Uint8Array, secretKey: Uint8Array): Uint8Array {
  return crypto.sign(digest(where, packet), secretKey);
}

export function isSoundOf(where: SoundIn, packet: Uint8Array, signature: Uint8Array, publicKey: Uint8Array): boolean {
  return crypto.verify(digest(where, packet), signature, publicKey);
}

function digest({ room, call }: SoundIn, packet: Uint8Array): Uint8Array {
  const hash = b4a.alloc(32);
  sodium.crypto_generichash_batch(hash, [DOMAIN, room, call, packet]);
  return hash;
}
