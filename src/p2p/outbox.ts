/**
 * What this person sent and nobody's log has yet. On disk before anything else is promised; ids chosen by the sender
 * make sending again harmless, so after any kill everything here is simply sent once more.
 */
import b4a from "b4a";
import { opBytes, opOf } from "./decode.js";
import type { LocalStore } from "./local-store.js";
import type { Op } from "./spec/generated/types.js";

export interface Waiting {
  /** 32 hex digits. */
  readonly id: string;
  readonly op: Op;
  readonly sentAt: number;
  readonly failed: string | null;
}

/** Taken back before it went out. Kept, so that taking it back once more, after an unclear failure, is answered alike. */
export interface Dropped {
  readonly id: string;
  readonly sentAt: number;
}

const MAX_DROPPED = 64;

interface Kept {
  readonly id: string;
  /** `opBytes` in hex. */
  readonly op: string;
  readonly sentAt: number;
  readonly failed: string | null;
}

export class Outbox {
  readonly #local: LocalStore;
  readonly #prefix: string;
  readonly #waiting = new Map<string, Waiting>();
  #sequence = 0;
  #dropped: readonly Dropped[] = [];
  readonly #droppedKey: string;
  readonly #keys = new Map<string, string>();

  constructor(local: LocalStore, roomId: string) {
    this.#local = local;
    this.#prefix = `out/${roomId}/`;
    this.#droppedKey = `dropped/${roomId}`;
  }

  async load(): Promise<void> {
    this.#dropped = (await this.#local.get<readonly Dropped[]>(this.#droppedKey)) ?? [];
    for (const { key, value } of await this.#local.list<Kept>(this.#prefix)) {
      const op = opOf(b4a.from(value.op, "hex"));
      if (op) this.#waiting.set(value.id, { ...value, op });
      this.#keys.set(value.id, key);
      this.#sequence = Math.max(this.#sequence, Number(key.slice(this.#prefix.length)) + 1);
    }
  }

  /** In the order they were sent. */
  get all(): readonly Waiting[] {
    return [...this.#waiting.values()];
  }

  get(id: string): Waiting | null {
    return this.#waiting.get(id) ?? null;
  }

  /** Resolves when it is on disk. @param canWait it goes into the log at the same time, so there is no hurry */
  add(message: Waiting, { canWait = false } = {}): Promise<void> {
    const key = this.#keys.get(message.id) ?? `${this.#prefix}${String(this.#sequence++).padStart(10, "0")}`;
    this.#keys.set(message.id, key);
    this.#waiting.set(message.id, message);
    const { id, op, sentAt, failed } = message;
    const kept: Kept = { id, op: b4a.toString(opBytes(op), "hex"), sentAt, failed };
    return canWait ? this.#local.putLater(key, kept) : this.#local.put(key, kept);
  }

  /** Never sent after all, and known as such from now on. */
  async drop({ id, sentAt }: Waiting): Promise<void> {
    this.#dropped = [...this.#dropped, { id, sentAt }].slice(-MAX_DROPPED);
    this.remove(id);
    await this.#local.put(this.#droppedKey, this.#dropped);
  }

  dropped(id: string): Dropped | null {
    return this.#dropped.find((one) => one.id === id) ?? null;
  }

  /** It is in the log, or was taken back: whoever starts again looks for it there first. */
  remove(id: string): void {
    const key = this.#keys.get(id);
    this.#waiting.delete(id);
    this.#keys.delete(id);
    if (key) void this.#local.putLater(key, null);
  }
}
