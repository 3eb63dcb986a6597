// Bytes from one process to another by each way there is, in turns: a busy machine is busy for all of them.
import { fork } from "node:child_process";
import { once } from "node:events";
import { connect, createServer } from "node:net";
import { fileURLToPath } from "node:url";
import SecretStream from "@hyperswarm/secret-stream";
import Corestore from "corestore";
import crypto from "hypercore-crypto";
import HyperDHT from "hyperdht";
import createTestnet from "hyperdht/testnet.js";
import Hyperdrive from "hyperdrive";
import Hyperswarm from "hyperswarm";
import UDX from "udx-native";
import { Roads } from "../src/p2p/files/roads.js";
import { percentile, scope, temporaryFolder } from "./harness.mjs";

const HERE = "127.0.0.1";
const CHUNK = Buffer.alloc(64 * 1024, 7);
const now = () => performance.now();

const dhtAt = (bootstrap) => new HyperDHT({ bootstrap, host: HERE, firewalled: false });
const keys = (name) => crypto.keyPair(crypto.hash(Buffer.from(`bench ${name}`)));
const TOPIC = crypto.hash(Buffer.from("bench streams"));

/** The ways, by the name of their row: how a stream comes in at one process, and how the other one opens it. */
function ways({ swarm, roads, folder }) {
  return {
    "raw TCP": {
      listen: (onStream) => listenTcp(onStream),
      open: ({ port }) => connect(port, HERE),
    },
    "raw UDX": rawUdx(),
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
    "plain hyperdrive": plainDrive(folder),
  };
}

async function listenTcp(onStream) {
  const server = createServer(onStream).listen(0, HERE);
  await once(server, "listening");
  return { port: server.address().port };
}

function rawUdx() {
  const udx = new UDX();
  const begin = (id) => {
    const socket = udx.createSocket();
    socket.bind(0, HERE);
    return { socket, stream: udx.createStream(id) };
  };
  return {
    listen: (onStream, { port }) => {
      const { socket, stream } = begin(2);
      stream.connect(socket, 1, port, HERE);
      onStream(stream);
      return { port: socket.address().port };
    },
    before: () => {
      const { socket, stream } = begin(1);
      return { port: socket.address().port, socket, stream };
    },
    open: ({ port }, { socket, stream }) => {
      stream.connect(socket, 2, port, HERE);
      return stream;
    },
  };
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

/** A file that was put into a drive before, got over one encrypted TCP stream: the library's own way alone. */
function plainDrive(folder) {
  const start = async (name, key = null) => {
    const drive = new Hyperdrive(new Corestore(`${folder}/${name}-${Math.random()}`), key);
    await drive.ready();
    return drive;
  };
  return {
    before: async (bytes) => {
      const drive = await start("sender");
      const file = drive.createWriteStream("/file");
      for (let put = 0; put < bytes; put += CHUNK.length)
        if (!file.write(Buffer.from(CHUNK))) await once(file, "drain");
      file.end();
      await once(file, "close");
      return { drive, key: [...drive.key] };
    },
    listen: async (_onStream, { key }, onBytes) => {
      const drive = await start("receiver", Buffer.from(key));
      return listenTcp(async (socket) => {
        drive.corestore.replicate(new SecretStream(false, socket).on("error", () => {}));
        for await (const chunk of drive.createReadStream("/file", { wait: true })) onBytes(chunk.length);
        await drive.close();
      });
    },
    open: ({ port }, { drive }) => {
      const stream = new SecretStream(true, connect(port, HERE));
      drive.corestore.replicate(stream.on("error", () => {}));
      stream.once("close", () => void drive.close());
      return stream;
    },
    isOwn: true,
  };
}

function parts(name, bootstrap, folder) {
  const dht = dhtAt(bootstrap);
  const swarm = new Hyperswarm({ dht: dhtAt(bootstrap), keyPair: keys(`${name} swarm`) });
  const roads = new Roads({ keyPair: keys(name), dht, now, isLan: false });
  const close = () => Promise.all([roads.close(), swarm.destroy({ force: true }), dht.destroy({ force: true })]);
  return { all: ways({ swarm, roads, folder }), roads, close };
}

/** The other process: told a way, says where it is, and when all has come. */
function receive({ bootstrap, folder }) {
  const { all, roads } = parts("receiver", bootstrap, folder);
  let left = 0;
  const onBytes = (bytes) => {
    left -= bytes;
    if (left <= 0) process.send({ done: true });
  };
  const count = (stream) => {
    stream.on("error", () => {});
    stream.on("data", (chunk) => onBytes(chunk.length));
  };
  roads.on("road", ({ stream }) => count(stream));
  process.on("message", async ({ name, bytes, told }) => {
    left = bytes;
    process.send({ place: await all[name].listen(count, told, onBytes) });
  });
  process.on("disconnect", () => process.exit());
}

async function send(stream, bytes) {
  stream.on("error", () => {});
  for (let sent = 0; sent < bytes; sent += CHUNK.length) {
    if (!stream.write(Buffer.from(CHUNK))) await once(stream, "drain");
  }
}

async function megabytesASecond(child, way, name, bytes) {
  const mine = (await way.before?.(bytes)) ?? {};
  const { key, port } = mine;
  child.send({ name, bytes, told: { key, port } });
  const [{ place }] = await once(child, "message");
  const begin = now();
  const done = once(child, "message");
  const stream = await way.open(place, mine);
  const opened = way.isOwn ? begin : now();
  if (!way.isOwn) await send(stream, bytes);
  await done;
  const rate = bytes / 1e6 / ((now() - opened) / 1_000);
  stream.destroy();
  return rate;
}

/**
 * @param names rows wanted; all where it is null
 * @returns rows of a table, the median of the rounds first
 */
export async function streamRows({ bytes, rounds, names = null }) {
  const rates = new Map();
  await scope(async (keep) => {
    const net = await createTestnet(3, { host: HERE });
    keep({ close: () => net.destroy() });
    const { folder } = keep(temporaryFolder());
    for (let round = 0; round < rounds; round += 1) {
      const { all, close } = parts("sender", net.bootstrap, folder);
      const given = JSON.stringify({ bootstrap: net.bootstrap, folder });
      const child = fork(fileURLToPath(import.meta.url), ["--receive", given]);
      for (const [name, way] of Object.entries(all)) {
        if (names && !names.includes(name)) continue;
        rates.set(name, [...(rates.get(name) ?? []), await megabytesASecond(child, way, name, bytes)]);
      }
      child.disconnect();
      await close();
    }
  });
  return [...rates].map(([what, values]) => ({
    what,
    "MB/s": percentile(values, 0.5),
    lowest: Math.min(...values),
    highest: Math.max(...values),
  }));
}

if (process.argv[2] === "--receive") receive(JSON.parse(process.argv[3]));
