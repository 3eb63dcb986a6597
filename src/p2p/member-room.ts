/**
 * A room as its member lives in it: the log (room.ts) plus who is here, what is being sent, what was read, and what
 * is said beside the log (channel.ts). Emits `info`, `timeline` {from, total}, `marks` (places), `late` (Late[]),
 * `arriving` (RoomMessage), `arriving-gone` {writer, id}, `states` [{id, state, reason}], `members`, `typing`,
 * `offer` (identity, Offer), `lost`, `removed`.
 */
import b4a from "b4a";
import type { Connection } from "hyperswarm";
import ReadyResource from "ready-resource";
import { KeetError } from "../errors.js";
import { Arriving } from "./arriving.js";
import type { Offer } from "./channel.js";
import { decode, MAX_FILE_NAME_BYTES, MAX_SHARED_FILES, MAX_TEXT_BYTES, textBytes } from "./decode.js";
import { type Divergence, Divergences } from "./divergence.js";
import type { TransferInfo } from "./files/held.js";
import { hex } from "./hex.js";
import { checkedName, type Identity } from "./identity.js";
import { LeftOut } from "./left-out.js";
import type { LocalStore } from "./local-store.js";
import { MessageReader } from "./message-reader.js";
import { PLAIN, type Who } from "./message-state.js";
import {
  fileOf,
  isSaid,
  type MessageState,
  type RoomMessage,
  type StateChange,
  textOf,
  UNTOUCHED,
} from "./messages.js";
import type { Waiting } from "./outbox.js";
import { Presence } from "./presence.js";
import { Promoter } from "./promoter.js";
import { ReadState } from "./read-state.js";
import { mayDo } from "./rights.js";
import { newId, type Room } from "./room.js";
import { RoomPeers } from "./room-peers.js";
import type { RoomRow } from "./room-rows.js";
import { SearchIndex } from "./search-index.js";
import { matches, type Query, searchable } from "./search-text.js";
import { Sending } from "./sending.js";
import type { MessageRef, Op, PostMessage, ShareFile } from "./spec/generated/types.js";
import type { Role, RoomRecord } from "./view.js";

const RETRY_SEND_MS = 2_000;
const RECENT_ROWS = 200;
/** A device that was here for so long in all may sign the room's order. */
const PROMOTE_AFTER_MS = 10 * 60_000;

export interface Member {
  readonly identity: Buffer;
  readonly name: string;
  readonly role: Role;
  readonly here: boolean;
  readonly mine: boolean;
  readonly devices: number;
  /** ms since 1970, by the latest of their devices; null: not since this device joined. */
  readonly seenAt: number | null;
  readonly blocked: boolean;
}

/** A device that signs the room's order. */
export interface Signer {
  readonly writer: Uint8Array;
  readonly who: Who;
  readonly here: boolean;
  readonly seenAt: number | null;
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
  /** Somebody took this person out, and who; null where the room does not tell. */
  readonly removed: boolean;
  readonly removedBy: string | null;
  /** Of a room for two: the other one. */
  readonly with: Who | null;
  readonly alarms: readonly Divergence[];
}

/** What is offered; `id` is that of the share. */
export interface NewShare extends Omit<ShareFile, "type"> {
  readonly id?: Uint8Array;
}

export interface MemberRoomOptions {
  readonly room: Room;
  readonly identity: Identity;
  readonly local: LocalStore;
  readonly now: () => number;
  /** A connection of this room proved that it holds its key. */
  readonly trust: (connection: Connection) => void;
  /** Has this person blocked that one? */
  readonly isBlocked?: (identity: Uint8Array) => boolean;
  readonly promoteAfterMs?: number;
  /** How far a share is on this device. */
  readonly transferOf?: (share: string) => TransferInfo | null;
  /** For the words of this room. */
  readonly searchFolder: string;
}

