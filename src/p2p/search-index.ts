/**
 * The words of a room, to be searched: full pages of rows in encrypted files of their own, the rest read anew.
 * Reading a hundred thousand rows from the view takes seconds; reading their words from two hundred files takes a
 * blink. A page that is no longer as its rows are is thrown away; every hit is read from the view before it is shown,
 * so an old page can only miss something, and only until it is made anew. The whole folder can be deleted at any time,
 * and is, where the run before did not come to its end: a page may be there then whose rows had just changed.
 */
import { existsSync, rmSync, writeFileSync } from "node:fs";
import { readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import b4a from "b4a";
import crypto from "hypercore-crypto";
import sodium from "sodium-universal";
import { makeFolders } from "../config.js";
import { decode } from "./decode.js";
import { wordsOf } from "./messages.js";
import { matches, type Query, searchable } from "./search-text.js";
import type { FullRow } from "./view.js";

export const PAGE_ROWS = 500;
const KEY_DOMAIN = b4a.from("keet-tui/search/2");
const PAUSE_MS = 20;

export interface SearchIndexOptions {
  /** Made for its owner alone where it is not there. */
  readonly folder: string;
  readonly encryptionKey: Uint8Array;
  readonly rows: (from: number, to: number) => Promise<FullRow[]>;
  /** Rows in all. */
  readonly total: () => number;
  /** Is this a moment at which pages may be made ahead? */
  readonly isIdle: () => boolean;
}

export interface Hits {
  /** Places, the newest first. */
  readonly places: readonly number[];
  /** Where to go on, not included; null at the end. */
  readonly before: number | null;
}

export class SearchIndex {
  readonly #options: SearchIndexOptions;
  readonly #key: Buffer;
  /** Pages with a file known to be good in this run. */
  readonly #made = new Set<number>();
  #generation = 0;
  #building: NodeJS.Timeout | null = null;
  #isClosed = false;

  constructor(options: SearchIndexOptions) {
    this.#options = options;
    this.#key = b4a.alloc(32);
    sodium.crypto_generichash(this.#key, KEY_DOMAIN, options.encryptionKey);
    this.#markInUse();
  }

  close(): void {
    this.#isClosed = true;
    rmSync(this.#inUse, { force: true });
    if (this.#building) clearTimeout(this.#building);
  }

  get #inUse(): string {
    return `${this.#options.folder}.in-use`;
  }

  #markInUse(): void {
    try {
      if (existsSync(this.#inUse)) rmSync(this.#options.folder, { recursive: true, force: true });
      makeFolders(dirname(this.#inUse));
      writeFileSync(this.#inUse, "", { mode: 0o600 });
    } catch {
      // A full disk: nothing can be written here, so nothing can be old either.
    }
  }

  /** Rows from that place on are others than they were. */
  async changedFrom(place: number): Promise<void> {
    // Only full pages have a file; usually it is the end that grew, where there is none yet.
    const full = Math.floor(this.#options.total() / PAGE_ROWS);
    for (let page = Math.floor(place / PAGE_ROWS); page < full; page++) await this.#drop(page);
    this.#buildSoon();
  }

  async changedAt(places: readonly number[]): Promise<void> {
    for (const page of new Set(places.map((place) => Math.floor(place / PAGE_ROWS)))) await this.#drop(page);
    this.#buildSoon();
  }

  /** @throws KeetError `NOT_HERE` where a part is on no device that is here now */
  async find(query: Query, before: number, limit: number): Promise<Hits> {
    const places: number[] = [];
    const end = Math.min(before, this.#options.total());
    for (let page = Math.floor((end - 1) / PAGE_ROWS); page >= 0; page--) {
      const lines = await this.#lines(page);
      for (let i = Math.min(lines.length, end - page * PAGE_ROWS) - 1; i >= 0; i--) {
        const line = lines[i];
        if (!line || !matches(query, line)) continue;
        places.push(page * PAGE_ROWS + i);
        if (places.length === limit) return { places, before: page * PAGE_ROWS + i };
      }
    }
    return { places, before: null };
  }

  async #lines(page: number): Promise<readonly string[]> {
    const kept = await this.#read(page);
    if (kept) return kept;
    const generation = this.#generation;
    const rows = await this.#options.rows(page * PAGE_ROWS, (page + 1) * PAGE_ROWS);
    const lines = linesOf(rows, page * PAGE_ROWS);
    // What changed while it was read may or may not be in it.
    if (rows.length === PAGE_ROWS && generation === this.#generation) await this.#write(page, lines).catch(() => {});
    return lines;
  }

  #path(page: number): string {
    return join(this.#options.folder, String(page));
  }

  async #read(page: number): Promise<readonly string[] | null> {
    const sealed = await readFile(this.#path(page)).catch(() => null);
    if (!sealed || sealed.byteLength < sodium.crypto_secretbox_NONCEBYTES + sodium.crypto_secretbox_MACBYTES)
      return null;
    const nonce = sealed.subarray(0, sodium.crypto_secretbox_NONCEBYTES);
    const box = sealed.subarray(sodium.crypto_secretbox_NONCEBYTES);
    const bytes = b4a.alloc(box.byteLength - sodium.crypto_secretbox_MACBYTES);
    if (!sodium.crypto_secretbox_open_easy(bytes, box, nonce, this.#key)) return null;
    this.#made.add(page);
    return b4a.toString(bytes).split("\n");
  }

  async #write(page: number, lines: readonly string[]): Promise<void> {
    const bytes = b4a.from(lines.join("\n"));
    const nonce = crypto.randomBytes(sodium.crypto_secretbox_NONCEBYTES);
    const box = b4a.alloc(bytes.byteLength + sodium.crypto_secretbox_MACBYTES);
    sodium.crypto_secretbox_easy(box, bytes, nonce, this.#key);
    makeFolders(this.#options.folder);
    await writeFile(this.#path(page), b4a.concat([nonce, box]), { mode: 0o600 });
    this.#made.add(page);
  }

  async #drop(page: number): Promise<void> {
    this.#made.delete(page);
    this.#generation += 1;
    await rm(this.#path(page), { force: true }).catch(() => {});
  }

  /** Makes what is missing, a page at a time, while nothing else is going on. */
  #buildSoon(): void {
    if (this.#building || this.#isClosed) return;
    this.#building = setTimeout(() => {
      this.#building = null;
      void this.#buildOne().catch(() => {});
    }, PAUSE_MS).unref();
  }

  async #buildOne(): Promise<void> {
    if (this.#isClosed || !this.#options.isIdle()) return;
    const full = Math.floor(this.#options.total() / PAGE_ROWS);
    for (let page = full - 1; page >= 0; page--) {
      if (this.#made.has(page)) continue;
      await this.#lines(page);
      this.#made.add(page);
      this.#buildSoon();
      return;
    }
  }
}

/** One line a row, of a shared file its name; empty for what is no message, or was taken back. */
function linesOf(rows: readonly FullRow[], first: number): string[] {
  const lines: string[] = [];
  for (const { place, row, marks, file } of rows) {
    const edit = marks?.edit ? decode(marks.edit.bytes) : null;
    const decoded = edit?.ok ? edit : decode(row.bytes);
    const op = decoded.ok ? decoded.op : null;
    const words = op?.type === "edit-message" ? op.text : wordsOf(op);
    lines[place - first] = marks?.deletion || file?.unshare ? "" : searchable(words).replaceAll("\n", " ");
  }
  return Array.from(lines, (line) => line ?? "");
}
