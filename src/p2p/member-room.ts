/**
 * A room as its member lives in it: the log (room.ts) plus who is here, what is being sent, what was read, and what
 * is said beside the log (channel.ts). Emits `info`, `timeline` {from, total}, `arriving` (RoomMessage),
 * `arriving-gone` {writer, id}, `states` [{id, state, reason}], `members`, `typing`.
 */
import b4a from "b4a";
import type { Connection } from "hyperswarm";
import ReadyResource from "ready-resource";
import { KeetError } from "../errors.js";
import { decode, MAX_TEXT_BYTES, textBytes } from "./decode.js";
import { checkedName, type Identity } from "./identity.js";
import type { LocalStore } from "./local-store.js";
import { Outbox, type Waiting } from "./outbox.js";
import { ReadState } from "./read-state.js";
import { hex, newId, type Room, type RoomRow } from "./room.js";
import { RoomPeers } from "./room-peers.js";
import type { Op } from "./spec/generated/types.js";
import type { Role, RoomRecord } from "./view.js";

const ARRIVING_LIMIT_MS = 30_000;
const MAX_ARRIVING = 256;
const CLOCK_OFF_MS = 10 * 60_000;
const RETRY_SEND_MS = 2_000;
const RECENT_ROWS = 200;
const LOST_AFTER_MS = 4_000;

export type MessageState = "pending" | "sent" | "delivered" | "failed";

export interface RoomMessage {
  readonly id: Uint8Array;
  readonly writer: Uint8Array;
  readonly author: Uint8Array;
  readonly name: string;
  readonly sentAt: number;
  readonly receivedAt: number | null;
  readonly place: number | null;
  readonly op: Op | null;
  readonly state: MessageState | null;
  readonly reason: string | null;
  readonly verified: boolean;
  readonly mine: boolean;
  readonly clockOff: boolean;
  readonly mentionsMe: boolean;
}

export interface StateChange {
  /** 32 hex digits. */
  readonly id: string;
  readonly state: MessageState;
  readonly reason: string | null;
}

export interface Member {
  readonly identity: Buffer;
  readonly name: string;
  readonly role: Role;
  readonly here: boolean;
  readonly mine: boolean;
  readonly devices: number;
}

export interface RoomSummary {
  readonly id: Uint8Array;
  readonly record: RoomRecord | null;
  readonly role: Role | null;
  readonly members: number;
  readonly peers: number;
  readonly unread: number;
  readonly mentions: number;
  readonly length: number;
  readonly behind: number;
  readonly stopReason: string | null;
  readonly fetched: number | null;
  readonly lastAt: number | null;
  readonly canWrite: boolean;
}

export interface MemberRoomOptions {
  readonly room: Room;
  readonly identity: Identity;
  readonly local: LocalStore;
  readonly now: () => number;
  /** A connection of this room proved that it holds its key. */
  readonly trust: (connection: Connection) => void;
}

export class MemberRoom extends ReadyResource {
  readonly room: Room;
  readonly peers: RoomPeers;
  readonly id: string;
  readonly #identity: Identity;
  readonly #local: LocalStore;
  readonly #now: () => number;
  readonly #outbox: Outbox;
  readonly #read: ReadState;
  readonly #arriving = new Map<string, { message: RoomMessage; at: number }>();
  #deliveredLength = 0;
  #members = 0;
  #record: RoomRecord | null = null;
  #role: Role | null = null;
  /** How often rows changed. */
  #tellings = 0;
  #wasIn = false;
  #outSince: number | null = null;
  #lastAt: number | null = null;
  #scanning: Promise<void> = Promise.resolve();
  #tick: NodeJS.Timeout | null = null;
  #retryAt = 0;
  #sending = new Map<string, Promise<void>>();
  #beginning: Promise<unknown> = Promise.resolve();

  constructor(options: MemberRoomOptions) {
    super();
    this.room = options.room;
    this.id = hex(options.room.discoveryKey);
    this.peers = new RoomPeers(options);
    this.#identity = options.identity;
    this.#local = options.local;
    this.#now = options.now;
    this.#outbox = new Outbox(options.local, this.id);
    this.#read = new ReadState(options.local, this.id);
  }

