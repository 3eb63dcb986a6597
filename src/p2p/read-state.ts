/**
 * What of a room this person has read, and when each message came here. Kept by the writers' lengths, not by place:
 * places move while the order is unsettled.
 */
import { decode } from "./decode.js";
import type { LocalStore } from "./local-store.js";
import { isSaid } from "./messages.js";
import type { Row } from "./view.js";

const PAGE_ROWS = 100;
/** Two who talk at the same time write past each other all the time; that is not late. */
const LATE_MS = 60_000;
const LATE_ROWS = 20;
/** Arrivals of this run kept in memory, a writer; the others are read when somebody looks. */
const RECENT_ARRIVALS = 512;
const LENGTH_DIGITS = 12;

interface Kept {
  /** Highest length seen, by writer in hex. */
  readonly seen: Record<string, number>;
  readonly unread: number;
  readonly mentions: number;
}

export interface ScanSource {
  rows(from: number, to: number): Promise<{ place: number; row: Row }[]>;
  /** Own writer in hex. */
  readonly ownWriter: string;
  /** Before it joined, all that comes is history. */
  readonly hasJoined: boolean;
  isMine(writerHex: string): boolean;
  /** By somebody this person has blocked. */
  isBlocked(writerHex: string): boolean;
  mentionsMe(text: string, mentions: readonly Uint8Array[]): boolean;
}

/** Rows somebody wrote while apart, that came in above what was here already. */
export interface Late {
  /** In hex. */
  readonly writer: string;
  readonly count: number;
  /** Of the first of them. */
  readonly place: number;
}

/** When a block of that writer came here, ms since 1970; null for what was here before this device joined. */
export type ArrivedAt = (writerHex: string, length: number) => number | null;

export class ReadState {
  readonly #local: LocalStore;
  readonly #key: string;
  readonly #arrivals: string;
  readonly #seen = new Map<string, number>();
  /** Arrivals of this run: writer → [length, at] ascending by length. */
  readonly #arrived = new Map<string, [number, number][]>();
  #unread = 0;
  #mentions = 0;

  constructor(local: LocalStore, roomId: string) {
    this.#local = local;
    this.#key = `read/${roomId}`;
    this.#arrivals = `arr/${roomId}/`;
  }

  get unread(): number {
    return this.#unread;
  }

  /** Length of the last row seen of a writer. */
  seenOf(writerHex: string): number {
    return this.#seen.get(writerHex) ?? 0;
  }

  get mentions(): number {
    return this.#mentions;
  }

  async load(): Promise<void> {
    const kept = await this.#local.get<Kept>(this.#key);
    for (const [writer, length] of Object.entries(kept?.seen ?? {})) this.#seen.set(writer, length);
    this.#unread = kept?.unread ?? 0;
    this.#mentions = kept?.mentions ?? 0;
  }

