/**
 * Words of this person that are in the log and that the room did not take after all: they are kept, as not sent.
 * Emits `lost`: somebody else was let in on the same invite first, and this device is out.
 */
import { EventEmitter } from "node:events";
import { hex } from "./hex.js";
import type { LocalStore } from "./local-store.js";
import { isSaid } from "./messages.js";
import type { OwnOp, Room } from "./room.js";
import type { Sending } from "./sending.js";
import type { Op } from "./spec/generated/types.js";

/** While the order settles, a join or a row may be gone for a moment. */
const SETTLES_MS = 4_000;
const RECENT_OPS = 200;

export interface LeftOutOptions {
  readonly id: string;
  readonly room: Room;
  readonly local: LocalStore;
  readonly sending: Sending;
}

export class LeftOut extends EventEmitter {
  readonly #options: LeftOutOptions;
  #wasIn = false;
  #outSince: number | null = null;
  /** The order changed; whether it took something of ours away is seen when it has settled. */
  #reorderedAt: number | null = null;

  constructor(options: LeftOutOptions) {
    super();
    this.#options = options;
  }

  /** This device was in, and is not in the order now. */
  get isOut(): boolean {
    return this.#outSince !== null;
  }

  reordered(): void {
    this.#reorderedAt = performance.now();
  }

  async noteWhetherIn(isIn: boolean): Promise<void> {
    if (isIn) {
      this.#wasIn = true;
      this.#outSince = null;
    } else if (this.#wasIn) {
      this.#outSince ??= performance.now();
      if (performance.now() - this.#outSince > SETTLES_MS) await this.#onLost();
    }
  }

  /** This person was taken out, which is told elsewhere: what was to go out nobody takes now. */
  async removed(): Promise<void> {
    this.#outSince = null;
    const { sending } = this.#options;
    for (const waiting of sending.all) {
      if (waiting.failed !== null || !isSaid(waiting.op)) continue;
      await sending.fail(waiting, "You were removed from this room before it went out.");
    }
  }

  /**
   * Once a second. A right that was taken away elsewhere meanwhile comes first in the order, and then what was said
   * here is in no view any more.
   */
  async look(): Promise<void> {
    const { room } = this.#options;
    if (this.#reorderedAt === null || performance.now() - this.#reorderedAt < SETTLES_MS) return;
    // Whether one is in at all is decided, and told, elsewhere.
    if (room.stopReason !== null || this.isOut) return;
    this.#reorderedAt = null;
    const settled = await room.ownSettledLength();
    await this.#keep(settled, async (op) => {
      const why = await room.whyNot(op).catch(() => null);
      return why?.message ?? "what you may do here had changed before this came";
    });
    if (settled < room.ownLength) this.#reorderedAt ??= performance.now();
  }

  /**
   * In a cut network an invite for one can be used twice; when the halves meet, the later in order is not in after
   * all, and what it wrote vanishes from every view.
   */
  async #onLost(): Promise<void> {
    this.#wasIn = false;
    this.#outSince = null;
    const reason = "somebody else used your invite first, so you are not in this room";
    await this.#keep(this.#options.room.ownLength, async () => reason);
    this.emit("lost");
  }

  /** Own words in so much of the log that the room did not take: those at the end of each time that one was in. */
  async #keep(length: number, reason: (op: Op) => Promise<string>): Promise<void> {
    const { id: roomId, local, sending } = this.#options;
    for (const { envelope, op } of await this.#leftOutOf(length)) {
      const id = hex(envelope.id);
      const key = `left-out/${roomId}/${id}`;
      // Once: the person may have taken it away since.
      if (sending.get(envelope.id) || (await local.get(key))) continue;
      await sending.fail({ id, op, sentAt: envelope.sentAt, failed: null }, await reason(op));
      await local.put(key, true);
    }
  }

  /** In the order they were written. */
  async #leftOutOf(length: number): Promise<OwnOp[]> {
    const { room } = this.#options;
    const leftOut: OwnOp[] = [];
    let wasTaken = false;
    for await (const own of room.ownOps()) {
      if (wasTaken && own.length < room.ownLength - RECENT_OPS) break;
      if (own.op.type === "join-room") wasTaken = false;
      if (wasTaken || own.length > length || !isSaid(own.op)) continue;
      wasTaken = await room.has(room.writerKey, own.envelope.id);
      if (!wasTaken) leftOut.push(own);
    }
    return leftOut.reverse();
  }
}
