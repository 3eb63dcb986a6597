/** All rows of a room in order, by pages, while it goes on changing. */
import { KeetError } from "../errors.js";
import type { MessageInfo, Page } from "../rpc/methods.js";

/** The most the core gives at once. */
const PAGE_ROWS = 200;
/** Rows before the one last read that what comes late may still push about. */
const LOOK_BACK = 1_000;

/** `message.list` of one room. */
export type ReadRows = (ask: { readonly from: number; readonly limit: number }) => Promise<Page>;

/**
 * To be gone through once. Each row is given once, also where rows move meanwhile; one that comes in late is given
 * late. At the end come those that have no place yet. Holds two pages and the names of the last rows, however long
 * the room is.
 */
export class RoomPages implements AsyncIterable<{ readonly messages: readonly MessageInfo[] }> {
  readonly #readRows: ReadRows;
  /** By writer and id, the oldest first. */
  readonly #seen = new Set<string>();
  #waiting: readonly MessageInfo[] = [];
  #total = 0;
  #placed = 0;
  #given = 0;

  constructor(readRows: ReadRows) {
    this.#readRows = readRows;
  }

  /** Rows given so far. */
  get given(): number {
    return this.#given;
  }

  /** Rows of the room when it was last looked at. */
  get total(): number {
    return this.#total;
  }

  /** After the end: rows that were not given, since they are on no device that is here now. */
  get missing(): number {
    return Math.max(0, this.#total - this.#placed);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<{ readonly messages: readonly MessageInfo[] }> {
    await this.#read(0, 1);
    let from = 0;
    /** The row at `from`, where it was given before: another one there tells that rows have moved. */
    let known: string | null = null;
    while (from < this.#total - (known === null ? 0 : 1)) {
      const to = Math.min(from + PAGE_ROWS, this.#total);
      let last: MessageInfo | null = null;
      let haveMoved = false;
      for await (const messages of this.#between(from, to)) {
        const first = messages[0];
        haveMoved = known !== null && first?.position === from && keyOf(first) !== known;
        if (haveMoved) break;
        known = null;
        last = messages.at(-1) ?? last;
        const fresh = messages.filter((message) => this.#isNew(message));
        if (fresh.length > 0) yield { messages: fresh };
      }
      known = !haveMoved && last?.position === to - 1 ? keyOf(last) : null;
      if (haveMoved) from = Math.max(0, from - LOOK_BACK);
      else from = known === null ? to : to - 1;
    }
    const waiting = this.#waiting.filter((message) => this.#isNew(message));
    if (waiting.length > 0) yield { messages: waiting };
  }

  #isNew(message: MessageInfo): boolean {
    const key = keyOf(message);
    if (this.#seen.has(key)) return false;
    this.#seen.add(key);
    if (this.#seen.size > 2 * LOOK_BACK + PAGE_ROWS) this.#seen.delete(this.#seen.values().next().value as string);
    this.#given += 1;
    if (message.position !== null) this.#placed += 1;
    return true;
  }

  /** Rows with a place in [from, to), in as many parts as it takes to go round what is not here or too long at once. */
  async *#between(from: number, to: number): AsyncGenerator<readonly MessageInfo[]> {
    if (from >= to) return;
    const page = await this.#readOrNull(from, to - from);
    if (page && (!page.incomplete || to - from === 1)) yield page.messages.filter(({ position }) => position !== null);
    else if (page) yield* this.#aroundHoles(from, to);
    else yield* this.#inHalves(from, to);
  }

  async *#inHalves(from: number, to: number): AsyncGenerator<readonly MessageInfo[]> {
    const middle = from + Math.ceil((to - from) / 2);
    yield* this.#between(from, middle);
    yield* this.#between(middle, to);
  }

  /** Reading what is not here takes seconds each time, so a stretch that has neither of its ends is not searched. */
  async *#aroundHoles(from: number, to: number): AsyncGenerator<readonly MessageInfo[]> {
    const [hasFirst, hasLast] = await Promise.all([this.#isHere(from), this.#isHere(to - 1)]);
    if (hasFirst && hasLast) yield* this.#inHalves(from, to);
    else if (hasFirst) yield* this.#between(from, await this.#edge(from, to - 1));
    else if (hasLast) yield* this.#between((await this.#edge(to - 1, from)) + 1, to);
  }

  /** The first row on the way from one that is here to one that is not, which is not here either. */
  async #edge(here: number, missing: number): Promise<number> {
    while (Math.abs(missing - here) > 1) {
      const middle = Math.trunc((here + missing) / 2);
      if (await this.#isHere(middle)) here = middle;
      else missing = middle;
    }
    return missing;
  }

  async #isHere(position: number): Promise<boolean> {
    const { messages } = await this.#read(position, 1);
    return messages.some((message) => message.position !== null);
  }

  async #readOrNull(from: number, limit: number): Promise<Page | null> {
    try {
      return await this.#read(from, limit);
    } catch (error) {
      if (error instanceof KeetError && error.code === "TOO_LONG" && limit > 1) return null;
      throw error;
    }
  }

  async #read(from: number, limit: number): Promise<Page> {
    const page = await this.#readRows({ from, limit });
    this.#total = page.total;
    // They come with the last rows, as they were at that moment: read later, one that got its place meanwhile is in neither.
    if (from + limit >= page.total) this.#waiting = page.messages.filter(({ position }) => position === null);
    return page;
  }
}

function keyOf(message: MessageInfo): string {
  return `${message.writer} ${message.id}`;
}
