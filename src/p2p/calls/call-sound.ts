/**
 * The sound of one room's call: to whom it goes straight, who passes it on, and what of what comes is heard. No packet is
 * looked into.
 */
import b4a from "b4a";
import crypto from "hypercore-crypto";
import type { RoomPeer } from "../channel.js";
import type { MemberRoom } from "../member-room.js";
import { Heard } from "./heard.js";
import type { RoomCall } from "./room-call.js";
import {
  encodePassedOn,
  encodeSound,
  encodeToPassOn,
  MAX_PASSED_ON_BYTES,
  type Signed,
  type SoundDatagram,
  shortOf,
  tagOf,
} from "./sound-datagram.js";
import { MAX_COPIES, planSound, type SoundPlan } from "./sound-plan.js";
import { isSoundOf, signSound } from "./sound-signature.js";
import { Upstream } from "./upstream.js";

/** Of others' packets that this device sends in one second: of three or more who speak at once, to seven each. */
const MAX_PASSED_ON_BYTES_A_SECOND = 300_000;
/** Signatures of one device that are looked at in one second. */
const MAX_CHECKS_A_SECOND = 600;
/** So many in one second that do not hold, and nothing is taken by way of that device for a while. */
const MAX_FORGED_A_SECOND = 10;
const FORGER_MS = 30_000;

export interface CallSoundOptions {
  readonly member: MemberRoom;
  readonly call: RoomCall;
  /** The one that this device's connections are known by. */
  readonly keyPair: { readonly publicKey: Uint8Array; readonly secretKey: Uint8Array };
  readonly isBlocked: (identity: Uint8Array) => boolean;
  readonly onSound: (writer: string, packet: Uint8Array) => void;
  /** ms, monotonic */
  readonly now: () => number;
}

export class CallSound {
  readonly #options: CallSoundOptions;
  readonly #tag: string;
  readonly #upstream: Upstream;
  readonly #heard: Heard;
  readonly #forgers = new Map<string, number>();
  readonly #limits = new PerSecond();
  #plan: SoundPlan | null = null;
  #sent = 0;

  constructor(options: CallSoundOptions) {
    this.#options = options;
    this.#tag = tagOf(options.member.id);
    this.#upstream = new Upstream(options.now);
    this.#heard = new Heard(options.now);
  }

