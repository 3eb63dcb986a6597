/**
 * How a room's view (one Hyperbee) is laid out. First byte of a key: what it is.
 *
 *   01 place 4 BE                → row       (the timeline, in order)
 *   02 writer 32 ‖ id 16         → place     (dedup, look-ups)
 *   03 writer 32                 → writer record, with its whole join-room envelope
 *   04 identity 32               → person record
 *   05 invite id 32              → invite record
 *   06                           → room record
 *   07                           → counts: writers, persons
 */
import b4a from "b4a";
import c, { type Codec } from "compact-encoding";
import type { Batch, default as Hyperbee, Range } from "hyperbee";
import { bool, choice, struct } from "./codec.js";

const PREFIX = { row: 1, place: 2, writer: 3, person: 4, invite: 5, room: 6, counts: 7 } as const;

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
}

export interface RoomRecord {
  readonly name: string;
  readonly topic: string;
  readonly kind: Kind;
  readonly createdAt: number;
}

export interface Counts {
  readonly writers: number;
  readonly persons: number;
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
});
const roomCodec = struct<RoomRecord>({ name: c.string, topic: c.string, kind: choice(KINDS), createdAt: c.uint });
const countsCodec = struct<Counts>({ writers: c.uint, persons: c.uint });

function key(prefix: number, ...parts: Uint8Array[]): Buffer {
  return b4a.concat([Uint8Array.of(prefix), ...parts]);
}

function placeBytes(place: number): Buffer {
  const bytes = b4a.alloc(4);
  bytes.writeUInt32BE(place);
  return bytes;
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

  async placeOf(writer: Uint8Array, id: Uint8Array): Promise<number | null> {
    const entry = await this.#source.get(key(PREFIX.place, writer, id));
    return entry ? entry.value.readUInt32BE(0) : null;
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
    return (await this.#read(Uint8Array.of(PREFIX.counts), countsCodec)) ?? { writers: 0, persons: 0 };
  }

  async #all<T>(prefix: number, codec: Codec<T>, limit: number): Promise<{ key: Buffer; value: T }[]> {
    const found: { key: Buffer; value: T }[] = [];
    for await (const entry of this.#source.createReadStream(allOf(prefix), { limit })) {
      found.push({ key: b4a.from(entry.key.subarray(1)), value: c.decode(codec, entry.value) });
    }
    return found;
  }

  writers(limit = 10_000): Promise<{ key: Buffer; value: WriterRecord }[]> {
    return this.#all(PREFIX.writer, writerCodec, limit);
  }

  persons(limit = 10_000): Promise<{ key: Buffer; value: PersonRecord }[]> {
    return this.#all(PREFIX.person, personCodec, limit);
  }

  invites(limit = 1_000): Promise<{ key: Buffer; value: InviteRecord }[]> {
    return this.#all(PREFIX.invite, inviteCodec, limit);
  }
}

/** The writing side; only `apply` has one. */
export class ViewWriter extends ViewReader {
  readonly #batch: Batch;
  /** Rows so far; read once a batch. */
  #length = -1;

  constructor(batch: Batch) {
    super(batch);
    this.#batch = batch;
  }

  /** @returns the place, or null where this writer already used this id */
  async addRow(row: Row, id: Uint8Array): Promise<number | null> {
    if ((await this.placeOf(row.writer, id)) !== null) return null;
    if (this.#length < 0) this.#length = await this.length();
    const place = this.#length;
    await this.#batch.put(rowKey(place), c.encode(rowCodec, row));
    await this.#batch.put(key(PREFIX.place, row.writer, id), placeBytes(place));
    this.#length += 1;
    return place;
  }

  putWriter(writerKey: Uint8Array, value: WriterRecord): Promise<void> {
    return this.#batch.put(key(PREFIX.writer, writerKey), c.encode(writerCodec, value));
  }

  putPerson(identity: Uint8Array, value: PersonRecord): Promise<void> {
    return this.#batch.put(key(PREFIX.person, identity), c.encode(personCodec, value));
  }

  putInvite(id: Uint8Array, value: InviteRecord): Promise<void> {
    return this.#batch.put(key(PREFIX.invite, id), c.encode(inviteCodec, value));
  }

  putRoom(value: RoomRecord): Promise<void> {
    return this.#batch.put(Uint8Array.of(PREFIX.room), c.encode(roomCodec, value));
  }

  putCounts(value: Counts): Promise<void> {
    return this.#batch.put(Uint8Array.of(PREFIX.counts), c.encode(countsCodec, value));
  }
}
