/**
 * Connections: one Hyperswarm for the whole profile, fed by the DHT and by the local network alike. Emits
 * `connection` and `changed`. Strangers are let in a few at a time and not for long: two members who never met must
 * be able to, so an unknown key cannot be refused at the door; it has a minute to show that it holds a room's key.
 */
import { EventEmitter } from "node:events";
import b4a from "b4a";
import type { KeyPair } from "hypercore-crypto";
import HyperDHT from "hyperdht";
import Hyperswarm, { type Connection, type Discovery } from "hyperswarm";
import { Lan, type LanInterface, type LanPeer } from "./lan.js";

const MAX_CONNECTIONS = 64;
const MAX_STRANGERS = 8;
const STRANGER_LIMIT_MS = 60_000;
/** Long enough to show a room's key or an invite. After it a stranger gives way to the next one, where all places are taken. */
const GIVES_WAY_AFTER_MS = 5_000;
/** Several who join in the same instant do not find each other by one look-up each. */
const LOOK_AGAIN_MS = [300, 1_000, 3_000];
const AFTER_ONLINE_MS = [0, 1_000, 4_000, 8_000];
const DIAL_EVERY_MS = 1_500;
/** The lower key dials; the other one when nothing came of it: it may take one who was killed for still connected. */
const OTHER_DIALS_AFTER_MS = 800;
const LOOKING_MS = 12_000;
const WATCH_MS = 1_000;
const KEEP_ALIVE_MS = 5_000;
/** After standing still both sides dial: the other one may think that it is connected. */
const REDIAL_MS = 10_000;

export interface NetworkOptions {
  readonly keyPair: KeyPair;
  /** Null: the public DHT. The empty list: no DHT at all. */
  readonly bootstrap: readonly { host: string; port: number }[] | null;
  readonly lan: boolean;
  /** What the rooms know of a connection's key. */
  readonly standing: (publicKey: Uint8Array) => "member" | "removed" | "unknown";
}

export interface NetworkState {
  readonly state: "online" | "lan" | "looking" | "offline";
  readonly peers: number;
  readonly reason: string | null;
  readonly interfaces: readonly LanInterface[];
}

export class Network extends EventEmitter {
  readonly swarm: Hyperswarm;
  readonly #options: NetworkOptions;
  readonly #lan: Lan | null;
  readonly #startedAt = performance.now();
  readonly #topics = new Map<string, { discovery: Discovery; timers: NodeJS.Timeout[] }>();
  /** In the order in which they came. */
  readonly #strangers = new Map<Connection, { readonly limit: NodeJS.Timeout; readonly since: number }>();
  readonly #heard = new Map<string, { firstAt: number; dialledAt: number }>();
  #watch: NodeJS.Timeout | null = null;
  #last = "";
  #wasOnline = false;
  #redialsUntil = 0;
  #again: NodeJS.Timeout[] = [];
  #closing = false;

