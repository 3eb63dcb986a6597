/**
 * Files give way to a call: on a machine that a transfer keeps fully busy, whoever speaks would be heard late. Only as
 * much of a core's time goes into blocks as leaves it ready for sound; where the network is slower than that, nothing
 * is held back.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { BlockPlace } from "./block-files.js";

/** Of one processor, by all that this process does. */
const MOST_BUSY = 0.4;
const MOST_REST_MS = 50;

/** What this process has used of a processor, all its threads, and when; ms. */
export interface Used {
  readonly at: number;
  readonly workedMs: number;
}

export interface GiveWayOptions {
  /** Is there a call? */
  readonly isWanted: () => boolean;
  readonly used?: () => Used;
  readonly rest?: (ms: number) => Promise<unknown>;
}

export class GiveWay {
  readonly #options: Required<GiveWayOptions>;
  #since: Used;
  #before: Promise<void> = Promise.resolve();

  constructor(options: GiveWayOptions) {
    this.#options = { used, rest: sleep, ...options };
    this.#since = this.#options.used();
  }

  /** Resolves when the next block may take its time: one after the other, so that they do not come in bursts. */
  turn(): Promise<void> {
    if (!this.#options.isWanted()) return Promise.resolve();
    this.#before = this.#before.then(() => this.#rest());
    return this.#before;
  }

  /** For as long as what was done since the last one takes more than its share. */
  async #rest(): Promise<void> {
    const { used, rest } = this.#options;
    const now = used();
    const restMs = (now.workedMs - this.#since.workedMs) / MOST_BUSY - (now.at - this.#since.at);
    // Less is made up for by the next one.
    if (restMs < 1) {
      if (restMs < -MOST_REST_MS) this.#since = now;
      return;
    }
    await rest(Math.min(MOST_REST_MS, restMs));
    if (restMs > MOST_REST_MS) this.#since = used();
  }
}

function used(): Used {
  const { user, system } = process.cpuUsage();
  return { at: performance.now(), workedMs: (user + system) / 1_000 };
}

/** Blocks that are read and written there when there is time for them. */
export function givingWay({ read, write }: BlockPlace, giveWay: GiveWay): BlockPlace {
  return {
    read: async (block, pad) => {
      await giveWay.turn();
      return read(block, pad);
    },
    write:
      write &&
      (async (block, bytes) => {
        await giveWay.turn();
        await write(block, bytes);
      }),
  };
}
