import b4a from "b4a";
import { hex } from "./hex.js";
import type { Presence } from "./presence.js";
import { type Device, nextSigners } from "./promotion.js";
import { mayDo } from "./rights.js";
import type { Room } from "./room.js";
import type { RoomPeers } from "./room-peers.js";
import type { Op } from "./spec/generated/types.js";
import type { Role, RoomRecord } from "./view.js";

const CHECK_MS = 5_000;

export interface PromoterOptions {
  readonly room: Room;
  readonly peers: RoomPeers;
  readonly presence: Presence;
  readonly now: () => number;
  readonly write: (op: Op) => Promise<void>;
  /** A device that was here for so long in all, in ms, may sign the room's order. */
  readonly afterMs: number;
}

export interface Standing {
  readonly role: Role | null;
  readonly record: RoomRecord | null;
  readonly isClosing: boolean;
}

/** Sees to it that three devices sign a room's order as soon as there are three that may. */
export class Promoter {
  readonly #options: PromoterOptions;
  readonly #afterMs: number;
  #isPromoting = false;
  #checkedAt = 0;

  constructor(options: PromoterOptions) {
    this.#options = options;
    this.#afterMs = options.afterMs;
  }

  /** Once a second. */
  async tick(standing: Standing): Promise<void> {
    const now = performance.now();
    if (now - this.#checkedAt < Math.min(CHECK_MS, Math.max(this.#afterMs, 1_000))) return;
    this.#checkedAt = now;
    await this.check(standing);
  }

  /** A room shall not hang on one machine: where two more are here often, three sign its order. */
  async check({ role, record, isClosing }: Standing): Promise<void> {
    const { room, peers } = this.#options;
    if (this.#isPromoting || isClosing || !room.writable || room.isStalled || role === null) return;
    if (room.fetched !== null || peers.behind > 0) return;
    if (!mayDo("set-indexers", { role, room: record, own: true })) return;
    const signers = room.signers().map(hex);
    const own = hex(room.writerKey);
    if (!signers.includes(own)) return;
    const chosen = nextSigners({ signers, own, devices: await this.#devices(), afterMs: this.#afterMs });
    if (!chosen) return;
    this.#isPromoting = true;
    try {
      const indexers = await room.logs.manifests(chosen.map((writer) => b4a.from(writer, "hex")));
      if (indexers) await this.#options.write({ type: "set-indexers", indexers });
    } finally {
      this.#isPromoting = false;
    }
  }

  async #devices(): Promise<Device[]> {
    const here = this.#options.peers.hereWriters();
    const roles = new Map((await this.#options.room.persons()).map(({ key, value }) => [hex(key), value]));
    const now = this.#options.now();
    return [...this.#options.room.writers].flatMap(([writer, { identity, active }]) => {
      const person = roles.get(hex(identity));
      if (!active || !person || person.removed) return [];
      const isHere = here.has(writer);
      const seenAt = this.#options.presence.seenAt(writer);
      return [
        {
          writer,
          identity: hex(identity),
          role: person.role,
          here: isHere,
          totalMs: this.#options.presence.totalMs(writer),
          // Never seen is not long absent: this device may have come back only just now.
          absentMs: isHere || seenAt === null ? 0 : Math.max(0, now - seenAt),
        },
      ];
    });
  }
}
