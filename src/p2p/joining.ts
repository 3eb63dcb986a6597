/**
 * A room on its way in: link → keys → log → admission → own join in the room's order. A state that survives
 * restarts, not a call: whoever waits, waits for `joined` or `failed`; the joining goes on without them.
 */
import { EventEmitter } from "node:events";
import Autobase from "autobase";
import b4a from "b4a";
import type Corestore from "corestore";
import type { KeetError } from "../errors.js";
import { isAdmission, signAsk } from "./admission.js";
import type { AskAnswer } from "./channel.js";
import { hex } from "./hex.js";
import type { Identity } from "./identity.js";
import type { ParsedInvite } from "./invite-link.js";
import type { MemberRoom } from "./member-room.js";
import { type Keys, type Knocking, knockData, type Pairing, refusalError } from "./pairing.js";
import { newId, type Room } from "./room.js";
import { closedBecause } from "./room-peers.js";

type Admitted = Extract<AskAnswer, { ok: true }>;

const TICK_MS = 1_000;
const MAX_ADMISSIONS = 16;
/** At first, when the other side may just be opening the room as well. */
const QUICK_TICK_MS = 300;
const QUICK_TICKS = 10;
/** The order settles meanwhile. */
const LOST_AFTER_MS = 5_000;

export interface JoiningOptions {
  readonly invite: ParsedInvite;
  readonly store: Corestore;
  readonly identity: Identity;
  readonly pairing: Pairing;
  readonly now: () => number;
  /** Opens the room's log with these keys and connects it. */
  readonly openRoom: (keys: Keys) => Promise<MemberRoom>;
}

export class Joining extends EventEmitter {
  readonly #options: JoiningOptions;
  #knocking: Knocking | null = null;
  #room: MemberRoom | null = null;
  #timer: NodeJS.Timeout | null = null;
  /** What members answered; the first whose admitter we know and whose signature holds is used. */
  #admissions: Admitted[] = [];
  #hasJoinBlock = false;
  #isAppending = false;
  #ticks = 0;
  #lostSince: number | null = null;
  #ended = false;

  constructor(options: JoiningOptions) {
    super();
    this.#options = options;
  }

