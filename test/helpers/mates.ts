/**
 * Members as a core has them: log, outbox, what is said beside the log, and joining by an invite. Only the network is
 * missing: connections are made and cut by the test, and one that a member lets go is made anew, as a swarm does it.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import b4a from "b4a";
import BlindPairing from "blind-pairing";
import Corestore from "corestore";
import crypto from "hypercore-crypto";
import type { Connection } from "hyperswarm";
import ProtomuxWakeup from "protomux-wakeup";
import type { Test } from "tap";
import { hex } from "../../src/p2p/hex.js";
import { Identity } from "../../src/p2p/identity.js";
import type { Core } from "../../src/p2p/index.js";
import { linkOf, parseLink } from "../../src/p2p/invite-link.js";
import { Joining } from "../../src/p2p/joining.js";
import { LocalStore } from "../../src/p2p/local-store.js";
import { MemberRoom } from "../../src/p2p/member-room.js";
import type { Pairing } from "../../src/p2p/pairing.js";
import { Room } from "../../src/p2p/room.js";

export interface RoomKeys {
  readonly key: Uint8Array;
  readonly encryptionKey: Uint8Array;
}

export interface MateOptions {
  readonly folder: string;
  readonly name: string;
  /** Null makes a new room. */
  readonly keys: RoomKeys | null;
  /** With it, joins by this invite. */
  readonly link?: string;
  readonly promoteAfterMs?: number;
  readonly fastForward?: boolean;
}

/** The keys are here already, so nobody is asked for them. */
const NO_PAIRING = {} as Pairing;

export class Mate {
  readonly name: string;
  readonly identity: Identity;
  readonly store: Corestore;
  readonly wakeup = new ProtomuxWakeup();
  readonly member: MemberRoom;
  readonly #local: LocalStore;
  readonly #joining: Joining | null;
  readonly connections = new Set<Connection>();
  /** Why the joining came to nothing. */
  refused: string | null = null;

  private constructor(
    parts: Pick<Mate, "name" | "identity" | "store" | "member" | "wakeup"> & {
      local: LocalStore;
      joining: Joining | null;
    },
  ) {
    this.name = parts.name;
    this.identity = parts.identity;
    this.store = parts.store;
    this.wakeup = parts.wakeup;
    this.member = parts.member;
    this.#local = parts.local;
    this.#joining = parts.joining;
    this.#joining?.on("failed", (error: Error & { code?: string }) => {
      this.refused = error.code ?? error.message;
    });
    this.#joining?.on("joined", () => void this.#onJoined().catch(() => {}));
  }

  async #onJoined(): Promise<void> {
    await this.#local.del("own-join");
    await this.member.refresh();
    await this.member.resend();
  }

  static async open({ folder, name, keys, link, promoteAfterMs, fastForward = true }: MateOptions): Promise<Mate> {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const identity = Identity.read(folder) ?? (await Identity.create(folder, name));
    const store = new Corestore(join(folder, "store"));
    await store.ready();
    const local = new LocalStore(store);
    await local.ready();
    const wakeup = new ProtomuxWakeup();
    const namespaced = store.namespace("room");
    const room = new Room({
      store: namespaced,
      wakeup,
      key: keys?.key ?? null,
      encryptionKey: keys?.encryptionKey ?? crypto.randomBytes(32),
      identity,
      fastForward,
    });
    await room.ready();
    if (!keys) {
      const now = Date.now();
      await room.append(room.seal(room.joinOp(null), crypto.randomBytes(16), now));
      await room.append(room.seal({ type: "set-room", name: "tea", topic: "", kind: 1 }, crypto.randomBytes(16), now));
    }
    const member = new MemberRoom({
      room,
      identity,
      local,
      now: Date.now,
      trust: () => {},
      searchFolder: join(folder, "search"),
      ...(promoteAfterMs === undefined ? {} : { promoteAfterMs }),
    });
    const ownJoin = await local.get<string>("own-join");
    if (ownJoin) member.peers.ownJoin = b4a.from(ownJoin, "hex");
    await member.ready();
    let joining: Joining | null = null;
    if (link && keys && !room.writable) {
      joining = new Joining({
        invite: parseLink(link),
        store: namespaced,
        identity,
        pairing: NO_PAIRING,
        now: Date.now,
        openRoom: async () => member,
      });
      joining.on("progress", () => {
        if (member.peers.ownJoin) void local.put("own-join", hex(member.peers.ownJoin)).catch(() => {});
      });
      joining.on("warning", () => {});
      await joining.start(keys);
    }
    return new Mate({ name, identity, store, member, wakeup, local, joining });
  }

  get keys(): RoomKeys {
    const { room } = this.member;
    return { key: room.key, encryptionKey: room.base.encryptionKey };
  }

  /** As a core does it with one that comes from its swarm. */
  take(connection: Connection): void {
    this.connections.add(connection);
    connection.once("close", () => this.connections.delete(connection));
    this.wakeup.addStream(connection);
    this.member.peers.attach(connection);
  }

  async invite(uses = 1): Promise<string> {
    const made = BlindPairing.createInvite(this.member.room.key);
    await this.member.write({
      type: "add-invite",
      invite: made.id,
      publicKey: made.publicKey,
      uses,
      expiresAt: Date.now() + 86_400_000,
      only: [],
    });
    return linkOf(made.invite);
  }

  /** Every message in the room's order, as `writer:text`. */
  async said(): Promise<string[]> {
    const { room } = this.member;
    const rows = await room.rows(0, room.total);
    return rows.flatMap(({ op, name }) => (op?.type === "post-message" ? [`${name}:${op.text}`] : []));
  }

  async close(): Promise<void> {
    this.#joining?.stop();
    await this.member.close();
    await this.#local.close();
    this.wakeup.destroy();
    await this.store.close();
  }
}

