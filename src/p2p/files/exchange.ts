/**
 * Which shares go between this device and each other one, and over what: it asks members for what is wanted here,
 * answers those who ask, and keeps a road for files to each. Emits `gone` (share id in hex, why).
 */
import { EventEmitter } from "node:events";
import type { Duplex } from "node:stream";
import b4a from "b4a";
import type Hypercore from "hypercore";
import type { RoomPeer } from "../channel.js";
import { hex } from "../room.js";
import type { RoomPeers } from "../room-peers.js";
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

/** What is between us and one other device. */
interface Link {
  road: Road | null;
  offeredAt: number;
  isTaking: boolean;
  /** No road leads there: blocks go over this connection, beside what is said. */
  direct: RoomPeer | null;
  /** Shares they asked for and we have. */
  readonly serves: Map<string, readonly Hypercore[]>;
}

export class Exchange extends EventEmitter {
  readonly #options: ExchangeOptions;
  readonly #rooms = new Map<string, RoomPeers>();
  readonly #wanted = new Map<string, Wanted>();
  readonly #links = new Map<string, Link>();
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
        this.#linkOf(peer).direct = peer;
        for (const id of talk.shares) attach(this.#linkOf(peer).serves.get(hex(id)) ?? [], peer.connection);
        return;
      case "gone":
        if (this.#wanted.get(hex(talk.share))?.room === room) this.emit("gone", hex(talk.share), talk.why);
        return;
    }
  }

  #linkOf(peer: RoomPeer): Link {
    const key = hex(peer.remoteKey);
    const known = this.#links.get(key);
    if (known) return known;
    const link: Link = {
      road: null,
      offeredAt: Number.NEGATIVE_INFINITY,
      isTaking: false,
      direct: null,
      serves: new Map(),
    };
    this.#links.set(key, link);
    peer.connection.once("close", () => this.#forget(key));
    return link;
  }

  /** A road outlives the connection it was told over; only what has neither is forgotten. */
  #forget(key: string): void {
    const link = this.#links.get(key);
    if (link) link.direct = null;
    if (!link?.road) this.#links.delete(key);
  }

  async #serve(room: string, peer: RoomPeer, id: Uint8Array): Promise<void> {
    const share = hex(id);
    const found = await this.#options.serve(room, share);
    if (found === null || this.#isClosed || !peer.isProven) return;
    if (typeof found === "string") {
      say(peer, { say: "gone", share: id, why: found });
      return;
    }
    const link = this.#linkOf(peer);
    link.serves.set(share, found);
    if (!attachTo(link, found)) await this.#offer(peer, link);
  }

  async #offer(peer: RoomPeer, link: Link): Promise<void> {
    const now = performance.now();
    if (link.isTaking || now - link.offeredAt < OFFER_LIMIT_MS) return;
    link.offeredAt = now;
    const offer = await this.#options.roads.offer(peer.remoteKey, peer.connection.rawStream?.remoteHost ?? null);
    say(peer, { say: "road", offer: encodeRoadOffer(offer) });
  }

  async #take(room: string, peer: RoomPeer, offer: RoadOffer): Promise<void> {
    const wanted = this.#wantedIn(room);
    const link = this.#linkOf(peer);
    if (link.road || link.isTaking || wanted.length === 0) return;
    link.isTaking = true;
    try {
      const { roads } = this.#options;
      this.#onRoad(
        await roads.take(peer.remoteKey, offer, { remoteHost: peer.connection.rawStream?.remoteHost ?? null }),
      );
    } catch {
      link.direct = peer;
      for (const { cores } of wanted) attach(cores, peer.connection);
      say(peer, { say: "here", shares: wanted.map(({ id }) => id) });
    } finally {
      link.isTaking = false;
    }
  }

  #onRoad(road: Road): void {
    const key = hex(road.remoteKey);
    const link = this.#links.get(key);
    if (!link || this.#isClosed) {
      road.close();
      return;
    }
    void link.road?.close();
    link.road = road;
    link.direct = null;
    link.offeredAt = Number.NEGATIVE_INFINITY;
    road.stream.once("close", () => this.#onRoadGone(key, road));
    for (const cores of link.serves.values()) attach(cores, road.stream);
    for (const { room, cores } of this.#wanted.values()) if (this.#isIn(room, road)) attach(cores, road.stream);
  }

  #onRoadGone(key: string, road: Road): void {
    const link = this.#links.get(key);
    if (!link || link.road !== road) return;
    link.road = null;
    if (!this.#peersOf(road).length) this.#links.delete(key);
    for (const { room, peer } of this.#peersOf(road)) this.#ask(peer, this.#wantedIn(room));
  }

  #isIn(room: string, road: Road): boolean {
    return this.#peersOf(road).some((found) => found.room === room);
  }

  #peersOf(road: Road): { room: string; peer: RoomPeer }[] {
    return [...this.#rooms].flatMap(([room, peers]) =>
      peers.proven.filter(({ remoteKey }) => b4a.equals(remoteKey, road.remoteKey)).map((peer) => ({ room, peer })),
    );
  }
}

function say(peer: RoomPeer, talk: FileTalk): void {
  peer.sendFiles(encodeTalk(talk));
}

/** False where nothing leads there yet. */
function attachTo({ road, direct }: Link, cores: readonly Hypercore[]): boolean {
  const stream = road?.stream ?? direct?.connection;
  if (stream) attach(cores, stream);
  return stream !== undefined;
}

/** Once on each stream: the library itself looks whether it is there. */
function attach(cores: readonly Hypercore[], stream: Duplex): void {
  for (const core of cores) core.replicate(stream);
}
