/**
 * What is said about a room beside its logs, on each connection: `keet-tui/room/1`, id = discovery key.
 * The handshake proves that the sender holds the room's encryption key, bound to this very connection; before that
 * nothing is said. Nothing here is kept. docs/protocol.md has the bytes.
 */
import b4a from "b4a";
import c, { type Codec } from "compact-encoding";
import type { Connection } from "hyperswarm";
import Protomux, { type Channel } from "protomux";
import sodium from "sodium-universal";
import { list, struct } from "./codec.js";
import { MAX_OP_BYTES } from "./decode.js";
import type { Head } from "./writer-lengths.js";

const PROTOCOL = "keet-tui/room/1";
const PROOF_DOMAIN = b4a.from("keet-tui/channel/1");
export const MAX_HEADS = 1_024;
const MAX_JOINS = 64;
const MAX_HASHES = 64;
const MAX_LINK_BYTES = 512;
/** Per second and peer; a lively room has a hundred. What is over is not read. */
const MAX_MESSAGES_A_SECOND = 1_000;
const MAX_FAULTS = 50;

export interface Join {
  readonly writer: Uint8Array;
  readonly bytes: Uint8Array;
}

/** Hash of a log's tree at a length. */
export interface LogHash {
  readonly writer: Uint8Array;
  readonly length: number;
  readonly hash: Uint8Array;
}

/** An invite to another room, for whoever is at the other end. */
export interface Offer {
  readonly kind: OfferKind;
  readonly link: string;
}

/** `direct`: I want to talk to you; `successor`: this room goes on there. */
export const OFFER_KINDS = ["direct", "successor"] as const;
export type OfferKind = (typeof OFFER_KINDS)[number];

export interface Ask {
  readonly invite: Uint8Array;
  readonly writer: Uint8Array;
  readonly identity: Uint8Array;
  readonly signature: Uint8Array;
}

export type AskAnswer =
  | { readonly ok: true; readonly invite: Uint8Array; readonly admitter: Uint8Array; readonly signature: Uint8Array }
  | { readonly ok: false; readonly why: Refusal };

export const REFUSALS = ["unknown", "used", "expired", "revoked", "not-now"] as const;
export type Refusal = (typeof REFUSALS)[number];

/** What a channel tells its room. Every call is about bytes already bounded and decoded. */
export interface ChannelListener {
  onProven(peer: RoomPeer): void;
  onClosed(peer: RoomPeer): void;
  onHeads(peer: RoomPeer, heads: Head[]): void;
  onWantJoins(peer: RoomPeer, writers: Uint8Array[]): void;
  onJoins(peer: RoomPeer, joins: Join[]): void;
  onPush(peer: RoomPeer, writer: Uint8Array, bytes: Uint8Array): void;
  onTyping(peer: RoomPeer, isTyping: boolean): void;
  onAsk(peer: RoomPeer, ask: Ask): void;
  onAnswer(peer: RoomPeer, answer: AskAnswer): void;
  onHashes(peer: RoomPeer, hashes: LogHash[]): void;
  onOffer(peer: RoomPeer, offer: Offer): void;
  /** Of files: bytes that `files/talk.ts` reads. */
  onFiles(peer: RoomPeer, bytes: Uint8Array): void;
  /** Of calls: bytes that `calls/call-state.ts` reads. */
  onCall(peer: RoomPeer, bytes: Uint8Array): void;
}

/** Said before the other side has proved anything, so it holds nothing but the proof: a founder's writer key is the room's key. */
interface Hello {
  readonly version: number;
  readonly proof: Uint8Array;
}

const helloCodec = struct<Hello>({ version: c.uint, proof: c.fixed32 });
const headsCodec = list(struct<Head>({ writer: c.fixed32, length: c.uint }), MAX_HEADS);
const writersCodec = list(c.fixed32, MAX_JOINS);
const joinsCodec = list(struct<Join>({ writer: c.fixed32, bytes: c.buffer }), MAX_JOINS);
const pushCodec = struct<{ writer: Uint8Array; bytes: Uint8Array }>({ writer: c.fixed32, bytes: c.buffer });
const askCodec = struct<Ask>({ invite: c.fixed32, writer: c.fixed32, identity: c.fixed32, signature: c.fixed64 });
const admittedCodec = struct<{ invite: Uint8Array; admitter: Uint8Array; signature: Uint8Array }>({
  invite: c.fixed32,
  admitter: c.fixed32,
  signature: c.fixed64,
});