  /** What others are told of it. */
  get told(): { sent: number; copies: number } {
    return { sent: this.#sent, copies: this.#upstream.isGood ? MAX_COPIES : 0 };
  }

  /** That device is asked to send straight. */
  wantsDirect(writer: string): boolean {
    return this.#heard.isMissed(writer);
  }

  begin(): void {
    this.#sent = 0;
    this.#heard.clear();
    this.changed();
  }

  /** Others are in the call than before, or what they would do is other. */
  changed(): void {
    this.#plan = null;
  }

  /** Once a second, in a call. */
  tick(): void {
    const here = this.#options.member.peers.hereWriters();
    const streams = this.#options.call.others.flatMap(({ writer }) => here.get(writer)?.connection.rawStream ?? []);
    this.#upstream.note(streams);
    this.changed();
  }

  /** How much they have sent, by their word. */
  compare(writer: string, sent: number): void {
    this.#heard.compare(writer, sent);
  }

  /** To all who are in; while muted or not in it goes nowhere. */
  send(packet: Uint8Array): void {
    const { call, member } = this.#options;
    if (!call.isIn || call.isMuted) return;
    this.#sent += 1;
    this.#plan ??= this.#makePlan();
    const { direct, via } = this.#plan;
    const here = member.peers.hereWriters();
    const straight = encodeSound(this.#tag, packet);
    const isLong = packet.byteLength > MAX_PASSED_ON_BYTES;
    for (const writer of isLong ? [...direct, ...via.keys(), ...[...via.values()].flat()] : direct) {
      here.get(writer)?.connection.trySend(straight);
    }
    if (isLong || via.size === 0) return;
    const signed = { packet, signature: signSound(this.#where(), packet, this.#options.keyPair.secretKey) };
    for (const [writer, listeners] of via) {
      here.get(writer)?.connection.trySend(encodeToPassOn(this.#tag, listeners.map(shortOf), signed));
    }
  }

  /** @param writer whose connection it came by */
  take(writer: string, datagram: SoundDatagram): void {
    switch (datagram.kind) {
      case "sound":
        this.#hear(writer, datagram.packet);
        break;
      case "to-pass-on":
        if (this.#isSignedBy(writer, writer, datagram) && this.#hear(writer, datagram.packet)) {
          this.#passOn(writer, datagram.listeners, datagram);
        }
        break;
      case "passed-on": {
        const speaker = this.#options.call.others.find((one) => shortOf(one.writer) === datagram.speaker);
        if (!speaker || speaker.writer === writer || !this.#options.call.hasIn(writer)) return;
        if (this.#options.isBlocked(speaker.identity)) return;
        if (this.#isSignedBy(speaker.writer, writer, datagram)) this.#hear(speaker.writer, datagram.packet);
      }
    }
  }

  #hear(writer: string, packet: Uint8Array): boolean {
    if (!this.#options.call.takes(writer)) return false;
    this.#heard.note(writer);
    this.#options.onSound(writer, packet);
    return true;
  }

  /** @param by whose connection it came by, which is not heeded for a while where it forges */
  #isSignedBy(speaker: string, by: string, { packet, signature }: Signed): boolean {
    const { call, member, now } = this.#options;
    if (!call.isIn || !call.hasIn(speaker) || now() < (this.#forgers.get(by) ?? 0)) return false;
    if (this.#limits.count(`check ${by}`, now()) > MAX_CHECKS_A_SECOND) return false;
    const key = member.peers.hereWriters().get(speaker)?.remoteKey;
    if (!key) return false;
    if (isSoundOf(this.#where(), packet, signature, key)) return true;
    if (this.#limits.count(`forged ${by}`, now()) > MAX_FORGED_A_SECOND) this.#forgers.set(by, now() + FORGER_MS);
    return false;
  }

  #passOn(speaker: string, listeners: readonly string[], signed: Signed): void {
    const { call, member, now } = this.#options;
    const here = member.peers.hereWriters();
    const bytes = encodePassedOn(this.#tag, shortOf(speaker), signed);
    const wanted = new Set(listeners);
    for (const { writer } of call.others) {
      if (writer === speaker || !wanted.has(shortOf(writer))) continue;
      if (this.#limits.count("passed on", now(), bytes.byteLength) > MAX_PASSED_ON_BYTES_A_SECOND) return;
      here.get(writer)?.connection.trySend(bytes);
    }
  }

  #makePlan(): SoundPlan {
    const { call, member, isBlocked, keyPair } = this.#options;
    const here: ReadonlyMap<string, RoomPeer> = member.peers.hereWriters();
    const listeners = call.others.filter(({ writer, identity }) => here.has(writer) && !isBlocked(identity));
    const order = (writer: string) =>
      b4a.toString(crypto.data(b4a.concat([keyPair.publicKey, b4a.from(writer, "hex")])), "hex");
    const orders = new Map(listeners.map(({ writer }) => [writer, order(writer)]));
    return planSound(listeners, (writer) => orders.get(writer)!);
  }

  #where(): { room: Uint8Array; call: Uint8Array } {
    const { call, member } = this.#options;
    return { room: member.room.discoveryKey, call: call.id! };
  }
}

/** Sums by name within one second. */
class PerSecond {
  #second = -1;
  readonly #counts = new Map<string, number>();

  /** @returns the sum with this one */
  count(name: string, now: number, by = 1): number {
    const second = Math.floor(now / 1_000);
    if (second !== this.#second) this.#counts.clear();
    this.#second = second;
    const count = (this.#counts.get(name) ?? 0) + by;
    this.#counts.set(name, count);
    return count;
  }
}
