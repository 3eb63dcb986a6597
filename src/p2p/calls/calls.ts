/**
 * The calls of all rooms: who is in which, told on each room's channel, and packets of sound as datagrams on the
 * connections of who is in. What is in a packet is not looked at here. Emits `call` (room id): it is other than before;
 * `sound` (room id, writer in hex, bytes), `warning` (error, for the log).
 */
import { EventEmitter } from "node:events";
import b4a from "b4a";
import crypto from "hypercore-crypto";
import type { Connection } from "hyperswarm";
import { KeetError } from "../../errors.js";
import type { RoomPeer } from "../channel.js";
import { hex } from "../hex.js";
import type { MemberRoom } from "../member-room.js";
import type { NoteCall } from "../spec/generated/types.js";
import { CallSound } from "./call-sound.js";
import { CALL_ID_BYTES, type CallState, decodeCallState, encodeCallState, type Loss } from "./call-state.js";
import { mayCall, whyNoCall } from "./may-call.js";
import { GONE_MS, type InCall, RoomCall } from "./room-call.js";
import { decodeSoundDatagram, tagOf } from "./sound-datagram.js";

const TELL_MS = 1_000;
const EXPIRE_MS = 500;
const TELL_LOSS_PERCENT = 3;
const NOTHING_SENT = { sent: 0, copies: 0, wantsDirect: false };

export interface CallMember extends Omit<InCall, "copies" | "wantsDirect"> {
  readonly name: string;
  /** Round trip to that device in ms; null where there is no connection to it now. */
  readonly rttMs: number | null;
}

export interface Call {
  readonly room: string;
  /** In hex. */
  readonly id: string;
  readonly ageMs: number;
  /** This device is in it. */
  readonly isIn: boolean;
  readonly isMuted: boolean;
  /** This person does not want to come into it. */
  readonly isDeclined: boolean;
  /** Other devices in it. */
  readonly others: readonly CallMember[];
  readonly declinedBy: readonly { readonly identity: Uint8Array; readonly name: string }[];
}

export interface CallsOptions {
  /** Has this person blocked that one? */
  readonly isBlocked: (identity: Uint8Array) => boolean;
  /** The one that this device's connections are known by. */
  readonly keyPair: { readonly publicKey: Uint8Array; readonly secretKey: Uint8Array };
}

interface RoomOf {
  readonly member: MemberRoom;
  readonly call: RoomCall;
  readonly sound: CallSound;
  /** This device went while others were in, and who said goodbye since. */
  left: { readonly at: number; readonly ageMs: number; readonly writers: string[] } | null;
}

export class Calls extends EventEmitter {
  readonly #options: CallsOptions;
  readonly #rooms = new Map<string, RoomOf>();
  /** Rooms by the tag that their packets carry. */
  readonly #byTag = new Map<string, string>();
  readonly #timers: NodeJS.Timeout[];

