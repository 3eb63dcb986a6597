// What a peer on the wire can do to a room beside its log.
import { mkdirSync } from "node:fs";
import crypto from "hypercore-crypto";
import HyperDHT from "hyperdht";
import createTestnet from "hyperdht/testnet.js";
import Hyperswarm, { type Connection } from "hyperswarm";
import Protomux from "protomux";
import t from "tap";
import { type ChannelListener, MAX_HEADS, RoomPeer } from "../../src/p2p/channel.js";
import { encodeRaw } from "../../src/p2p/decode.js";
import { type Core, openCore } from "../../src/p2p/index.js";
import { newId } from "../../src/p2p/room.js";
import { until } from "../helpers/rooms.js";

t.setTimeout(90_000);

type Tap = Pick<typeof t, "teardown" | "testdir">;

async function people(t: Tap): Promise<{ ann: Core; id: string; connect(): Promise<Connection> }> {
  const folder = t.testdir({});
  mkdirSync(`${folder}/ann`, { mode: 0o700 });
  const net = await createTestnet(3, { host: "127.0.0.1" });
  const { bootstrap } = net;
  const ann = await openCore({ folder: `${folder}/ann`, bootstrap, lan: false });
  const swarms: Hyperswarm[] = [];
  t.teardown(async () => {
    await Promise.all(swarms.map((swarm) => swarm.destroy()));
    await ann.close();
    await net.destroy();
  });
  await ann.createIdentity("ann");
  const { id } = await ann.createRoom("tea", "", "group");
  return {
    ann,
    id,
    connect: () => {
      const dht = new HyperDHT({ bootstrap, host: "127.0.0.1", firewalled: false });
      const swarm = new Hyperswarm({ dht, keyPair: crypto.keyPair() });
      swarms.push(swarm);
      const connected = new Promise<Connection>((resolve) =>
        swarm.once("connection", (connection: Connection) => {
          connection.on("error", () => {});
          resolve(connection);
        }),
      );
      const discovery = swarm.join(Buffer.from(id, "hex"), { server: false, client: true });
      const again = setInterval(() => void discovery.refresh().catch(() => {}), 500);
      return connected.finally(() => clearInterval(again));
    },
  };
}

/** Hears everything; answers nothing. */
function recorder(): { listener: ChannelListener; heard: string[] } {
  const heard: string[] = [];
  const note = (what: string) => () => void heard.push(what);
  return {
    heard,
    listener: {
      onProven: note("proven"),
      onClosed: note("closed"),
      onHeads: note("heads"),
      onWantJoins: note("wantJoins"),
      onJoins: note("joins"),
      onPush: note("push"),
      onTyping: note("typing"),
      onAsk: note("ask"),
      onAnswer: note("answer"),
      onHashes: note("hashes"),
      onOffer: note("offer"),
      onFiles: note("files"),
      onCall: note("call"),
    },
  };
}

t.test("who knows the room by its discovery key alone is told nothing", async (t) => {
  const { ann, id, connect } = await people(t);
  const { room } = ann.room(id)!.member!;
  const connection = await connect();
  const { listener, heard } = recorder();
  const peer = new RoomPeer({
    connection,
    roomKey: room.key,
    discoveryKey: room.discoveryKey,
    encryptionKey: crypto.randomBytes(32),
    listener,
  });
  const { peers } = ann.room(id)!.member!;
  peer.open();
  // The real key, right after, on a connection of its own: proof that the room does answer.
  const good = recorder();
  const proper = new RoomPeer({
    connection: await connect(),
    roomKey: room.key,
    discoveryKey: room.discoveryKey,
    encryptionKey: room.base.encryptionKey,
    listener: good.listener,
  });
  proper.open();
  await until(() => good.heard.includes("heads"));
  t.same(heard, [], "nothing was said to the wrong key");
  t.equal(peers.provenCount, 1);
  // To a key that is no member's nothing is pushed, even with the room's key in hand.
  await ann.room(id)!.member!.send("between us");
  await until(() => good.heard.filter((what) => what === "heads").length > 1);
  t.notOk(good.heard.includes("push"));
});

t.test("garbage, floods and lies on the channel cost nothing and end the connection at last", async (t) => {
  const { ann, id, connect } = await people(t);
  const member = ann.room(id)!.member!;
  const { room } = member;
  const connection = await connect();
  const { listener, heard } = recorder();
  const peer = new RoomPeer({
    connection,
    roomKey: room.key,
    discoveryKey: room.discoveryKey,
    encryptionKey: room.base.encryptionKey,
    listener,
  });
  peer.open();
  await until(() => heard.includes("heads"));
  // Made-up writers, far too many, and one's own claim to be ahead.
  const heads = Array.from({ length: MAX_HEADS }, () => ({ writer: crypto.randomBytes(32), length: 1_000_000 }));
  for (let i = 0; i < 20; i++) peer.sendHeads(heads);
  peer.sendJoins([{ writer: crypto.randomBytes(32), bytes: crypto.randomBytes(300) }]);
  peer.sendAsk({
    invite: crypto.randomBytes(32),
    writer: crypto.randomBytes(32),
    identity: crypto.randomBytes(32),
    signature: crypto.randomBytes(64),
  });
  const { secretKey } = crypto.keyPair();
  const forged = encodeRaw(2, Buffer.from([2, 104, 105, 0]), {
    roomKey: room.key,
    writerKey: room.writerKey,
    secretKey,
    id: newId(),
    sentAt: 1,
  });
  peer.sendPush(room.writerKey, forged);
  await until(() => heard.includes("wantJoins") && heard.includes("answer"));
  t.equal((await member.send("fine here")).state, "sent");
  t.same(
    member.arriving.filter(({ mine }) => !mine),
    [],
    "nothing forged is shown",
  );
  t.equal(member.summary().behind, 0, "nobody's claims count but members'");
  t.equal([...room.base.activeWriters].length, 1);
  // Bytes that are no message of ours.
  const channel = Protomux.from(connection) as unknown as {
    _local: ({ protocol: string; messages: { send(bytes: Uint8Array): void }[] } | null)[];
  };
  const own = channel._local.find((some) => some?.protocol === "keet-tui/room/1")!;
  let isClosed = false;
  connection.once("close", () => {
    isClosed = true;
  });
  for (let i = 0; i < 200; i++) own.messages[i % 8]?.send(crypto.randomBytes(1 + (i % 60)));
  await until(() => isClosed);
  t.equal((await member.send("still fine")).state, "sent");
  t.equal(room.stopReason, null);
});

t.test("who claims to have more and never gives it is let go after a while", async (t) => {
  const { ann, id, connect } = await people(t);
  const { room } = ann.room(id)!.member!;
  const connection = await connect();
  const { listener, heard } = recorder();
  const peer = new RoomPeer({
    connection,
    roomKey: room.key,
    discoveryKey: room.discoveryKey,
    encryptionKey: room.base.encryptionKey,
    listener,
  });
  peer.open();
  await until(() => heard.includes("heads"));
  let isClosed = false;
  connection.once("close", () => {
    isClosed = true;
  });
  peer.sendHeads([{ writer: room.writerKey, length: 1_000 }]);
  await until(() => isClosed, 40_000);
  t.equal((await ann.room(id)!.member!.send("and all is well")).state, "sent");
});