  /**
   * Counts what is new among rows [from, total), walking back from the end: a newcomer's history ends at its own
   * join, and behind a long stretch of known rows nothing new follows unless the order changed there.
   */
  async scan(source: ScanSource, from: number, total: number, at: number): Promise<readonly Late[]> {
    const fresh = new Map<string, number>();
    const late = new Map<string, { count: number; place: number }>();
    let known = 0;
    let unread = 0;
    let mentions = 0;
    let isHistory = false;
    for (let to = total; to > from && !isHistory; to -= PAGE_ROWS) {
      const rows = await source.rows(Math.max(from, to - PAGE_ROWS), to);
      let anyNew = false;
      for (const { place, row } of rows.reverse()) {
        const writer = Buffer.from(row.writer).toString("hex");
        if (row.length <= (this.#seen.get(writer) ?? 0)) {
          known += 1;
          continue;
        }
        anyNew = true;
        fresh.set(writer, Math.max(fresh.get(writer) ?? 0, row.length));
        const decoded = decode(row.bytes);
        const op = decoded.ok ? decoded.op : null;
        if (op?.type === "join-room" && writer === source.ownWriter) {
          isHistory = true;
          break;
        }
        if (!isSaid(op) || !source.hasJoined || source.isMine(writer)) continue;
        if (source.isBlocked(writer)) continue;
        unread += 1;
        const sentAt = decoded.ok ? decoded.envelope.sentAt : at;
        if (known > 0 && (known >= LATE_ROWS || at - sentAt > LATE_MS)) {
          late.set(writer, { count: (late.get(writer)?.count ?? 0) + 1, place });
        }
        if (op.type === "post-message" && source.mentionsMe(op.text, op.mentions ?? [])) mentions += 1;
      }
      if (!anyNew && total - to > PAGE_ROWS) break;
    }
    if (fresh.size === 0) return [];
    for (const [writer, length] of fresh) {
      this.#seen.set(writer, length);
      this.#note(writer, length, at);
      void this.#local.putLater(this.#arrivalKey(writer, length), at);
    }
    this.#unread += unread;
    this.#mentions += mentions;
    void this.#local.putLater(this.#key, this.#kept());
    return [...late].map(([writer, { count, place }]) => ({ writer, count, place }));
  }

  /** All that is here has been read. */
  async markRead(): Promise<boolean> {
    if (this.#unread === 0 && this.#mentions === 0) return false;
    this.#unread = 0;
    this.#mentions = 0;
    await this.#local.put(this.#key, this.#kept());
    return true;
  }

  /** Reads from disk what is needed for these rows, a look-up for each of their writers. */
  async arrivals(rows: readonly { readonly writer: Uint8Array; readonly length: number }[]): Promise<ArrivedAt> {
    const spans = new Map<string, { from: number; to: number }>();
    for (const { writer, length } of rows) {
      const id = Buffer.from(writer).toString("hex");
      const span = spans.get(id);
      spans.set(id, { from: Math.min(span?.from ?? length, length), to: Math.max(span?.to ?? length, length) });
    }
    const found = new Map<string, [number, number][]>();
    for (const [writer, { from, to }] of spans) found.set(writer, await this.#arrivalsOf(writer, from, to));
    return (writer, length) => firstFrom(found.get(writer) ?? [], length);
  }

  /** Those of lengths `from` to `to`, and the first one after. */
  async #arrivalsOf(writer: string, from: number, to: number): Promise<[number, number][]> {
    const recent = this.#arrived.get(writer);
    // All that came in this run is here, unless it was so much that the first of it was let go.
    if (recent && recent.length > 0 && recent[0]![0] <= from) return recent;
    const start = this.#arrivalKey(writer, from);
    const end = `${this.#arrivals}${writer}/~`;
    const kept: [number, number][] = [];
    for await (const { key, value } of this.#local.range<number>(start, end)) {
      const length = Number(key.slice(-LENGTH_DIGITS));
      kept.push([length, value]);
      if (length > to) break;
    }
    return [...kept, ...(recent ?? []).filter(([length]) => length > (kept.at(-1)?.[0] ?? 0))];
  }

  #note(writer: string, length: number, at: number): void {
    const list = this.#arrived.get(writer) ?? [];
    list.push([length, at]);
    if (list.length > RECENT_ARRIVALS) list.shift();
    this.#arrived.set(writer, list);
  }

  #arrivalKey(writer: string, length: number): string {
    return `${this.#arrivals}${writer}/${String(length).padStart(LENGTH_DIGITS, "0")}`;
  }

  #kept(): Kept {
    return { seen: Object.fromEntries(this.#seen), unread: this.#unread, mentions: this.#mentions };
  }
}

/** Of the first entry at or after that length. */
function firstFrom(list: readonly [number, number][], length: number): number | null {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (list[middle]![0] < length) low = middle + 1;
    else high = middle;
  }
  return list[low]?.[1] ?? null;
}
