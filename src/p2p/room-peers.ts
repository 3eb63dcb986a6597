/**
 * Who of a room is connected, and what they and we tell each other beside the log: how far the logs go, joins that
 * are not in everybody's order yet, who types, admissions, and messages pushed ahead of their order. Emits
 * `presence`, `typing`, `behind`, `delivered` (length of our own log that somebody else has), `pushed` (writer, bytes),
 * `hashes` (member's peer, LogHash[]), `offer` (identity, Offer), `proven` (peer), `files` (member's peer, bytes),
 * `call` (member's peer, bytes).
 */
import { EventEmitter } from "node:events";
import b4a from "b4a";
import type { Connection } from "hyperswarm";
import { isAsk, signAdmission } from "./admission.js";
import { isNamed } from "./apply.js";
import {
  type Ask,
  type AskAnswer,
  type ChannelListener,
  type Join,
  type LogHash,
  type Offer,
  RoomPeer,
} from "./channel.js";
import { hex } from "./hex.js";
import type { Identity } from "./identity.js";
import type { Room } from "./room.js";
import type { InviteRecord, WriterRecord } from "./view.js";
import type { Head } from "./writer-lengths.js";

const ANNOUNCE_MS = 50;
const REPEAT_HEADS_MS = 3_000;
const STUCK_MS = 12_000;
const TYPING_LIMIT_MS = 6_000;
const TYPING_EVERY_MS = 2_000;
const MAX_ADMISSIONS_A_MINUTE = 60;

export interface RoomPeersOptions {
  readonly room: Room;
  readonly identity: Identity;
  readonly now: () => number;
  /** A connection proved that it holds this room's key. */
  readonly trust: (connection: Connection) => void;
  /** Has this person blocked that one? */
  readonly isBlocked?: (identity: Uint8Array) => boolean;
}

export class RoomPeers extends EventEmitter implements ChannelListener {
  readonly room: Room;
  readonly #identity: Identity;
  readonly #now: () => number;
  readonly #trust: (connection: Connection) => void;
  readonly #isBlocked: (identity: Uint8Array) => boolean;
  readonly #peers = new Map<Connection, RoomPeer>();
  readonly #typing = new Map<string, { identity: Uint8Array; until: number }>();
  /** Writer of each known device by its connection key, in hex. */
  readonly #byNoiseKey = new Map<string, { readonly writer: string; readonly record: WriterRecord }>();
  /** Our own join while it is not in the view yet: members other than the one who admitted us need it. */
  ownJoin: Uint8Array | null = null;
  #behind = 0;
  #announceTimer: NodeJS.Timeout | null = null;
  /** Lengths that all who were here have been told, by writer in hex. */
  readonly #announced = new Map<string, number>();
  #repeatAt = 0;
  /** Peers that have more than we, and how much we had of it since when. */
  readonly #waiting = new WeakMap<RoomPeer, { have: number; since: number }>();
  #reconnectedAt = Number.NEGATIVE_INFINITY;
  #typedAt = Number.NEGATIVE_INFINITY;
  #admissions: number[] = [];
  #onAnswer: ((answer: AskAnswer) => void) | null = null;
  #closed = false;

  constructor(options: RoomPeersOptions) {
    super();
    this.room = options.room;
    this.#identity = options.identity;
    this.#now = options.now;
    this.#trust = options.trust;
    this.#isBlocked = options.isBlocked ?? (() => false);
  }