export class MemberRoom extends ReadyResource {
  readonly room: Room;
  readonly peers: RoomPeers;
  readonly id: string;
  readonly #identity: Identity;
  readonly #local: LocalStore;
  readonly #now: () => number;
  readonly #sending: Sending;
  readonly #leftOut: LeftOut;
  readonly #read: ReadState;
  readonly #arriving = new Arriving();
  readonly #presence: Presence;
  readonly divergences: Divergences;
  readonly #search: SearchIndex;
  readonly #isBlocked: (identity: Uint8Array) => boolean;
  readonly #transferOf: (share: string) => TransferInfo | null;
  readonly #promoter: Promoter;
  readonly #reader: MessageReader;
  #deliveredLength = 0;
  #members = 0;
  #record: RoomRecord | null = null;
  #role: Role | null = null;
  #toldTotal = 0;
  /** How often rows changed. */
  #tellings = 0;
  #lastAt: number | null = null;
  #scanning: Promise<void> | null = null;
  /** Rows from `from` on that were not looked through yet. */
  #changedRows: { from: number; total: number } | null = null;
  #tick: NodeJS.Timeout | null = null;
  #retryAt = 0;
  #tickedAt = 0;
  #removed = false;
  #removedBy: string | null = null;
  #with: Who | null = null;

