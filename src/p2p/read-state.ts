/**
 * What of a room this person has read, and when each message came here. Kept by the writers' lengths, not by place:
 * places move while the order is unsettled.
 */
import { decode } from "./decode.js";
import type { LocalStore } from "./local-store.js";
import type { Row } from "./view.js";

const PAGE_ROWS = 100;

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
  mentionsMe(text: string, mentions: readonly Uint8Array[]): boolean;
}

export class ReadState {
  readonly #local: LocalStore;
  readonly #key: string;
  readonly #arrivals: string;
  readonly #seen = new Map<string, number>();
  /** Arrivals looked up or written in this run: writer → [length, at] ascending by length. */
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
    for (const { key, value } of await this.#local.list<number>(this.#arrivals)) {
      const [writer, length] = key.slice(this.#arrivals.length).split("/") as [string, string];
      this.#arrivalsOf(writer).push([Number(length), value]);
    }
    for (const list of this.#arrived.values()) list.sort((a, b) => a[0] - b[0]);
  }

  /**
   * Counts what is new among rows [from, total), walking back from the end: a newcomer's history ends at its own
   * join, and behind a long stretch of known rows nothing new follows unless the order changed there.
   */
  async scan(source: ScanSource, from: number, total: number, at: number): Promise<void> {
    const fresh = new Map<string, number>();
    let unread = 0;
    let mentions = 0;
    let isHistory = false;
    for (let to = total; to > from && !isHistory; to -= PAGE_ROWS) {
      const rows = await source.rows(Math.max(from, to - PAGE_ROWS), to);
      let anyNew = false;
      for (const { row } of rows.reverse()) {
        const writer = Buffer.from(row.writer).toString("hex");
        if (row.length <= (this.#seen.get(writer) ?? 0)) continue;
        anyNew = true;
        fresh.set(writer, Math.max(fresh.get(writer) ?? 0, row.length));
        const decoded = decode(row.bytes);
        const op = decoded.ok ? decoded.op : null;
        if (op?.type === "join-room" && writer === source.ownWriter) {
          isHistory = true;
          break;
        }
        if (op?.type !== "post-message" || !source.hasJoined || source.isMine(writer)) continue;
        unread += 1;
        if (source.mentionsMe(op.text, op.mentions ?? [])) mentions += 1;
      }
      if (!anyNew && total - to > PAGE_ROWS) break;
    }
    if (fresh.size === 0) return;
    for (const [writer, length] of fresh) {
      this.#seen.set(writer, length);
      this.#arrivalsOf(writer).push([length, at]);
      void this.#local.put(`${this.#arrivals}${writer}/${length}`, at).catch(() => {});
    }
    this.#unread += unread;
    this.#mentions += mentions;
    await this.#keep();
  }

  /** All that is here has been read. */
  async markRead(): Promise<boolean> {
    if (this.#unread === 0 && this.#mentions === 0) return false;
    this.#unread = 0;
    this.#mentions = 0;
    await this.#keep();
    return true;
  }

  /** When a block of that writer came here, ms since 1970; null for what was here before this device joined. */
  arrivedAt(writerHex: string, length: number): number | null {
    const list = this.#arrivalsOf(writerHex);
    let low = 0;
    let high = list.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (list[middle]![0] < length) low = middle + 1;
      else high = middle;
    }
    return list[low]?.[1] ?? null;
  }

  #arrivalsOf(writer: string): [number, number][] {
    let list = this.#arrived.get(writer);
    if (!list) {
      list = [];
      this.#arrived.set(writer, list);
    }
    return list;
  }

  #keep(): Promise<void> {
    const kept: Kept = { seen: Object.fromEntries(this.#seen), unread: this.#unread, mentions: this.#mentions };
    return this.#local.put(this.#key, kept);
  }
}
