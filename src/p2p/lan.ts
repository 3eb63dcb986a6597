/**
 * Finds people on this machine and this network with no server at all: a multicast beacon that says, blinded, which
 * rooms and invites this device is in. Packet: version 1 · nonce 8 · Noise key 32 · port 2 (big endian) ·
 * tags of 16 bytes, each keyed BLAKE2b(discovery key, nonce): who has the discovery key recognises it, nobody else.
 */
import dgram from "node:dgram";
import { EventEmitter } from "node:events";
import { networkInterfaces } from "node:os";
import b4a from "b4a";
import crypto from "hypercore-crypto";
import sodium from "sodium-universal";

const GROUP = "239.192.77.1";
const PORT = 49_999;
const VERSION = 1;
const NONCE_BYTES = 8;
const TAG_BYTES = 16;
const HEADER_BYTES = 1 + NONCE_BYTES + 32 + 2;
/** Fits the smallest packet that every network carries. */
const MAX_TAGS = 70;
const SLOW_MS = 5_000;
/** New topics, new interfaces and first minutes: people are waiting. */
const FAST_MS = 500;
const FAST_BEACONS = 20;
const MAX_PACKETS_A_SECOND = 200;
const ANSWER_EVERY_MS = 300;

export interface LanPeer {
  readonly publicKey: Buffer;
  readonly host: string;
  readonly port: number;
  readonly topic: Uint8Array;
}

export interface LanInterface {
  readonly name: string;
  readonly address: string;
  /** Why nothing goes out there; null where it does. */
  error: string | null;
}

export interface LanOptions {
  readonly publicKey: Uint8Array;
  /** UDP port that takes connections; null while it is not known. */
  readonly port: () => number | null;
}

/** Emits `peer` (LanPeer). Nothing here throws: what cannot be done stands in `interfaces`. */
export class Lan extends EventEmitter {
  readonly #options: LanOptions;
  readonly #topics = new Map<string, Uint8Array>();
  readonly #sockets = new Map<string, { socket: dgram.Socket; state: LanInterface }>();
  #listener: dgram.Socket | null = null;
  #timer: NodeJS.Timeout | null = null;
  #fastLeft = FAST_BEACONS;
  #closed = false;
  #windowAt = 0;
  #inWindow = 0;
  #answeredAt = 0;
  #listenError: string | null = null;

  constructor(options: LanOptions) {
    super();
    this.#options = options;
  }