const offerCodec = struct<{ kind: number; link: string }>({ kind: c.uint, link: c.string });
const hashesCodec = list(struct<LogHash>({ writer: c.fixed32, length: c.uint, hash: c.fixed32 }), MAX_HASHES);

/** Order is the message's number on the wire; only ever add at the end. */
const MESSAGE = {
  heads: 0,
  wantJoins: 1,
  joins: 2,
  push: 3,
  typing: 4,
  ask: 5,
  admitted: 6,
  refused: 7,
  hashes: 8,
  offer: 9,
  files: 10,
  call: 11,
} as const;
type MessageName = keyof typeof MESSAGE;

function proofOf(
  encryptionKey: Uint8Array,
  roomKey: Uint8Array,
  handshakeHash: Uint8Array,
  sender: Uint8Array,
): Buffer {
  const key = b4a.alloc(32);
  sodium.crypto_generichash_batch(key, [PROOF_DOMAIN, roomKey], encryptionKey);
  const proof = b4a.alloc(32);
  // The sender's key in it, so that a proof cannot be said back to who made it.
  sodium.crypto_generichash_batch(proof, [handshakeHash, sender], key);
  return proof;
}

export interface RoomPeerOptions {
  readonly connection: Connection;
  readonly roomKey: Uint8Array;
  readonly discoveryKey: Uint8Array;
  readonly encryptionKey: Uint8Array;
  readonly listener: ChannelListener;
}

/** One room on one connection. */
export class RoomPeer {
  readonly connection: Connection;
  readonly #options: RoomPeerOptions;
  #channel: Channel | null = null;
  #isProven = false;
  #faults = 0;
  #windowAt = 0;
  #inWindow = 0;
  /** How far they said each log is; the largest ever said on this connection. */
  readonly announced = new Map<string, number>();

  constructor(options: RoomPeerOptions) {
    this.connection = options.connection;
    this.#options = options;
  }

  get remoteKey(): Buffer {
    return this.connection.remotePublicKey;
  }

  /** They proved that they hold this room's key. Who they are, the room's members tell. */
  get isProven(): boolean {
    return this.#isProven;
  }

