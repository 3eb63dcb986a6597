/**
 * One room: one Autobase and its view. Knows nothing of who is connected, of unread counts or of the outbox.
 * Emits `rows` {from, total}: rows from that place on are no longer what they were; `marks` (places): what is on those rows changed;
 * `joined` (writer record); `persons` (a name, a role or a right changed);
 * `writable`; `heads` (some member's log grew); `stopped` (reason): the library gave this room up, the others live on.
 */
import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import Autobase, { type ApplyNode, type Host } from "autobase";
import b4a from "b4a";
import c from "compact-encoding";
import type Corestore from "corestore";
import Hyperbee from "hyperbee";
import messages from "hypercore/lib/messages.js";
import crypto from "hypercore-crypto";
import type ProtomuxWakeup from "protomux-wakeup";
import ReadyResource from "ready-resource";
import { KeetError } from "../errors.js";
import { isAdmission } from "./admission.js";
import { AppendQueue } from "./append-queue.js";
import { applyNodes } from "./apply.js";
import { patchAutobase } from "./autobase-patch.js";
import { decode, type Envelope, encode, ID_BYTES, isSignedBy, type RejectReason } from "./decode.js";
import { hex } from "./hex.js";
import { History } from "./history.js";
import { type Identity, verifyJoin } from "./identity.js";
import { type Refusal, whyNot } from "./refusals.js";
import { RoomLogs } from "./room-logs.js";
import { type Author, type RoomRow, RoomRows } from "./room-rows.js";
import type { Admission, Op } from "./spec/generated/types.js";
import { StaleBlocks } from "./stale-blocks.js";
import { atMost, within, withinEach } from "./time-limit.js";
import {
  type FullRow,
  type InviteRecord,
  type PersonRecord,
  type RoomRecord,
  type Row,
  ViewCache,
  ViewReader,
  ViewWriter,
  type WriterRecord,
} from "./view.js";
import { ViewSnapshot } from "./view-snapshot.js";
import { type Head, WriterLengths } from "./writer-lengths.js";

const READ_BUSY_LIMIT_MS = 20_000;
const READ_LIMIT_MS = 2_000;
const APPEND_LIMIT_MS = 4_000;
/** How long somebody whose act is refused waits for an order that is just being put anew. */
const STANDS_STILL_LIMIT_MS = 2_000;
const REST_POLL_MS = 10;
/** Unknown writers whose join we checked; more than any meeting needs, and no flood can raise it. */
const MAX_EXPECTED_WRITERS = 1_024;
const CLOSE_READS_MS = 500;
const SLICE_MS = 300;
const REST_LIMIT_MS = 2_000;
const MAX_LEFT_OUT = 1_000;
/** Rows whose marks may still change back when the order changes. */
const MAX_UNSETTLED = 1_000;

export interface RoomOptions {
  /** A namespace of its own: the library's local log has the same name in every room. */
  readonly store: Corestore;
  readonly wakeup: ProtomuxWakeup;
  /** Null makes a new room. */
  readonly key: Uint8Array | null;
  readonly encryptionKey: Uint8Array;
  readonly identity: Identity;
  /** False replays every block in place of taking over the signed view; tests compare the two. */
  readonly fastForward?: boolean;
}

export interface OwnOp {
  /** Of the log, up to and with this op. */
  readonly length: number;
  readonly envelope: Envelope;
  readonly op: Op;
}

export function newId(): Buffer {
  return crypto.randomBytes(ID_BYTES);
}

