/**
 * Invites. Whoever holds a link proves it by blind-pairing and gets the room's keys from any member that sees the
 * invite open; who gets in after that is settled by an admission over the room's own channel (admission.ts). The
 * library's answer could carry one only if every member held the invite's secret.
 */

import b4a from "b4a";
import BlindPairing, { type Candidate, type Closable, type Request } from "blind-pairing";
import type Hyperswarm from "hyperswarm";
import { KeetError } from "../errors.js";
import { isNamed } from "./apply.js";
import type { Refusal } from "./channel.js";
import { hex } from "./hex.js";
import { type Identity, verifyJoin } from "./identity.js";
import type { ParsedInvite } from "./invite-link.js";
import { closedBecause } from "./room-peers.js";
import type { InviteRecord } from "./view.js";

const POLL_MS = 5 * 60_000;
/** Of each invite. Whoever does not have it uses up nothing of it. */
const MAX_ANSWERS_A_MINUTE = 120;
/** Looks in the room for invites that nobody here has heard of, made up or just made. */
const MAX_LOOKS_A_MINUTE = 120;
const MAX_BUDGETS = 256;
const STATUS = { revoked: 1, used: 2, expired: 3 } as const;

export interface Keys {
  readonly key: Uint8Array;
  readonly encryptionKey: Uint8Array;
}

export interface Knocking {
  again(): void;
  stop(): void;
}

export interface Door extends Keys {
  readonly discoveryKey: Uint8Array;
  /** Whether the room had an invite of this id when it was last looked at. */
  isKnown(id: Uint8Array): boolean;
  invite(id: Uint8Array): Promise<InviteRecord | null>;
}

export function refusalError(why: Refusal): KeetError {
  const ask = { hint: "Ask for a new one." };
  switch (why) {
    case "used":
      return new KeetError("user", "INVITE_USED", "This invite has been used already.", ask);
    case "expired":
      return new KeetError("user", "INVITE_EXPIRED", "This invite has expired.", ask);
    case "revoked":
      return new KeetError("user", "INVITE_REVOKED", "This invite was taken back, or is for somebody else.", ask);
    case "unknown":
      return new KeetError("user", "INVITE_UNKNOWN", "The people in this room do not know this invite.", ask);
    case "not-now":
      return new KeetError("peer", "NOT_NOW", "Nobody there can let you in at the moment.", {
        hint: "It is tried again by itself.",
      });
  }
}

export class Pairing {
  readonly #blind: BlindPairing;
  readonly #doors = new Map<string, Closable>();
  readonly #now: () => number;

  constructor(swarm: Hyperswarm, now: () => number) {
    this.#blind = new BlindPairing(swarm, { poll: POLL_MS });
    guard(this.#blind, "_onpairingrequest", "_onpairingresponse");
    this.#now = now;
  }

  /** Answers whoever comes with an invite of this room, until `shut`. */
  answer(door: Door): void {
    const id = hex(door.discoveryKey);
    if (this.#doors.has(id)) return;
    const made = new Map<string, Budget>();
    const strange = new Budget(MAX_LOOKS_A_MINUTE);
    const member = this.#blind.addMember({
      discoveryKey: door.discoveryKey,
      onadd: async (request) => {
        const budget = door.isKnown(request.inviteId) ? budgetOf(made, hex(request.inviteId)) : strange;
        if (!budget.take()) return;
        // Whatever comes in here is a stranger's; a throw would keep the request in the library's memory for good.
        await answerOne(request, door, this.#now()).catch(() => {});
      },
    });
    guard(member, "_addRequest");
    this.#doors.set(id, member);
  }

  shut(discoveryKey: Uint8Array): void {
    const id = hex(discoveryKey);
    const member = this.#doors.get(id);
    this.#doors.delete(id);
    void member?.close().catch(() => {});
  }

  /**
   * Calls back with the keys once, or with why not. Not the library's own promise: with the DHT out of reach that one
   * resolves a dozen seconds after the answer came.
   */
  knock(
    invite: ParsedInvite,
    userData: Uint8Array,
    onKeys: (keys: Keys) => void,
    onRefused: (error: KeetError) => void,
  ): Knocking {
    const candidate: Candidate = this.#blind.addCandidate({ invite: invite.bytes, userData, onadd: onKeys });
    candidate.request.on("rejected", (error: { code?: string }) => {
      if (error.code === "INVITE_USED") onRefused(refusalError("used"));
      else if (error.code === "INVITE_EXPIRED") onRefused(refusalError("expired"));
      else if (error.code === "PAIRING_REJECTED") onRefused(refusalError("revoked"));
    });
    return {
      again: () => {
        // The library asks each connection once; who had not opened the room yet, or not heard of the invite, is silent.
        candidate.visited.clear();
        candidate.signal?.destroy();
        candidate.broadcast().catch(() => {});
      },
      stop: () => void candidate.close().catch(() => {}),
    };
  }

  async close(): Promise<void> {
    this.#doors.clear();
    await this.#blind.close();
  }
}

class Budget {
  readonly #aMinute: number;
  #takenAt: number[] = [];

