/** How far each member's log is known here: what others are told of, and what `behind` is counted from. */
import type Autobase from "autobase";
import b4a from "b4a";
import { hex } from "./hex.js";
import { within } from "./time-limit.js";

const KEPT_MS = 1_000;
const READ_LIMIT_MS = 2_000;

export interface Head {
  readonly writer: Uint8Array;
  readonly length: number;
}

interface KnownLength extends Head {
  readonly isRemoved: boolean;
}

export interface WriterLengthsOptions {
  readonly base: Autobase;
  /** The room is closing, or was given up. */
  readonly isOver: () => boolean;
  /** Of each read that begins. */
  readonly noted: <T>(reading: Promise<T>) => Promise<T>;
}

export class WriterLengths {
  readonly #options: WriterLengthsOptions;
  /** Null where something may have changed since. */
  #lengths: Promise<Map<string, KnownLength>> | null = null;
  #readAt = 0;

  constructor(options: WriterLengthsOptions) {
    this.#options = options;
  }

  changed(): void {
    this.#lengths = null;
  }

  async heads(): Promise<Head[]> {
    const { base, isOver } = this.#options;
    if (!base.system || isOver()) return [];
    const lengths = await this.#known();
    const { local } = base;
    const found: Head[] = [];
    for (const { writer, length, isRemoved } of lengths.values()) {
      if (!isRemoved && !b4a.equals(writer, local.key)) found.push({ writer, length });
    }
    if (local.length > 0) found.push({ writer: local.key, length: local.length });
    return found;
  }

  async of(writer: Uint8Array): Promise<number> {
    return (await this.#known()).get(hex(writer))?.length ?? 0;
  }

  /** How much of this device's log the order has been through; all of it where it was taken out of the room. */
  async ownSettled(): Promise<number> {
    const { local } = this.#options.base;
    const known = (await this.#known()).get(hex(local.key));
    if (!known) return 0;
    return known.isRemoved ? local.length : known.length;
  }

  /** Read once after each change: in a room of thirty everybody tells everybody, and each of it is looked up here. */
  async #known(): Promise<ReadonlyMap<string, KnownLength>> {
    const { base, isOver, noted } = this.#options;
    if (!base.system || isOver()) return new Map();
    const now = performance.now();
    // Should the library change something without a word, it is seen a moment later.
    if (!this.#lengths || now - this.#readAt > KEPT_MS) {
      this.#lengths = noted(this.#list());
      this.#readAt = now;
    }
    const reading = this.#lengths;
    try {
      return await within(reading, READ_LIMIT_MS, () => new Error("the list of writers is not here yet"));
    } catch (error) {
      if (this.#lengths === reading) this.#lengths = null;
      throw error;
    }
  }

  async #list(): Promise<Map<string, KnownLength>> {
    const found = new Map<string, KnownLength>();
    for await (const { key, value } of this.#options.base.system!.list()) {
      found.set(hex(key), { writer: key, length: value.length, isRemoved: value.isRemoved });
    }
    return found;
  }
}
