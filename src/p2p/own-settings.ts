/** What this person alone decided: whom not to hear, and how each room behaves here. Told to nobody. */
import type { LocalStore } from "./local-store.js";

export interface RoomPrefs {
  /** No alerts until then, ms since 1970; `forever`; null where there are. */
  readonly mutedUntil: number | "forever" | null;
  readonly archived: boolean;
  readonly favourite: boolean;
  /** Shown as unread until it is opened. */
  readonly unread: boolean;
}

const NO_PREFS: RoomPrefs = { mutedUntil: null, archived: false, favourite: false, unread: false };

export class OwnSettings {
  readonly #local: LocalStore;
  readonly #now: () => number;
  readonly #prefs = new Map<string, RoomPrefs>();
  /** Identity in hex → the name it had when it was blocked. */
  readonly #blocked = new Map<string, string>();

  constructor(local: LocalStore, now: () => number) {
    this.#local = local;
    this.#now = now;
  }

  async load(): Promise<void> {
    for (const { key, value } of await this.#local.list<RoomPrefs>("pref/")) this.#prefs.set(key.slice(5), value);
    for (const { key, value } of await this.#local.list<string>("block/")) this.#blocked.set(key.slice(6), value);
  }

  prefs(roomId: string): RoomPrefs {
    const prefs = this.#prefs.get(roomId) ?? NO_PREFS;
    const isOver = typeof prefs.mutedUntil === "number" && prefs.mutedUntil <= this.#now();
    return isOver ? { ...prefs, mutedUntil: null } : prefs;
  }

  async change(roomId: string, change: Partial<RoomPrefs>): Promise<void> {
    const after = { ...this.prefs(roomId), ...change };
    this.#prefs.set(roomId, after);
    await this.#local.put(`pref/${roomId}`, after);
  }

  async forget(roomId: string): Promise<void> {
    this.#prefs.delete(roomId);
    await this.#local.del(`pref/${roomId}`);
  }

  isBlocked(identityHex: string): boolean {
    return this.#blocked.has(identityHex);
  }

  get blocked(): readonly { readonly id: string; readonly name: string }[] {
    return [...this.#blocked].map(([id, name]) => ({ id, name }));
  }

  async block(identityHex: string, name: string | null): Promise<void> {
    if (name === null) this.#blocked.delete(identityHex);
    else this.#blocked.set(identityHex, name);
    await this.#local.put(`block/${identityHex}`, name);
  }
}
