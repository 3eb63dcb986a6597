/**
 * Small files that members share come by themselves where the person set that: what arrives now and what is unread,
 * never what was there before. They are fetched and nothing more.
 */
import { statfs } from "node:fs/promises";
import { dirname } from "node:path";
import { KeetError } from "../errors.js";
import type { MessageInfo, RoomInfo } from "../rpc/methods.js";
import { safe, safeFileName } from "../safe-text.js";
import type { Session } from "./session.js";

/** What came longer ago has been seen, and a room that is ordered anew tells of it again. */
const LIVE_MS = 60_000;
const HOUR_MS = 3_600_000;
/** Of one member, whatever they share: the rest waits to be asked for. */
const MAX_AN_HOUR = 20;
/** More unread than this is history. */
const MAX_UNREAD = 200;
/** Left for messages, and for what the person does with their disk. */
const LEFT_FREE_BYTES = 1_000_000_000;

export interface AutoGetOptions {
  readonly session: Session;
  /** 0: nothing comes by itself. */
  readonly limitBytes: () => number;
  readonly folder: () => string;
  readonly freeBytes?: ((folder: string) => Promise<number>) | undefined;
}

export class AutoGet {
  readonly #options: AutoGetOptions;
  /** By identity: when files of theirs came by themselves. */
  readonly #gotAt = new Map<string, readonly number[]>();
  /** Keys of rows: what was stopped by hand does not come again. */
  readonly #asked = new Set<string>();
  #line: Promise<void> = Promise.resolve();
  #hasSaidFull = false;

  constructor(options: AutoGetOptions) {
    this.#options = options;
    options.session.onRows = (room, rows) => this.#take(room, rows, LIVE_MS);
    options.session.onLoaded = (rooms) => {
      for (const room of rooms) this.#takeUnread(room);
    };
  }

  #takeUnread({ id, unread }: RoomInfo): void {
    if (this.#options.limitBytes() === 0 || unread === 0) return;
    this.#after(async () => {
      const limit = Math.min(unread, MAX_UNREAD);
      const { messages } = await this.#options.session.request("message.list", { room: id, limit });
      this.#take(id, messages, Number.POSITIVE_INFINITY);
    });
  }

  #take(room: string, rows: readonly MessageInfo[], maxAgeMs: number): void {
    const { session, limitBytes } = this.#options;
    const view = session.roomView(room);
    if (limitBytes() === 0 || view?.state !== "open" || view.fetched !== null) return;
    for (const row of rows) if (this.#isWanted(row, maxAgeMs)) this.#after(() => this.#get(row));
  }

  #isWanted(row: MessageInfo, maxAgeMs: number): boolean {
    const { file, mine, deleted, blocked, verified, position, receivedAt } = row;
    if (!file || mine || deleted || blocked || !verified || position === null) return false;
    if (file.unsharedBy || file.transfer !== null || file.bytes > this.#options.limitBytes()) return false;
    // What was written before this device was in the room has none.
    if (receivedAt === null || this.#options.session.now() - Date.parse(receivedAt) > maxAgeMs) return false;
    return !this.#asked.has(keyOf(row)) && this.#isWithinHour(row.author.id);
  }

  #isWithinHour(author: string): boolean {
    const now = this.#options.session.now();
    const recent = (this.#gotAt.get(author) ?? []).filter((at) => now - at < HOUR_MS);
    this.#gotAt.set(author, recent);
    return recent.length < MAX_AN_HOUR;
  }

  async #get(row: MessageInfo): Promise<void> {
    const { session, folder } = this.#options;
    const { room, id, writer, author, file } = row;
    if (!this.#isWanted(row, Number.POSITIVE_INFINITY) || !(await this.#fits(row))) return;
    this.#asked.add(keyOf(row));
    this.#gotAt.set(author.id, [...(this.#gotAt.get(author.id) ?? []), session.now()]);
    const { state } = await session.request("file.get", { room, id, writer, folder: folder() });
    if (file && state !== "here") session.fileNews.expect({ writer, id });
  }

  async #fits({ file }: MessageInfo): Promise<boolean> {
    const { session, folder, freeBytes = freeBytesAt } = this.#options;
    const moving = session.moving.store.getSnapshot();
    const coming = moving === null ? 0 : moving.of - moving.bytes;
    const free = await freeBytes(folder());
    if (free - coming - file!.bytes >= LEFT_FREE_BYTES) return true;
    if (!this.#hasSaidFull) {
      this.#hasSaidFull = true;
      const hint = safe`Less than 1 GB would be left on this disk; /get fetches ${safeFileName(file!.name)} all the same.`;
      session.tell("No files come by themselves for now", { hint, level: "warning" });
    }
    return false;
  }

  #after(act: () => Promise<void>): void {
    // What the core refuses, or that it has gone, is on the row or said elsewhere.
    this.#line = this.#line.then(act).catch((error: unknown) => {
      if (!(error instanceof KeetError)) this.#options.session.tellError(error);
    });
  }
}

function keyOf({ room, writer, id }: MessageInfo): string {
  return `${room}:${writer}:${id}`;
}

/** Where the folder is not there yet, of the disk that it will be on. */
async function freeBytesAt(folder: string): Promise<number> {
  try {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  } catch {
    const above = dirname(folder);
    return above === folder ? 0 : freeBytesAt(above);
  }
}
