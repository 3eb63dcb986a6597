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
import { letIn } from "./firewall.js";

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
/** What goes out comes back here as well, at once; where so many did not, nothing else comes in there either. */
const DEAF_AFTER_BEACONS = 4;
const DEAF_AFTER_MS = 2_000;

export interface LanPeer {
  readonly publicKey: Buffer;
  readonly host: string;
  readonly port: number;
  readonly topic: Uint8Array;
}

export interface LanInterface {
  readonly name: string;
  readonly address: string;
  /** Why people are not found there, as a sentence; null where they are. */
  readonly error: string | null;
}

/** A way out, one for each address of this machine. */
interface Sender {
  readonly name: string;
  readonly address: string;
  readonly socket: dgram.Socket;
  joinError: string | null;
  sendError: string | null;
  /** Beacons that went out since one of ours came back, and when the first of them did, by the monotonic clock. */
  unheard: number;
  unheardSince: number;
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
  /** By address. */
  readonly #senders = new Map<string, Sender>();
  #listener: dgram.Socket | null = null;
  #timer: NodeJS.Timeout | null = null;
  #fastLeft = FAST_BEACONS;
  #started = false;
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
    const list = [...this.#senders.values()].map((sender) => ({
      name: sender.name,
      address: sender.address,
      error: this.#errorOf(sender),
    }));
    return this.#listenError ? [{ name: "*", address: GROUP, error: this.#listenError }, ...list] : list;
  }

  /** What this machine sends to everybody does not come back to it on any network: so nothing of others does. */
  get isDeaf(): boolean {
    const onNetworks = [...this.#senders.values()].filter(
      ({ address, joinError, sendError }) => !address.startsWith("127.") && joinError === null && sendError === null,
    );
    return this.#listenError === null && onNetworks.length > 0 && onNetworks.every(isDeaf);
  }

  #errorOf(sender: Sender): string | null {
    const { joinError, sendError } = sender;
    if (joinError) return `cannot listen for people here (${joinError})`;
    if (sendError) return `cannot call people here (${sendError})`;
    if (this.#listenError || !isDeaf(sender)) return null;
    const port = this.#options.port();
    const ports = [PORT, ...(port === null ? [] : [port])];
    return `nothing comes in on UDP port ${PORT} here, not even what this machine sends itself; ${letIn(ports)}`;
  }

  start(): void {
    this.#started = true;
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
    if (this.#closed || !this.#started) return;
    if (this.#timer) clearTimeout(this.#timer);
    this.#tick();
  }

  async close(): Promise<void> {
    this.#closed = true;
    if (this.#timer) clearTimeout(this.#timer);
    const all = [this.#listener, ...[...this.#senders.values()].map(({ socket }) => socket)];
    this.#listener = null;
    this.#senders.clear();
    await Promise.all(all.map((socket) => socket && closed(socket)));
  }

  /** Where the port cannot be had now, it is tried again with each slow beacon. */
  #listen(): void {
    const socket = dgram.createSocket({ type: "udp4", reuseAddr: true });
    this.#listener = socket;
    socket.on("error", (error) => {
      this.#listenError = `cannot listen on UDP port ${PORT} (${codeOf(error)})`;
      if (this.#listener === socket) this.#listener = null;
      void closed(socket);
    });
    socket.on("message", (bytes, from) => this.#receive(bytes, from.address));
    socket.bind(PORT, () => {
      this.#listenError = null;
      for (const sender of this.#senders.values()) this.#joinGroup(sender);
    });
    socket.unref();
  }

  #tick(): void {
    if (this.#closed) return;
    if (!this.#listener) this.#listen();
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
    for (const [address, sender] of this.#senders) if (!present.has(address)) this.#shut(sender);
    for (const [address, name] of present) if (!this.#senders.has(address)) this.#openSender(name, address);
  }

  #shut({ address, socket }: Sender): void {
    this.#senders.delete(address);
    try {
      // Else it could not be joined again when the address comes back.
      this.#listener?.dropMembership(GROUP, address);
    } catch {
      // It went with its interface.
    }
    void closed(socket);
  }

  #openSender(name: string, address: string): void {
    const socket = dgram.createSocket({ type: "udp4", reuseAddr: true });
    const sender: Sender = { name, address, socket, joinError: null, sendError: null, unheard: 0, unheardSince: 0 };
    const fail = (error: unknown) => {
      sender.sendError = codeOf(error);
    };
    socket.on("error", fail);
    socket.unref();
    this.#senders.set(address, sender);
    try {
      socket.bind(0, address, () => {
        if (this.#closed || this.#senders.get(address) !== sender) return;
        this.#joinGroup(sender);
        try {
          socket.setMulticastInterface(address);
          socket.setMulticastTTL(1);
          socket.setMulticastLoopback(true);
        } catch (error) {
          fail(error);
        }
        this.#sendBy(sender);
      });
    } catch (error) {
      fail(error);
    }
  }

  /** Whom we cannot hear there may hear us all the same, and dial. */
  #joinGroup(sender: Sender): void {
    try {
      this.#listener?.addMembership(GROUP, sender.address);
      sender.joinError = null;
    } catch (error) {
      const code = codeOf(error);
      // Its interface has another address, by which it has joined already.
      sender.joinError = code === "EADDRINUSE" ? null : code;
    }
  }

  #send(): void {
    for (const sender of this.#senders.values()) this.#sendBy(sender);
  }

  #sendBy(sender: Sender): void {
    const port = this.#options.port();
    if (port === null || this.#topics.size === 0 || this.#closed) return;
    const { socket } = sender;
    try {
      socket.address();
    } catch {
      return; // not bound yet; its own first beacon comes when it is
    }
    const topics = [...this.#topics.values()];
    for (let i = 0; i < topics.length; i += MAX_TAGS) {
      const packet = encodeBeacon(this.#options.publicKey, port, topics.slice(i, i + MAX_TAGS));
      socket.send(packet, PORT, GROUP, (error) => {
        sender.sendError = error ? codeOf(error) : null;
      });
    }
    if (sender.unheard === 0) sender.unheardSince = performance.now();
    sender.unheard += 1;
  }

  #receive(bytes: Uint8Array, host: string): void {
    const second = Math.floor(performance.now() / 1_000);
    if (second !== this.#windowAt) {
      this.#windowAt = second;
      this.#inWindow = 0;
    }
    this.#inWindow += 1;
    if (this.#inWindow > MAX_PACKETS_A_SECOND) {
      // Ours may be among those that are not read.
      for (const sender of this.#senders.values()) sender.unheard = 0;
      return;
    }
    const beacon = decodeBeacon(bytes);
    if (!beacon) return;
    if (b4a.equals(beacon.publicKey, this.#options.publicKey)) {
      const sender = this.#senders.get(host);
      if (sender) sender.unheard = 0;
      return;
    }
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

function isDeaf({ unheard, unheardSince }: Sender): boolean {
  return unheard >= DEAF_AFTER_BEACONS && performance.now() - unheardSince > DEAF_AFTER_MS;
}

function codeOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code ?? message;
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
