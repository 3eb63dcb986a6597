/** People with roads between them on loopback, a DHT of their own, and strangers at the port. */
import { connect, type Socket } from "node:net";
import SecretStream from "@hyperswarm/secret-stream";
import b4a from "b4a";
import crypto, { type KeyPair } from "hypercore-crypto";
import HyperDHT from "hyperdht";
import createTestnet from "hyperdht/testnet.js";
import type { Test } from "tap";
import type { Road } from "../../src/p2p/files/road.js";
import type { RoadOffer } from "../../src/p2p/files/road-offer.js";
import { Roads } from "../../src/p2p/files/roads.js";
import { until } from "./rooms.js";

export const HERE = "127.0.0.1";
export const ON_THIS_MACHINE = { remoteHost: HERE };

export interface Person {
  readonly keyPair: KeyPair;
  readonly key: Uint8Array;
  readonly roads: Roads;
  /** Those that came to this person. */
  readonly came: Road[];
}

interface Options {
  readonly dht?: HyperDHT | null;
  readonly now?: () => number;
  readonly isLan?: boolean;
  readonly hasCall?: () => boolean;
}

export function person(t: Test, options: Options = {}): Person {
  const { dht = null, now = () => performance.now(), isLan = false, hasCall = () => false } = options;
  const keyPair = crypto.keyPair();
  const roads = new Roads({ keyPair, dht, now, isLan, hasCall });
  t.teardown(() => roads.close());
  const came: Road[] = [];
  roads.on("road", (road: Road) => came.push(road));
  return { keyPair, key: keyPair.publicKey, roads, came };
}

export async function twoDhts(t: Test): Promise<[HyperDHT, HyperDHT]> {
  const net = await createTestnet(3, { host: HERE });
  const open = () => new HyperDHT({ bootstrap: net.bootstrap, host: HERE, firewalled: false });
  const both: [HyperDHT, HyperDHT] = [open(), open()];
  t.teardown(async () => {
    for (const dht of both) await dht.destroy({ force: true });
    await net.destroy();
  });
  return both;
}

/** Both ends of a road from `to`, who offers, to `from`, who calls. */
export async function road(from: Person, to: Person): Promise<{ near: Road; far: Road }> {
  const near = await from.roads.take(to.key, await to.roads.offer(from.key, HERE), ON_THIS_MACHINE);
  await until(() => to.came.some(({ stream }) => !stream.destroyed && b4a.equals(stream.remotePublicKey, from.key)));
  return { near, far: to.came.at(-1)! };
}

export const isOver = (stream: SecretStream | Socket) => until(() => stream.destroyed);

/** Somebody with these keys at that port, who does not do as a program of ours. */
export function call(t: Test, offer: RoadOffer, keyPair: KeyPair, remoteKey: Uint8Array): SecretStream {
  const socket = connect(offer.tcp!.port, HERE);
  const stream = new SecretStream(true, socket, {
    pattern: "IK",
    keyPair,
    remotePublicKey: remoteKey,
    keepAlive: 5_000,
  });
  stream.on("error", () => {});
  t.teardown(() => void stream.destroy());
  return stream;
}

export function bareSocket(t: Test, port: number, host = HERE): Socket {
  const socket = connect(port, host);
  socket.on("error", () => {});
  t.teardown(() => void socket.destroy());
  return socket;
}

export async function isListening(t: Test, port: number, host = HERE): Promise<boolean> {
  const socket = bareSocket(t, port, host);
  return new Promise((resolve) => {
    socket.once("connect", () => resolve(true));
    socket.once("error", () => resolve(false));
  });
}
