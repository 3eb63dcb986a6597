// Far more than anybody can want, from a member and from strangers: what others do goes on meanwhile, and nothing of it
// is kept. What one bad message does is in hostile.test.ts and channel.test.ts.
import { mkdirSync } from "node:fs";
import BlindPairing from "blind-pairing";
import crypto from "hypercore-crypto";
import type { Connection } from "hyperswarm";
import ProtomuxWakeup from "protomux-wakeup";
import t, { type Test } from "tap";
import { type ChannelListener, RoomPeer } from "../../src/p2p/channel.js";
import { openCore } from "../../src/p2p/index.js";
import { parseLink } from "../../src/p2p/invite-link.js";
import { flood } from "../helpers/flood.js";
import { until } from "../helpers/rooms.js";
import { connected, knockAt, openDoor, pairingRequest, rawChannel, settled } from "../helpers/strangers.js";

t.setTimeout(300_000);

const LIMIT_MS = 60_000;

t.test("while 1,500 messages of one member come in, others are heard and answered", (t) => flood(t, 1_500));

t.test(
  "3,000 requests to be let in, garbage, by made-up invites and by a right one: 120 are answered, and nothing is kept",
  async (t) => {
    const door = await openDoor(t);
    const { ann, id } = door;
    const { link } = await ann.makeInvite(id, { uses: 1_000 });
    const { bytes } = parseLink(link!);
    await until(() => ann.room(id)?.doorUntil !== null, LIMIT_MS);
    const { room } = ann.room(id)!.member!;
    const lookAtInvite = room.invite.bind(room);
    let looks = 0;
    // Each answer begins with a look at the invite.
    room.invite = (key) => {
      looks += 1;
      return lookAtInvite(key);
    };
    const connection = await connected(door);
    const knocking = knockAt(connection, id);
    // What is made up comes first, and takes nothing from who has an invite.
    const { invite: madeUp } = BlindPairing.createInvite(room.key);
    for (let i = 0; i < 1_000; i++) knocking.send(pairingRequest(madeUp, crypto.randomBytes(64)));
    // Another one each time, so that none is the same request again.
    for (let i = 0; i < 1_000; i++) knocking.send(pairingRequest(bytes, crypto.randomBytes(64)));
    for (let i = 0; i < 1_000; i++) knocking.send(crypto.randomBytes(1 + (i % 300)));
    await until(() => knocking.answers >= 120, LIMIT_MS);
    await settled(connection);
    t.equal((await ann.room(id)!.member!.send("meanwhile")).state, "sent");
    t.equal(knocking.answers, 120);
    t.ok(looks <= 250, `${looks} looks at an invite`);
    t.equal((await ann.invites(id))[0]!.record.used, 0);
    t.equal(room.writers.size, 1, "nobody is in");
  },
);

t.test("300 connections by new keys: few are kept, and a member still comes in at once", async (t) => {
  const door = await openDoor(t);
  const { ann, id, bootstrap } = door;
  const folder = t.testdir({});
  mkdirSync(`${folder}/bob`, { mode: 0o700 });
  const openBob = () => openCore({ folder: `${folder}/bob`, bootstrap, lan: false });
  const early = await openBob();
  await early.createIdentity("bob");
  await early.joinRoom((await ann.makeInvite(id, {})).link!);
  await until(() => early.room(id)?.waitsFor === null, LIMIT_MS);
  await until(() => ann.room(id)!.member!.room.writers.size === 2, LIMIT_MS);
  await early.close();
  await until(() => ann.networkState().peers === 0, LIMIT_MS);

  const open = new Set<Connection>();
  let most = 0;
  const come = async () => {
    const connection = await door.connect();
    most = Math.max(most, ann.networkState().peers);
    if (!connection) return;
    open.add(connection);
    connection.once("close", () => open.delete(connection));
  };
  for (let i = 0; i < 30; i++) await Promise.all(Array.from({ length: 10 }, come));
  await until(() => open.size <= 8, LIMIT_MS);
  t.equal(open.size, 8, "as many strangers as may be there at a time");
  t.ok(most <= 64, `${most} connections at the most`);
  const bob = await openBob();
  t.teardown(() => bob.close());
  await until(() => ann.room(id)!.member!.peers.provenCount === 1, LIMIT_MS);
  t.equal((await bob.room(id)!.member!.send("in all the same")).state, "sent");
  await until(() => ann.room(id)!.member!.room.total === 3, LIMIT_MS);
});

t.test("who only holds a stranger's place gives it up to the next one", async (t) => {
  const door = await openDoor(t);
  const open = new Set<Connection>();
  const comesIn = async () => {
    const connection = await door.connect();
    if (!connection) return false;
    open.add(connection);
    connection.once("close", () => open.delete(connection));
    await settled(connection);
    return open.has(connection);
  };
  await until(async () => {
    await comesIn();
    return open.size === 8;
  }, LIMIT_MS);
  const [first] = open;
  await until(comesIn, LIMIT_MS);
  t.notOk(open.has(first!), "the one that was there longest is gone");
  t.ok(open.size >= 7, `and not all of them: ${open.size} are there`);
});