/** What a wire needs of either side. */
export interface End {
  readonly name: string;
  readonly identity: Identity;
  readonly store: Corestore;
  take(connection: Connection): void;
}

/** A whole core that has no network of its own. */
export function endOf(core: Core): End {
  const { store, wakeup } = core.parts;
  const identity = core.identity!;
  return {
    name: identity.name,
    identity,
    store,
    take: (connection) => {
      wakeup.addStream(connection);
      for (const { member } of core.rooms()) member?.peers.attach(connection);
    },
  };
}

const nameOf = (a: End, b: End) => [a.name, b.name].sort().join("–");

/** Who is connected to whom. A wire that one side lets go is made anew, until it is cut. */
export class Wires {
  readonly #wires = new Map<string, { readonly cut: () => Promise<void> }>();

  get names(): string[] {
    return [...this.#wires.keys()];
  }

  link(a: End, b: End): void {
    const name = nameOf(a, b);
    if (a === b || this.#wires.has(name)) return;
    let isCut = false;
    let open = connect(a, b);
    const again = () => {
      if (isCut) return;
      open = connect(a, b);
      void open.closed.then(again);
    };
    void open.closed.then(again);
    this.#wires.set(name, {
      cut: async () => {
        isCut = true;
        await open.cut();
      },
    });
  }

  async cut(name: string): Promise<void> {
    const wire = this.#wires.get(name);
    this.#wires.delete(name);
    await wire?.cut();
  }

  async cutFrom(mate: End): Promise<void> {
    await Promise.all(this.names.filter((name) => name.split("–").includes(mate.name)).map((name) => this.cut(name)));
  }

  /** Everybody with the next two, round. */
  ring(mates: readonly End[]): void {
    mates.forEach((mate, i) => {
      for (const step of [1, 2]) this.link(mate, mates[(i + step) % mates.length]!);
    });
  }

  async close(): Promise<void> {
    await Promise.all(this.names.map((name) => this.cut(name)));
  }
}

function connect(a: End, b: End): { closed: Promise<unknown>; cut: () => Promise<void> } {
  const ends = [a, b].map((mate, i) => {
    const stream = mate.store.replicate(i === 0, { keyPair: mate.identity.noiseKeyPair });
    const { noiseStream } = stream as unknown as { noiseStream: Connection & { opened: Promise<boolean> } };
    stream.on("error", () => {});
    noiseStream.on("error", () => {});
    return { mate, stream, noiseStream };
  });
  const [left, right] = ends as [(typeof ends)[0], (typeof ends)[0]];
  left.stream.pipe(right.stream).pipe(left.stream);
  const closed = Promise.all(ends.map(({ noiseStream }) => new Promise((done) => noiseStream.once("close", done))));
  void Promise.all(ends.map(({ noiseStream }) => noiseStream.opened)).then((opened) => {
    if (opened.every(Boolean)) for (const { mate, noiseStream } of ends) mate.take(noiseStream);
  });
  return {
    closed,
    cut: async () => {
      for (const { noiseStream } of ends) noiseStream.destroy();
      await closed;
    },
  };
}

/** Founds a room, and keeps everybody who comes: all is closed when the test is over. */
export class Table {
  readonly folder: string;
  readonly wires = new Wires();
  readonly mates: Mate[] = [];
  readonly #options: Partial<MateOptions>;

  constructor(t: Pick<Test, "testdir" | "teardown">, options: Partial<MateOptions> = {}) {
    this.folder = t.testdir({});
    this.#options = options;
    t.teardown(async () => {
      await this.wires.close();
      await Promise.all(this.mates.map((mate) => mate.close()));
    });
  }

  async found(name: string): Promise<Mate> {
    return this.#sit(await Mate.open({ ...this.#options, folder: join(this.folder, name), name, keys: null }));
  }

  async join(name: string, keys: RoomKeys, link: string, more: Partial<MateOptions> = {}): Promise<Mate> {
    const folder = join(this.folder, name);
    return this.#sit(await Mate.open({ ...this.#options, ...more, folder, name, keys, link }));
  }

  /** Closes it and opens it from its disk; it comes back without connections. */
  async restart(mate: Mate, link?: string): Promise<Mate> {
    const { keys, name } = mate;
    await this.wires.cutFrom(mate);
    await mate.close();
    const folder = join(this.folder, name);
    const again = await Mate.open({ ...this.#options, folder, name, keys, ...(link ? { link } : {}) });
    this.mates[this.mates.indexOf(mate)] = again;
    return again;
  }

  async leave(mate: Mate): Promise<void> {
    await this.wires.cutFrom(mate);
    await mate.close();
    this.mates.splice(this.mates.indexOf(mate), 1);
  }

  #sit(mate: Mate): Mate {
    this.mates.push(mate);
    return mate;
  }
}