  get interfaces(): readonly LanInterface[] {
    const list = [...this.#sockets.values()].map(({ state }) => state);
    return this.#listenError ? [{ name: "*", address: GROUP, error: this.#listenError }, ...list] : list;
  }

  start(): void {
    this.#listen();
    this.#tick();
  }

  add(topic: Uint8Array): void {
    this.#topics.set(b4a.toString(topic, "hex"), topic);
    this.hurry();
  }

  remove(topic: Uint8Array): void {
    this.#topics.delete(b4a.toString(topic, "hex"));
  }

  /** Somebody is waiting, or the network changed. */
  hurry(): void {
    this.#fastLeft = FAST_BEACONS;
    if (this.#closed || !this.#listener) return;
    if (this.#timer) clearTimeout(this.#timer);
    this.#tick();
  }

  async close(): Promise<void> {
    this.#closed = true;
    if (this.#timer) clearTimeout(this.#timer);
    const all = [this.#listener, ...[...this.#sockets.values()].map(({ socket }) => socket)];
    this.#listener = null;
    this.#sockets.clear();
    await Promise.all(all.map((socket) => socket && closed(socket)));
  }

  #listen(): void {
    const socket = dgram.createSocket({ type: "udp4", reuseAddr: true });
    socket.on("error", (error) => {
      this.#listenError = error.message;
    });
    socket.on("message", (bytes, from) => this.#receive(bytes, from.address));
    socket.bind(PORT, () => this.#refreshInterfaces());
    socket.unref();
    this.#listener = socket;
  }

  #tick(): void {
    if (this.#closed) return;
    this.#refreshInterfaces();
    this.#send();
    const isFast = this.#fastLeft > 0;
    if (isFast) this.#fastLeft -= 1;
    this.#timer = setTimeout(() => this.#tick(), isFast ? FAST_MS : SLOW_MS);
    this.#timer.unref();
  }

  /** One sender an interface, loopback among them; interfaces come and go. */
  #refreshInterfaces(): void {
    const present = new Map<string, string>();
    for (const [name, addresses] of Object.entries(networkInterfaces())) {
      for (const { family, address } of addresses ?? []) {
        if (family === "IPv4") present.set(address, name);
      }
    }
    for (const [address, { socket }] of this.#sockets) {
      if (!present.has(address)) {
        this.#sockets.delete(address);
        void closed(socket);
      }
    }
    for (const [address, name] of present) if (!this.#sockets.has(address)) this.#openInterface(name, address);
  }

  #openInterface(name: string, address: string): void {
    const state: LanInterface = { name, address, error: null };
    const socket = dgram.createSocket({ type: "udp4", reuseAddr: true });
    const fail = (error: unknown) => {
      state.error = error instanceof Error ? error.message : String(error);
    };
    socket.on("error", fail);
    socket.unref();
    this.#sockets.set(address, { socket, state });
    try {
      socket.bind(0, address, () => {
        if (this.#closed || !this.#listener) return;
        try {
          socket.setMulticastInterface(address);
          socket.setMulticastTTL(1);
          socket.setMulticastLoopback(true);
          this.#listener.addMembership(GROUP, address);
        } catch (error) {
          fail(error);
        }
        this.#sendBy(socket, state);
      });
    } catch (error) {
      fail(error);
    }
  }

  #send(): void {
    for (const { socket, state } of this.#sockets.values()) this.#sendBy(socket, state);
  }

  #sendBy(socket: dgram.Socket, state: LanInterface): void {
    const port = this.#options.port();
    if (port === null || this.#topics.size === 0 || this.#closed) return;
    try {
      socket.address();
    } catch {
      return; // not bound yet; its own first beacon comes when it is
    }
    const topics = [...this.#topics.values()];
    for (let i = 0; i < topics.length; i += MAX_TAGS) {
      const packet = encodeBeacon(this.#options.publicKey, port, topics.slice(i, i + MAX_TAGS));
      socket.send(packet, PORT, GROUP, (error) => {
        state.error = error ? error.message : null;
      });
    }
  }

  #receive(bytes: Uint8Array, host: string): void {
    const second = Math.floor(performance.now() / 1_000);
    if (second !== this.#windowAt) {
      this.#windowAt = second;
      this.#inWindow = 0;
    }
    this.#inWindow += 1;
    if (this.#inWindow > MAX_PACKETS_A_SECOND) return;
    const beacon = decodeBeacon(bytes);
    if (!beacon || b4a.equals(beacon.publicKey, this.#options.publicKey)) return;
    for (const topic of this.#topics.values()) {
      if (!beacon.tags.some((tag) => b4a.equals(tag, tagOf(topic, beacon.nonce)))) continue;
      this.emit("peer", { publicKey: beacon.publicKey, host, port: beacon.port, topic } satisfies LanPeer);
      this.#answer();
    }
  }

  /** The other side may have missed ours, and it may be its turn to dial. */
  #answer(): void {
    const now = performance.now();
    if (now - this.#answeredAt < ANSWER_EVERY_MS) return;
    this.#answeredAt = now;
    this.#send();
  }
}

function tagOf(topic: Uint8Array, nonce: Uint8Array): Buffer {
  const tag = b4a.alloc(TAG_BYTES);
  sodium.crypto_generichash(tag, nonce, topic);
  return tag;
}

export function encodeBeacon(publicKey: Uint8Array, port: number, topics: readonly Uint8Array[]): Buffer {
  const nonce = crypto.randomBytes(NONCE_BYTES);
  const portBytes = Uint8Array.of(port >> 8, port & 0xff);
  return b4a.concat([
    Uint8Array.of(VERSION),
    nonce,
    publicKey,
    portBytes,
    ...topics.map((topic) => tagOf(topic, nonce)),
  ]);
}

export interface Beacon {
  readonly nonce: Uint8Array;
  readonly publicKey: Buffer;
  readonly port: number;
  readonly tags: readonly Uint8Array[];
}

/** Total; null for whatever is no beacon of ours. */
export function decodeBeacon(bytes: Uint8Array): Beacon | null {
  const tagsLength = bytes.byteLength - HEADER_BYTES;
  if (bytes[0] !== VERSION || tagsLength <= 0 || tagsLength % TAG_BYTES !== 0 || tagsLength / TAG_BYTES > MAX_TAGS) {
    return null;
  }
  const keyAt = 1 + NONCE_BYTES;
  const port = (bytes[keyAt + 32]! << 8) | bytes[keyAt + 33]!;
  if (port === 0) return null;
  const tags: Uint8Array[] = [];
  for (let at = HEADER_BYTES; at < bytes.byteLength; at += TAG_BYTES) tags.push(bytes.subarray(at, at + TAG_BYTES));
  return { nonce: bytes.subarray(1, keyAt), publicKey: b4a.from(bytes.subarray(keyAt, keyAt + 32)), port, tags };
}

function closed(socket: dgram.Socket): Promise<void> {
  return new Promise((resolve) => {
    try {
      socket.close(() => resolve());
    } catch {
      resolve();
    }
  });
}