  constructor(aMinute: number) {
    this.#aMinute = aMinute;
  }

  take(): boolean {
    const minuteAgo = performance.now() - 60_000;
    this.#takenAt = this.#takenAt.filter((at) => at > minuteAgo);
    if (this.#takenAt.length >= this.#aMinute) return false;
    this.#takenAt.push(performance.now());
    return true;
  }
}

function budgetOf(budgets: Map<string, Budget>, invite: string): Budget {
  const known = budgets.get(invite);
  if (known) return known;
  if (budgets.size >= MAX_BUDGETS) budgets.delete(budgets.keys().next().value!);
  const budget = new Budget(MAX_ANSWERS_A_MINUTE);
  budgets.set(invite, budget);
  return budget;
}

/** What strangers' bytes make the library throw there, nobody catches: it would end the whole core. */
function guard(library: object, ...names: readonly string[]): void {
  const methods = library as Record<string, (...given: unknown[]) => Promise<unknown>>;
  for (const name of names) {
    const real = methods[name]!.bind(library);
    methods[name] = (...given) => real(...given).catch(() => null);
  }
}

/** What a candidate says of itself: its writer, and who stands behind it. */
export function knockData(identity: Identity, discoveryKey: Uint8Array, writerKey: Uint8Array): Buffer {
  const proof = identity.proveJoin({ roomKey: discoveryKey, writerKey, signingKey: writerKey });
  return b4a.concat([writerKey, identity.noiseKeyPair.publicKey, proof]);
}

/** Who knocks; null where it does not hold. Total. */
function whoKnocks(data: Uint8Array, discoveryKey: Uint8Array): Uint8Array | null {
  if (data.byteLength < 64) return null;
  const writerKey = data.subarray(0, 32);
  const claim = { roomKey: discoveryKey, writerKey, signingKey: writerKey, noiseKey: data.subarray(32, 64) };
  return verifyJoin(data.subarray(64), claim)?.identityKey ?? null;
}

async function answerOne(request: Request, door: Door, now: number): Promise<void> {
  const invite = await door.invite(request.inviteId);
  if (!invite) return;
  const data = request.open(invite.publicKey);
  const why = closedBecause(invite, now);
  // The room's keys are handed over here, so an invite for certain people has to be held to them here already.
  const who = invite.only.byteLength > 0 ? whoKnocks(data, door.discoveryKey) : null;
  const isForeign = invite.only.byteLength > 0 && !(who && isNamed(invite.only, who));
  if (isForeign) request.deny({ status: STATUS.revoked });
  else if (why) request.deny({ status: STATUS[why] });
  else request.confirm({ key: door.key, encryptionKey: door.encryptionKey });
}