export class Room extends ReadyResource {
  readonly base: Autobase;
  readonly logs: RoomLogs;
  readonly #store: Corestore;
  readonly #identity: Identity;
  readonly #queue: AppendQueue;
  /** Lowest place written since the last `rows`; Infinity where none was. */
  #touchedFrom = Number.POSITIVE_INFINITY;
  #total = 0;
  #personsChanged = false;
  #writersChanged = false;
  /** Rows with something new on them since the last `marks`, and those where that is not settled yet. */
  #marked = new Set<number>();
  readonly #unsettledMarks = new Map<number, number>();
  readonly #viewCache = new ViewCache();
  #telling: Promise<unknown> | null = null;
  #tellAgain = false;
  #busySince: number | null = null;
  #resting: NodeJS.Timeout | null = null;
  readonly #writers = new Map<string, WriterRecord>();
  readonly #expected = new Set<string>();
  /** Blocks left out, so that a change of order counts none twice; past the limit it may. */
  readonly #leftOutBlocks = new Set<string>();
  readonly #leftOut: Record<string, number> = {};
  #stopReason: string | null = null;
  #isOwnLogDamaged = false;
  #lacksHistory = false;
  #isLoadingLate = false;
  #loadsLateAgain = false;
  /** Reads that have begun and not ended. */
  readonly #reading = new Set<Promise<unknown>>();
  #stale: StaleBlocks | null = null;
  #snapshot: ViewSnapshot | null = null;
  readonly #lengths: WriterLengths;
  readonly #rows: RoomRows;
  readonly #history: History;

