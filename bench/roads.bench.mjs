// 256 MiB from one process to another by each way there is, in turns: a busy machine is busy for all of them.
import { fork } from "node:child_process";
import { once } from "node:events";
import { connect, createServer } from "node:net";
import { fileURLToPath } from "node:url";
import SecretStream from "@hyperswarm/secret-stream";
import crypto from "hypercore-crypto";
import HyperDHT from "hyperdht";
import createTestnet from "hyperdht/testnet.js";
import Hyperswarm from "hyperswarm";
import { Roads } from "../src/p2p/files/roads.js";
import { percentile, scope, table } from "./harness.mjs";

export const title = "256 MiB from one process to another";

const HERE = "127.0.0.1";
const ALL_BYTES = 256 * 1024 * 1024;
const CHUNK = Buffer.alloc(64 * 1024, 7);
const ROUNDS = 3;
const now = () => performance.now();

const dhtAt = (bootstrap) => new HyperDHT({ bootstrap, host: HERE, firewalled: false });
const keys = (name) => crypto.keyPair(crypto.hash(Buffer.from(`bench ${name}`)));
const TOPIC = crypto.hash(Buffer.from("bench roads"));

/** The ways, by the name of their row: how a stream comes in at one process, and how the other one opens it. */
function ways(swarm, roads) {
  return {
    "raw TCP": {
      listen: (onStream) => listenTcp(onStream),
      open: ({ port }) => connect(port, HERE),
    },
    "secret stream over TCP": {
      listen: (onStream) => listenTcp((socket) => onStream(new SecretStream(false, socket))),
      open: ({ port }) => new SecretStream(true, connect(port, HERE)),
    },
    "hyperswarm connection": {
      listen: async (onStream) => {
        swarm.on("connection", onStream);
        await swarm.join(TOPIC, { client: false }).flushed();
        return {};
      },
      open: async () => {
        swarm.join(TOPIC, { server: false });
        const [stream] = await once(swarm, "connection");
        return stream;
      },
    },
    "road tcp": byRoad(roads, HERE),
    "road dht": byRoad(roads, null),
  };
}

async function listenTcp(onStream) {
  const server = createServer(onStream).listen(0, HERE);
  await once(server, "listening");
  return { port: server.address().port };
}

function byRoad(roads, remoteHost) {
  return {
    listen: async () => {
      const { token, tcp, dht } = await roads.offer(keys("sender").publicKey, remoteHost);
      return { offer: { token: [...token], tcp, dht: dht && [...dht] } };
    },
    open: async ({ offer: { token, tcp, dht } }) => {
      const offer = { token: Buffer.from(token), tcp, dht: dht && Buffer.from(dht) };
      return (await roads.take(keys("receiver").publicKey, offer, { remoteHost })).stream;
    },
  };
}

function parts(name, bootstrap) {
  const dht = dhtAt(bootstrap);
  const swarm = new Hyperswarm({ dht: dhtAt(bootstrap), keyPair: keys(`${name} swarm`) });
  const roads = new Roads({ keyPair: keys(name), dht, now, isLan: false });
  const close = () => Promise.all([roads.close(), swarm.destroy({ force: true }), dht.destroy({ force: true })]);
  return { all: ways(swarm, roads), roads, close };
}

/** The other process: told a way, says where it is, and when all has come. */
function receive(bootstrap) {
  const { all, roads } = parts("receiver", bootstrap);
  const count = (stream) => {
    let bytes = 0;
    stream.on("error", () => {});
    stream.on("data", (chunk) => {
      bytes += chunk.length;
      if (bytes === ALL_BYTES) process.send({ done: true });
    });
  };
  roads.on("road", ({ stream }) => count(stream));
  process.on("message", async (way) => process.send({ place: await all[way].listen(count) }));
  process.on("disconnect", () => process.exit());
}

async function send(stream) {
  stream.on("error", () => {});
  for (let sent = 0; sent < ALL_BYTES; sent += CHUNK.length) {
    if (!stream.write(Buffer.from(CHUNK))) await once(stream, "drain");
  }
}

async function megabytesASecond(child, way, name) {
  child.send(name);
  const [{ place }] = await once(child, "message");
  const stream = await way.open(place);
  const begin = now();
  const done = once(child, "message");
  await send(stream);
  await done;
  const rate = ALL_BYTES / 1e6 / ((now() - begin) / 1_000);
  stream.destroy();
  return rate;
}

export async function run() {
  await scope(async (keep) => {
    const net = await createTestnet(3, { host: HERE });
    keep({ close: () => net.destroy() });
    const rates = new Map();
    for (let round = 0; round < ROUNDS; round += 1) {
      const { all, close } = parts("sender", net.bootstrap);
      const child = fork(fileURLToPath(import.meta.url), ["--receive", JSON.stringify(net.bootstrap)]);
      for (const [name, way] of Object.entries(all)) {
        rates.set(name, [...(rates.get(name) ?? []), await megabytesASecond(child, way, name)]);
      }
      child.disconnect();
      await close();
    }
    const rows = [...rates].map(([what, values]) => ({
      what,
      "median MB/s": percentile(values, 0.5),
      lowest: Math.min(...values),
      highest: Math.max(...values),
    }));
    table(rows, { ratioOf: "median MB/s" });
  });
}

if (process.argv[2] === "--receive") receive(JSON.parse(process.argv[3]));
