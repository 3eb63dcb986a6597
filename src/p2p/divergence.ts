/**
 * Two histories under one writer key: the library orders by (key, length) and never compares contents, so members
 * tell each other the hashes of their logs. Whose fault it is, a hash cannot tell: the writer may have written two,
 * or who told it may lie. So it is said who differs from whom, and kept until it is the same again.
 * Emits `changed`.
 */
import { EventEmitter } from "node:events";
import b4a from "b4a";
import type { LogHash, RoomPeer } from "./channel.js";
import { hex } from "./hex.js";
import type { LocalStore } from "./local-store.js";
import type { Room } from "./room.js";

const TELL_MS = 10_000;
const LOGS_A_TIME = 32;
/** A log that is cut and written anew has another one at the same length: not for long, then. */
const HASH_KEPT_MS = 30_000;
const MAX_HASHES = 256;
const MAX_KEPT = 32;
/** One who tells a lot of differences leaves room for what others tell. */
const MAX_KEPT_A_TELLER = 8;
const MAX_COMPARED_A_SECOND = 5;

export interface Divergence {
  /** Writer in hex; the view's own log where all signed content differs. */
  readonly writer: string;
  readonly length: number;
  /** Hashes at that length, in hex. */
  readonly here: string;
  readonly there: string;
  /** Identity that told, in hex. */
  readonly told: string;
  readonly at: number;
}

export interface DivergencesOptions {
  readonly room: Room;
  readonly local: LocalStore;
  readonly now: () => number;
}

export class Divergences extends EventEmitter {
  readonly #room: Room;
  readonly #local: LocalStore;
  readonly #now: () => number;
  readonly #key: string;
  /** By writer and teller. */
  #kept = new Map<string, Divergence>();
  readonly #compared = new WeakMap<RoomPeer, { readonly second: number; readonly count: number }>();
  readonly #hashes = new Map<string, { readonly hash: Uint8Array; readonly at: number }>();
  #toldAt = Number.NEGATIVE_INFINITY;
  #next = 0;

  constructor({ room, local, now }: DivergencesOptions) {
    super();
    this.#room = room;
    this.#local = local;
    this.#now = now;
    this.#key = `alarm/${hex(room.discoveryKey)}`;
  }

  async load(): Promise<void> {
    const kept = (await this.#local.get<Divergence[]>(this.#key)) ?? [];
    for (const one of kept) this.#kept.set(nameOf(one), one);
  }

  get all(): readonly Divergence[] {
    return [...this.#kept.values()];
  }

  /** After a repair everything is compared anew. */
  async clear(): Promise<void> {
    this.#kept.clear();
    this.#hashes.clear();
    this.#toldAt = Number.NEGATIVE_INFINITY;
    await this.#local.del(this.#key);
    this.emit("changed");
  }

  /** Once a second; every few of them some logs' hashes are told, all of them in turn. */
  tick(peers: readonly RoomPeer[]): void {
    const now = performance.now();
    if (peers.length === 0 || now - this.#toldAt < TELL_MS) return;
    this.#toldAt = now;
    void this.#tell(peers).catch(() => {});
  }

  async #tell(peers: readonly RoomPeer[]): Promise<void> {
    const writers = [...this.#room.writers.keys()].map((writer) => b4a.from(writer, "hex"));
    const some = Array.from({ length: Math.min(LOGS_A_TIME, writers.length) }, (_, i) => {
      return writers[(this.#next + i) % writers.length]!;
    });
    this.#next = writers.length === 0 ? 0 : (this.#next + some.length) % writers.length;
    const hashes: LogHash[] = [];
    for (const writer of some) {
      const length = await this.#room.logs.length(writer);
      const hash = length > 0 ? await this.#hash(writer, length) : null;
      if (hash) hashes.push({ writer, length, hash });
    }
    const view = await this.#room.logs.signedHash();
    if (view) hashes.push(view);
    for (const peer of peers) if (hashes.length > 0) peer.sendHashes(hashes);
  }

  /** In a room of thirty each of them tells the same; opening a log for each would keep a machine busy. */
  async #hash(writer: Uint8Array, length: number): Promise<Uint8Array | null> {
    const name = `${hex(writer)}${length}`;
    const now = performance.now();
    const known = this.#hashes.get(name);
    if (known && now - known.at < HASH_KEPT_MS) return known.hash;
    this.#hashes.delete(name);
    const hash = await this.#room.logs.hash(writer, length);
    if (!hash) return null;
    if (this.#hashes.size >= MAX_HASHES) this.#hashes.delete(this.#hashes.keys().next().value!);
    this.#hashes.set(name, { hash, at: now });
    return hash;
  }

  /** @param hashes of members' logs and of the view, as a member told them */
  async compare(peer: RoomPeer, told: Uint8Array, hashes: readonly LogHash[]): Promise<void> {
    // Each comparison opens logs, so nobody has it done more often than they need to tell.
    const second = Math.floor(performance.now() / 1_000);
    const compared = this.#compared.get(peer);
    const count = compared?.second === second ? compared.count + 1 : 1;
    this.#compared.set(peer, { second, count });
    if (count > MAX_COMPARED_A_SECOND) return;
    const answers: LogHash[] = [];
    let changed = false;
    for (const { writer, length, hash } of hashes) {
      if (!this.#room.isOwnLog(writer) || length === 0) continue;
      const here = await this.#hash(writer, length);
      if (!here) continue;
      const one = {
        writer: hex(writer),
        length,
        here: hex(here),
        there: hex(hash),
        told: hex(told),
        at: this.#now(),
      };
      if (b4a.equals(here, hash)) {
        // The same at a greater length than it once differed at: that was healed.
        const known = this.#kept.get(nameOf(one));
        if (known && length >= known.length) changed = this.#kept.delete(nameOf(one)) || changed;
        continue;
      }
      const byTeller = this.all.filter((other) => other.told === one.told).length;
      if (this.#kept.has(nameOf(one)) || this.#kept.size >= MAX_KEPT || byTeller >= MAX_KEPT_A_TELLER) continue;
      this.#kept.set(nameOf(one), one);
      changed = true;
      // So that the other side sees it as well, though its log may be shorter than what we would tell.
      answers.push({ writer, length, hash: here });
    }
    if (answers.length > 0) peer.sendHashes(answers);
    if (!changed) return;
    await this.#local.put(this.#key, this.all);
    this.emit("changed");
  }
}

function nameOf({ writer, told }: { readonly writer: string; readonly told: string }): string {
  return `${writer}/${told}`;
}
