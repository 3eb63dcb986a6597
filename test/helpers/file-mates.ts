/** Members with real files, ledgers and roads on loopback; only their chat connections are the test's own. */
import { createHash } from "node:crypto";
import { lstatSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Test } from "tap";
import { Files } from "../../src/p2p/files/files.js";
import { BLOCK_BYTES } from "../../src/p2p/files/layout.js";
import type { Road } from "../../src/p2p/files/road.js";
import type { RoadOffer } from "../../src/p2p/files/road-offer.js";
import { Roads } from "../../src/p2p/files/roads.js";
import type { ShareCores } from "../../src/p2p/files/share-cores.js";
import { hex } from "../../src/p2p/hex.js";
import { type Mate, Table } from "./mates.js";
import { until } from "./rooms.js";

const HERE = "127.0.0.1";

/** Streams of these tests lie in memory, and have no address: all of them are on this machine. */
export class NearRoads extends Roads {
  isBarred = false;
  /** That it took. */
  readonly before: Road[] = [];

  override offer(remoteKey: Uint8Array, _host: string | null) {
    return super.offer(remoteKey, this.isBarred ? null : HERE);
  }

  override async take(remoteKey: Uint8Array, offer: RoadOffer, _from: { remoteHost: string | null }) {
    const road = await super.take(remoteKey, offer, { remoteHost: this.isBarred ? null : HERE });
    this.before.push(road);
    return road;
  }
}

export class Person {
  readonly downloads: string;
  readonly #folder: string;
  readonly table: Table;
  mate: Mate;
  files!: Files;
  roads!: NearRoads;
  /** No road leads anywhere. */
  isBarred = false;
  /** As a core that is in a call. */
  hasCall = false;

  constructor(table: Table, mate: Mate) {
    this.table = table;
    this.mate = mate;
    this.#folder = join(table.folder, `${mate.name}-files`);
    this.downloads = join(table.folder, `${mate.name}-downloads`);
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
  }

  /** Its folder. */
  get profile(): string {
    return this.#folder;
  }

  async start(): Promise<this> {
    this.roads = new NearRoads({ keyPair: this.mate.identity.noiseKeyPair, dht: null, now: Date.now, isLan: false });
    this.roads.isBarred = this.isBarred;
    this.files = new Files({
      folder: this.#folder,
      roads: this.roads,
      hasCall: () => this.hasCall,
      room: (id) => (id === this.mate.member.id ? this.mate.member : null),
    });
    await this.files.open();
    this.files.addRoom(this.mate.member);
    return this;
  }

  async stop(): Promise<void> {
    await this.files.close();
    await this.roads.close();
  }

  write(name: string, bytes: Uint8Array): string {
    const path = join(this.#folder, name);
    writeFileSync(path, bytes);
    return path;
  }

  /** What this device keeps of that share, on the disk. */
  ledger(id: Uint8Array): string {
    return join(this.#folder, "files", `${hex(id)}.json`);
  }

  identityOf(path: string): { dev: number; ino: number } {
    const { dev, ino } = lstatSync(path);
    return { dev, ino };
  }

  /** The row of that share, when it is here. */
  async row(id: Uint8Array) {
    let found: Awaited<ReturnType<Mate["member"]["message"]>> = [];
    await until(async () => {
      found = (await this.mate.member.message(id)).filter(({ place }) => place !== null);
      return found.length > 0;
    }, 20_000);
    return found[0]!;
  }

  /** @param part path in a shared folder; null for all of it */
  async get(id: Uint8Array, part: string | null = null) {
    return this.files.get(this.mate.member, await this.row(id), { folder: this.downloads, to: null, part });
  }

  async tree(id: Uint8Array) {
    return (await this.files.tree(this.mate.member, await this.row(id))).map(({ path }) => path);
  }

  here(id: Uint8Array): Promise<void> {
    return until(() => this.files.transfer(hex(id))?.state === "here", 60_000);
  }

  state(id: Uint8Array) {
    return this.files.transfer(hex(id));
  }

  /**
   * Its roads stay open when it stops, as after a cut that tells nobody.
   * @returns those, and what closes them
   */
  falterSilently(): { before: readonly Road[]; goOn: () => void } {
    const { before } = this.roads;
    for (const road of before) road.close = () => {};
    return { before, goOn: () => before.map(({ stream }) => stream.destroy()) };
  }

  /** `what` of everything that would be cut off if this device went now. */
  openWork(): string[] {
    return this.files.openWork(this.mate.member.id).map(({ what }) => what);
  }

  /** As `holdBack` below. */
  async holdBack(id: Uint8Array, path: string, mayGo: (block: number) => Promise<void>): Promise<void> {
    holdBack(await this.files.cores(this.mate.member, hex(id)), path, mayGo);
  }
}

export async function people(t: Test, ...names: string[]): Promise<Person[]> {
  return start(t, await gathered(t, names));
}

export async function start(t: Test, persons: Person[]): Promise<Person[]> {
  for (const person of persons) {
    await person.start();
    t.teardown(() => person.stop());
  }
  return persons;
}

export async function gathered(t: Test, names: readonly string[]): Promise<Person[]> {
  const table = new Table(t);
  const [first = "ann", ...others] = names;
  const founder = await table.found(first);
  const persons = [new Person(table, founder)];
  if (others.length > 0) {
    const link = await founder.invite(others.length);
    for (const name of others) {
      const mate = await table.join(name, founder.keys, link);
      table.wires.link(founder, mate);
      persons.push(new Person(table, mate));
    }
    await until(() => table.mates.every(({ member }) => member.room.writers.size === names.length), 30_000);
  }
  return persons;
}

export const sha = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

/** So many pass, and no other until it is opened. */
export function gate(first = 0): { pass: () => Promise<void>; open: () => void } {
  let passed = 0;
  let open = () => {};
  const opened = new Promise<void>((done) => {
    open = done;
  });
  return { pass: () => (passed++ < first ? Promise.resolve() : opened), open: () => open() };
}

/** Blocks of what lies at that path go out only when `mayGo` lets them. */
export function holdBack(cores: ShareCores, path: string, mayGo: (block: number) => Promise<void>): void {
  const bytes = readFileSync(path);
  cores.keepBlocksIn({
    read: async (block, pad) => {
      await mayGo(block);
      return Buffer.concat([Buffer.alloc(pad), bytes.subarray(block * BLOCK_BYTES, (block + 1) * BLOCK_BYTES)]);
    },
    write: null,
  });
}
