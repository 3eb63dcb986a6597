/** People with whole cores who find each other on this machine, and have a room in common. */
import { mkdirSync } from "node:fs";
import type { Test } from "tap";
import type { KeetError } from "../../src/errors.js";
import { type Core, type CoreOptions, openCore } from "../../src/p2p/index.js";
import type { MemberRoom } from "../../src/p2p/member-room.js";
import { newId } from "../../src/p2p/room.js";
import type { Op } from "../../src/p2p/spec/generated/types.js";
import { until } from "./rooms.js";

type Tap = Pick<Test, "testdir" | "teardown">;

/** A busy machine is slow; what never becomes true fails all the same. */
const LIMIT_MS = 60_000;

/** Waits for it. What cannot be read at the moment, of which the core says so, is asked for again. */
export function eventually(condition: () => Promise<boolean> | boolean): Promise<void> {
  return until(async () => {
    try {
      return await condition();
    } catch (error) {
      if ((error as KeetError).code === "NOT_HERE") return false;
      throw error;
    }
  }, LIMIT_MS);
}

export class Town {
  readonly folder: string;
  readonly #options: Partial<CoreOptions>;
  readonly #cores = new Map<string, Core>();

  constructor(t: Tap, options: Partial<CoreOptions> = {}) {
    this.folder = t.testdir({});
    this.#options = options;
    t.teardown(() => Promise.all([...this.#cores.values()].map((core) => core.close())));
  }

  /** Opens that person's core, for the first time or again. */
  async open(name: string, options: Partial<CoreOptions> = {}): Promise<Core> {
    const folder = `${this.folder}/${name}`;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const core = await openCore({ folder, bootstrap: [], lan: true, ...this.#options, ...options });
    this.#cores.set(name, core);
    if (!core.identity) await core.createIdentity(name);
    return core;
  }

  core(name: string): Core {
    return this.#cores.get(name)!;
  }

  async close(name: string): Promise<void> {
    await this.core(name).close();
  }

  /** A room of the first one, with all of the others in it. */
  async room(names: readonly string[]): Promise<string> {
    const [first, ...others] = names;
    const founder = await this.open(first!);
    const { id } = await founder.createRoom("tea", "", "group");
    const { link } = await founder.makeInvite(id, { uses: 20 });
    for (const name of others) await this.join(name, id, link!);
    await eventually(() => names.every((name) => this.member(name, id).room.writers.size === names.length));
    return id;
  }

  async join(name: string, id: string, link: string): Promise<void> {
    const core = await this.open(name);
    await core.joinRoom(link);
    await eventually(() => core.room(id)?.waitsFor === null);
  }

  member(name: string, id: string): MemberRoom {
    const member = this.core(name).room(id)?.member;
    if (!member) throw new Error(`${name} is not in that room`);
    return member;
  }

  identity(name: string): Buffer {
    return this.core(name).identity!.key;
  }

  /** Straight into that person's log, whatever the room would say. */
  async force(name: string, id: string, op: Op): Promise<void> {
    const { room } = this.member(name, id);
    await room.append(room.seal(op, newId(), Date.now()));
  }

  /** The view is the same at all of them, and nothing is on its way. */
  async agree(id: string, names: readonly string[]): Promise<void> {
    await eventually(async () => {
      const hashes = await Promise.all(names.map((name) => this.hash(name, id)));
      return hashes.every((hash) => hash !== "" && hash === hashes[0]);
    });
  }

  /** Of all that the view holds; empty where it cannot be told now. */
  async hash(name: string, id: string): Promise<string> {
    return (await this.member(name, id).room.viewHash())?.toString("hex") ?? "";
  }

  async texts(name: string, id: string): Promise<string[]> {
    const member = this.member(name, id);
    const messages = await member.messages(0, member.room.total);
    return messages.flatMap(({ op, text }) => (op?.type === "post-message" ? [text] : []));
  }
}
