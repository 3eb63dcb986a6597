/**
 * How a room's view (one Hyperbee) is laid out. First byte of a key: what it is.
 *
 *   01 place 4 BE                → row       (the timeline, in order)
 *   02 writer 32 ‖ id 16         → place     (dedup, look-ups; ffffffff for an op that made no row)
 *   03 writer 32                 → writer record, with its whole join-room envelope
 *   04 identity 32               → person record
 *   05 invite id 32              → invite record
 *   06                           → room record
 *   07                           → counts: writers, persons, pins
 *   08 place 4 BE                → marks: the row's last edit, its deletion
 *   09 place 4 ‖ identity 32 ‖ folded emoji → mark: a reaction
 *   0a place 4                   → pin: when in the order of pins, and its mark
 *   0b place 4                   → file: of a row that shares one, that it is whole, that it was taken back
 *
 * A mark is the op as it came, with its writer: whoever shows a row checks the signatures of all that is on it.
 */
import b4a from "b4a";
import c, { type Codec } from "compact-encoding";
import type { Batch, default as Hyperbee, Range } from "hyperbee";
import { bool, choice, nullable, struct } from "./codec.js";
import { numberOf } from "./decode.js";
import { OP_NUMBERS } from "./spec/generated/types.js";

const PREFIX = {
  row: 1,
  place: 2,
  writer: 3,
  person: 4,
  invite: 5,
  room: 6,
  counts: 7,
  marks: 8,
  reaction: 9,
  pin: 10,
  file: 11,
} as const;
const NO_PLACE = 0xffff_ffff;

export const ROLES = ["member", "moderator", "owner"] as const;
export type Role = (typeof ROLES)[number];
export const KINDS = ["group", "direct", "broadcast"] as const;
export type Kind = (typeof KINDS)[number];

export interface Row {
  readonly writer: Uint8Array;
  /** Length of the writer's own core at this block: `sent` and `delivered` are told by it. */
  readonly length: number;
  readonly bytes: Uint8Array;
}

/** An op on a row. */
export interface Mark {
  readonly writer: Uint8Array;
  readonly length: number;
  readonly bytes: Uint8Array;
}

export interface Marks {
  readonly edit: Mark | null;
  readonly deletion: Mark | null;
}

/** On a row that shares a file; there is one for each such row. */
export interface FileMarks {
  readonly finish: Mark | null;
  readonly unshare: Mark | null;
}

export interface Pin {
  /** The later pinned, the higher. */
  readonly order: number;
  readonly mark: Mark;
}

/** A row with all that is on it. */
export interface FullRow {
  readonly place: number;
  readonly row: Row;
  readonly marks: Marks | null;
  readonly reactions: readonly Mark[];
  readonly pin: Pin | null;
  /** Null where the row shares no file. */
  readonly file: FileMarks | null;
}

export interface WriterRecord {
  readonly active: boolean;
  readonly identity: Uint8Array;
  readonly signingKey: Uint8Array;
  readonly noiseKey: Uint8Array;
  readonly joinLength: number;
  readonly joinBytes: Uint8Array;
}

export interface PersonRecord {
  readonly role: Role;
  readonly removed: boolean;
  readonly writers: number;
  readonly name: string;
}

export interface InviteRecord {
  readonly publicKey: Uint8Array;
  readonly by: Uint8Array;
  readonly uses: number;
  readonly used: number;
  readonly expiresAt: number;
  readonly revoked: boolean;
  /** Identities it is for, 32 bytes each, one after another; empty where it is for anybody. */
  readonly only: Uint8Array;
}

export interface RoomRecord {
  readonly name: string;
  readonly topic: string;
  readonly kind: Kind;
  readonly createdAt: number;
  /** Whose role is at least that may do it. */
  readonly post: Role;
  readonly invite: Role;
  readonly share: Role;
  readonly call: Role;
  /** Id of the room it goes on in; read-only since. */
  readonly successor: Uint8Array | null;
  readonly predecessor: Uint8Array | null;
}

export interface Counts {
  readonly writers: number;
  /** Those with a device that may write. */
  readonly persons: number;
  readonly pins: number;
  /** Pins so far, those taken away too. */
  readonly pinned: number;
}

