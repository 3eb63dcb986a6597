/**
 * What this person does in a room, on its way into the log: on disk first, then pushed and appended, and tried again
 * until it is in. Emits `waiting` (Waiting, new or changed), `done` (Waiting), `failed` (Waiting), `warning`.
 */
import { EventEmitter } from "node:events";
import { setImmediate as nextTurn } from "node:timers/promises";
import b4a from "b4a";
import { KeetError } from "../errors.js";
import { hex } from "./hex.js";
import type { LocalStore } from "./local-store.js";
import { isSaid, targetOf } from "./messages.js";
import { type Dropped, Outbox, type Waiting } from "./outbox.js";
import type { Room } from "./room.js";
import type { MessageRef, Op } from "./spec/generated/types.js";

export interface SendingOptions {
  readonly room: Room;
  readonly local: LocalStore;
  readonly now: () => number;
  /** Ahead of the log, to whoever is connected. */
  readonly push: (bytes: Uint8Array) => void;
}

export class Sending extends EventEmitter {
  readonly #options: SendingOptions;
  readonly #outbox: Outbox;
  readonly #appending = new Map<string, Promise<void>>();
  #beginning: Promise<unknown> = Promise.resolve();
  #isClosed = false;

  constructor(options: SendingOptions) {
    super();
    this.#options = options;
    this.#outbox = new Outbox(options.local, hex(options.room.discoveryKey));
  }

  load(): Promise<void> {
    return this.#outbox.load();
  }

  close(): void {
    this.#isClosed = true;
  }

  /** In the order they were sent. */
  get all(): readonly Waiting[] {
    return this.#outbox.all;
  }

  get(id: Uint8Array): Waiting | null {
    return this.#outbox.get(hex(id));
  }

  /** What waits and is about that message, in the order it was sent. */
  about({ writer, id }: MessageRef): readonly Waiting[] {
    return this.all.filter(({ op }) => {
      const target = targetOf(op);
      return target !== null && b4a.equals(target.id, id) && b4a.equals(target.writer, writer);
    });
  }

  /** Something is not in the log yet, and not given up. */
  get hasWaiting(): boolean {
    return this.#outbox.all.some(({ failed }) => failed === null);
  }

  /**
   * Resolves when it is on disk, and in the log where the log takes it now. Sending again under the same id is harmless.
   * @param check throws where it would be refused; asked in turn, so that it cannot change the order
   */
  async send(op: Op, id: Uint8Array, check: () => Promise<void>): Promise<void> {
    // One after the other up to the outbox and the log's queue, so that what is sent first comes first.
    const begun = this.#beginning.then(() => this.#begin(op, id, check));
    // A turn of its own for each: a crowd that comes at once holds up no sound meanwhile.
    this.#beginning = begun.catch(() => {}).then(() => nextTurn());
    await Promise.all((await begun).waits);
  }

