// Whole cores of people who know each other, with a clock of each person's own. Found by the beacon, or kept apart.
import { mkdirSync } from "node:fs";
import { hex } from "../../src/p2p/hex.js";
import { type Core, type MemberRoom, openCore } from "../../src/p2p/index.js";
import { LocalStore } from "../../src/p2p/local-store.js";
import { joinWithNewLog } from "../../src/p2p/repair.js";
import { until } from "./rooms.js";

interface Teardown {
  teardown(run: () => unknown): void;
}

/** What is the same however often somebody comes and goes. */
export class Person {
  readonly name: string;
  /** Added to the clock of this machine, in ms. */
  shiftMs = 0;
  readonly #t: Teardown;
  readonly #folder: string;
  #core: Core | null = null;

  constructor(t: Teardown, folder: string, name: string) {
    this.name = name;
    this.#t = t;
    this.#folder = `${folder}/${name}`;
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    t.teardown(() => this.leave());
  }

  get core(): Core {
    if (!this.#core) throw new Error(`${this.name} is away`);
    return this.#core;
  }

  /** @param near whether others are looked for */
  async come({ near = true, words }: { near?: boolean; words?: string } = {}): Promise<Core> {
    await this.leave();
    const now = () => Date.now() + this.shiftMs;
    const core = await openCore({ folder: this.#folder, bootstrap: [], lan: near, now });
    this.#core = core;
    if (!core.identity && words) await core.restoreIdentity(this.name, words);
    else if (!core.identity) await core.createIdentity(this.name);
    return core;
  }

  async leave(): Promise<void> {
    const core = this.#core;
    this.#core = null;
    await core?.close();
  }

  room(id: string): MemberRoom {
    const { member } = this.core.room(id)!;
    if (!member) throw new Error(`${this.name} is not in it yet`);
    return member;
  }

  async messages(id: string) {
    const member = this.room(id);
    const rows = await member.messages(0, member.room.total);
    return rows.filter(({ op }) => op?.type === "post-message");
  }

  async texts(id: string): Promise<string[]> {
    return (await this.messages(id)).map(({ text }) => text);
  }

  async joins(link: string): Promise<void> {
    const { id } = await this.core.joinRoom(link);
    await until(() => this.core.room(id)?.waitsFor === null, 40_000);
  }

  /**
   * A second device of this person, with the same words: it takes the rooms' keys along and needs nobody's leave.
   * Somebody of each room has to be near.
   */
  async secondDevice(): Promise<Person> {
    const device = new Person(this.#t, `${this.#folder}-2`, this.name);
    const core = await device.come({ near: false, words: this.core.identity!.words().join(" ") });
    const local = new LocalStore(core.parts.store);
    await local.ready();
    for (const [order, { id, member }] of this.core.rooms().entries()) {
      const { room } = member!;
      const namespace = hex(Buffer.alloc(16, order + 1));
      const keys = { key: hex(room.key), encryptionKey: hex(room.base.encryptionKey) };
      const rest = { joinedAt: 0, name: "", link: null, ownJoin: null, wasIn: true };
      await local.put(`room/${id}`, { id, namespace, order, ...keys, ...rest });
    }
    await local.close();
    await device.come();
    for (const { member } of device.core.rooms()) {
      await joinWithNewLog(member!, Date.now());
    }
    return device;
  }
}

/** A room of the first one's, with all of them in it. @returns its id */
export async function inOneRoom(name: string, [founder, ...others]: [Person, ...Person[]]): Promise<string> {
  const { id } = await founder.core.createRoom(name, "", "group");
  const { link } = await founder.core.makeInvite(id, { uses: others.length });
  for (const other of others) await other.joins(link!);
  await until(() => [founder, ...others].every((one) => one.room(id).room.writers.size === others.length + 1), 40_000);
  return id;
}