  constructor(options: NetworkOptions) {
    super();
    this.#options = options;
    const { bootstrap } = options;
    // On loopback alone the library would take itself for firewalled and never hear who connects.
    const isLoopback = bootstrap !== null && bootstrap.length > 0 && bootstrap.every(({ host }) => /^127\./.test(host));
    const dht = new HyperDHT({
      ...(bootstrap === null ? {} : { bootstrap }),
      ...(isLoopback ? { host: "127.0.0.1", firewalled: false } : {}),
    });
    this.swarm = new Hyperswarm({ dht, keyPair: options.keyPair, maxPeers: MAX_CONNECTIONS });
    this.swarm.on("connection", (connection: Connection) => this.#admit(connection));
    this.#lan = options.lan ? new Lan({ publicKey: options.keyPair.publicKey, port: () => this.#port() }) : null;
    this.#lan?.on("peer", (peer: LanPeer) => this.#onLanPeer(peer));
  }

  /** Nothing here is awaited: with the DHT out of reach it would take a dozen seconds, and connections work long before. */
  start(): void {
    this.swarm.listen().catch(() => {});
    void this.swarm.dht.io
      .bind()
      .catch(() => {})
      .then(() => {
        if (!this.#closing) this.#lan?.start();
      });
    this.#watch = setInterval(() => this.#tell(), WATCH_MS);
    this.#watch.unref();
  }

  join(topic: Uint8Array): void {
    const id = b4a.toString(topic, "hex");
    if (this.#topics.has(id)) return;
    const discovery = this.swarm.join(topic, { server: true, client: true });
    const timers = LOOK_AGAIN_MS.map((ms) => setTimeout(() => void discovery.refresh().catch(() => {}), ms).unref());
    this.#topics.set(id, { discovery, timers });
    this.#lan?.add(topic);
  }

  leave(topic: Uint8Array): void {
    const id = b4a.toString(topic, "hex");
    const joined = this.#topics.get(id);
    if (!joined) return;
    for (const timer of joined.timers) clearTimeout(timer);
    this.#topics.delete(id);
    this.#lan?.remove(topic);
    void this.swarm.leave(topic).catch(() => {});
  }

  /** After sleep: the address may be another, and connections look alive that are not. */
  redial(): void {
    this.#redialsUntil = performance.now() + REDIAL_MS;
    this.#heard.clear();
    for (const connection of [...this.swarm.connections]) connection.destroy();
    this.refresh();
  }

  /** After a change of network: everything is looked at anew. */
  refresh(): void {
    this.#lan?.hurry();
    for (const { discovery } of this.#topics.values()) void discovery.refresh().catch(() => {});
  }

  /** This connection holds a room's key: no stranger any more. */
  trust(connection: Connection): void {
    clearTimeout(this.#strangers.get(connection)?.limit);
    this.#strangers.delete(connection);
  }

  state(): NetworkState {
    const peers = this.swarm.connections.size;
    const interfaces = this.#lan?.interfaces ?? [];
    const { dht } = this.swarm;
    if (dht.nodes.length > 0) return { state: "online", peers, reason: null, interfaces };
    const noDht = this.#options.bootstrap?.length === 0;
    const seconds = Math.round((performance.now() - this.#startedAt) / 1_000);
    const noInternet = noDht ? "no DHT is used" : `the DHT does not answer (${seconds} s)`;
    const reason = this.#lan?.isDeaf ? `${noInternet}, and a firewall here lets nobody's call in` : noInternet;
    if (peers > 0) return { state: "lan", peers, reason, interfaces };
    if (performance.now() - this.#startedAt < LOOKING_MS) {
      return {
        state: "looking",
        peers,
        reason: noDht ? noInternet : `looking for the internet's DHT (${seconds} s)`,
        interfaces,
      };
    }
    return { state: "offline", peers, reason, interfaces };
  }

  async close(): Promise<void> {
    this.#closing = true;
    if (this.#watch) clearInterval(this.#watch);
    for (const { timers } of this.#topics.values()) for (const timer of timers) clearTimeout(timer);
    for (const { limit } of this.#strangers.values()) clearTimeout(limit);
    for (const timer of this.#again) clearTimeout(timer);
    await this.#lan?.close();
    // Saying goodbye to a DHT that does not answer takes many seconds; our records there run out by themselves.
    // `clear` is still what ends the library's own timers.
    void this.swarm.clear().catch(() => {});
    await this.swarm.destroy({ force: true });
  }

  #tell(): void {
    const { state, peers, interfaces } = this.state();
    const isOnline = state === "online";
    if (isOnline && !this.#wasOnline) this.#lookAgain();
    this.#wasOnline = isOnline;
    const now = JSON.stringify([state, peers, interfaces.map(({ address, error }) => [address, error !== null])]);
    if (now === this.#last) return;
    this.#last = now;
    this.emit("changed");
  }

  /** The DHT answers for the first time, or again: what was looked up and announced before went nowhere. */
  #lookAgain(): void {
    for (const timer of this.#again) clearTimeout(timer);
    // The library announces where this device takes connections again in up to three seconds, then look-ups find it.
    this.swarm.server.refresh();
    this.#again = AFTER_ONLINE_MS.map((ms) => setTimeout(() => this.refresh(), ms).unref());
  }

  #port(): number | null {
    return this.swarm.dht.io.serverSocket?.address().port ?? null;
  }

  #admit(connection: Connection): void {
    connection.on("error", () => {});
    const standing = this.#options.standing(connection.remotePublicKey);
    const isFull = () => this.swarm.connections.size > MAX_CONNECTIONS || this.#strangers.size >= MAX_STRANGERS;
    if (standing !== "member" && isFull()) this.#oldStrangerGoes();
    if (standing !== "member" && isFull()) {
      connection.destroy();
      return;
    }
    connection.setKeepAlive(KEEP_ALIVE_MS);
    // Who was removed is a stranger too: a minute, in which they hear of it, and can come back by a new invite.
    if (standing !== "member") {
      const limit = setTimeout(() => connection.destroy(), STRANGER_LIMIT_MS).unref();
      this.#strangers.set(connection, { limit, since: performance.now() });
    }
    connection.once("close", () => {
      this.trust(connection);
      this.#tell();
    });
    this.emit("connection", connection);
    this.#tell();
  }

  #oldStrangerGoes(): void {
    const [oldest] = this.#strangers;
    if (!oldest || performance.now() - oldest[1].since < GIVES_WAY_AFTER_MS) return;
    this.trust(oldest[0]);
    oldest[0].destroy();
  }

  #onLanPeer({ publicKey, host, port, topic }: LanPeer): void {
    for (const connection of this.swarm.connections) if (b4a.equals(connection.remotePublicKey, publicKey)) return;
    const now = performance.now();
    const id = b4a.toString(publicKey, "hex");
    const heard = this.#heard.get(id) ?? { firstAt: now, dialledAt: Number.NEGATIVE_INFINITY };
    // A beacon after a long silence is a first one again.
    if (now - heard.dialledAt > 60_000 && now - heard.firstAt > 60_000) heard.firstAt = now;
    if (this.#heard.size > 512) this.#heard.clear();
    this.#heard.set(id, heard);
    const isOurTurn = b4a.compare(this.swarm.keyPair.publicKey, publicKey) < 0 || now < this.#redialsUntil;
    if (!isOurTurn && now - heard.firstAt < OTHER_DIALS_AFTER_MS) return;
    if (now - heard.dialledAt < DIAL_EVERY_MS) return;
    heard.dialledAt = now;
    // Handed to the swarm as if discovered, so that it retries it and keeps one connection a peer.
    this.swarm._handlePeer({ publicKey, relayAddresses: [{ host, port }] }, topic);
  }
}