  constructor(options: MemberRoomOptions) {
    super();
    this.room = options.room;
    this.id = hex(options.room.discoveryKey);
    this.peers = new RoomPeers(options);
    this.#identity = options.identity;
    this.#local = options.local;
    this.#now = options.now;
    this.#sending = new Sending({ ...options, push: (bytes) => this.peers.push(bytes) });
    this.#leftOut = new LeftOut({ ...options, id: this.id, sending: this.#sending });
    this.#leftOut.on("lost", () => this.emit("lost"));
    this.#read = new ReadState(options.local, this.id);
    this.#presence = new Presence(options.local, this.id);
    this.divergences = new Divergences(options);
    this.#search = new SearchIndex({
      folder: options.searchFolder,
      encryptionKey: options.room.base.encryptionKey ?? options.room.key,
      rows: (from, to) => this.room.fullRows(from, to),
      total: () => this.room.total,
      isIdle: () => this.room.fetched === null && this.room.stopReason === null && !this.closing,
    });
    this.#isBlocked = options.isBlocked ?? (() => false);
    this.#transferOf = options.transferOf ?? (() => null);
    this.#reader = new MessageReader({
      room: this.room,
      identity: this.#identity,
      read: this.#read,
      sending: this.#sending,
      now: this.#now,
      isBlocked: this.#isBlocked,
      deliveredLength: () => this.#deliveredLength,
      transferOf: this.#transferOf,
    });
    this.#promoter = new Promoter({
      room: this.room,
      peers: this.peers,
      presence: this.#presence,
      now: this.#now,
      write: (op) => this.write(op),
      afterMs: options.promoteAfterMs ?? PROMOTE_AFTER_MS,
    });
  }

  protected override async _open(): Promise<void> {
    const { room } = this;
    const { divergences } = this;
    await Promise.all([this.#sending.load(), this.#read.load(), this.#presence.load(), divergences.load()]);
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
    peers.on("offer", (identity: Uint8Array, offer: Offer) => this.emit("offer", identity, offer));
    peers.on("proven", () => this.emit("proven"));
    peers.on("hashes", (peer, told, hashes) => void divergences.compare(peer, told, hashes).catch(() => {}));
    divergences.on("changed", () => this.emit("info"));
    this.#listenToSending();
    peers.on("pushed", (writer: Uint8Array, bytes: Uint8Array) => void this.#arrive(writer, bytes).catch(() => {}));
    room.on("rows", ({ from, total }: { from: number; total: number }) => this.#onRows(from, total));
    room.on("marks", (places: number[]) => {
      void this.#search.changedAt(places);
      this.emit("marks", places);
    });
    room.on("changed", () => void this.refresh().catch(() => {}));
    room.on("persons", () => this.emit("members"));
    room.on("writable", () => void this.refresh().catch(() => {}));
    room.on("stopped", () => void this.refresh().catch(() => {}));
    for (const waiting of this.#sending.all) this.#showWaiting(waiting);
    await this.refresh().catch(() => {});
    this.#onRows(room.total, room.total);
    this.#leftOut.reordered();
    this.#tick = setInterval(() => this.#onTick(), 1_000);
    this.#tick.unref();
    this.#tickedAt = performance.now();
    this.#sending.retry();
  }

  protected override async _close(): Promise<void> {
    if (this.#tick) clearInterval(this.#tick);
    this.#sending.close();
    this.#search.close();
    this.peers.close();
    await this.room.close();
    await this.#scanning;
  }

  #listenToSending(): void {
    this.#arriving.on("arriving", (message: RoomMessage) => this.emit("arriving", message));
    this.#arriving.on("arriving-gone", (gone) => this.emit("arriving-gone", gone));
    this.#sending.on("warning", (error) => this.emit("warning", error));
    this.#sending.on("waiting", (waiting: Waiting) => this.#showWaiting(waiting));
    this.#sending.on("done", ({ id, op }: Waiting) => {
      if (isSaid(op)) this.emit("states", [{ id, state: "sent", reason: null }]);
      else this.#markTarget(op);
    });
    this.#sending.on("failed", ({ id, failed }: Waiting) =>
      this.emit("states", [{ id, state: "failed", reason: failed }]),
    );
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
      canWrite:
        room.writable &&
        this.#role !== null &&
        mayDo("post-message", { role: this.#role, room: this.#record, own: true }),
      removed: this.#removed,
      removedBy: this.#removedBy,
      with: this.#with,
      alarms: this.divergences.all,
    };
  }

  async members(): Promise<Member[]> {
    const here = this.peers.hereIdentities();
    const persons = await this.room.persons();
    const seenAt = this.#seenByIdentity();
    return persons
      .filter(({ value }) => !value.removed && value.writers > 0)
      .map(({ key, value }) => {
        const mine = b4a.equals(key, this.#identity.key);
        const id = hex(key);
        return {
          identity: key,
          name: value.name,
          role: value.role,
          devices: value.writers,
          mine,
          here: mine || here.has(id),
          seenAt: seenAt.get(id) ?? null,
          blocked: this.#isBlocked(key),
        };
      });
  }

  #seenByIdentity(): Map<string, number> {
    const found = new Map<string, number>();
    for (const [writer, { identity }] of this.room.writers) {
      const at = this.#presence.seenAt(writer);
      const id = hex(identity);
      if (at !== null && at > (found.get(id) ?? 0)) found.set(id, at);
    }
    return found;
  }

  /** Who signs the room's order, and when each was here last. */
  async signers(): Promise<Signer[]> {
    const here = this.peers.hereWriters();
    return Promise.all(
      this.room.signers().map(async (writer) => {
        const id = hex(writer);
        const isOwn = b4a.equals(writer, this.room.writerKey);
        const identity = this.room.writers.get(id)?.identity ?? b4a.alloc(32);
        return {
          writer,
          // Who signs is known before who that is, where history is still missing.
          who: { identity, name: await this.room.nameOf(identity).catch(() => "") },
          here: isOwn || here.has(id),
          seenAt: isOwn ? this.#now() : this.#presence.seenAt(id),
        };
      }),
    );
  }

  /** What each connected member has of the blocks known here. */
  async has(): Promise<{ who: Who; blocks: number; of: number }[]> {
    const heads = await this.room.heads().catch(() => []);
    return Promise.all(
      this.peers.has(heads).map(async ({ identity, blocks, of }) => ({
        who: { identity, name: await this.room.nameOf(identity) },
        blocks,
        of,
      })),
    );
  }

  /** Something of ours is not in the log yet. */
  get hasWaiting(): boolean {
    return this.#sending.hasWaiting;
  }

  /** Nobody else is in it. */
  get isAlone(): boolean {
    return this.#members <= 1;
  }

  /** Something of ours has reached nobody yet. */
  get hasUndelivered(): boolean {
    if (this.hasWaiting) return true;
    return !this.isAlone && this.#read.seenOf(hex(this.room.writerKey)) > this.#deliveredLength;
  }

  async #whoRemovedMe(): Promise<string | null> {
    const { total } = this.room;
    const rows = await this.room.rows(total - RECENT_ROWS, total).catch(() => []);
    const isMine = ({ op }: RoomRow) => op?.type === "remove-member" && b4a.equals(op.identity, this.#identity.key);
    return rows.findLast(isMine)?.name || null;
  }

  /** Somebody was let in again: what was kept goes out. */
  async resend(): Promise<void> {
    this.#removed = false;
    await this.#sending.resend();
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
      if (this.#record?.kind === "direct") {
        const other = (await room.persons()).find(({ key }) => !b4a.equals(key, this.#identity.key));
        this.#with = other ? { identity: other.key, name: other.value.name } : null;
      }
      if (me?.removed && !this.#removed) {
        const by = await this.#whoRemovedMe();
        // Whoever asks hears of both at once, and another refresh may have told it meanwhile.
        if (!this.#removed) {
          this.#removed = true;
          this.#removedBy = by;
          await this.#leftOut.removed();
          this.emit("removed");
        }
      } else if (!me?.removed) this.#removed = false;
      if (!me?.removed) await this.#leftOut.noteWhetherIn(isIn);
    }
    this.emit("info");
  }

  // --- reading

  async messages(from: number, to: number): Promise<RoomMessage[]> {
    return this.#reader.all(await this.room.rows(from, to));
  }

  /** Pinned ones, the latest pin first. */
  async pins(): Promise<RoomMessage[]> {
    return this.#reader.all(await this.room.pins());
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
    return this.#arriving.all;
  }

  async row(message: RoomMessage): Promise<RoomRow | null> {
    if (message.place === null) return null;
    return (await this.room.rows(message.place, message.place + 1))[0] ?? null;
  }

  /** Rows that change while others are looked through wait together, so that a flood makes no queue. */
  #onRows(from: number, total: number): void {
    void this.#search.changedFrom(from);
    if (from < this.#toldTotal) this.#leftOut.reordered();
    this.#toldTotal = total;
    this.#tellings += 1;
    this.#changedRows = { from: Math.min(from, this.#changedRows?.from ?? from), total };
    this.#scanning ??= this.#scanAll();
  }

  async #scanAll(): Promise<void> {
    for (let next = this.#takeChangedRows(); next && !this.closing; next = this.#takeChangedRows()) {
      const { from, total } = next;
      await this.#scan(from, total).catch((error) => this.emit("warning", error));
      if (this.closing) return;
      await this.#settleArriving().catch(() => {});
      this.emit("timeline", { from, total });
      await this.refresh().catch(() => {});
      this.#sending.retry();
    }
    // In the same turn as the last look, or what comes in between would wait for the next change.
    this.#scanning = null;
  }

  #takeChangedRows(): { from: number; total: number } | null {
    const changed = this.#changedRows;
    this.#changedRows = null;
    return changed;
  }

  async #scan(from: number, total: number): Promise<void> {
    const { room } = this;
    if (room.stopReason !== null || this.closing) return;
    const at = this.#now();
    const writersOf = (wanted: (identity: Uint8Array) => boolean) =>
      new Set([...room.writers].filter(([, { identity }]) => wanted(identity)).map(([writer]) => writer));
    const mine = writersOf((identity) => b4a.equals(identity, this.#identity.key));
    const blocked = writersOf(this.#isBlocked);
    const late = await this.#read.scan(
      {
        rows: (first, last) => room.rawRows(first, last),
        ownWriter: hex(room.writerKey),
        hasJoined: room.writers.has(hex(room.writerKey)),
        isMine: (writer) => mine.has(writer),
        isBlocked: (writer) => blocked.has(writer),
        mentionsMe: (text, mentions) => this.#reader.mentionsMe(text, mentions),
      },
      from,
      total,
      at,
    );
    const last = (await room.rawRows(Math.max(0, total - 1), total))[0];
    const decoded = last ? decode(last.row.bytes) : null;
    if (last && decoded?.ok) {
      const arrivedAt = (await this.#read.arrivals([last.row]))(hex(last.row.writer), last.row.length);
      this.#lastAt = Math.min(decoded.envelope.sentAt, arrivedAt ?? at);
    }
    if (late.length > 0) this.emit("late", late);
  }

  // --- searching

  /** Messages that match, the newest first; each read anew, so that what it shows is what is there now. */
  async search(
    query: Query,
    before: number,
    limit: number,
  ): Promise<{ messages: RoomMessage[]; before: number | null }> {
    const hits = await this.#search.find(query, before, limit);
    const messages: RoomMessage[] = [];
    for (const place of hits.places) {
      const [message] = await this.messages(place, place + 1);
      if (!message || message.blocked || !matches(query, searchable(message.file?.name ?? message.text))) continue;
      if (query.from === null || searchable(message.name).includes(query.from)) messages.push(message);
    }
    return { messages, before: hits.before };
  }

  async markRead(): Promise<void> {
    if (await this.#read.markRead()) this.emit("info");
  }

  // --- writing

  /**
   * Sends, or answers what became of it where this id was sent before: sending again is harmless.
   * @throws KeetError `EMPTY_MESSAGE`, `MESSAGE_TOO_LONG`, `NOT_ALLOWED`, `ROOM_STOPPED`
   */
  async send(
    text: string,
    {
      id = newId(),
      action = false,
      replyTo = null,
      mentions = [],
    }: { id?: Uint8Array; action?: boolean; replyTo?: MessageRef | null; mentions?: readonly Uint8Array[] } = {},
  ): Promise<RoomMessage> {
    checkText(text);
    return this.#say({ type: "post-message", text, action, replyTo, mentions }, id);
  }

  async #say(op: PostMessage | ShareFile, id: Uint8Array): Promise<RoomMessage> {
    if (this.closing) throw new KeetError("user", "NO_SUCH_ROOM", "This room is not there any more.");
    if (this.room.stopReason !== null) await this.room.room();
    await this.#sending.send(op, id, () => this.#checkAllowed(op));
    const own = this.room.writerKey;
    const isIt = (message: RoomMessage) => b4a.equals(message.id, id) && b4a.equals(message.writer, own);
    const message = (await this.#at({ writer: own, id }).catch(() => null)) ?? this.arriving.find(isIt);
    // The order may just be changing: it is in the log all the same.
    return message ?? this.#ownMessage({ id: hex(id), op, sentAt: this.#now(), failed: null }, "sent");
  }

  /**
   * Offers a file. `id` is that of the share; sharing again under the same one is harmless.
   * @throws KeetError as `send`, and `NAME_TOO_LONG`, `TOO_MANY_FILES`
   */
  async share({ id = newId(), ...share }: NewShare): Promise<RoomMessage> {
    checkShare(share);
    return this.#say({ type: "share-file", ...share }, id);
  }

  /** One's own file is whole: `hash` is that of the core with its bytes. @throws KeetError as `act` */
  finish(target: MessageRef, hash: Uint8Array): Promise<RoomMessage | null> {
    return this.act({ type: "finish-file", target, hash });
  }

  /** Takes a file back. @throws KeetError as `act` */
  unshare(target: MessageRef): Promise<RoomMessage | null> {
    return this.act({ type: "unshare-file", target });
  }

  /** Files of this room, the newest first, those taken back too: of places before that one. */
  async files(before: number, limit: number): Promise<RoomMessage[]> {
    return this.#reader.all(await this.room.files(before, limit));
  }

  /**
   * Edits, takes back, reacts to or pins a message; kept and sent later where the room takes nothing now.
   * @returns the message as it is after that; null where it went away unsent
   * @throws KeetError `NOT_ALLOWED`, `NO_SUCH_MESSAGE`, `NOTHING_TO_DO`, `TOO_MANY`, `ROOM_STOPPED`
   */
  async act(op: Extract<Op, { readonly target: unknown }>): Promise<RoomMessage | null> {
    if (op.type === "edit-message") checkText(op.text);
    const { writer, id } = op.target;
    const isOwn = b4a.equals(writer, this.room.writerKey);
    if (isOwn && this.#sending.get(id)) return this.#actOnWaiting(op);
    // Asked a second time, as after an unclear failure, it is so already.
    const isTakingBack = op.type === "delete-message" || op.type === "unshare-file";
    if (isOwn && isTakingBack && this.#sending.dropped(id)) return null;
    if (op.type === "delete-message") {
      const gone = await this.#at(op.target);
      if (gone?.deletedBy) return gone;
    }
    await this.#sending.send(op, newId(), () => this.#checkAllowed(op));
    return this.#at(op.target);
  }

  async #at({ writer, id }: MessageRef): Promise<RoomMessage | null> {
    const place = await this.room.placeOf(writer, id);
    return place === null ? null : ((await this.messages(place, place + 1))[0] ?? null);
  }

  /** What was taken back before it went out, as it would be seen; null where nothing of that id was. */
  dropped(id: Uint8Array): RoomMessage | null {
    const dropped = this.#sending.dropped(id);
    if (!dropped) return null;
    const op: Op = { type: "post-message", text: "" };
    const deletedBy = { identity: this.#identity.key, name: this.#identity.name };
    return { ...this.#ownMessage({ ...dropped, op, failed: null }, "pending"), state: null, deletedBy };
  }

  /**
   * Sends again what failed, or the one of that id where it failed or waits.
   * @returns each as it is then
   */
  async retry(id: Uint8Array | null): Promise<RoomMessage[]> {
    const said = this.#sending.all.filter(({ op }) => isSaid(op));
    const wanted = said.filter((one) => (id === null ? one.failed !== null : one.id === hex(id)));
    for (const one of wanted) await this.#sending.again(one, () => this.#checkAllowed(one.op));
    return Promise.all(wanted.map((one) => this.#afterSending(one)));
  }

  async #afterSending(waiting: Waiting): Promise<RoomMessage> {
    const id = b4a.from(waiting.id, "hex");
    const left = this.#sending.get(id);
    if (left) return this.#ownMessage(left, left.failed === null ? "pending" : "failed");
    const inLog = await this.#at({ writer: this.room.writerKey, id }).catch(() => null);
    return inLog ?? this.#ownMessage(waiting, "sent");
  }

  /** A message of one's own that has not gone out yet. */
  async #actOnWaiting(op: Extract<Op, { readonly target: unknown }>): Promise<RoomMessage | null> {
    const { writer, id } = op.target;
    const waiting = this.#sending.get(id);
    if (waiting?.op.type === "post-message" && op.type === "edit-message") {
      const changed = { ...waiting.op, text: op.text, mentions: op.mentions ?? [] };
      if (await this.#sending.change(id, changed)) return (await this.message(id))[0] ?? null;
    }
    if (op.type === "finish-file" && waiting?.failed) {
      throw new KeetError("user", "NOT_SENT", `That file did not get into the room: ${waiting.failed}`);
    }
    if (op.type === "finish-file") {
      // It goes into the log behind its share, so nobody can ask yet whether the room would take it.
      await this.#sending.send(op, newId(), async () => {});
      return (await this.message(id))[0] ?? null;
    }
    const isTakingBack = op.type === "delete-message" || op.type === "unshare-file";
    if (isTakingBack && (await this.#sending.drop(id))) {
      for (const { id: other } of this.#sending.about(op.target)) await this.#sending.drop(b4a.from(other, "hex"));
      this.#arriving.drop({ writer, id });
      return null;
    }
    throw new KeetError("user", "NOT_NOW", "It is just going out; try again in a moment.");
  }

  /** What the room would refuse is told at once and never written; where it cannot be asked now, `apply` decides. */
  async #checkAllowed(op: Op): Promise<void> {
    const { room } = this;
    if (room.stopReason !== null) await room.room();
    if (!room.writable && !this.#removed) return;
    // The usual case without a read: every millisecond before a message goes out counts.
    if (op.type === "post-message" && this.summary().canWrite) return;
    const why = await room.whyNot(op).catch(() => null);
    if (why) throw new KeetError("user", why.code, why.message, why.hint ? { hint: why.hint } : {});
  }

  #showWaiting(waiting: Waiting): void {
    const { op, failed } = waiting;
    if (isSaid(op)) this.#arriving.show(this.#ownMessage(waiting, failed === null ? "pending" : "failed"));
    else this.#markTarget(op);
  }

  #ownMessage({ id: idHex, op, sentAt, failed }: Waiting, state: MessageState): RoomMessage {
    const id = b4a.from(idHex, "hex");
    return {
      ...UNTOUCHED,
      id,
      writer: this.room.writerKey,
      author: this.#identity.key,
      name: this.#identity.name,
      sentAt,
      receivedAt: sentAt,
      place: null,
      op,
      text: textOf(op),
      file: fileOf(op, id, PLAIN, this.#transferOf(hex(id))),
      state,
      reason: failed,
      verified: true,
      mine: true,
      blocked: false,
      clockOff: false,
      mentionsMe: false,
    };
  }

  /** What an op is about looks otherwise now. */
  #markTarget(op: Op): void {
    if (!("target" in op)) return;
    void this.room
      .placeOf(op.target.writer, op.target.id)
      .then((place) => place !== null && this.emit("marks", [place]))
      .catch(() => {});
  }

  #settleArriving(): Promise<void> {
    return this.#arriving.settle((writer, id) => this.room.placeOf(writer, id));
  }

  /** @throws KeetError as `act`; it is not kept where it cannot be written now */
  async write(op: Op): Promise<void> {
    if (!this.room.writable) {
      if (this.room.stopReason !== null) await this.room.room();
      throw new KeetError("peer", "NOT_WRITABLE", "You are not in this room yet.", {
        hint: "Wait until you are in, or ask for a new invite.",
      });
    }
    const why = await this.room.whyNot(op);
    if (why) throw new KeetError("user", why.code, why.message, why.hint ? { hint: why.hint } : {});
    await this.room.append(this.room.seal(op, newId(), this.#now()));
  }

  async rename(name: string): Promise<void> {
    if (this.room.writable) await this.write({ type: "set-profile", name: checkedName(name) });
  }

  // --- ahead of the order, and after it

  async #arrive(writer: Uint8Array, bytes: Uint8Array): Promise<void> {
    if (this.#arriving.isFull) return;
    const decoded = decode(bytes);
    const record = this.room.writers.get(hex(writer));
    if (!decoded.ok || !isSaid(decoded.op) || !record?.active) return;
    if (this.#isBlocked(record.identity)) return;
    const { envelope, op } = decoded;
    const person = await this.room.person(record.identity);
    if (!person || !mayDo(op.type, { role: person.role, room: this.#record, own: true })) return;
    const seen = this.#tellings;
    const [isKnown, row] = await Promise.all([
      this.room.has(writer, envelope.id),
      this.room.describe(writer, envelope, op),
    ]);
    if (isKnown || !row.verified) return;
    const at = this.#now();
    const message = await this.#reader.one(row, () => at);
    // It may have come into the order while we looked.
    if (seen !== this.#tellings && (await this.room.has(writer, envelope.id))) return;
    this.#arriving.show({ ...message, state: null });
  }

  #onDelivered(length: number): void {
    if (length <= this.#deliveredLength) return;
    const before = this.#deliveredLength;
    this.#deliveredLength = length;
    void this.#local.putLater(`sent/${this.id}`, length);
    void this.#tellDelivered(before, length).catch(() => {});
  }

  async #tellDelivered(before: number, length: number): Promise<void> {
    const states: StateChange[] = [];
    // Ours among the latest rows; older ones are asked for anew when somebody looks at them.
    const { total, writerKey } = this.room;
    for (const { row } of await this.room.rawRows(total - RECENT_ROWS, total)) {
      if (!b4a.equals(row.writer, writerKey) || row.length <= before || row.length > length) continue;
      const decoded = decode(row.bytes);
      if (decoded.ok && isSaid(decoded.op)) {
        states.push({ id: hex(decoded.envelope.id), state: "delivered", reason: null });
      }
    }
    if (states.length > 0) this.emit("states", states);
    this.emit("info");
  }

  #onTick(): void {
    this.peers.tick();
    this.#arriving.tick();
    if (this.#leftOut.isOut) void this.refresh().catch(() => {});
    void this.#leftOut.look().catch((error) => this.emit("warning", error));
    const now = performance.now();
    this.#presence.note(new Set(this.peers.hereWriters().keys()), this.#now(), now - this.#tickedAt);
    this.#tickedAt = now;
    this.divergences.tick(this.peers.proven);
    if (now - this.#retryAt > RETRY_SEND_MS) {
      this.#retryAt = now;
      this.#sending.retry();
    }
    void this.#promoter
      .tick({ role: this.#role, record: this.#record, isClosing: this.closing !== null })
      .catch((error) => this.emit("warning", error));
  }
}

function checkShare({ name, files }: Omit<NewShare, "id">): void {
  const bytes = textBytes(name);
  if (bytes > MAX_FILE_NAME_BYTES) {
    const said = `The name of a file has at most ${MAX_FILE_NAME_BYTES} bytes; this one has ${bytes}.`;
    throw new KeetError("user", "NAME_TOO_LONG", said, { hint: "Rename it, then share it." });
  }
  if (files > MAX_SHARED_FILES) {
    const said = `At most ${MAX_SHARED_FILES} files can be shared at once; there are ${files} in it.`;
    throw new KeetError("user", "TOO_MANY_FILES", said, { hint: "Share parts of it, or an archive of it." });
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
