import { randomBytes } from "node:crypto";
import { KeetError } from "../errors.js";
import { type Core, type OpenRoom, parseQuery, type Query, type RoomMessage } from "../p2p/index.js";
import type { ParamsOf, SearchResult } from "../rpc/methods.js";
import { findRoom } from "./find.js";
import { messageInfo } from "./shapes.js";

const MAX_CURSORS = 64;
const TEXT_LIMIT_MS = 5_000;

/** Where an answer ended: before which place each room is to be read on. */
type Cursor = ReadonlyMap<string, number>;

interface Hit {
  readonly room: string;
  readonly message: RoomMessage;
}

/** Searches in one room or in all, newest first, page by page. */
export class Search {
  readonly #core: Core;
  readonly #cursors = new Map<string, Cursor>();

  constructor(core: Core) {
    this.#core = core;
  }

  async find({ text, room, limit, after }: ParamsOf<"message.search">): Promise<SearchResult> {
    const query = parseQuery(text);
    if (!query) throw new KeetError("user", "BAD_ARGUMENT", "There is nothing to look for.", { hint: "/search tea" });
    const rooms = room === undefined ? this.#core.rooms() : [findRoom(this.#core, room)];
    const cursor = after === undefined ? null : this.#cursors.get(after);
    if (cursor === undefined) {
      throw new KeetError("user", "BAD_ARGUMENT", "That search is over.", { hint: "Search again." });
    }
    const found: Hit[] = [];
    const incomplete: string[] = [];
    const ends = new Map<string, number | null>();
    for (const open of rooms) {
      const before = cursor ? cursor.get(open.id) : Number.MAX_SAFE_INTEGER;
      if (before === undefined || !open.member) continue;
      try {
        const { messages, next } = await this.#inRoom(open, query, before, limit);
        found.push(...messages.map((message) => ({ room: open.id, message })));
        ends.set(open.id, next);
      } catch (error) {
        if (!(error instanceof KeetError)) throw error;
        incomplete.push(open.id);
        // Tried again with the next page.
        ends.set(open.id, before);
      }
    }
    const shown = takeInOrder(found, limit);
    return {
      messages: shown.map((hit) => messageInfo(hit.room, hit.message)),
      more: this.#keepCursor(found, shown, ends),
      incomplete,
    };
  }

  async #inRoom(
    { member }: OpenRoom,
    query: Query,
    before: number,
    limit: number,
  ): Promise<{ messages: RoomMessage[]; next: number | null }> {
    const messages: RoomMessage[] = [];
    const until = performance.now() + TEXT_LIMIT_MS;
    let next: number | null = before;
    while (next !== null && messages.length < limit && performance.now() < until) {
      const hits = await member!.search(query, next, limit - messages.length);
      messages.push(...hits.messages);
      next = hits.before;
    }
    return { messages, next };
  }

  /** What was found and not shown is found again from its place. */
  #keepCursor(found: readonly Hit[], shown: readonly Hit[], ends: ReadonlyMap<string, number | null>): string | null {
    const isShown = new Set(shown);
    const cursor = new Map<string, number>();
    for (const [room, end] of ends) {
      const left = found.filter((hit) => hit.room === room && !isShown.has(hit));
      const highest = left.reduce((max, { message }) => Math.max(max, message.place ?? -1), -1);
      if (highest >= 0) cursor.set(room, highest + 1);
      else if (end !== null) cursor.set(room, end);
    }
    if (cursor.size === 0) return null;
    const id = randomBytes(8).toString("hex");
    this.#cursors.set(id, cursor);
    if (this.#cursors.size > MAX_CURSORS) this.#cursors.delete(this.#cursors.keys().next().value!);
    return id;
  }
}

/** The newest of all rooms; of each room in the order of its places, so that going on by place misses nothing. */
function takeInOrder(found: readonly Hit[], limit: number): Hit[] {
  const queues = new Map<string, Hit[]>();
  for (const hit of found) queues.set(hit.room, [...(queues.get(hit.room) ?? []), hit]);
  for (const queue of queues.values()) queue.sort((a, b) => (b.message.place ?? 0) - (a.message.place ?? 0));
  const taken: Hit[] = [];
  while (taken.length < limit) {
    const heads = [...queues.values()].filter((queue) => queue.length > 0);
    if (heads.length === 0) break;
    heads.sort((a, b) => b[0]!.message.sentAt - a[0]!.message.sentAt);
    taken.push(heads[0]!.shift()!);
  }
  return taken;
}