const rowCodec = struct<Row>({ writer: c.fixed32, length: c.uint, bytes: c.buffer });
const writerCodec = struct<WriterRecord>({
  active: bool,
  identity: c.fixed32,
  signingKey: c.fixed32,
  noiseKey: c.fixed32,
  joinLength: c.uint,
  joinBytes: c.buffer,
});
const personCodec = struct<PersonRecord>({ role: choice(ROLES), removed: bool, writers: c.uint, name: c.string });
const inviteCodec = struct<InviteRecord>({
  publicKey: c.fixed32,
  by: c.fixed32,
  uses: c.uint,
  used: c.uint,
  expiresAt: c.uint,
  revoked: bool,
  only: c.buffer,
});
const roomCodec = struct<RoomRecord>({
  name: c.string,
  topic: c.string,
  kind: choice(KINDS),
  createdAt: c.uint,
  post: choice(ROLES),
  invite: choice(ROLES),
  share: choice(ROLES),
  call: choice(ROLES),
  successor: nullable(c.fixed32),
  predecessor: nullable(c.fixed32),
});
const countsCodec = struct<Counts>({ writers: c.uint, persons: c.uint, pins: c.uint, pinned: c.uint });
const markCodec = struct<Mark>({ writer: c.fixed32, length: c.uint, bytes: c.buffer });
const marksCodec = struct<Marks>({ edit: nullable(markCodec), deletion: nullable(markCodec) });
const fileCodec = struct<FileMarks>({ finish: nullable(markCodec), unshare: nullable(markCodec) });
const pinCodec = struct<Pin>({ order: c.uint, mark: markCodec });
const NO_MARKS: Marks = { edit: null, deletion: null };
export const OFFERED: FileMarks = { finish: null, unshare: null };
const NO_COUNTS: Counts = { writers: 0, persons: 0, pins: 0, pinned: 0 };

function key(prefix: number, ...parts: Uint8Array[]): Buffer {
  return b4a.concat([Uint8Array.of(prefix), ...parts]);
}

function placeBytes(place: number): Buffer {
  const bytes = b4a.alloc(4);
  bytes.writeUInt32BE(place);
  return bytes;
}

const MAX_PLACE = 0xffff_fffe;
const MAX_REACTIONS_A_PAGE = 10_000;
export const MAX_PINS = 100;

function reactionKey(place: number, identity: Uint8Array, folded: string): Buffer {
  return key(PREFIX.reaction, placeBytes(place), identity, b4a.from(folded));
}

const rowKey = (place: number) => key(PREFIX.row, placeBytes(place));
const allOf = (prefix: number): Range => ({ gte: Uint8Array.of(prefix), lt: Uint8Array.of(prefix + 1) });

/** What reads need of a bee or of a batch in `apply`. */
export type Source = Pick<Batch, "get" | "peek" | "createReadStream">;

export class ViewReader {
  readonly #source: Source;

  constructor(source: Source | Hyperbee) {
    this.#source = source as Source;
  }

