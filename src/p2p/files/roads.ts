/**
 * Further streams between two peers of a room. One side offers a road over the room's channel, the other takes it by
 * calling: over TCP where an address is in reach, else over the DHT. Both prove their connection keys, and the caller
 * shows the token of the offer. Emits `road` (Road) where it was offered.
 */
import { EventEmitter } from "node:events";
import type SecretStream from "@hyperswarm/secret-stream";
import b4a from "b4a";
import type { KeyPair } from "hypercore-crypto";
import type HyperDHT from "hyperdht";
import { KeetError } from "../../errors.js";
import { OpenOffers } from "./open-offers.js";
import { firstMessage, Road, type RoadKind } from "./road.js";
import { addressesFor, mayCall } from "./road-addresses.js";
import { callOverDht, DhtDoor } from "./road-dht.js";
import type { RoadOffer, TcpPlace } from "./road-offer.js";
import { type Call, callOverTcp, TcpDoor } from "./road-tcp.js";

/** From the first byte to the token. */
const SHOW_TOKEN_MS = 5_000;
const TAKE_MS = 10_000;
const MAX_HALF_OPEN = 16;
const MAX_ROADS_A_PEER = 4;
const MAX_ROADS = 32;
const IDLE_MS = 60_000;
const LOOK_MS = 1_000;
const WELCOME = Uint8Array.of(1);

export interface RoadsOptions {
  /** This profile's, as in the chat. */
  readonly keyPair: KeyPair;
  /** Null: no DHT is used. */
  readonly dht: HyperDHT | null;
  /** Ms, by any clock. */
  readonly now: () => number;
  /** Whether other machines may be told this one's addresses; on one machine there is always a way. */
  readonly isLan: boolean;
  /** This device is in a call of voices. */
  readonly hasCall?: () => boolean;
}

export class Roads extends EventEmitter {
  readonly #options: RoadsOptions;
  readonly #offers: OpenOffers;
  readonly #hasCall: () => boolean;
  readonly #tcp: TcpDoor;
  readonly #dht: DhtDoor | null;
  readonly #roads = new Set<Road>();
  /** Those who called and have not shown a token yet; apart, so that strangers at the port keep nobody from the DHT. */
  readonly #halfOpen: Readonly<Record<RoadKind, Set<SecretStream>>> = { tcp: new Set(), dht: new Set() };
  readonly #calls = new Set<AbortController>();
  #look: NodeJS.Timeout | null = null;
  #usedAt = 0;
  #closed = false;