const DEAF: ChannelListener = {
  onProven: () => {},
  onClosed: () => {},
  onHeads: () => {},
  onWantJoins: () => {},
  onJoins: () => {},
  onPush: () => {},
  onTyping: () => {},
  onAsk: () => {},
  onAnswer: () => {},
  onHashes: () => {},
  onOffer: () => {},
  onFiles: () => {},
  onCall: () => {},
};

/** Who has the room's key, and so speaks on its channel; a member, where its key is one's. */
async function proven(t: Test) {
  const door = await openDoor(t);
  const member = door.ann.room(door.id)!.member!;
  const { room } = member;
  const connection = await connected(door);
  const { key: roomKey, discoveryKey } = room;
  const { encryptionKey } = room.base;
  const peer = new RoomPeer({ connection, roomKey, discoveryKey, encryptionKey, listener: DEAF });
  peer.open();
  await until(() => peer.isProven && member.peers.provenCount === 1, LIMIT_MS);
  return { ...door, member, connection, peer };
}

t.test("10,000 hints of writers nobody knows make no core, and none is remembered", async (t) => {
  const { ann, member, connection, peer } = await proven(t);
  const { room } = member;
  const cores = () => [...(ann.parts.store as unknown as { cores: Iterable<unknown> }).cores].length;
  const before = cores();
  const wakeup = new ProtomuxWakeup();
  wakeup.addStream(connection);
  const session = (wakeup as unknown as Wakeup).session(room.key, {});
  await until(() => session.peers.length > 0, LIMIT_MS);
  for (let i = 0; i < 40; i++) {
    const strangers = Array.from({ length: 250 }, () => ({ key: crypto.randomBytes(32), length: 1_000 }));
    session.announce(session.peers[0], strangers);
    peer.sendHeads(strangers.map(({ key, length }) => ({ writer: key, length })));
  }
  await settled(connection);
  t.equal((await member.send("still quick")).state, "sent");
  t.equal(cores(), before, "cores in the store");
  t.equal(room.writers.size, 1);
  t.equal([...room.base.activeWriters].length, 1);
  t.equal(member.summary().behind, 0);
});

interface Wakeup {
  session(capability: Uint8Array, handlers: object): WakeupSession;
}
interface WakeupSession {
  readonly peers: readonly unknown[];
  announce(peer: unknown, wakeup: readonly { key: Uint8Array; length: number }[]): void;
}

t.test(
  "5,000 messages of each kind on the channel at once: at most 1,000 a second are looked at, none is kept",
  async (t) => {
    const KINDS = 11;
    const { member, connection, peer } = await proven(t);
    const { peers, room } = member;
    let looks = 0;
    for (const name of [
      "onTyping",
      "onHeads",
      "onHashes",
      "onOffer",
      "onPush",
      "onAsk",
      "onWantJoins",
      "onJoins",
      "onFiles",
    ] as const) {
      const real = peers[name].bind(peers) as (...given: unknown[]) => void;
      peers[name] = (...given: unknown[]) => {
        looks += 1;
        real(...given);
      };
    }
    const began = performance.now();
    for (let i = 0; i < 5_000; i++) {
      const key = crypto.randomBytes(32);
      peer.sendTyping(true);
      peer.sendHeads([{ writer: key, length: i }]);
      peer.sendHashes([{ writer: key, length: i, hash: crypto.randomBytes(32) }]);
      peer.sendOffer({ kind: "direct", link: `keet-tui://join/${i}` });
      peer.sendOffer({ kind: "successor", link: "\u001b[2J" });
      peer.sendPush(key, crypto.randomBytes(100));
      peer.sendAsk({ invite: key, writer: key, identity: key, signature: crypto.randomBytes(64) });
      peer.sendWantJoins([key]);
      peer.sendJoins([{ writer: key, bytes: crypto.randomBytes(100) }]);
      if (i % 500 === 0) t.equal((await member.send(`meanwhile ${i}`)).state, "sent");
    }
    await settled(connection);
    const seconds = Math.ceil((performance.now() - began) / 1_000) + 1;
    t.ok(looks > 0);
    t.ok(looks <= seconds * 1_000, `${looks} looked at in at most ${seconds} s`);
    t.same(peers.typingOf(), []);
    t.same(
      member.arriving.filter(({ mine }) => !mine),
      [],
    );
    t.same(member.divergences.all, []);
    t.equal(room.writers.size, 1);
    t.equal(member.summary().behind, 0);
    t.ok(peer.isProven, "well formed, so it is not let go");
    // And what is no message at all ends it.
    let isClosed = connection.destroyed;
    connection.once("close", () => {
      isClosed = true;
    });
    const send = rawChannel(connection);
    // Over the limit of a second they are not even looked at, so it takes more than one.
    await until(async () => {
      for (let i = 0; i < 20 && !isClosed; i++) send(i % KINDS, Buffer.alloc(1 + i, 0xff));
      return isClosed;
    }, LIMIT_MS);
    t.equal(room.stopReason, null);
  },
);