  constructor(options: CallsOptions) {
    super();
    this.#options = options;
    this.#timers = [
      setInterval(() => this.#tellAll(), TELL_MS).unref(),
      setInterval(() => this.#expire(), EXPIRE_MS).unref(),
    ];
  }

  close(): void {
    for (const timer of this.#timers) clearInterval(timer);
    for (const id of [...this.#rooms.keys()]) this.remove(id);
  }

  add(member: MemberRoom): void {
    const { id, peers } = member;
    const now = () => performance.now();
    const call = new RoomCall(now);
    const onSound = (writer: string, packet: Uint8Array) => this.emit("sound", id, writer, packet);
    const sound = new CallSound({ ...this.#options, member, call, onSound, now });
    this.#rooms.set(id, { member, call, sound, left: null });
    this.#byTag.set(tagOf(id), id);
    peers.on("call", (peer: RoomPeer, bytes: Uint8Array) => this.#hear(id, peer, bytes));
    peers.on("proven", (peer: RoomPeer) => this.#tell(id, [peer]));
    peers.on("presence", () => this.#forgetGone(id));
  }

  remove(id: string): void {
    const room = this.#rooms.get(id);
    if (!room) return;
    if (room.call.isIn) this.leave(id);
    this.#rooms.delete(id);
    this.#byTag.delete(tagOf(id));
  }

  /** Sound on that connection. */
  attach(connection: Connection): void {
    connection.on("message", (bytes: Uint8Array) => this.#onDatagram(connection, bytes));
  }

  /** Null where nobody is in one. */
  async info(id: string): Promise<Call | null> {
    const room = this.#rooms.get(id);
    const callId = room?.call.id;
    if (!room || !callId) return null;
    const { call, member } = room;
    const peers = member.peers.hereWriters();
    const nameOf = (identity: Uint8Array) => member.room.nameOf(identity).catch(() => "");
    return {
      room: id,
      id: b4a.toString(callId, "hex"),
      ageMs: call.ageMs,
      isIn: call.isIn,
      isMuted: call.isMuted,
      isDeclined: call.isDeclined,
      others: await Promise.all(
        call.others.map(async ({ writer, identity, isMuted, loss }) => ({
          ...{ writer, identity, isMuted, loss },
          name: await nameOf(identity),
          rttMs: peers.get(writer)?.connection.rawStream.rtt ?? null,
        })),
      ),
      declinedBy: await Promise.all(
        call.declinedBy.map(async (identity) => ({ identity, name: await nameOf(identity) })),
      ),
    };
  }

  /** The room whose call this device is in; null where it is in none. */
  get current(): string | null {
    for (const [id, { call }] of this.#rooms) if (call.isIn) return id;
    return null;
  }

  /**
   * Into the room's call, which begins where there is none.
   * @throws KeetError `NOT_ALLOWED`, `IN_A_CALL` (in another room's)
   */
  enter(id: string, isMuted: boolean): void {
    const room = this.#of(id);
    const { call, member, sound } = room;
    const { current } = this;
    if (current !== null && current !== id) {
      throw new KeetError("user", "IN_A_CALL", "You are in another room's call.", { hint: "/hangup leaves it." });
    }
    const why = whyNoCall(member);
    if (why) throw why;
    const begins = call.id === null;
    call.enter(crypto.randomBytes(CALL_ID_BYTES), isMuted);
    sound.begin();
    room.left = null;
    this.#changed(id);
    if (begins) this.#note(member, { type: "note-call" });
  }

  leave(id: string): void {
    const room = this.#of(id);
    const { call, member } = room;
    const state = call.state();
    if (!call.isIn || !state) return;
    call.leave();
    const wasLast = call.id === null;
    const goodbye = encodeCallState({ ...state, ...NOTHING_SENT, isIn: false, wasLast });
    for (const peer of member.peers.hereWriters().values()) peer.sendCall(goodbye);
    if (wasLast) this.#noteEnd(member, state.ageMs);
    else room.left = { at: performance.now(), ageMs: state.ageMs, writers: [] };
    this.emit("call", id);
  }

  /** Of those who went in the same moment, each while the others were in by what it knew, one tells the history. */
  #onGoodbye(room: RoomOf, writer: string, { wasLast }: CallState): void {
    const { left, call, member } = room;
    if (!left || performance.now() - left.at > GONE_MS) return;
    left.writers.push(writer);
    if (wasLast || call.id === null) room.left = null;
    if (wasLast || call.id !== null) return;
    const own = hex(member.room.writerKey);
    if (left.writers.every((other) => own < other)) this.#noteEnd(member, left.ageMs);
  }

  #noteEnd(member: MemberRoom, ageMs: number): void {
    this.#note(member, { type: "note-call", ended: true, seconds: Math.round(ageMs / 1_000) });
  }

  /** @throws KeetError `NO_CALL` where this device is in none */
  mute(id: string, isMuted: boolean): void {
    const { call } = this.#of(id);
    if (!call.isIn) throw noCall();
    call.mute(isMuted);
    this.#changed(id);
  }

  /** What this device misses of what the others send. */
  misses(id: string, loss: Loss): void {
    const call = this.#rooms.get(id)?.call;
    if (!call) return;
    const before = call.state()?.loss.percent ?? 0;
    call.misses(loss);
    // So much more, or less, that every packet until the next second counts.
    if (Math.abs(loss.percent - before) >= TELL_LOSS_PERCENT) this.#tell(id, this.#peersOf(id));
  }

  /** @throws KeetError `NO_CALL` where nobody is in one */
  decline(id: string): void {
    const { call } = this.#of(id);
    if (!call.id || call.isIn) throw noCall();
    call.decline();
    this.#changed(id);
  }

  /** To all who are in; what comes while muted or not in goes nowhere. */
  send(id: string, packet: Uint8Array): void {
    this.#rooms.get(id)?.sound.send(packet);
  }

  /** In the room's history; a call goes on without it. */
  #note(member: MemberRoom, op: NoteCall): void {
    void member.write(op).catch((error) => this.emit("warning", error));
  }

  #of(id: string): RoomOf {
    const room = this.#rooms.get(id);
    if (room) return room;
    throw new KeetError("peer", "NOT_WRITABLE", "You are not in this room yet.");
  }

  #changed(id: string): void {
    this.#tell(id, this.#peersOf(id));
    this.#isOther(id);
  }

  #isOther(id: string): void {
    this.#rooms.get(id)?.sound.changed();
    this.emit("call", id);
  }

  #peersOf(id: string): Iterable<RoomPeer> {
    return this.#rooms.get(id)?.member.peers.hereWriters().values() ?? [];
  }

  #tell(id: string, peers: Iterable<RoomPeer>): void {
    const { call, member, sound } = this.#of(id);
    const state = call.state();
    if (!state) return;
    for (const peer of peers) {
      const writer = member.peers.writerOf(peer.remoteKey);
      const wantsDirect = writer !== null && sound.wantsDirect(writer);
      peer.sendCall(encodeCallState({ ...state, ...sound.told, wantsDirect, wasLast: false }));
    }
  }

  #tellAll(): void {
    for (const [id, { call, member, sound }] of this.#rooms) {
      if (!call.id && !call.state()) continue;
      // Whose right was taken away is out.
      if (call.isIn && whyNoCall(member)) {
        this.leave(id);
        continue;
      }
      if (call.isIn) sound.tick();
      this.#tell(id, this.#peersOf(id));
      // Round trips change.
      if (call.isIn) this.emit("call", id);
    }
  }

  #expire(): void {
    for (const [id, { call }] of this.#rooms) if (call.expire()) this.#isOther(id);
  }

  #forgetGone(id: string): void {
    const room = this.#rooms.get(id);
    if (!room || room.call.others.length === 0) return;
    const here = room.member.peers.hereWriters();
    const gone = room.call.others.filter(({ writer }) => !here.has(writer));
    for (const { writer } of gone) room.call.forget(writer);
    if (gone.length > 0) this.#isOther(id);
  }

  #hear(id: string, peer: RoomPeer, bytes: Uint8Array): void {
    const room = this.#rooms.get(id);
    const state = decodeCallState(bytes);
    if (!room || !state) return;
    const writer = room.member.peers.writerOf(peer.remoteKey);
    const identity = room.member.peers.identityOf(peer);
    if (!writer || !identity || this.#options.isBlocked(identity)) return;
    void mayCall(room.member, identity)
      .catch(() => false)
      .then((may) => {
        if (may) room.sound.compare(writer, state.sent);
        if (may ? room.call.hear(writer, identity, state) : room.call.forget(writer)) this.#isOther(id);
        if (may && !state.isIn && !state.declines) this.#onGoodbye(room, writer, state);
      });
  }

  #onDatagram(connection: Connection, bytes: Uint8Array): void {
    const datagram = decodeSoundDatagram(bytes);
    const room = datagram && this.#rooms.get(this.#byTag.get(datagram.tag) ?? "");
    const writer = room?.member.peers.writerOf(connection.remotePublicKey);
    if (datagram && room && writer) room.sound.take(writer, datagram);
  }
}

function noCall(): KeetError {
  return new KeetError("user", "NO_CALL", "There is no call here.", { hint: "/call begins one." });
}