  constructor(options: RoadsOptions) {
    super();
    const { keyPair, dht, now, isLan } = options;
    this.#options = options;
    this.#offers = new OpenOffers(now);
    this.#hasCall = options.hasCall ?? (() => false);
    this.#tcp = new TcpDoor({
      keyPair,
      isLan,
      hasCall: this.#hasCall,
      hasRoom: () => this.#offers.size > 0 && this.#halfOpen.tcp.size < MAX_HALF_OPEN,
      onStream: (stream) => void this.#admit(stream, "tcp"),
    });
    this.#dht = dht && this.#dhtDoor(dht);
  }

  #dhtDoor(dht: HyperDHT): DhtDoor {
    return new DhtDoor({
      dht,
      keyPair: this.#options.keyPair,
      isExpected: (remoteKey) => this.#offers.isOpenFor(remoteKey) && this.#halfOpen.dht.size < MAX_HALF_OPEN,
      onStream: (stream) => void this.#admit(stream, "dht"),
    });
  }

  /**
   * To be sent to that peer; open for half a minute.
   * @param remoteHost where the chat's connection to it goes; null: not known
   * @throws KeetError TOO_MANY_ROADS
   */
  async offer(remoteKey: Uint8Array, remoteHost: string | null): Promise<RoadOffer> {
    this.#mustHaveRoom(remoteKey);
    const token = this.#offers.add(remoteKey);
    this.#usedAt = this.#options.now();
    this.#look ??= setInterval(() => this.#shutIfIdle(), LOOK_MS).unref();
    const dht = this.#dht?.open() ?? null;
    const addresses = addressesFor(remoteHost, this.#options.isLan);
    const port = addresses.length > 0 ? await this.#tcp.open() : null;
    if (this.#closed) {
      await this.#shut();
      throw noRoad();
    }
    return { token, tcp: port === null ? null : { port, addresses }, dht };
  }

  /**
   * @param remoteHost where the chat's connection to that peer goes; null: not known
   * @throws KeetError NO_ROAD, TOO_MANY_ROADS
   */
  async take(remoteKey: Uint8Array, offer: RoadOffer, { remoteHost }: { remoteHost: string | null }): Promise<Road> {
    this.#mustHaveRoom(remoteKey);
    const calling = new AbortController();
    const limit = setTimeout(() => calling.abort(), TAKE_MS);
    this.#calls.add(calling);
    try {
      const { keyPair } = this.#options;
      const call: Call = { keyPair, remoteKey, signal: calling.signal, hasCall: this.#hasCall };
      const road = await this.#call(offer, call, remoteHost);
      if (!road) throw noRoad();
      road.stream.write(offer.token);
      const answer = await firstMessage(road.stream);
      if (!answer || !b4a.equals(answer, WELCOME)) throw noRoad();
      this.#keep(road);
      return road;
    } catch (error) {
      calling.abort();
      throw error;
    } finally {
      clearTimeout(limit);
      this.#calls.delete(calling);
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const calling of this.#calls) calling.abort();
    for (const road of this.#roads) road.close();
    for (const streams of Object.values(this.#halfOpen)) for (const stream of streams) stream.destroy();
    await this.#shut();
  }

  async #call({ tcp, dht }: RoadOffer, call: Call, remoteHost: string | null): Promise<Road | null> {
    const near = tcp && (await callOverTcp(withoutOthers(tcp, remoteHost), call));
    if (near) return new Road(near, call.remoteKey, "tcp");
    const far = dht && this.#options.dht && (await callOverDht(this.#options.dht, dht, call));
    return far ? new Road(far, call.remoteKey, "dht") : null;
  }

  async #admit(stream: SecretStream, kind: RoadKind): Promise<void> {
    const halfOpen = this.#halfOpen[kind];
    halfOpen.add(stream);
    const limit = setTimeout(() => stream.destroy(), SHOW_TOKEN_MS);
    const isIn = await this.#showsToken(stream);
    clearTimeout(limit);
    halfOpen.delete(stream);
    const isHeard = this.listenerCount("road") > 0;
    if (!isIn || !isHeard || this.#closed || !this.#hasRoom(stream.remotePublicKey)) {
      stream.destroy();
      return;
    }
    stream.write(WELCOME);
    const road = new Road(stream, stream.remotePublicKey, kind);
    this.#keep(road);
    this.emit("road", road);
  }

  async #showsToken(stream: SecretStream): Promise<boolean> {
    if (!(await stream.opened) || !this.#offers.isOpenFor(stream.remotePublicKey)) return false;
    const token = await firstMessage(stream);
    return token !== null && this.#offers.use(stream.remotePublicKey, token);
  }

  #keep(road: Road): void {
    if (road.stream.destroyed) return;
    this.#roads.add(road);
    road.stream.once("close", () => {
      this.#roads.delete(road);
      this.#usedAt = this.#options.now();
    });
  }

  #hasRoom(remoteKey: Uint8Array): boolean {
    const theirs = [...this.#roads].filter((road) => b4a.equals(road.remoteKey, remoteKey));
    return this.#roads.size < MAX_ROADS && theirs.length < MAX_ROADS_A_PEER;
  }

  #mustHaveRoom(remoteKey: Uint8Array): void {
    if (this.#closed) throw noRoad();
    if (this.#hasRoom(remoteKey)) return;
    throw new KeetError("peer", "TOO_MANY_ROADS", "Too many connections for files are open already.", {
      hint: "It goes on when one of the others has ended.",
    });
  }

  #shutIfIdle(): void {
    const now = this.#options.now();
    if (this.#roads.size > 0 || this.#offers.size > 0) this.#usedAt = now;
    else if (now - this.#usedAt >= IDLE_MS) void this.#shut();
  }

  async #shut(): Promise<void> {
    if (this.#look) clearInterval(this.#look);
    this.#look = null;
    await Promise.all([this.#tcp.close(), this.#dht?.close()]);
  }
}

function withoutOthers({ port, addresses }: TcpPlace, remoteHost: string | null): TcpPlace {
  return { port, addresses: addresses.filter((address) => mayCall(address, remoteHost)) };
}

function noRoad(): KeetError {
  return new KeetError("peer", "NO_ROAD", "No connection for files to that device came about.", {
    hint: "It is tried again when that device is seen the next time.",
  });
}
