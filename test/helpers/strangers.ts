/** Strangers at a core: connections by keys nobody knows, and bytes straight onto them. */
import { mkdirSync } from "node:fs";
import BlindPairing from "blind-pairing";
import c from "compact-encoding";
import crypto, { type KeyPair } from "hypercore-crypto";
import HyperDHT from "hyperdht";
import createTestnet from "hyperdht/testnet.js";
import type { Connection } from "hyperswarm";
import Protomux from "protomux";
import type { Test } from "tap";
import { type Core, openCore } from "../../src/p2p/index.js";

/** What we call of these beyond what the program does. */
interface Dialler {
  connect(publicKey: Uint8Array, options: { keyPair: KeyPair }): Connection;
  destroy(options: { force: boolean }): Promise<void>;
}
interface Knocker {
  createRequest(invite: Uint8Array, userData: Uint8Array): { encode(): Buffer };
}
interface Mux {
  createChannel(options: {
    protocol: string;
    id: Uint8Array;
    messages: { encoding: unknown; onmessage: () => void }[];
    onclose?: () => void;
  }): { open(): void; messages: { send(value: unknown): void }[] };
}

export interface Door {
  readonly ann: Core;
  readonly id: string;
  readonly bootstrap: readonly { host: string; port: number }[];
  /** By a new key, or by this one; null where it was let go at once. */
  connect(keyPair?: KeyPair): Promise<Connection | null>;
}

/** A core on a network of its own, with one room. */
export async function openDoor(t: Pick<Test, "testdir" | "teardown">): Promise<Door> {
  const folder = t.testdir({});
  mkdirSync(`${folder}/ann`, { mode: 0o700 });
  const net = await createTestnet(3, { host: "127.0.0.1" });
  const { bootstrap } = net;
  const ann = await openCore({ folder: `${folder}/ann`, bootstrap, lan: false });
  const dht = new HyperDHT({ bootstrap, host: "127.0.0.1", firewalled: false }) as unknown as Dialler;
  t.teardown(async () => {
    await dht.destroy({ force: true });
    await ann.close();
    await net.destroy();
  });
  const { noiseKeyPair } = await ann.createIdentity("ann");
  const { id } = await ann.createRoom("tea", "", "group");
  return {
    ann,
    id,
    bootstrap,
    connect: async (keyPair = crypto.keyPair()) => {
      const connection = dht.connect(noiseKeyPair.publicKey, { keyPair });
      connection.on("error", () => {});
      const isOpen = await new Promise<boolean>((done) => {
        connection.once("open", () => done(true));
        connection.once("close", () => done(false));
      });
      return isOpen ? connection : null;
    },
  };
}

/** As `connect`, again until the core is to be found. */
export async function connected(door: Door, keyPair?: KeyPair): Promise<Connection> {
  for (;;) {
    const connection = await door.connect(keyPair);
    if (connection) return connection;
  }
}

export interface Knocking {
  send(bytes: Uint8Array): void;
  readonly answers: number;
}

/** Requests to be let in, as bytes, and how many were answered. */
export function knockAt(connection: Connection, id: string): Knocking {
  let answers = 0;
  const channel = (Protomux.from(connection) as unknown as Mux).createChannel({
    protocol: "blind-pairing",
    id: Buffer.from(id, "hex"),
    messages: [
      { encoding: c.buffer, onmessage: () => {} },
      {
        encoding: c.buffer,
        onmessage: () => {
          answers += 1;
        },
      },
    ],
  });
  channel.open();
  return {
    send: (bytes) => channel.messages[0]!.send(bytes),
    get answers() {
      return answers;
    },
  };
}

export function pairingRequest(invite: Uint8Array, userData: Uint8Array): Buffer {
  return (BlindPairing as unknown as Knocker).createRequest(invite, userData).encode();
}

/** Until the other side has read all that was sent before: it refuses a protocol nobody knows, but in turn. */
export async function settled(connection: Connection): Promise<void> {
  await new Promise<void>((done) => {
    const mux = Protomux.from(connection) as unknown as Mux;
    mux.createChannel({ protocol: "keet-tui/test", id: crypto.randomBytes(32), messages: [], onclose: done }).open();
  });
}

/** Bytes on an open channel of ours, by the number of the message. */
export function rawChannel(connection: Connection): (message: number, bytes: Uint8Array) => void {
  const mux = Protomux.from(connection) as unknown as {
    _local: ({ protocol: string; messages: { send(bytes: Uint8Array): void }[] } | null)[];
  };
  const own = mux._local.find((some) => some?.protocol === "keet-tui/room/1")!;
  return (message, bytes) => own.messages[message]!.send(bytes);
}