  /** @returns what to wait for, until it is on disk and in the log: in an object, since a promise would be waited for here */
  async #begin(op: Op, id: Uint8Array, check: () => Promise<void>): Promise<{ waits: Promise<void>[] }> {
    const { room, now } = this.#options;
    // Where the room cannot be read now it is kept all the same, and looked for before it is tried again.
    if (room.writable && (await room.has(room.writerKey, id).catch(() => false))) return { waits: [] };
    const known = this.get(id);
    if (known) return { waits: [this.#append(known)] };
    await check();
    if (this.#isClosed) throw notKept();
    const waiting: Waiting = { id: hex(id), op, sentAt: now(), failed: null };
    const kept = this.#outbox.add(waiting, { canWait: room.isGathering });
    kept.catch(() => {});
    this.emit("waiting", waiting);
    // Pushed and appended at once; the promise given back waits for the disk: here, or in the log.
    return { waits: [this.#append(waiting).then(() => (this.get(id) ? kept : undefined))] };
  }

  /** Another text before it went out. False where it is on its way already. */
  async change(id: Uint8Array, op: Op): Promise<boolean> {
    const waiting = this.get(id);
    if (!waiting || this.#appending.has(waiting.id)) return false;
    const changed = { ...waiting, op, failed: null };
    await this.#outbox.add(changed);
    this.emit("waiting", changed);
    this.retry();
    return true;
  }

  /** Never sent after all. False where it is on its way already. */
  async drop(id: Uint8Array): Promise<boolean> {
    const waiting = this.get(id);
    if (!waiting || this.#appending.has(waiting.id)) return false;
    await this.#outbox.drop(waiting);
    return true;
  }

  /** What was taken back before it went out. */
  dropped(id: Uint8Array): Dropped | null {
    return this.#outbox.dropped(hex(id));
  }

  /**
   * One that failed or waits, once more. Where nothing can be written now it stays what it is.
   * @param check throws, as a `user` error, where it would be refused again
   */
  async again(waiting: Waiting, check: () => Promise<void>): Promise<void> {
    const { room } = this.#options;
    // What was refused can come in after all, when the order settles otherwise.
    if (await room.has(room.writerKey, b4a.from(waiting.id, "hex")).catch(() => false)) return this.#done(waiting);
    try {
      await check();
    } catch (error) {
      if (!(error instanceof KeetError) || error.family !== "user") throw error;
      await this.fail(waiting, error.message);
      return;
    }
    if (!room.writable) return;
    const fresh = { ...waiting, failed: null };
    await this.#outbox.add(fresh);
    this.emit("waiting", fresh);
    await this.#append(fresh);
  }

  async fail(waiting: Waiting, reason: string): Promise<void> {
    const failed = { ...waiting, failed: reason };
    await this.#outbox.add(failed);
    this.emit("waiting", failed);
    this.emit("failed", failed);
  }

  /** All that failed is tried again: somebody was let in anew. */
  async resend(): Promise<void> {
    for (const waiting of this.#outbox.all) {
      if (waiting.failed === null) continue;
      const again = { ...waiting, failed: null };
      await this.#outbox.add(again);
      this.emit("waiting", again);
    }
    this.retry();
  }

  retry(): void {
    const { room } = this.#options;
    // What a stalled log holds already would only be queued there twice.
    if (!room.writable || this.#isClosed || room.isStalled) return;
    const waiting = this.#outbox.all.filter(({ id, failed }) => failed === null && !this.#appending.has(id));
    if (waiting.length === 0) return;
    void (async () => {
      for (const one of waiting) {
        // It may be in the log already: a kill can come between the log and the outbox.
        if (await room.has(room.writerKey, b4a.from(one.id, "hex"))) this.#done(one);
        else await this.#append(one);
      }
    })().catch((error) => this.emit("warning", error));
  }

  /** Once at a time for each. */
  #append(waiting: Waiting): Promise<void> {
    const known = this.#appending.get(waiting.id);
    if (known) return known;
    const appending = this.#appendOnce(waiting).finally(() => this.#appending.delete(waiting.id));
    this.#appending.set(waiting.id, appending);
    return appending;
  }

  async #appendOnce(waiting: Waiting): Promise<void> {
    const { room, push } = this.#options;
    if (!room.writable || room.isStalled) return;
    const id = b4a.from(waiting.id, "hex");
    try {
      const bytes = room.seal(waiting.op, id, waiting.sentAt);
      push(bytes);
      await room.append(bytes);
      if (await room.has(room.writerKey, id)) this.#done(waiting);
      else await this.#refused(waiting);
    } catch (error) {
      if (this.#isClosed) return;
      const isFinal = error instanceof KeetError && error.code === "NOT_WRITABLE";
      if (isFinal) await this.fail(waiting, error.message);
      if (error instanceof KeetError && error.code === "ROOM_STOPPED") throw error;
      this.emit("warning", error);
    }
  }

  /** The room did not take it. Words and files are kept, to be sent once more; anything else is only told. */
  async #refused(waiting: Waiting): Promise<void> {
    const why = await this.#options.room.whyNot(waiting.op);
    const message = why?.message ?? "The room did not take it: you may not write here.";
    if (isSaid(waiting.op)) return this.fail(waiting, message);
    this.#done(waiting);
    throw new KeetError("user", why?.code ?? "NOT_ALLOWED", message, why?.hint ? { hint: why.hint } : {});
  }

  #done(waiting: Waiting): void {
    this.#outbox.remove(waiting.id);
    this.emit("done", waiting);
  }
}

/** Whoever hears it asks again, under the same id. */
function notKept(): KeetError {
  return new KeetError("peer", "CORE_GONE", "The background part stopped before it took this", {
    hint: "Send it again.",
  });
}
