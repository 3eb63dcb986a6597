/** Rows of a room as people see them: who wrote each, whether that is proven, and what it is now with all that is on it. */
import b4a from "b4a";
import crypto from "hypercore-crypto";
import { decode, type Envelope, isSignedBy } from "./decode.js";
import { hex } from "./hex.js";
import { verifyJoin } from "./identity.js";
import { type CheckMark, PLAIN, type RowState, rowState } from "./message-state.js";
import type { Op } from "./spec/generated/types.js";
import type { FullRow, PersonRecord, WriterRecord } from "./view.js";

const MAX_CHECKED = 20_000;

export interface Author {
  readonly identity: Uint8Array;
  readonly device: Uint8Array | null;
  readonly signingKey: Uint8Array;
  /** Its join, its proof and the record agree. */
  readonly proven: boolean;
}

export interface RoomRow {
  readonly place: number;
  readonly writer: Uint8Array;
  readonly length: number;
  readonly envelope: Envelope;
  /** Null for what this version cannot read. */
  readonly op: Op | null;
  readonly author: Author;
  readonly name: string;
  readonly verified: boolean;
  readonly state: RowState;
}

export interface RoomRowsOptions {
  readonly roomKey: () => Uint8Array;
  readonly writer: (writer: Uint8Array) => Promise<WriterRecord | null>;
  readonly person: (identity: Uint8Array) => Promise<PersonRecord | null>;
}

export class RoomRows {
  readonly #options: RoomRowsOptions;
  readonly #checked = new Map<string, boolean>();
  readonly #authors = new Map<string, Author>();
  readonly #names = new Map<string, string>();

  constructor(options: RoomRowsOptions) {
    this.#options = options;
  }

  /** Somebody has another name. */
  namesChanged(): void {
    this.#names.clear();
  }

  async describeAll(found: readonly FullRow[]): Promise<RoomRow[]> {
    const rows: RoomRow[] = [];
    for (const full of found) {
      const decoded = decode(full.row.bytes);
      if (!decoded.ok) continue;
      const { envelope, op } = decoded;
      const { place, row } = full;
      const { author, genuine } = await this.#check(row.writer, envelope);
      const name = await this.nameOf(author.identity);
      const state = await rowState(full, envelope.id, author.identity, this.#checkMark);
      const verified = genuine && !state.forged;
      rows.push({ place, writer: row.writer, length: row.length, envelope, op, author, name, verified, state });
    }
    return rows;
  }

  /** A message that has no place yet. */
  async describe(writer: Uint8Array, envelope: Envelope, op: Op | null): Promise<RoomRow> {
    const { author, genuine } = await this.#check(writer, envelope);
    const name = await this.nameOf(author.identity);
    const length = Number.MAX_SAFE_INTEGER;
    return { place: -1, writer, length, envelope, op, author, name, verified: genuine, state: PLAIN };
  }

  async nameOf(identity: Uint8Array): Promise<string> {
    const id = hex(identity);
    const known = this.#names.get(id);
    if (known !== undefined) return known;
    const name = (await this.#options.person(identity))?.name ?? "";
    if (name) this.#names.set(id, name);
    return name;
  }

  /** Who a writer is, checked from its own join up to the identity; indexers can forge a record, but not a proof. */
  async author(writer: Uint8Array): Promise<Author> {
    const id = hex(writer);
    const known = this.#authors.get(id);
    if (known) return known;
    const record = await this.#options.writer(writer);
    const author = record ? authorOf(this.#options.roomKey(), writer, record) : NOBODY;
    // A record that is not there yet may still come.
    if (author.proven) this.#authors.set(id, author);
    return author;
  }

  readonly #checkMark: CheckMark = async (writer, envelope) => {
    const { author, genuine } = await this.#check(writer, envelope);
    return { who: { identity: author.identity, name: await this.nameOf(author.identity) }, genuine };
  };

  /** A signature takes 0.1 ms, and the same rows are read again and again. */
  async #check(writer: Uint8Array, envelope: Envelope): Promise<{ author: Author; genuine: boolean }> {
    const author = await this.author(writer);
    if (!author.proven) return { author, genuine: false };
    const name = `${hex(writer)}${hex(crypto.hash(envelope.bytes))}`;
    const known = this.#checked.get(name);
    if (known !== undefined) return { author, genuine: known };
    const claim = { roomKey: this.#options.roomKey(), writerKey: writer, signingKey: author.signingKey };
    const genuine = isSignedBy(envelope, claim);
    if (this.#checked.size >= MAX_CHECKED) this.#checked.delete(this.#checked.keys().next().value!);
    this.#checked.set(name, genuine);
    return { author, genuine };
  }
}

const NOBODY: Author = { identity: b4a.alloc(32), device: null, signingKey: b4a.alloc(32), proven: false };

function authorOf(roomKey: Uint8Array, writerKey: Uint8Array, record: WriterRecord): Author {
  const { identity, signingKey, noiseKey, joinBytes } = record;
  const unproven: Author = { identity, device: null, signingKey, proven: false };
  const decoded = decode(joinBytes);
  if (!decoded.ok || decoded.op?.type !== "join-room") return unproven;
  const { op, envelope } = decoded;
  const claim = { roomKey, writerKey, signingKey, noiseKey };
  const proof = verifyJoin(op.proof, claim);
  if (!proof || !b4a.equals(proof.identityKey, identity) || !b4a.equals(op.signingKey, signingKey)) return unproven;
  return { identity, device: proof.deviceKey, signingKey, proven: isSignedBy(envelope, claim) };
}
