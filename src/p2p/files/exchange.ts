/**
 * Which shares go between this device and each other one, and over what: it asks members for what is wanted here,
 * answers those who ask, and keeps a road for files to each. Emits `gone` (share id in hex, why).
 */
import { EventEmitter } from "node:events";
import type { Duplex } from "node:stream";
import b4a from "b4a";
import type Hypercore from "hypercore";
import type { Connection } from "hyperswarm";
import type { RoomPeer } from "../channel.js";
import { hex } from "../hex.js";
import type { RoomPeers } from "../room-peers.js";
import { detach } from "./detach.js";
import type { Road } from "./road.js";
import { decodeRoadOffer, encodeRoadOffer, type RoadOffer } from "./road-offer.js";
import type { Roads } from "./roads.js";
import { decodeTalk, encodeTalk, type FileTalk, type GoneReason, MAX_SHARES_SAID } from "./talk.js";

/** Who has gone and come back, or had nothing yet, is asked again. */
const ASK_AGAIN_MS = 5_000;
/** An offer that nobody came to. */
const OFFER_LIMIT_MS = 15_000;

export interface ExchangeOptions {
  readonly roads: Roads;
  /** Cores of a share of that room, for somebody who asks; null where nothing of it is here. */
  readonly serve: (room: string, share: string) => Promise<readonly Hypercore[] | GoneReason | null>;
}

interface Wanted {
  readonly room: string;
  readonly id: Uint8Array;
  readonly cores: readonly Hypercore[];
}

interface Served {
  readonly room: string;
  readonly cores: readonly Hypercore[];
}

/** What is between us and one other device. */
interface Link {
  readonly remoteKey: Uint8Array;
  road: Road | null;
  /** The chat's connection over which that road was agreed on. */
  over: Connection | null;
  offered: { readonly at: number; readonly over: Connection } | null;
  isTaking: boolean;
  /** No road leads there: blocks go over this connection, beside what is said. */
  direct: Connection | null;
  /** Shares they asked for and we have. */
  readonly serves: Map<string, Served>;
}

export class Exchange extends EventEmitter {
  readonly #options: ExchangeOptions;
  readonly #rooms = new Map<string, RoomPeers>();
  readonly #wanted = new Map<string, Wanted>();
  readonly #links = new Map<string, Link>();
  readonly #watched = new WeakSet<Connection>();
  readonly #timer: NodeJS.Timeout;
  #isClosed = false;

