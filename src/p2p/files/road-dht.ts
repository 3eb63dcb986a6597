/** Roads as a second connection over the DHT, which finds a way through most routers. */
import { setTimeout as after } from "node:timers/promises";
import type SecretStream from "@hyperswarm/secret-stream";
import b4a from "b4a";
import crypto, { type KeyPair } from "hypercore-crypto";
import type HyperDHT from "hyperdht";
import type { DhtServer } from "hyperdht";
import sodium from "sodium-universal";
import { atMost } from "../time-limit.js";
import type { Call } from "./road-tcp.js";

const KEY_DOMAIN = b4a.from("keet-tui/road/1");
/** What was announced a moment ago is not found everywhere yet. */
const AGAIN_MS = 500;
/** A DHT that does not answer would have goodbye said to it for a dozen seconds. */
const GOODBYE_MS = 1_000;

/** Another key than the chat's, so that a call to it is no call to the chat. */
export function roadKeyPair({ secretKey }: KeyPair): KeyPair {
  const seed = b4a.alloc(32);
  sodium.crypto_generichash_batch(seed, [KEY_DOMAIN], secretKey.subarray(0, 32));
  return crypto.keyPair(seed);
}

export interface DhtDoorOptions {
  readonly dht: HyperDHT;
  readonly keyPair: KeyPair;
  readonly isExpected: (remoteKey: Uint8Array) => boolean;
  readonly onStream: (stream: SecretStream) => void;
}

export class DhtDoor {
  readonly #options: DhtDoorOptions;
  readonly #keyPair: KeyPair;
  #server: DhtServer | null = null;
  #closed: Promise<void> = Promise.resolve();

  constructor(options: DhtDoorOptions) {
    this.#options = options;
    this.#keyPair = roadKeyPair(options.keyPair);
  }

  /** The key it is found by, in a moment: whoever calls tries again. */
  open(): Buffer {
    this.#server ??= this.#listen();
    return this.#keyPair.publicKey;
  }

  /** Those who are in stay. */
  close(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    if (server) this.#closed = this.#closed.then(() => atMost(GOODBYE_MS, server.close()));
    return this.#closed;
  }

  #listen(): DhtServer {
    const { dht, isExpected, onStream } = this.#options;
    const server = dht.createServer({ firewall: (remoteKey: Uint8Array) => !isExpected(remoteKey) }, (stream) => {
      stream.on("error", () => {});
      onStream(stream);
    });
    // The key can be listened on by one at a time.
    void this.#closed
      .then(() => server.listen(this.#keyPair))
      .catch(() => {
        if (this.#server === server) this.#server = null;
      });
    return server;
  }
}

/** Again until it is answered or hung up. */
export async function callOverDht(
  dht: HyperDHT,
  key: Uint8Array,
  { keyPair, signal }: Call,
): Promise<SecretStream | null> {
  while (!signal.aborted) {
    const stream = dht.connect(key, { keyPair });
    stream.on("error", () => {});
    const hangUp = () => stream.destroy();
    signal.addEventListener("abort", hangUp);
    if (await stream.opened) return stream;
    signal.removeEventListener("abort", hangUp);
    await after(AGAIN_MS, undefined, { signal }).catch(() => {});
  }
  return null;
}