  open(): void {
    const { room } = this;
    for (const [writer, record] of room.writers) this.#know(b4a.from(writer, "hex"), record);
    room.on("joined", (writer: Uint8Array, record: WriterRecord) => {
      this.#know(writer, record);
      this.#announceSoon();
    });
    // Rights change: a removed member's connection is a stranger's.
    room.on("persons", () => {
      for (const [writer, record] of room.writers) this.#know(b4a.from(writer, "hex"), record);
    });
    room.on("heads", () => this.#announceSoon());
  }

  close(): void {
    this.#closed = true;
    if (this.#announceTimer) clearTimeout(this.#announceTimer);
    for (const peer of this.#peers.values()) peer.close();
    this.#peers.clear();
  }

  /** Blocks of members that are known to exist and are not here. */
  get behind(): number {
    return this.#behind;
  }

  /** Identities of other people connected now, in hex. */
  hereIdentities(): Set<string> {
    const here = new Set<string>();
    for (const peer of this.#peers.values()) {
      const identity = this.#identityOf(peer);
      if (identity && !b4a.equals(identity, this.#identity.key)) here.add(hex(identity));
    }
    return here;
  }

  /** Devices of members connected now, by writer in hex. */
  hereWriters(): Map<string, RoomPeer> {
    const here = new Map<string, RoomPeer>();
    for (const peer of this.proven) {
      const known = this.#byNoiseKey.get(hex(peer.remoteKey));
      if (known?.record.active) here.set(known.writer, peer);
    }
    return here;
  }

  /** What each connected member has announced of the blocks these heads stand for. */
  has(heads: readonly Head[]): { identity: Uint8Array; blocks: number; of: number }[] {
    const of = heads.reduce((sum, { length }) => sum + length, 0);
    return [...this.hereWriters().values()].map((peer) => {
      const blocks = heads.reduce(
        (sum, { writer, length }) => sum + Math.min(length, peer.announced.get(hex(writer)) ?? 0),
        0,
      );
      return { identity: this.#identityOf(peer)!, blocks, of };
    });
  }

  /** Connected ones of that person. */
  peersOf(identity: Uint8Array): RoomPeer[] {
    return this.proven.filter((peer) => {
      const whose = this.#identityOf(peer);
      return whose !== null && b4a.equals(whose, identity);
    });
  }

  identityOf(peer: RoomPeer): Uint8Array | null {
    return this.#identityOf(peer);
  }

  /** The device of a member at that connection, by its writer in hex; null where it is none's. */
  writerOf(noiseKey: Uint8Array): string | null {
    const known = this.#byNoiseKey.get(hex(noiseKey));
    return known?.record.active ? known.writer : null;
  }

  /** What this room knows of a connection's key. */
  standing(noiseKey: Uint8Array): "member" | "removed" | "unknown" {
    const known = this.#byNoiseKey.get(hex(noiseKey));
    if (!known) return "unknown";
    return known.record.active ? "member" : "removed";
  }

  get proven(): RoomPeer[] {
    return [...this.#peers.values()].filter(({ isProven }) => isProven);
  }

  get provenCount(): number {
    return this.proven.length;
  }

  attach(connection: Connection): void {
    if (this.#peers.has(connection) || this.#closed) return;
    const { room } = this;
    const peer = new RoomPeer({
      connection,
      roomKey: room.key,
      discoveryKey: room.discoveryKey,
      encryptionKey: room.base.encryptionKey,
      listener: this,
    });
    this.#peers.set(connection, peer);
    connection.once("close", () => {
      this.#peers.delete(connection);
      this.#onGone();
    });
    peer.open();
  }

  #know(writer: Uint8Array, record: WriterRecord): void {
    // A device can have had another log before: the one it writes in now says who it is.
    const before = this.#byNoiseKey.get(hex(record.noiseKey));
    if (!before || before.writer === hex(writer) || record.active) {
      this.#byNoiseKey.set(hex(record.noiseKey), { writer: hex(writer), record });
    }
    if (b4a.equals(writer, this.room.writerKey)) this.ownJoin = null;
    this.emit("presence");
  }

  #identityOf(peer: RoomPeer): Uint8Array | null {
    if (!peer.isProven) return null;
    const known = this.#byNoiseKey.get(hex(peer.remoteKey));
    return known?.record.active ? known.record.identity : null;
  }

  onProven(peer: RoomPeer): void {
    if (this.standing(peer.remoteKey) !== "removed") this.#trust(peer.connection);
    void this.#sendHeads(peer);
    this.room.fetchHistory();
    this.emit("presence");
    this.emit("proven", peer);
  }

  onClosed(_peer: RoomPeer): void {
    this.#onGone();
  }

  /** Who is not here is not typing either. */
  #onGone(): void {
    const here = this.hereIdentities();
    const gone = [...this.#typing.keys()].filter((identity) => !here.has(identity));
    for (const identity of gone) this.#typing.delete(identity);
    if (gone.length > 0) this.emit("typing");
    this.emit("presence");
  }

  async #headsNow(): Promise<Head[]> {
    return this.room.heads().catch(() => []);
  }

  async #sendHeads(peer: RoomPeer): Promise<void> {
    const heads = await this.#headsNow();
    if (heads.length > 0) peer.sendHeads(heads);
  }

  #announceSoon(): void {
    if (this.#announceTimer || this.#closed) return;
    this.#announceTimer = setTimeout(() => {
      this.#announceTimer = null;
      // The room may be closing.
      void this.#announce().catch(() => {});
    }, ANNOUNCE_MS);
  }

  /** Tells all how far the logs are here, where that changed: only those, since with thirty in a room it is told a lot. */
  async #announce(): Promise<void> {
    const heads = await this.#headsNow();
    const changed = heads.filter(({ writer, length }) => this.#announced.get(hex(writer)) !== length);
    if (changed.length === 0) return;
    for (const { writer, length } of changed) this.#announced.set(hex(writer), length);
    for (const peer of this.#peers.values()) peer.sendHeads(changed);
    await this.#countBehind();
  }

  onHeads(peer: RoomPeer, heads: Head[]): void {
    this.#noteDelivered(peer, heads);
    const unknown = heads.filter(({ writer }) => !this.room.mayKnow(writer));
    if (unknown.length > 0) peer.sendWantJoins(unknown.map(({ writer }) => writer));
    void this.#hintFrom(heads).catch(() => {});
  }

  /** Only what is further than here: a hint makes the library ask its peers. */
  async #hintFrom(heads: readonly Head[]): Promise<void> {
    const ahead: Head[] = [];
    for (const head of heads) {
      if (!this.room.mayKnow(head.writer)) continue;
      if (head.length > (await this.room.knownLength(head.writer))) ahead.push(head);
    }
    this.room.hint(ahead);
    await this.#countBehind();
  }

  #noteDelivered(peer: RoomPeer, heads: readonly Head[]): void {
    const identity = this.#identityOf(peer);
    if (!identity || b4a.equals(identity, this.#identity.key)) return;
    const own = heads.find(({ writer }) => b4a.equals(writer, this.room.writerKey));
    if (own) this.emit("delivered", Math.min(own.length, this.room.base.local.length));
  }

  async #countBehind(): Promise<void> {
    const furthest = new Map<string, number>();
    for (const peer of this.#peers.values()) {
      for (const [writer, length] of peer.announced) {
        if (length > (furthest.get(writer) ?? 0)) furthest.set(writer, length);
      }
    }
    let behind = 0;
    for (const [writer, length] of furthest) {
      const key = b4a.from(writer, "hex");
      // Only members' logs count: anybody can announce anything.
      if (this.room.writers.has(writer)) behind += Math.max(0, length - (await this.room.knownLength(key)));
    }
    if (behind === this.#behind) return;
    this.#behind = behind;
    this.emit("behind");
  }

  onWantJoins(peer: RoomPeer, writers: Uint8Array[]): void {
    const joins: Join[] = [];
    for (const writer of writers) {
      const record = this.room.writers.get(hex(writer));
      if (record) joins.push({ writer, bytes: record.joinBytes });
      else if (b4a.equals(writer, this.room.writerKey) && this.ownJoin) joins.push({ writer, bytes: this.ownJoin });
    }
    if (joins.length > 0) peer.sendJoins(joins);
  }

  onJoins(peer: RoomPeer, joins: Join[]): void {
    // Who let somebody in may come after them in the list; each round finds at least one good join, or it ends.
    let rest = joins;
    const good: Uint8Array[] = [];
    const signingKeys = new Map<string, Uint8Array>();
    while (rest.length > 0) {
      const unknown: Join[] = [];
      for (const join of rest) {
        const signingKey = this.room.goodJoin(join.writer, join.bytes, signingKeys);
        if (!signingKey) {
          unknown.push(join);
          continue;
        }
        signingKeys.set(hex(join.writer), signingKey);
        this.room.expect(join.writer);
        good.push(join.writer);
      }
      if (unknown.length === rest.length) break;
      rest = unknown;
    }
    this.room.hint(good.map((writer) => ({ writer, length: peer.announced.get(hex(writer)) ?? 1 })));
  }

  typing(): void {
    const now = performance.now();
    if (now - this.#typedAt < TYPING_EVERY_MS) return;
    for (const peer of this.#peers.values()) {
      if (!this.#identityOf(peer)) continue;
      peer.sendTyping(true);
      // Only what somebody heard need not be said again.
      this.#typedAt = now;
    }
  }

  /** Ahead of the log, to members only. */
  push(bytes: Uint8Array): void {
    this.#typedAt = Number.NEGATIVE_INFINITY;
    for (const peer of this.#peers.values()) if (this.#identityOf(peer)) peer.sendPush(this.room.writerKey, bytes);
  }

  onPush(peer: RoomPeer, writer: Uint8Array, bytes: Uint8Array): void {
    const identity = this.#identityOf(peer);
    if (!identity || b4a.equals(writer, this.room.writerKey)) return;
    if (this.#typing.delete(hex(identity))) this.emit("typing");
    this.emit("pushed", writer, bytes);
  }

  /** Who types, but for those whom this person has blocked. */
  typingOf(): Uint8Array[] {
    return [...this.#typing.values()].flatMap(({ identity }) => (this.#isBlocked(identity) ? [] : [identity]));
  }

  onTyping(peer: RoomPeer, isTyping: boolean): void {
    const identity = this.#identityOf(peer);
    if (!identity || b4a.equals(identity, this.#identity.key)) return;
    const id = hex(identity);
    if (isTyping) this.#typing.set(id, { identity, until: performance.now() + TYPING_LIMIT_MS });
    else this.#typing.delete(id);
    this.emit("typing");
  }

  onAsk(peer: RoomPeer, ask: Ask): void {
    void this.#admit(ask)
      .then((answer) => peer.sendAnswer(answer))
      .catch(() => peer.sendAnswer({ ok: false, why: "not-now" }));
  }

  async #admit(ask: Ask): Promise<AskAnswer> {
    const { room } = this;
    if (!room.writable) return { ok: false, why: "not-now" };
    const invite = await room.invite(ask.invite);
    if (!invite) return { ok: false, why: "unknown" };
    const newcomer = { roomKey: room.key, invite: ask.invite, writerKey: ask.writer, identity: ask.identity };
    if (!isAsk(newcomer, ask.signature, invite.publicKey)) return { ok: false, why: "unknown" };
    const why = closedBecause(invite, this.#now());
    if (why) return { ok: false, why };
    if (invite.only.byteLength > 0 && !isNamed(invite.only, ask.identity)) return { ok: false, why: "unknown" };
    if ((await room.person(ask.identity))?.removed) return { ok: false, why: "revoked" };
    const minuteAgo = performance.now() - 60_000;
    this.#admissions = this.#admissions.filter((at) => at > minuteAgo);
    if (this.#admissions.length >= MAX_ADMISSIONS_A_MINUTE) return { ok: false, why: "not-now" };
    this.#admissions.push(performance.now());
    room.expect(ask.writer);
    return {
      ok: true,
      invite: ask.invite,
      admitter: room.writerKey,
      signature: signAdmission(newcomer, room.signingSecretKey),
    };
  }

  /** Asks every proven peer; `onAnswer` hears each answer until the next `ask`. */
  ask(ask: Ask, onAnswer: (answer: AskAnswer) => void): void {
    this.#onAnswer = onAnswer;
    for (const peer of this.#peers.values()) if (peer.isProven) peer.sendAsk(ask);
  }

  onAnswer(_peer: RoomPeer, answer: AskAnswer): void {
    this.#onAnswer?.(answer);
  }

  onHashes(peer: RoomPeer, hashes: LogHash[]): void {
    const identity = this.#identityOf(peer);
    if (identity) this.emit("hashes", peer, identity, hashes);
  }

  onOffer(peer: RoomPeer, offer: Offer): void {
    const identity = this.#identityOf(peer);
    if (identity) this.emit("offer", identity, offer);
  }

  onFiles(peer: RoomPeer, bytes: Uint8Array): void {
    if (this.standing(peer.remoteKey) === "member") this.emit("files", peer, bytes);
  }

  onCall(peer: RoomPeer, bytes: Uint8Array): void {
    if (this.standing(peer.remoteKey) === "member") this.emit("call", peer, bytes);
  }

  // --- time

  /** Once a second. */
  tick(): void {
    const now = performance.now();
    for (const [id, { until }] of this.#typing) {
      if (until > now) continue;
      this.#typing.delete(id);
      this.emit("typing");
    }
    if (now - this.#repeatAt > REPEAT_HEADS_MS) {
      this.#repeatAt = now;
      void this.#repeatHeads().catch(() => {});
    }
  }

  /** Every few seconds while two sides differ: a hint can be lost, and the library alone may stand still. */
  async #repeatHeads(): Promise<void> {
    const heads = await this.#headsNow();
    const ours = new Map(heads.map(({ writer, length }) => [hex(writer), length]));
    for (const peer of this.#peers.values()) {
      const differs =
        heads.some(({ writer, length }) => peer.announced.get(hex(writer)) !== length) ||
        [...peer.announced].some(([writer, length]) => ours.get(writer) !== length);
      if (!differs) {
        this.#waiting.delete(peer);
        continue;
      }
      peer.sendHeads(heads);
      await this.#hintFrom(
        [...peer.announced].map(([writer, length]) => ({ writer: b4a.from(writer, "hex"), length })),
      );
      this.#checkStuck(peer, ours);
    }
  }

  /**
   * Two sides of a connection can come to disagree on what each has told the other (the library then asks for
   * nothing more, for ever); a new connection heals it at once.
   */
  #checkStuck(peer: RoomPeer, ours: ReadonlyMap<string, number>): void {
    const ahead = [...peer.announced].filter(
      ([writer, length]) => this.room.writers.has(writer) && length > (ours.get(writer) ?? 0),
    );
    if (ahead.length === 0 || this.room.fetched !== null || this.room.base.isFastForwarding()) {
      this.#waiting.delete(peer);
      return;
    }
    const have = ahead.reduce((sum, [writer]) => sum + (ours.get(writer) ?? 0), 0);
    const now = performance.now();
    const waiting = this.#waiting.get(peer);
    if (!waiting || waiting.have !== have) this.#waiting.set(peer, { have, since: now });
    else if (now - waiting.since > STUCK_MS && now - this.#reconnectedAt > STUCK_MS) {
      this.#reconnectedAt = now;
      this.#waiting.delete(peer);
      peer.connection.destroy();
    }
  }
}

export function closedBecause(invite: InviteRecord, now: number): "revoked" | "used" | "expired" | null {
  if (invite.revoked) return "revoked";
  if (invite.used >= invite.uses) return "used";
  return invite.expiresAt <= now ? "expired" : null;
}