  constructor(options: ExchangeOptions) {
    super();
    this.#options = options;
    options.roads.on("road", (road: Road) => this.#onRoad(road));
    this.#timer = setInterval(() => this.#askAgain(), ASK_AGAIN_MS).unref();
  }

  close(): void {
    this.#isClosed = true;
    clearInterval(this.#timer);
    for (const { road } of this.#links.values()) road?.close();
    this.#wanted.clear();
    this.#links.clear();
  }

  addRoom(room: string, peers: RoomPeers): void {
    // A room that was repaired has other peers.
    if (this.#rooms.get(room) === peers) return;
    this.#rooms.set(room, peers);
    peers.on("proven", (peer: RoomPeer) => this.#ask(peer, this.#wantedIn(room)));
    peers.on("presence", () => this.#letRemovedGo(room));
    peers.on("files", (peer: RoomPeer, bytes: Uint8Array) => this.#hear(room, peer, bytes));
    for (const peer of peers.proven) this.#ask(peer, this.#wantedIn(room));
  }

  removeRoom(room: string): void {
    this.#rooms.delete(room);
    for (const [share, wanted] of this.#wanted) if (wanted.room === room) this.#wanted.delete(share);
  }

  /** From now on it is asked for, of whoever of that room is here or comes. */
  want(room: string, id: Uint8Array, cores: readonly Hypercore[]): void {
    const wanted = { room, id, cores };
    this.#wanted.set(hex(id), wanted);
    for (const link of this.#links.values()) attachTo(link, cores);
    for (const peer of this.#rooms.get(room)?.proven ?? []) this.#ask(peer, [wanted]);
  }

  /** It is whole, or not wanted any more; who asks for it still gets it. */
  unwant(share: string): void {
    this.#wanted.delete(share);
  }

  /** It cannot be had here any more, and those who were getting it are told. */
  async withdraw(room: string, id: Uint8Array, why: GoneReason): Promise<void> {
    const share = hex(id);
    for (const peer of this.#rooms.get(room)?.proven ?? []) {
      if (this.#links.get(hex(peer.remoteKey))?.serves.delete(share)) say(peer, { say: "gone", share: id, why });
    }
  }

  #wantedIn(room: string): Wanted[] {
    return [...this.#wanted.values()].filter((wanted) => wanted.room === room);
  }

  #ask(peer: RoomPeer, wanted: readonly Wanted[]): void {
    for (let at = 0; at < wanted.length; at += MAX_SHARES_SAID) {
      say(peer, { say: "want", shares: wanted.slice(at, at + MAX_SHARES_SAID).map(({ id }) => id) });
    }
  }

  /** Who had nothing may have something now, and an answer may be lost with its connection. */
  #askAgain(): void {
    for (const [room, peers] of this.#rooms) {
      const wanted = this.#wantedIn(room).filter(({ cores }) => cores.every((core) => core.peers.length === 0));
      if (wanted.length === 0) continue;
      for (const peer of peers.proven) this.#ask(peer, wanted);
    }
  }

  #hear(room: string, peer: RoomPeer, bytes: Uint8Array): void {
    const talk = decodeTalk(bytes);
    switch (talk?.say) {
      case "want":
        for (const id of talk.shares) void this.#serve(room, peer, id).catch((error) => this.emit("warning", error));
        return;
      case "road":
        void this.#take(room, peer, decodeRoadOffer(talk.offer)).catch((error) => this.emit("warning", error));
        return;
      case "here":
        this.#linkOf(peer).direct = peer.connection;
        for (const id of talk.shares) attach(this.#linkOf(peer).serves.get(hex(id))?.cores ?? [], peer.connection);
        return;
      case "gone":
        if (this.#wanted.get(hex(talk.share))?.room === room) this.emit("gone", hex(talk.share), talk.why);
        return;
    }
  }

  #linkOf({ remoteKey, connection }: RoomPeer): Link {
    const key = hex(remoteKey);
    const link = this.#links.get(key) ?? newLink(remoteKey);
    this.#links.set(key, link);
    if (!this.#watched.has(connection)) connection.once("close", () => this.#onConnectionGone(link, connection));
    this.#watched.add(connection);
    return link;
  }

  /** A road outlives the connection it was told over; only what has neither is forgotten. */
  #onConnectionGone(link: Link, connection: Connection): void {
    if (link.direct === connection) link.direct = null;
    this.#forgetIfGone(link);
  }

  #forgetIfGone(link: Link): void {
    const key = hex(link.remoteKey);
    if (!link.road && this.#peersOf(link).length === 0 && this.#links.get(key) === link) this.#links.delete(key);
  }

  async #serve(room: string, peer: RoomPeer, id: Uint8Array): Promise<void> {
    const share = hex(id);
    const found = await this.#options.serve(room, share);
    // They may have gone or been removed meanwhile.
    const isIn = peer.isProven && this.#rooms.get(room)?.standing(peer.remoteKey) === "member";
    if (found === null || this.#isClosed || !isIn) return;
    if (typeof found === "string") {
      say(peer, { say: "gone", share: id, why: found });
      return;
    }
    const link = this.#linkOf(peer);
    link.serves.set(share, { room, cores: found });
    // Who comes back by another connection may have been gone meanwhile, and their end of the road with them.
    if (!attachTo(link, found) || isRoadOfBefore(link, peer)) await this.#offer(peer, link);
  }

  async #offer(peer: RoomPeer, link: Link): Promise<void> {
    const { remoteKey, connection } = peer;
    const now = performance.now();
    const isOpen = link.offered?.over === connection && now - link.offered.at < OFFER_LIMIT_MS;
    if (link.isTaking || isOpen) return;
    link.offered = { at: now, over: connection };
    const offer = await this.#options.roads.offer(remoteKey, connection.rawStream?.remoteHost ?? null);
    say(peer, { say: "road", offer: encodeRoadOffer(offer) });
  }

  async #take(room: string, peer: RoomPeer, offer: RoadOffer): Promise<void> {
    const { remoteKey, connection } = peer;
    const wanted = this.#wantedIn(room);
    const link = this.#linkOf(peer);
    const isThere = link.road && !isRoadOfBefore(link, peer);
    if (isThere || link.isTaking || wanted.length === 0) return;
    link.isTaking = true;
    try {
      const remoteHost = connection.rawStream?.remoteHost ?? null;
      this.#onRoad(await this.#options.roads.take(remoteKey, offer, { remoteHost }), connection);
    } catch {
      link.direct = connection;
      for (const { cores } of wanted) attach(cores, connection);
      say(peer, { say: "here", shares: wanted.map(({ id }) => id) });
    } finally {
      link.isTaking = false;
    }
  }

  #onRoad(road: Road, over: Connection | null = null): void {
    const link = this.#links.get(hex(road.remoteKey));
    if (!link || this.#isClosed || this.#peersOf(link).length === 0) {
      road.close();
      return;
    }
    link.road?.close();
    link.road = road;
    link.over = over ?? link.offered?.over ?? null;
    link.direct = null;
    link.offered = null;
    road.stream.once("close", () => this.#onRoadGone(link, road));
    for (const { cores } of link.serves.values()) attach(cores, road.stream);
    for (const { room, cores } of this.#wanted.values()) if (this.#isIn(room, link)) attach(cores, road.stream);
  }

  #onRoadGone(link: Link, road: Road): void {
    if (link.road !== road) return;
    link.road = null;
    for (const { room, peer } of this.#peersOf(link)) this.#ask(peer, this.#wantedIn(room));
    this.#forgetIfGone(link);
  }

  /** What was given to somebody as to a member goes to them no more. */
  #letRemovedGo(room: string): void {
    for (const link of this.#links.values()) if (this.#isRemovedFrom(room, link)) this.#shut(room, link);
  }

  #shut(room: string, link: Link): void {
    const of = [...link.serves].filter(([, served]) => served.room === room);
    const cores = [...of.map(([, served]) => served), ...this.#wantedIn(room)].flatMap((one) => one.cores);
    for (const [share] of of) link.serves.delete(share);
    for (const stream of [link.road?.stream, link.direct]) {
      if (stream) for (const core of cores) detach(core, stream);
    }
    if (![...this.#rooms.keys()].some((other) => this.#isIn(other, link))) link.road?.close();
  }

  #isRemovedFrom(room: string, { remoteKey }: Link): boolean {
    return this.#rooms.get(room)?.standing(remoteKey) === "removed";
  }

  #isIn(room: string, link: Link): boolean {
    return this.#peersOf(link).some((found) => found.room === room);
  }

  /** Their connections, in each room that they are in. */
  #peersOf({ remoteKey }: Link): { room: string; peer: RoomPeer }[] {
    return [...this.#rooms].flatMap(([room, peers]) => {
      if (peers.standing(remoteKey) !== "member") return [];
      return peers.proven.filter((peer) => b4a.equals(peer.remoteKey, remoteKey)).map((peer) => ({ room, peer }));
    });
  }
}

function newLink(remoteKey: Uint8Array): Link {
  return { remoteKey, road: null, over: null, offered: null, isTaking: false, direct: null, serves: new Map() };
}

function say(peer: RoomPeer, talk: FileTalk): void {
  peer.sendFiles(encodeTalk(talk));
}

/** False where nothing leads there yet. */
function attachTo({ road, direct }: Link, cores: readonly Hypercore[]): boolean {
  const stream = road?.stream ?? direct;
  if (stream) attach(cores, stream);
  return stream !== null;
}

/** Once on each stream: the library itself looks whether it is there. */
function attach(cores: readonly Hypercore[], stream: Duplex): void {
  for (const core of cores) core.replicate(stream);
}

function isRoadOfBefore({ road, over }: Link, { connection }: RoomPeer): boolean {
  return road !== null && over !== connection;
}
