/**
 * How somebody is let in. The invite's key pair proves that the newcomer holds the link (`ask`); a member who sees the
 * invite open, and the clock before its end, signs an `admission` for that newcomer's writer and identity alone.
 * `apply` checks the admission and counts uses; a recording of either admits nobody else.
 */
import b4a from "b4a";
import crypto from "hypercore-crypto";

const ASK_DOMAIN = b4a.from("keet-tui/ask/1");
const ADMISSION_DOMAIN = b4a.from("keet-tui/admission/1");

export interface Newcomer {
  readonly roomKey: Uint8Array;
  readonly invite: Uint8Array;
  readonly writerKey: Uint8Array;
  readonly identity: Uint8Array;
}

function bytesOf(domain: Uint8Array, { roomKey, invite, writerKey, identity }: Newcomer): Buffer {
  return b4a.concat([domain, roomKey, invite, writerKey, identity]);
}

export function signAsk(newcomer: Newcomer, inviteSeed: Uint8Array): Buffer {
  return crypto.sign(bytesOf(ASK_DOMAIN, newcomer), crypto.keyPair(inviteSeed).secretKey);
}

export function isAsk(newcomer: Newcomer, signature: Uint8Array, invitePublicKey: Uint8Array): boolean {
  return crypto.verify(bytesOf(ASK_DOMAIN, newcomer), signature, invitePublicKey);
}

export function signAdmission(newcomer: Newcomer, secretKey: Uint8Array): Buffer {
  return crypto.sign(bytesOf(ADMISSION_DOMAIN, newcomer), secretKey);
}

export function isAdmission(newcomer: Newcomer, signature: Uint8Array, admitterSigningKey: Uint8Array): boolean {
  return crypto.verify(bytesOf(ADMISSION_DOMAIN, newcomer), signature, admitterSigningKey);
}