  protected override async _open(): Promise<void> {
    const { room } = this;
    await Promise.all([this.#outbox.load(), this.#read.load()]);
    this.#deliveredLength = (await this.#local.get<number>(`sent/${this.id}`)) ?? 0;
    const { peers } = this;
    peers.open();
    peers.on("presence", () => {
      this.emit("info");
      this.emit("members");
    });
    peers.on("behind", () => this.emit("info"));
    peers.on("typing", () => this.emit("typing"));
    peers.on("delivered", (length: number) => this.#onDelivered(length));
    peers.on("pushed", (writer: Uint8Array, bytes: Uint8Array) => void this.#arrive(writer, bytes).catch(() => {}));
    room.on("rows", ({ from, total }: { from: number; total: number }) => this.#onRows(from, total));
    room.on("changed", () => void this.refresh().catch(() => {}));
    room.on("persons", () => this.emit("members"));
    room.on("writable", () => void this.refresh().catch(() => {}));
    room.on("stopped", () => void this.refresh().catch(() => {}));
    for (const waiting of this.#outbox.all) this.#showWaiting(waiting);
    await this.refresh().catch(() => {});
    this.#onRows(room.total, room.total);
    this.#tick = setInterval(() => this.#onTick(), 1_000);
    this.#tick.unref();
    this.#retryOutbox();
  }

  protected override async _close(): Promise<void> {
    if (this.#tick) clearInterval(this.#tick);
    this.peers.close();
    await this.room.close();
    await this.#scanning.catch(() => {});
  }

  // --- what it is

  summary(): RoomSummary {
    const { room } = this;
    return {
      id: room.discoveryKey,
      record: this.#record,
      role: this.#role,
      members: this.#members,
      peers: this.peers.hereIdentities().size,
      unread: this.#read.unread,
      mentions: this.#read.mentions,
      length: room.total,
      behind: this.peers.behind,
      stopReason: room.stopReason,
      fetched: room.fetched,
      lastAt: this.#lastAt,
      canWrite: room.writable && this.#role !== null,
    };
  }

  async members(): Promise<Member[]> {
    const here = this.peers.hereIdentities();
    const persons = await this.room.persons();
    return persons
      .filter(({ value }) => !value.removed)
      .map(({ key, value }) => {
        const mine = b4a.equals(key, this.#identity.key);
        return {
          identity: key,
          name: value.name,
          role: value.role,
          devices: value.writers,
          mine,
          here: mine || here.has(hex(key)),
        };
      });
  }

  /** Something of ours is not in the log yet. */
  get hasWaiting(): boolean {
    return this.#outbox.all.some(({ failed }) => failed === null);
  }

  /** Something of ours has reached nobody yet. */
  get hasUndelivered(): boolean {
    if (this.hasWaiting) return true;
    return this.#members > 1 && this.#read.seenOf(hex(this.room.writerKey)) > this.#deliveredLength;
  }

  /** While the order settles a join may be gone for a moment. */
  async #noteWhetherIn(isIn: boolean): Promise<void> {
    if (isIn) {
      this.#wasIn = true;
      this.#outSince = null;
    } else if (this.#wasIn) {
      this.#outSince ??= performance.now();
      if (performance.now() - this.#outSince > LOST_AFTER_MS) await this.#onLost();
    }
  }

  /**
   * In a cut network an invite for one can be used twice; when the halves meet, the later in order is not in after
   * all, and what it wrote vanishes from every view. Its words are kept, as not sent.
   */
  async #onLost(): Promise<void> {
    this.#wasIn = false;
    this.#outSince = null;
    const reason = "somebody else used your invite first, so you are not in this room";
    for (const { envelope, op } of await this.room.ownOps()) {
      if (op.type !== "post-message") continue;
      const { text, action } = op;
      await this.#fail(
        { id: hex(envelope.id), text, action: action === true, sentAt: envelope.sentAt, failed: null },
        reason,
      );
    }
    this.emit("lost");
  }

  /** Somebody was let in again: what was kept goes out. */
  async resend(): Promise<void> {
    for (const waiting of this.#outbox.all) {
      if (waiting.failed === null) continue;
      const again = { ...waiting, failed: null };
      await this.#outbox.add(again);
      this.#showWaiting(again);
    }
    this.#retryOutbox();
  }

  /** Reads anew what `summary` tells. */
  async refresh(): Promise<void> {
    const { room } = this;
    if (room.stopReason === null && !this.closing) {
      this.#record = await room.room();
      this.#members = await room.memberCount();
      const me = await room.person(this.#identity.key);
      const isIn = me !== null && !me.removed && (await room.writer(room.writerKey))?.active === true;
      this.#role = isIn ? me.role : null;
      await this.#noteWhetherIn(isIn);
    }
    this.emit("info");
  }

  // --- reading

  async messages(from: number, to: number): Promise<RoomMessage[]> {
    const rows = await this.room.rows(from, to);
    return rows.map((row) => this.#messageOf(row));
  }

  async message(id: Uint8Array): Promise<RoomMessage[]> {
    // First those without a place: one that gets its place meanwhile is found by it below.
    const arriving = this.arriving.filter((message) => b4a.equals(message.id, id));
    const found: RoomMessage[] = [];
    for (const writer of this.room.writers.keys()) {
      const place = await this.room.placeOf(b4a.from(writer, "hex"), id);
      if (place !== null) found.push(...(await this.messages(place, place + 1)));
    }
    return [...found, ...arriving.filter(({ writer }) => !found.some((other) => b4a.equals(other.writer, writer)))];
  }

  get arriving(): RoomMessage[] {
    return [...this.#arriving.values()].map(({ message }) => message);
  }

  async row(message: RoomMessage): Promise<RoomRow | null> {
    if (message.place === null) return null;
    return (await this.room.rows(message.place, message.place + 1))[0] ?? null;
  }

  #messageOf(row: RoomRow): RoomMessage {
    const { envelope, op, writer, length } = row;
    const mine = b4a.equals(row.author.identity, this.#identity.key);
    const isOwnWriter = b4a.equals(writer, this.room.writerKey);
    const receivedAt = this.#read.arrivedAt(hex(writer), length);
    const state = mine ? (!isOwnWriter || length <= this.#deliveredLength ? "delivered" : "sent") : null;
    const isPost = op?.type === "post-message";
    return {
      id: envelope.id,
      writer,
      author: row.author.identity,
      name: row.name,
      sentAt: envelope.sentAt,
      receivedAt,
      place: row.place,
      op,
      state: isPost ? state : null,
      reason: null,
      verified: row.verified,
      mine,
      clockOff: envelope.sentAt > (receivedAt ?? this.#now()) + CLOCK_OFF_MS,
      mentionsMe: isPost && !mine && this.#mentionsMe(op.text, op.mentions ?? []),
    };
  }

  #mentionsMe(text: string, mentions: readonly Uint8Array[]): boolean {
    if (mentions.some((identity) => b4a.equals(identity, this.#identity.key))) return true;
    const at = `@${this.#identity.name.toLowerCase()}`;
    const lower = text.toLowerCase();
    for (let from = lower.indexOf(at); from >= 0; from = lower.indexOf(at, from + 1)) {
      const after = lower[from + at.length];
      if (after === undefined || !/[\p{L}\p{N}_]/u.test(after)) return true;
    }
    return false;
  }

  #onRows(from: number, total: number): void {
    this.#tellings += 1;
    this.#scanning = this.#scanning
      .then(() => this.#scan(from, total))
      .catch((error) => this.emit("warning", error))
      .then(async () => {
        if (this.closing) return;
        await this.#settleArriving().catch(() => {});
        this.emit("timeline", { from, total });
        await this.refresh().catch(() => {});
        this.#retryOutbox();
      });
  }

  async #scan(from: number, total: number): Promise<void> {
    const { room } = this;
    if (room.stopReason !== null || this.closing) return;
    const at = this.#now();
    const mine = new Set(
      [...room.writers]
        .filter(([, { identity }]) => b4a.equals(identity, this.#identity.key))
        .map(([writer]) => writer),
    );
    await this.#read.scan(
      {
        rows: (first, last) => room.rawRows(first, last),
        ownWriter: hex(room.writerKey),
        hasJoined: room.writers.has(hex(room.writerKey)),
        isMine: (writer) => mine.has(writer),
        mentionsMe: (text, mentions) => this.#mentionsMe(text, mentions),
      },
      from,
      total,
      at,
    );
    const last = (await room.rawRows(Math.max(0, total - 1), total))[0];
    const decoded = last ? decode(last.row.bytes) : null;
    if (last && decoded?.ok) {
      const arrivedAt = this.#read.arrivedAt(hex(last.row.writer), last.row.length);
      this.#lastAt = Math.min(decoded.envelope.sentAt, arrivedAt ?? at);
    }
  }

  async markRead(): Promise<void> {
    if (await this.#read.markRead()) this.emit("info");
  }

  // --- writing

  /**
   * Sends, or answers what became of it where this id was sent before: sending again is harmless.
   * @throws KeetError `EMPTY_MESSAGE`, `MESSAGE_TOO_LONG`, `ROOM_STOPPED`
   */
  async send(
    text: string,
    { id = newId(), action = false }: { id?: Uint8Array; action?: boolean } = {},
  ): Promise<RoomMessage> {
    checkText(text);
    if (this.room.stopReason !== null) await this.room.room();
    // One after the other up to the outbox and the log's queue, so that what is sent first comes first.
    const begun = this.#beginning.then(() => this.#begin(text, id, action));
    this.#beginning = begun.catch(() => {});
    await Promise.all((await begun).waits);
    const own = this.room.writerKey;
    const [message] = (await this.message(id)).filter(({ writer }) => b4a.equals(writer, own));
    if (!message) throw new KeetError("peer", "NOT_WRITABLE", "The room did not take it.");
    return message;
  }

  /** @returns what to wait for, until it is on disk and in the log: in an object, since a promise would be waited for here */
  async #begin(text: string, id: Uint8Array, action: boolean): Promise<{ waits: Promise<void>[] }> {
    const { room } = this;
    const idHex = hex(id);
    if (room.writable && (await room.placeOf(room.writerKey, id)) !== null) return { waits: [] };
    const known = this.#outbox.get(idHex);
    if (known) return { waits: [this.#post(known)] };
    const waiting: Waiting = { id: idHex, text, action, sentAt: this.#now(), failed: null };
    const kept = this.#outbox.add(waiting);
    this.#showWaiting(waiting);
    // Pushed and appended at once; the promise given back still waits for the disk.
    return { waits: [kept, this.#post(waiting)] };
  }

  /** Once at a time for each message. */
  #post(waiting: Waiting): Promise<void> {
    const known = this.#sending.get(waiting.id);
    if (known) return known;
    const sending = this.#postOnce(waiting).finally(() => this.#sending.delete(waiting.id));
    this.#sending.set(waiting.id, sending);
    return sending;
  }

  async #postOnce(waiting: Waiting): Promise<void> {
    const { room } = this;
    if (!room.writable || room.isStalled) return;
    const id = b4a.from(waiting.id, "hex");
    try {
      const bytes = room.seal({ type: "post-message", text: waiting.text, action: waiting.action }, id, waiting.sentAt);
      this.peers.push(bytes);
      await room.append(bytes);
      const place = await room.placeOf(room.writerKey, id);
      if (place === null)
        throw new KeetError("peer", "NOT_WRITABLE", "The room did not take it: you may not write here.");
      await this.#outbox.remove(waiting.id);
      this.emit("states", [{ id: waiting.id, state: "sent", reason: null }]);
    } catch (error) {
      if (this.closing) return;
      const isFinal = error instanceof KeetError && error.code === "NOT_WRITABLE";
      if (isFinal) await this.#fail(waiting, error.message);
      if (error instanceof KeetError && error.code === "ROOM_STOPPED") throw error;
      this.emit("warning", error);
    }
  }

  async #fail(waiting: Waiting, reason: string): Promise<void> {
    const failed = { ...waiting, failed: reason };
    await this.#outbox.add(failed);
    this.#showWaiting(failed);
    this.emit("states", [{ id: waiting.id, state: "failed", reason }]);
  }

  #retryOutbox(): void {
    // What a stalled log holds already would only be queued there twice.
    if (!this.room.writable || this.closing || this.room.isStalled) return;
    const waiting = this.#outbox.all.filter(({ id, failed }) => failed === null && !this.#sending.has(id));
    if (waiting.length === 0) return;
    void (async () => {
      for (const message of waiting) {
        // It may be in the log already: a kill can come between the log and the outbox.
        const place = await this.room.placeOf(this.room.writerKey, b4a.from(message.id, "hex"));
        if (place === null) await this.#post(message);
        else await this.#outbox.remove(message.id);
      }
    })().catch((error) => this.emit("warning", error));
  }

  #showWaiting(waiting: Waiting): void {
    const id = b4a.from(waiting.id, "hex");
    this.#show({
      id,
      writer: this.room.writerKey,
      author: this.#identity.key,
      name: this.#identity.name,
      sentAt: waiting.sentAt,
      receivedAt: waiting.sentAt,
      place: null,
      op: { type: "post-message", text: waiting.text, action: waiting.action },
      state: waiting.failed === null ? "pending" : "failed",
      reason: waiting.failed,
      verified: true,
      mine: true,
      clockOff: false,
      mentionsMe: false,
    });
  }

  #show(message: RoomMessage): void {
    const key = `${hex(message.writer)}:${hex(message.id)}`;
    this.#arriving.set(key, { message, at: performance.now() });
    this.emit("arriving", message);
  }

  async #settleArriving(): Promise<void> {
    for (const [key, { message }] of this.#arriving) {
      const place = await this.room.placeOf(message.writer, message.id);
      if (place !== null) this.#arriving.delete(key);
    }
  }

  async write(op: Op): Promise<void> {
    if (!this.room.writable) {
      if (this.room.stopReason !== null) await this.room.room();
      throw new KeetError("peer", "NOT_WRITABLE", "You are not in this room yet.", {
        hint: "Wait until you are in, or ask for a new invite.",
      });
    }
    await this.room.append(this.room.seal(op, newId(), this.#now()));
  }

  async rename(name: string): Promise<void> {
    if (this.room.writable) await this.write({ type: "set-profile", name: checkedName(name) });
  }

  // --- ahead of the order, and after it

  async #arrive(writer: Uint8Array, bytes: Uint8Array): Promise<void> {
    if (this.#arriving.size >= MAX_ARRIVING) return;
    const decoded = decode(bytes);
    if (!decoded.ok || decoded.op?.type !== "post-message" || !this.room.writers.get(hex(writer))?.active) return;
    const { envelope, op } = decoded;
    const seen = this.#tellings;
    const [place, row] = await Promise.all([
      this.room.placeOf(writer, envelope.id),
      this.room.describe(-1, writer, Number.MAX_SAFE_INTEGER, envelope, op),
    ]);
    if (place !== null || !row.verified) return;
    const at = this.#now();
    const message = { ...this.#messageOf(row), place: null, receivedAt: at, state: null };
    // It may have come into the order while we looked.
    if (seen !== this.#tellings && (await this.room.placeOf(writer, envelope.id)) !== null) return;
    this.#show({ ...message, clockOff: envelope.sentAt > at + CLOCK_OFF_MS });
  }

  #onDelivered(length: number): void {
    if (length <= this.#deliveredLength) return;
    const before = this.#deliveredLength;
    this.#deliveredLength = length;
    void this.#local.put(`sent/${this.id}`, length).catch(() => {});
    void this.#tellDelivered(before, length).catch(() => {});
  }

  async #tellDelivered(before: number, length: number): Promise<void> {
    const states: StateChange[] = [];
    // Ours among the latest rows; older ones are asked for anew when somebody looks at them.
    const { total, writerKey } = this.room;
    for (const { row } of await this.room.rawRows(total - RECENT_ROWS, total)) {
      if (!b4a.equals(row.writer, writerKey) || row.length <= before || row.length > length) continue;
      const decoded = decode(row.bytes);
      if (decoded.ok && decoded.op?.type === "post-message") {
        states.push({ id: hex(decoded.envelope.id), state: "delivered", reason: null });
      }
    }
    if (states.length > 0) this.emit("states", states);
    this.emit("info");
  }

  #onTick(): void {
    this.peers.tick();
    if (this.#outSince !== null) void this.refresh().catch(() => {});
    const now = performance.now();
    for (const [key, { message, at }] of this.#arriving) {
      if (message.mine || now - at < ARRIVING_LIMIT_MS) continue;
      this.#arriving.delete(key);
      this.emit("arriving-gone", { writer: message.writer, id: message.id });
    }
    if (now - this.#retryAt > RETRY_SEND_MS) {
      this.#retryAt = now;
      this.#retryOutbox();
    }
  }
}

function checkText(text: string): void {
  if (text.length === 0) throw new KeetError("user", "EMPTY_MESSAGE", "There is nothing to send.");
  const bytes = textBytes(text);
  if (bytes <= MAX_TEXT_BYTES) return;
  throw new KeetError(
    "user",
    "MESSAGE_TOO_LONG",
    `A message has at most ${MAX_TEXT_BYTES} bytes; this one has ${bytes}.`,
    {
      hint: "Send it in parts.",
    },
  );
}