  async #read<T>(at: Uint8Array, codec: Codec<T>): Promise<T | null> {
    const entry = await this.#source.get(at);
    return entry ? c.decode(codec, entry.value) : null;
  }

  /** Rows in the timeline. */
  async length(): Promise<number> {
    const last = await this.#source.peek(allOf(PREFIX.row), { reverse: true });
    return last ? last.key.readUInt32BE(1) + 1 : 0;
  }

  /** Rows from `from` (included) to `to` (not included), in order. */
  async rows(from: number, to: number): Promise<{ place: number; row: Row }[]> {
    const found: { place: number; row: Row }[] = [];
    if (to <= from) return found;
    for await (const entry of this.#source.createReadStream({ gte: rowKey(from), lt: rowKey(to) })) {
      found.push({ place: entry.key.readUInt32BE(1), row: c.decode(rowCodec, entry.value) });
    }
    return found;
  }

  /** Null where it is not known, or made no row. */
  async placeOf(writer: Uint8Array, id: Uint8Array): Promise<number | null> {
    const entry = await this.#source.get(key(PREFIX.place, writer, id));
    const place = entry ? entry.value.readUInt32BE(0) : NO_PLACE;
    return place === NO_PLACE ? null : place;
  }

  /** Was an op of that name taken, whatever became of it? */
  async has(writer: Uint8Array, id: Uint8Array): Promise<boolean> {
    return (await this.#source.get(key(PREFIX.place, writer, id))) !== null;
  }

  /** One row and what it stands on: its place and bytes. */
  async row(place: number): Promise<Row | null> {
    return this.#read(rowKey(place), rowCodec);
  }

  async file(place: number): Promise<FileMarks | null> {
    return this.#read(key(PREFIX.file, placeBytes(place)), fileCodec);
  }

  /** Places of rows that share files, the newest first, before that one. */
  async files(before: number, limit: number): Promise<number[]> {
    const range = { gte: key(PREFIX.file), lt: key(PREFIX.file, placeBytes(Math.min(before, MAX_PLACE))) };
    const places: number[] = [];
    for await (const { key: at } of this.#source.createReadStream(range, { reverse: true, limit })) {
      places.push(at.readUInt32BE(1));
    }
    return places;
  }

  async marks(place: number): Promise<Marks> {
    return (await this.#read(key(PREFIX.marks, placeBytes(place)), marksCodec)) ?? NO_MARKS;
  }

  /** Rows [from, to) with all that is on them. */
  async fullRows(from: number, to: number): Promise<FullRow[]> {
    const rows = await this.rows(from, to);
    if (rows.length === 0) return [];
    const within = (prefix: number): Range => ({
      gte: key(prefix, placeBytes(from)),
      lt: to > MAX_PLACE ? Uint8Array.of(prefix + 1) : key(prefix, placeBytes(to)),
    });
    const marks = new Map<number, Marks>();
    for await (const { key: at, value } of this.#source.createReadStream(within(PREFIX.marks))) {
      marks.set(at.readUInt32BE(1), c.decode(marksCodec, value));
    }
    const reactions = new Map<number, Mark[]>();
    const range = { limit: MAX_REACTIONS_A_PAGE };
    for await (const { key: at, value } of this.#source.createReadStream(within(PREFIX.reaction), range)) {
      const place = at.readUInt32BE(1);
      const list = reactions.get(place) ?? [];
      list.push(c.decode(markCodec, value));
      reactions.set(place, list);
    }
    const pins = new Map<number, Pin>();
    for await (const { key: at, value } of this.#source.createReadStream(within(PREFIX.pin))) {
      pins.set(at.readUInt32BE(1), c.decode(pinCodec, value));
    }
    const files = new Map<number, FileMarks>();
    // Most pages have none: they are spared the read.
    for (const { place, row } of rows) {
      if (numberOf(row.bytes) === OP_NUMBERS["share-file"]) files.set(place, (await this.file(place)) ?? OFFERED);
    }
    return rows.map(({ place, row }) => ({
      place,
      row,
      marks: marks.get(place) ?? null,
      reactions: reactions.get(place) ?? [],
      pin: pins.get(place) ?? null,
      file: files.get(place) ?? null,
    }));
  }

  async isPinned(place: number): Promise<boolean> {
    return (await this.#source.get(key(PREFIX.pin, placeBytes(place)))) !== null;
  }

  /** Places of pinned rows, the latest pin first. */
  async pins(): Promise<number[]> {
    const found: { place: number; order: number }[] = [];
    for await (const { key: at, value } of this.#source.createReadStream(allOf(PREFIX.pin), { limit: MAX_PINS })) {
      found.push({ place: at.readUInt32BE(1), order: c.decode(pinCodec, value).order });
    }
    return found.sort((a, b) => b.order - a.order).map(({ place }) => place);
  }

  /** Different reactions of one person on one row. */
  async reactionsOf(place: number, identity: Uint8Array): Promise<number> {
    const start = key(PREFIX.reaction, placeBytes(place), identity);
    const range = { gte: start, lt: b4a.concat([start, Uint8Array.of(0xff)]) };
    let count = 0;
    for await (const _ of this.#source.createReadStream(range)) count += 1;
    return count;
  }

  async hasReaction(place: number, identity: Uint8Array, folded: string): Promise<boolean> {
    return (await this.#source.get(reactionKey(place, identity, folded))) !== null;
  }

  writer(writerKey: Uint8Array): Promise<WriterRecord | null> {
    return this.#read(key(PREFIX.writer, writerKey), writerCodec);
  }

  person(identity: Uint8Array): Promise<PersonRecord | null> {
    return this.#read(key(PREFIX.person, identity), personCodec);
  }

  invite(id: Uint8Array): Promise<InviteRecord | null> {
    return this.#read(key(PREFIX.invite, id), inviteCodec);
  }

  room(): Promise<RoomRecord | null> {
    return this.#read(Uint8Array.of(PREFIX.room), roomCodec);
  }

  async counts(): Promise<Counts> {
    return (await this.#read(Uint8Array.of(PREFIX.counts), countsCodec)) ?? NO_COUNTS;
  }

  async #all<T>(prefix: number, codec: Codec<T>, limit: number): Promise<{ key: Buffer; value: T }[]> {
    const found: { key: Buffer; value: T }[] = [];
    for await (const entry of this.#source.createReadStream(allOf(prefix), { limit })) {
      found.push({ key: b4a.from(entry.key.subarray(1)), value: c.decode(codec, entry.value) });
    }
    return found;
  }

  /** @param limit what decides about rights has to see all of them */
  writers(limit = 10_000): Promise<{ key: Buffer; value: WriterRecord }[]> {
    return this.#all(PREFIX.writer, writerCodec, limit);
  }

  persons(limit = 10_000): Promise<{ key: Buffer; value: PersonRecord }[]> {
    return this.#all(PREFIX.person, personCodec, limit);
  }

  invites(limit = 10_000): Promise<{ key: Buffer; value: InviteRecord }[]> {
    return this.#all(PREFIX.invite, inviteCodec, limit);
  }
}

/**
 * What one call of `apply` read and wrote of the small records, for the next one: most of the work of a single message
 * is to look up the same five. It holds only where the view stands exactly as the last call left it; whatever was
 * undone, taken over or opened anew meanwhile has another bee or another length.
 */
export class ViewCache {
  #bee: unknown = null;
  #length = -1;
  readonly records = new Map<string, unknown>();
  /** Rows so far; -1 where it is not known. */
  rows = -1;

  /** Before each call: forgets all where the view is not as it was left. */
  begin(bee: Hyperbee): void {
    if (this.#bee === bee && this.#length === bee.core.length && this.records.size < MAX_CACHED) return;
    this.records.clear();
    this.rows = -1;
    this.#bee = null;
  }

  /** After what was written is in the view. */
  end(bee: Hyperbee): void {
    this.#bee = bee;
    this.#length = bee.core.length;
  }
}

const MAX_CACHED = 4_096;

/** The writing side; only `apply` has one. */
export class ViewWriter extends ViewReader {
  readonly #batch: Batch;
  readonly #cache: ViewCache;

  constructor(batch: Batch, cache = new ViewCache()) {
    super(batch);
    this.#batch = batch;
    this.#cache = cache;
  }

  async #cached<T>(at: Uint8Array, read: () => Promise<T>): Promise<T> {
    const name = b4a.toString(at, "hex");
    const { records } = this.#cache;
    if (records.has(name)) return records.get(name) as T;
    const value = await read();
    records.set(name, value);
    return value;
  }

  #put<T>(at: Uint8Array, codec: Codec<T>, value: T): Promise<void> {
    const bytes = c.encode(codec, value);
    // What is kept is what a read would give, so that a device that reads it anew sees the same.
    this.#cache.records.set(b4a.toString(at, "hex"), c.decode(codec, bytes));
    return this.#batch.put(at, bytes);
  }

  override writer(writerKey: Uint8Array): Promise<WriterRecord | null> {
    return this.#cached(key(PREFIX.writer, writerKey), () => super.writer(writerKey));
  }

  override person(identity: Uint8Array): Promise<PersonRecord | null> {
    return this.#cached(key(PREFIX.person, identity), () => super.person(identity));
  }

  override room(): Promise<RoomRecord | null> {
    return this.#cached(Uint8Array.of(PREFIX.room), () => super.room());
  }

  override counts(): Promise<Counts> {
    return this.#cached(Uint8Array.of(PREFIX.counts), () => super.counts());
  }

  /** Of an op that is not in yet. @returns the place */
  async addRow(row: Row, id: Uint8Array): Promise<number> {
    if (this.#cache.rows < 0) this.#cache.rows = await this.length();
    const place = this.#cache.rows;
    await this.#batch.put(rowKey(place), c.encode(rowCodec, row));
    await this.#batch.put(key(PREFIX.place, row.writer, id), placeBytes(place));
    this.#cache.rows += 1;
    return place;
  }

  /** This op was taken and made no row. */
  note(writer: Uint8Array, id: Uint8Array): Promise<void> {
    return this.#batch.put(key(PREFIX.place, writer, id), placeBytes(NO_PLACE));
  }

  putMarks(place: number, value: Marks): Promise<void> {
    return this.#batch.put(key(PREFIX.marks, placeBytes(place)), c.encode(marksCodec, value));
  }

  putFile(place: number, value: FileMarks): Promise<void> {
    return this.#batch.put(key(PREFIX.file, placeBytes(place)), c.encode(fileCodec, value));
  }

  putReaction(place: number, identity: Uint8Array, folded: string, value: Mark): Promise<void> {
    return this.#batch.put(reactionKey(place, identity, folded), c.encode(markCodec, value));
  }

  deleteReaction(place: number, identity: Uint8Array, folded: string): Promise<void> {
    return this.#batch.del(reactionKey(place, identity, folded));
  }

  putPin(place: number, value: Pin): Promise<void> {
    return this.#batch.put(key(PREFIX.pin, placeBytes(place)), c.encode(pinCodec, value));
  }

  deletePin(place: number): Promise<void> {
    return this.#batch.del(key(PREFIX.pin, placeBytes(place)));
  }

  putWriter(writerKey: Uint8Array, value: WriterRecord): Promise<void> {
    return this.#put(key(PREFIX.writer, writerKey), writerCodec, value);
  }

  putPerson(identity: Uint8Array, value: PersonRecord): Promise<void> {
    return this.#put(key(PREFIX.person, identity), personCodec, value);
  }

  putInvite(id: Uint8Array, value: InviteRecord): Promise<void> {
    return this.#batch.put(key(PREFIX.invite, id), c.encode(inviteCodec, value));
  }

  putRoom(value: RoomRecord): Promise<void> {
    return this.#put(Uint8Array.of(PREFIX.room), roomCodec, value);
  }

  putCounts(value: Counts): Promise<void> {
    return this.#put(Uint8Array.of(PREFIX.counts), countsCodec, value);
  }
}