  /** Opens now, and again whenever the other side does: they may come to know this room later than we. */
  open(): void {
    const { connection, discoveryKey } = this.#options;
    Protomux.from(connection).pair({ protocol: PROTOCOL, id: discoveryKey }, () => this.#open());
    this.#open();
  }

  #open(): void {
    if (this.#channel) return;
    const { connection, roomKey, discoveryKey, encryptionKey, listener } = this.#options;
    const mux = Protomux.from(connection);
    const channel = mux.createChannel({
      protocol: PROTOCOL,
      id: discoveryKey,
      handshake: helloCodec as Codec<unknown>,
      messages: (Object.keys(MESSAGE) as MessageName[]).map((name) => ({
        encoding: c.raw as Codec<unknown>,
        onmessage: (bytes: Uint8Array) => this.#receive(name, bytes),
      })),
      onopen: (hello: Hello) => {
        const expected = proofOf(encryptionKey, roomKey, connection.handshakeHash, connection.remotePublicKey);
        if (!b4a.equals(hello.proof, expected)) {
          this.close();
          return;
        }
        this.#isProven = true;
        listener.onProven(this);
      },
      onclose: () => {
        this.#channel = null;
        if (this.#isProven) listener.onClosed(this);
        this.#isProven = false;
      },
    });
    // Null: already open on this connection.
    if (!channel) return;
    this.#channel = channel;
    channel.open({
      version: 1,
      proof: proofOf(encryptionKey, roomKey, connection.handshakeHash, connection.publicKey),
    });
  }

  close(): void {
    const { connection, discoveryKey } = this.#options;
    Protomux.from(connection).unpair({ protocol: PROTOCOL, id: discoveryKey });
    this.#channel?.close();
  }

  sendHeads(heads: readonly Head[]): void {
    this.#send("heads", headsCodec, heads.slice(0, MAX_HEADS));
  }

  sendWantJoins(writers: readonly Uint8Array[]): void {
    this.#send("wantJoins", writersCodec, writers.slice(0, MAX_JOINS));
  }

  sendJoins(joins: readonly Join[]): void {
    this.#send("joins", joinsCodec, joins.slice(0, MAX_JOINS));
  }

  sendPush(writer: Uint8Array, bytes: Uint8Array): void {
    this.#send("push", pushCodec, { writer, bytes });
  }

  sendTyping(isTyping: boolean): void {
    this.#send("typing", c.uint8, isTyping ? 1 : 0);
  }

  sendAsk(ask: Ask): void {
    this.#send("ask", askCodec, ask);
  }

  sendAnswer(answer: AskAnswer): void {
    if (answer.ok) this.#send("admitted", admittedCodec, answer);
    else this.#send("refused", c.uint8, REFUSALS.indexOf(answer.why));
  }

  sendHashes(hashes: readonly LogHash[]): void {
    this.#send("hashes", hashesCodec, hashes.slice(0, MAX_HASHES));
  }

  sendOffer({ kind, link }: Offer): void {
    this.#send("offer", offerCodec, { kind: OFFER_KINDS.indexOf(kind), link });
  }

  sendFiles(bytes: Uint8Array): void {
    this.#send("files", c.raw, bytes);
  }

  sendCall(bytes: Uint8Array): void {
    this.#send("call", c.raw, bytes);
  }

  #send<T>(name: MessageName, codec: Codec<T>, value: unknown): void {
    if (!this.#channel || !this.#isProven) return;
    this.#channel.messages[MESSAGE[name]]?.send(c.encode(codec, value as T));
  }

  #receive(name: MessageName, bytes: Uint8Array): void {
    if (!this.#isProven || bytes.byteLength > MAX_OP_BYTES * 8 || this.#isFlooding()) return;
    try {
      this.#dispatch(name, bytes);
    } catch {
      // Bytes that are none of ours; a peer that sends many of them is let go.
      this.#faults += 1;
      if (this.#faults > MAX_FAULTS) this.connection.destroy();
    }
  }

  #isFlooding(): boolean {
    const second = Math.floor(performance.now() / 1_000);
    if (second !== this.#windowAt) {
      this.#windowAt = second;
      this.#inWindow = 0;
    }
    this.#inWindow += 1;
    return this.#inWindow > MAX_MESSAGES_A_SECOND;
  }

  #dispatch(name: MessageName, bytes: Uint8Array): void {
    const { listener } = this.#options;
    const read: { readonly [N in MessageName]: () => void } = {
      heads: () => {
        const heads = c.decode(headsCodec, bytes);
        for (const { writer, length } of heads) this.#note(writer, length);
        listener.onHeads(this, heads);
      },
      wantJoins: () => listener.onWantJoins(this, c.decode(writersCodec, bytes)),
      joins: () => listener.onJoins(this, c.decode(joinsCodec, bytes)),
      push: () => {
        const { writer, bytes: op } = c.decode(pushCodec, bytes);
        listener.onPush(this, writer, op);
      },
      typing: () => listener.onTyping(this, c.decode(c.uint8, bytes) === 1),
      ask: () => listener.onAsk(this, c.decode(askCodec, bytes)),
      admitted: () => listener.onAnswer(this, { ok: true, ...c.decode(admittedCodec, bytes) }),
      hashes: () => listener.onHashes(this, c.decode(hashesCodec, bytes)),
      offer: () => {
        if (bytes.byteLength <= MAX_LINK_BYTES) this.#hearOffer(bytes);
      },
      files: () => listener.onFiles(this, bytes),
      call: () => listener.onCall(this, bytes),
      refused: () => listener.onAnswer(this, { ok: false, why: REFUSALS[c.decode(c.uint8, bytes)] ?? "not-now" }),
    };
    read[name]();
  }

  /** Of a kind that a later version knows: not heard. */
  #hearOffer(bytes: Uint8Array): void {
    const { kind: number, link } = c.decode(offerCodec, bytes);
    const kind = OFFER_KINDS[number];
    if (kind) this.#options.listener.onOffer(this, { kind, link });
  }

  #note(writer: Uint8Array, length: number): void {
    const id = b4a.toString(writer, "hex");
    if (this.announced.size >= MAX_HEADS && !this.announced.has(id)) return;
    if (length > (this.announced.get(id) ?? 0)) this.announced.set(id, length);
  }
}