  constructor(options: RoomOptions) {
    super();
    patchAutobase();
    this.#store = options.store;
    this.#identity = options.identity;
    this.base = new Autobase(options.store, options.key, {
      encryptionKey: options.encryptionKey,
      encrypt: true,
      optimistic: true,
      ackInterval: 1_000,
      fastForward: options.fastForward ?? true,
      wakeup: options.wakeup,
      valueEncoding: "binary",
      open: (store: Corestore) =>
        new Hyperbee(store.get("view" as unknown as object), {
          extension: false,
          keyEncoding: "binary",
          valueEncoding: "binary",
        }),
      apply: (nodes: readonly ApplyNode[], view: Hyperbee, host: Host) => this.#apply(nodes, view, host),
    });
    const isOver = () => this.#stopReason !== null || this.closing !== null;
    this.logs = new RoomLogs({ base: this.base, store: options.store, isOver });
    this.#lengths = new WriterLengths({ base: this.base, isOver, noted: (reading) => this.#noted(reading) });
    this.#rows = new RoomRows({
      roomKey: () => this.key,
      writer: (writer) => this.writer(writer),
      person: (identity) => this.person(identity),
    });
    this.#queue = new AppendQueue({
      base: this.base,
      limitMs: APPEND_LIMIT_MS,
      onStall: () => void this.#checkOwnLog().catch(() => {}),
      stopped: () => (this.#stopReason === null ? null : this.#stopped()),
    });
    this.#history = new History({
      isEntering: () => !this.writable,
      base: this.base,
      store: options.store,
      onProgress: () => {
        this.emit("changed");
        void this.#loadLate();
      },
      onError: (error) => this.emit("warning", error),
    });
    this.#guardWakeup();
  }

  protected override async _open(): Promise<void> {
    this.base.on("error", (error: Error) => this.stop(error.message));
    this.base.on("warning", (error: Error) => this.emit("warning", error));
    this.base.on("update", () => {
      this.#lengths.changed();
      this.#viewChanged();
      this.#goOn();
      this.#tell();
    });
    this.base.on("fast-forward", () => this.#onFastForward());
    this.base.on("writable", () => this.emit("writable"));
    await this.base.ready();
    this.#stale = new StaleBlocks(this.base.view, () => [...this.#reading]);
    this.#snapshot = new ViewSnapshot(this.base.view);
    await this.#checkOwnLog();
    await this.#loadWriters().catch((error) => this.emit("warning", error));
    this.#total = await this.#read((view) => view.length()).catch(() => 0);
    this.fetchHistory();
  }

  protected override async _close(): Promise<void> {
    this.#queue.end(new Error("room is closing"));
    await this.#history.close();
    // A read that begins a snapshot of a core that is just closing throws where nobody can catch it.
    await atMost(CLOSE_READS_MS, Promise.allSettled(this.#reading));
    await this.#snapshot?.close();
    await this.base.close();
    await this.#telling?.catch(() => {});
  }

  get key(): Buffer {
    return this.base.key;
  }

  get discoveryKey(): Buffer {
    return this.base.discoveryKey;
  }

  get writerKey(): Buffer {
    return this.base.local.key;
  }

  get writable(): boolean {
    return this.#stopReason === null && this.base.writable && this.#writers.get(hex(this.writerKey))?.active === true;
  }

  /** Why the library gave this room up; null while it runs. */
  get stopReason(): string | null {
    return this.#stopReason;
  }

  /** From 0 to 1 while history is on its way, else null. */
  get fetched(): number | null {
    return this.#history.fetched;
  }

  /** It cannot be written on: `takeNewLog`. */
  get isOwnLogDamaged(): boolean {
    return this.#isOwnLogDamaged;
  }

  get total(): number {
    return this.#total;
  }

  /** How many blocks were left out, by reason. */
  get leftOut(): Readonly<Record<string, number>> {
    return { ...this.#leftOut };
  }

  #countLeftOut(writerKey: Uint8Array, length: number, reason: RejectReason): void {
    const block = `${hex(writerKey)}:${length}`;
    if (this.#leftOutBlocks.has(block)) return;
    if (this.#leftOutBlocks.size < MAX_LEFT_OUT) this.#leftOutBlocks.add(block);
    this.#leftOut[reason] = (this.#leftOut[reason] ?? 0) + 1;
  }

  /** Closes this room's log, and only this one; what is on disk stays as it is. */
  stop(reason: string): void {
    if (this.#stopReason !== null || this.closing) return;
    this.#stopReason = reason;
    this.#queue.end(this.#stopped());
    void this.#history.close();
    void this.#snapshot?.close();
    void this.base.close().catch(() => {});
    this.emit("stopped", reason);
  }

  #stopped(): KeetError {
    return new KeetError("storage", "ROOM_STOPPED", `This room stopped: ${this.#stopReason}.`, {
      hint: "Other rooms are fine. Restart keet-tui; if it stops again, join anew with an invite.",
    });
  }

  // --- writing

  /** Signs an op. The bytes are what is pushed ahead, queued and appended. */
  seal(op: Op, id: Uint8Array, sentAt: number): Buffer {
    const { secretKey } = this.#signingKeyPair();
    return encode(op, { roomKey: this.key, writerKey: this.writerKey, secretKey, id, sentAt });
  }

  /**
   * Resolves when the op is in this device's log and was applied. What waits at the same time shares one append.
   * @throws KeetError `NOT_NOW` (it is queued all the same), `ROOM_STOPPED`, `NOT_WRITABLE`
   */
  append(bytes: Uint8Array, optimistic = false): Promise<void> {
    return this.#queue.append(bytes, optimistic);
  }

  /** The log takes nothing at the moment; what is queued goes in when blocks come that only others have. */
  get isStalled(): boolean {
    return this.#queue.isStalled;
  }

  /** Several ops go into the log together, in a moment. */
  get isGathering(): boolean {
    return this.#queue.isGathering;
  }

  joinOp(admission: Admission | null): Op {
    const { publicKey } = this.#signingKeyPair();
    return {
      type: "join-room",
      name: this.#identity.name,
      signingKey: publicKey,
      noiseKey: this.#identity.noiseKeyPair.publicKey,
      proof: this.#identity.proveJoin({ roomKey: this.key, writerKey: this.writerKey, signingKey: publicKey }),
      admission,
    };
  }

  #signingKeyPair(): { publicKey: Buffer; secretKey: Buffer } {
    const { keyPair } = this.base.local;
    if (!keyPair) throw new Error("the local log has no key pair");
    return keyPair;
  }

  get signingSecretKey(): Buffer {
    return this.#signingKeyPair().secretKey;
  }

  /** For `set-indexers`: this device's own core as others can open it. */
  manifestBytes(): Buffer {
    return c.encode(messages.manifest, this.base.local.manifest);
  }

  /** Writers that sign the order now, in the room's order. */
  signers(): Buffer[] {
    return (this.base.system?.indexers ?? []).map(({ key }) => b4a.from(key));
  }

  /** A member's log, or the one that holds all that is signed. */
  isOwnLog(writer: Uint8Array): boolean {
    return this.#writers.has(hex(writer)) || this.logs.isSigned(writer);
  }

  // --- applying

  async #apply(nodes: readonly ApplyNode[], bee: Hyperbee, host: Host): Promise<void> {
    const batch = bee.batch({ update: false });
    this.#viewCache.begin(bee);
    await applyNodes(nodes, new ViewWriter(batch, this.#viewCache), host, this, {
      row: (place) => {
        if (place < this.#touchedFrom) this.#touchedFrom = place;
      },
      joined: (writerKey, record) => this.#know(writerKey, record),
      mark: (place) => {
        this.#marked.add(place);
        if (this.#unsettledMarks.size < MAX_UNSETTLED) this.#unsettledMarks.set(place, this.base.length);
      },
      person: (rights) => {
        this.#personsChanged = true;
        this.#writersChanged ||= rights;
      },
      leftOut: (writerKey, length, reason) => this.#countLeftOut(writerKey, length, reason),
    });
    await batch.flush();
    this.#viewCache.end(bee);
    this.#rest();
  }

  /**
   * The library works through all that others wrote before it looks at anything else: a member who writes ten thousand
   * messages would keep all others from being heard, from writing and from seeing anything for a minute. So it rests
   * after every slice: then it tells, hears of other writers, and takes what waits to be appended.
   */
  #rest(): void {
    const now = performance.now();
    this.#busySince ??= now;
    if (this.#resting || now - this.#busySince < SLICE_MS) return;
    this.base.pause();
    // It tells `update` when it stands still; should it ever not, it goes on all the same.
    this.#resting = setTimeout(() => this.#goOn(), REST_LIMIT_MS).unref();
  }

  #goOn(): void {
    this.#busySince = null;
    if (!this.#resting) return;
    clearTimeout(this.#resting);
    this.#resting = null;
    if (!this.closing && this.#stopReason === null) this.base.resume();
  }

  async knowManifest(key: Uint8Array, manifest: unknown): Promise<void> {
    const core = this.#store.get({ key, manifest, active: false });
    await core.ready();
    await core.close();
  }

  #know(writerKey: Uint8Array, record: WriterRecord): void {
    const name = hex(writerKey);
    this.#personsChanged = true;
    const known = this.#writers.has(name);
    this.#writers.set(name, record);
    this.#expected.delete(name);
    if (!known) queueMicrotask(() => this.emit("joined", writerKey, record));
  }

  async #loadWriters(): Promise<void> {
    this.#lacksHistory = true;
    const writers = await this.#read((view) => view.writers());
    this.#lacksHistory = false;
    for (const { key, value } of writers) this.#know(key, value);
  }

  /** Who took over a signed view and was cut off could not even read who is in; more of it came since. */
  async #loadLate(): Promise<void> {
    if (!this.#lacksHistory || this.closing || this.#stopReason !== null) return;
    // What came last is told of once, maybe while an earlier try waits for a block that nobody had then.
    this.#loadsLateAgain = this.#isLoadingLate;
    if (this.#isLoadingLate) return;
    this.#isLoadingLate = true;
    try {
      await this.#loadWriters();
      this.#tell();
    } catch {
      // Still not here; it is tried again with what comes next.
    } finally {
      this.#isLoadingLate = false;
      if (this.#loadsLateAgain) void this.#loadLate();
    }
  }

  /** The order is known, and what it says is not here: reads say so. */
  get lacksHistory(): boolean {
    return this.#lacksHistory;
  }

  async #onFastForward(): Promise<void> {
    this.#lengths.changed();
    this.#viewChanged();
    this.#touchedFrom = 0;
    this.#personsChanged = true;
    this.#history.fetch(true);
    await this.#loadWriters().catch((error) => this.emit("warning", error));
    this.#tell();
  }

  /** Tells of changed rows, one at a time; what changes meanwhile is one further telling. */
  #tell(): void {
    if (this.#telling) {
      this.#tellAgain = true;
      return;
    }
    this.#telling = this.#tellOnce()
      .catch((error) => this.emit("warning", error))
      .finally(() => {
        this.#telling = null;
        if (this.#tellAgain && !this.closing && this.#stopReason === null) {
          this.#tellAgain = false;
          this.#tell();
        }
      });
  }

  async #tellOnce(): Promise<void> {
    const touched = this.#touchedFrom;
    this.#touchedFrom = Number.POSITIVE_INFINITY;
    if (this.#personsChanged) this.#rows.namesChanged();
    if (this.#writersChanged) {
      this.#writersChanged = false;
      await this.#loadWriters();
    }
    this.emit("heads");
    const total = await this.#read((view) => view.length());
    const from = Math.min(touched, this.#total, total);
    const changed = from < total || total !== this.#total;
    this.#total = total;
    const marked = this.#takeMarked(from, touched < total);
    if (changed) this.emit("rows", { from, total });
    else this.emit("changed");
    if (marked.length > 0) this.emit("marks", marked);
    if (this.#personsChanged) {
      this.#personsChanged = false;
      this.emit("persons");
    }
  }

  /** Rows before `from` with something new on them; where the order changed, also those where it may be gone again. */
  #takeMarked(from: number, orderChanged: boolean): number[] {
    const { signedLength } = this.base;
    if (orderChanged) for (const place of this.#unsettledMarks.keys()) this.#marked.add(place);
    for (const [place, length] of this.#unsettledMarks) if (length < signedLength) this.#unsettledMarks.delete(place);
    const marked = [...this.#marked].filter((place) => place < from);
    this.#marked.clear();
    return marked.sort((a, b) => a - b);
  }

  // --- reading; everything has a time limit, since a block nobody here has would hang

  async #read<T>(read: (view: ViewReader) => Promise<T>): Promise<T> {
    if (this.#stopReason !== null) throw this.#stopped();
    if (this.closing) throw new Error("the room is closing");
    this.#stale?.dropIfMoved();
    const reading = this.#noted(this.#readView(read));
    // Where every block is here, it is this machine that is busy.
    const goesOn = (waitedMs: number) => this.#isWhole && waitedMs < READ_BUSY_LIMIT_MS;
    return withinEach(reading, READ_LIMIT_MS, goesOn, () => {
      return new KeetError("peer", "NOT_HERE", "This part of the room is on no device that is here now.", {
        hint: "It comes by itself when somebody who has it appears.",
      });
    });
  }

  #readView<T>(read: (view: ViewReader) => Promise<T>): Promise<T> {
    const snapshot = this.#snapshot;
    return snapshot ? snapshot.read((source) => read(new ViewReader(source))) : read(new ViewReader(this.base.view));
  }

  #viewChanged(): void {
    this.#stale?.dropIfMoved();
    this.#snapshot?.drop();
  }

  get #isWhole(): boolean {
    const { core } = this.base.view;
    return core.contiguousLength >= core.signedLength;
  }

  #noted<T>(reading: Promise<T>): Promise<T> {
    this.#reading.add(reading);
    const done = () => void this.#reading.delete(reading);
    reading.then(done, done);
    return reading;
  }

  room(): Promise<RoomRecord | null> {
    return this.#read((view) => view.room());
  }

  person(identity: Uint8Array): Promise<PersonRecord | null> {
    return this.#read((view) => view.person(identity));
  }

  persons(): Promise<{ key: Buffer; value: PersonRecord }[]> {
    return this.#read((view) => view.persons());
  }

  invite(id: Uint8Array): Promise<InviteRecord | null> {
    return this.#read((view) => view.invite(id));
  }

  invites(): Promise<{ key: Buffer; value: InviteRecord }[]> {
    return this.#read((view) => view.invites());
  }

  placeOf(writer: Uint8Array, id: Uint8Array): Promise<number | null> {
    return this.#read((view) => view.placeOf(writer, id));
  }

  /** Was an op of that name taken, whether or not it made a row? */
  has(writer: Uint8Array, id: Uint8Array): Promise<boolean> {
    return this.#read((view) => view.has(writer, id));
  }

  /**
   * Why the room would not take it now; null where it would. While the order is put anew, rows and people that are in
   * it before and after are not found: who is refused is asked about once more when it stands.
   */
  async whyNot(op: Op): Promise<Refusal | null> {
    const ask = () => this.#read((view) => whyNot(op, this.#identity.key, view));
    const why = await ask();
    if (why === null) return null;
    await this.#standsStill();
    return await ask();
  }

  async #standsStill(): Promise<void> {
    const end = performance.now() + STANDS_STILL_LIMIT_MS;
    await atMost(STANDS_STILL_LIMIT_MS, this.base.update());
    // Between two slices the library answers at once, though it is not done.
    while (this.#resting && performance.now() < end) {
      await sleep(REST_POLL_MS);
      await atMost(STANDS_STILL_LIMIT_MS, this.base.update());
    }
  }

  memberCount(): Promise<number> {
    return this.#read(async (view) => (await view.counts()).persons);
  }

  /**
   * Hash of all that the view holds: equal on two devices that agree, however their logs came there.
   * @returns null where it is more than can be read in that time, in ms
   */
  async viewHash(limitMs = Number.POSITIVE_INFINITY): Promise<Buffer | null> {
    const until = performance.now() + limitMs;
    this.#stale?.dropIfMoved();
    const read = async () => {
      const hash = createHash("blake2b512");
      for await (const { key, value } of this.base.view.createReadStream({})) {
        if (performance.now() > until) return null;
        hash.update(key).update(value);
      }
      return hash.digest().subarray(0, 32);
    };
    if (!Number.isFinite(limitMs)) return this.#noted(read());
    // A block that nobody here has would be waited for.
    return within(this.#noted(read()), limitMs, () => new Error("it is not all here")).catch(() => null);
  }

  /** As the view has it now: a join can vanish again when the order changes. */
  writer(writerKey: Uint8Array): Promise<WriterRecord | null> {
    return this.#read((view) => view.writer(writerKey));
  }

  /** Own ops in the log, the latest first, whether or not the room took them. */
  async *ownOps(): AsyncGenerator<OwnOp> {
    const { local } = this.base;
    for (let i = local.length - 1; i >= 0; i--) {
      const block = (await local.get(i)) as unknown as { node?: { value: Uint8Array | null } } | null;
      const decoded = decode(block?.node?.value ?? null);
      if (decoded.ok && decoded.op) yield { length: i + 1, envelope: decoded.envelope, op: decoded.op };
    }
  }

  /** How much of this device's log the order has been through; all of it where it was taken out of the room. */
  ownSettledLength(): Promise<number> {
    return this.#lengths.ownSettled();
  }

  get ownLength(): number {
    return this.base.local.length;
  }

  /** Known writers with what they said of themselves when they joined. */
  get writers(): ReadonlyMap<string, WriterRecord> {
    return this.#writers;
  }

  /** As they lie in the view: nothing checked. */
  rawRows(from: number, to: number): Promise<{ place: number; row: Row }[]> {
    return this.#read((view) => view.rows(Math.max(0, from), to));
  }

  /** With all that is on them; nothing checked. */
  fullRows(from: number, to: number): Promise<FullRow[]> {
    return this.#read((view) => view.fullRows(Math.max(0, from), to));
  }

  async rows(from: number, to: number): Promise<RoomRow[]> {
    return this.#rows.describeAll(await this.fullRows(from, to));
  }

  /** Pinned rows, the latest pin first. */
  pins(): Promise<RoomRow[]> {
    return this.#rowsAt((view) => view.pins());
  }

  /** Rows that share files, the newest first, of places before that one. */
  files(before: number, limit: number): Promise<RoomRow[]> {
    return this.#rowsAt((view) => view.files(before, limit));
  }

  async #rowsAt(places: (view: ViewReader) => Promise<number[]>): Promise<RoomRow[]> {
    const found = await this.#read(async (view) => {
      const full: FullRow[] = [];
      for (const place of await places(view)) full.push(...(await view.fullRows(place, place + 1)));
      return full;
    });
    return this.#rows.describeAll(found);
  }

  /** A message that has no place yet. */
  describe(writer: Uint8Array, envelope: Envelope, op: Op | null): Promise<RoomRow> {
    return this.#rows.describe(writer, envelope, op);
  }

  nameOf(identity: Uint8Array): Promise<string> {
    return this.#rows.nameOf(identity);
  }

  /** Who a writer is, checked from its own join up to the identity. */
  author(writer: Uint8Array): Promise<Author> {
    return this.#rows.author(writer);
  }

  // --- heads

  /** How far each member's log is known here; what others are told, and what `behind` is counted from. */
  heads(): Promise<Head[]> {
    return this.#lengths.heads();
  }

  knownLength(writer: Uint8Array): Promise<number> {
    return this.#lengths.of(writer);
  }

  /** May the library open this writer's core? Members, and those whose join we were shown. */
  mayKnow(writer: Uint8Array): boolean {
    const id = hex(writer);
    return (
      this.#writers.has(id) ||
      this.#expected.has(id) ||
      b4a.equals(writer, this.key) ||
      b4a.equals(writer, this.writerKey)
    );
  }

  /** A writer we admitted or whose join we were shown and found good. */
  expect(writer: Uint8Array): void {
    if (this.#expected.size < MAX_EXPECTED_WRITERS) this.#expected.add(hex(writer));
  }

  hint(heads: readonly Head[]): void {
    if (this.#stopReason !== null || this.closing || heads.length === 0) return;
    this.base.hintWakeup(heads.map(({ writer, length }) => ({ key: writer, length })));
  }

  /**
   * Is this a join of that writer, signed for by a member known here or by one of `others`, whose joins came along and
   * were found good? Gives the joiner's signing key, with which it may have let in further ones.
   */
  goodJoin(writer: Uint8Array, bytes: Uint8Array, others: ReadonlyMap<string, Uint8Array>): Uint8Array | null {
    const decoded = decode(bytes);
    if (!decoded.ok || decoded.op?.type !== "join-room") return null;
    const { signingKey, noiseKey, proof, admission } = decoded.op;
    if (!isSignedBy(decoded.envelope, { roomKey: this.key, writerKey: writer, signingKey })) return null;
    const proven = verifyJoin(proof, { roomKey: this.key, writerKey: writer, signingKey, noiseKey });
    if (!proven) return null;
    if (b4a.equals(writer, this.key)) return signingKey;
    // One more device of somebody who is in needs no admission.
    if (!admission) return this.#isIn(proven.identityKey) ? signingKey : null;
    const admitter = hex(admission.admitter);
    const admitterKey = this.#writers.get(admitter)?.signingKey ?? others.get(admitter);
    const newcomer = { roomKey: this.key, invite: admission.invite, writerKey: writer, identity: proven.identityKey };
    return admitterKey && isAdmission(newcomer, admission.signature, admitterKey) ? signingKey : null;
  }

  #isIn(identity: Uint8Array): boolean {
    return [...this.#writers.values()].some((record) => record.active && b4a.equals(record.identity, identity));
  }

  /** The library opens a core for every writer it is told of: ten thousand made-up ones cripple it. */
  #guardWakeup(): void {
    const hint = this.base.hintWakeup.bind(this.base);
    this.base.hintWakeup = (hints) => {
      const list = Array.isArray(hints) ? hints : [hints];
      const known = list.filter(({ key }) => key.byteLength === 32 && this.mayKnow(key));
      if (known.length > 0) hint(known);
    };
  }

  // --- history

  /** All of it, from whoever has it; until then `fetched` says how far. */
  fetchHistory(): void {
    if (!this.closing && this.#stopReason === null) this.#history.fetch();
  }

  /** An undecodable last block in one's own log freezes the writer without a word; better said at once. */
  async #checkOwnLog(): Promise<void> {
    const { local } = this.base;
    if (local.length === 0) return;
    try {
      await within(local.get(local.length - 1), READ_LIMIT_MS, () => new Error("it cannot be read"));
    } catch {
      this.#isOwnLogDamaged = true;
      this.stop("the end of this device's own log is damaged");
    }
  }
}