  /** For whom it waits, as a sentence. */
  get waitsFor(): string {
    if (!this.#room) return "waiting for somebody of the room to come online";
    if (this.#room.peers.provenCount === 0) return "connecting to the people of the room";
    return this.#hasJoinBlock ? "waiting for the room to take you in" : "asking to be let in";
  }

  /** @param keys where an earlier run already has them */
  async start(keys: Keys | null): Promise<void> {
    const { invite, store, pairing } = this.#options;
    if (keys) return this.#enter(keys);
    const local = Autobase.getLocalCore(store);
    await local.ready();
    const writerKey = b4a.from(local.key);
    await local.close();
    if (this.#ended) return;
    this.#onTick();
    this.#knocking = pairing.knock(
      invite,
      knockData(this.#options.identity, invite.discoveryKey, writerKey),
      (answer) => void this.#enter(answer).catch((error) => this.emit("warning", error)),
      (error) => this.#fail(error),
    );
  }

  /** Our join as it was written, to be shown to members who have not seen it; null before. */
  get ownJoin(): Uint8Array | null {
    return this.#room?.peers.ownJoin ?? null;
  }

  /** Ends the attempt; what it opened is its room's own to close. */
  stop(): void {
    this.#ended = true;
    this.#knocking?.stop();
    this.#knocking = null;
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    this.removeAllListeners();
  }

  async #enter(keys: Keys): Promise<void> {
    if (this.#ended || this.#room) return;
    const member = await this.#options.openRoom(keys);
    if (this.#ended) return;
    this.#room = member;
    this.#knocking?.stop();
    this.#knocking = null;
    this.#hasJoinBlock = member.peers.ownJoin !== null;
    member.peers.on("proven", () => this.#ask());
    member.room.on("joined", () => this.#check());
    member.room.on("rows", () => this.#check());
    member.room.on("writable", () => this.#check());
    this.#onTick();
    this.emit("progress");
  }

  #onTick(): void {
    if (this.#ended) return;
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#onTick(), this.#ticks++ < QUICK_TICKS ? QUICK_TICK_MS : TICK_MS).unref();
    this.#knocking?.again();
    this.#check();
    this.#ask();
  }

  #check(): void {
    if (this.#ended || !this.#room) return;
    if (!this.#room.room.writable) {
      void this.#writeJoin().catch((error) => this.emit("warning", error));
      void this.#checkLost(this.#room.room).catch((error) => this.emit("warning", error));
      return;
    }
    const room = this.#room;
    this.emit("joined", room);
    this.stop();
  }

  /** Our join is written and the invite is used up, by others: it comes to nothing. */
  async #checkLost(room: Room): Promise<void> {
    if (!this.#hasJoinBlock) return;
    const invite = await room.invite(this.#options.invite.id);
    const isOver =
      invite !== null && (invite.revoked || invite.used >= invite.uses) && !(await room.writer(room.writerKey));
    const now = performance.now();
    if (!isOver) this.#lostSince = null;
    else if (this.#lostSince === null) this.#lostSince = now;
    else if (now - this.#lostSince > LOST_AFTER_MS) this.#fail(refusalError(invite.revoked ? "revoked" : "used"));
  }

  #ask(): void {
    const member = this.#room;
    if (!member || this.#ended || member.room.writable || this.#hasJoinBlock) return;
    const { invite, identity } = this.#options;
    const newcomer = {
      roomKey: member.room.key,
      invite: invite.id,
      writerKey: member.room.writerKey,
      identity: identity.key,
    };
    const signature = signAsk(newcomer, invite.seed);
    member.peers.ask(
      { invite: invite.id, writer: newcomer.writerKey, identity: newcomer.identity, signature },
      (answer) => this.#onAnswer(answer),
    );
  }

  #onAnswer(answer: AskAnswer): void {
    if (this.#ended || this.#hasJoinBlock) return;
    if (answer.ok) {
      if (!b4a.equals(answer.invite, this.#options.invite.id) || this.#admissions.length >= MAX_ADMISSIONS) return;
      this.#admissions.push(answer);
      void this.#writeJoin().catch((error) => this.emit("warning", error));
      return;
    }
    // Anybody with the room's key can say no; the room's own record of the invite decides.
    void this.#checkRefusal().catch((error) => this.emit("warning", error));
  }

  async #checkRefusal(): Promise<void> {
    const invite = await this.#room?.room.invite(this.#options.invite.id);
    const why = invite ? closedBecause(invite, this.#options.now()) : null;
    if (why && !this.#hasJoinBlock) this.#fail(refusalError(why));
  }

  /** Once the invite and who let us in are in our own view, so that our join comes after both in everybody's order. */
  async #writeJoin(): Promise<void> {
    const member = this.#room;
    if (!member || this.#ended || this.#hasJoinBlock || this.#isAppending) return;
    const { room, peers } = member;
    this.#isAppending = true;
    try {
      const admission = this.#admissions.find((some) => this.#isGood(room, some));
      if (!admission || !(await room.invite(admission.invite))) return;
      const bytes = room.seal(room.joinOp(admission), newId(), this.#options.now());
      peers.ownJoin = bytes;
      await room.append(bytes, true);
      this.#hasJoinBlock = true;
    } finally {
      this.#isAppending = false;
    }
    this.emit("progress");
    this.#check();
  }

  #isGood(room: Room, { invite, admitter, signature }: Admitted): boolean {
    const record = room.writers.get(hex(admitter));
    const newcomer = { roomKey: room.key, invite, writerKey: room.writerKey, identity: this.#options.identity.key };
    return record !== undefined && isAdmission(newcomer, signature, record.signingKey);
  }

  #fail(error: KeetError): void {
    if (this.#ended) return;
    this.emit("failed", error);
    this.stop();
  }
}
