// Strangers with keys, tokens and bytes of theirs at the port, and peers who name other places than their own.
import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import SecretStream from "@hyperswarm/secret-stream";
import b4a from "b4a";
import crypto from "hypercore-crypto";
import t from "tap";
import type { RoadOffer } from "../../../src/p2p/files/road-offer.js";
import { bareSocket, call, HERE, isOver, ON_THIS_MACHINE, person, road, twoDhts } from "../../helpers/road-people.js";
import { until } from "../../helpers/rooms.js";

t.setTimeout(120_000);

t.test("an offer is for one peer, for one time, for half a minute", async (t) => {
  let now = 0;
  const ann = person(t, { now: () => now });
  const [bob, cat] = [person(t), person(t)];
  const offer = await ann.roads.offer(bob.key, HERE);
  const begin = performance.now();
  await isOver(call(t, offer, crypto.keyPair(), ann.key));
  t.ok(performance.now() - begin < 4_000, "a stranger is let go before any token");
  const catsOwn = await ann.roads.offer(cat.key, HERE);
  await t.rejects(cat.roads.take(ann.key, offer, ON_THIS_MACHINE), { code: "NO_ROAD" }, "bob's token, said by cat");
  await t.rejects(bob.roads.take(ann.key, { ...offer, token: b4a.alloc(32) }, ON_THIS_MACHINE), { code: "NO_ROAD" });
  await bob.roads.take(ann.key, offer, ON_THIS_MACHINE);
  await ann.roads.offer(bob.key, HERE);
  await t.rejects(bob.roads.take(ann.key, offer, ON_THIS_MACHINE), { code: "NO_ROAD" }, "the second time");
  now = 30_000;
  await ann.roads.offer(cat.key, HERE);
  await t.rejects(cat.roads.take(ann.key, catsOwn, ON_THIS_MACHINE), { code: "NO_ROAD" }, "too late");
  t.equal(ann.came.length, 1);
});

t.test("a peer who asks for many offers has the last four", async (t) => {
  const [ann, bob] = [person(t), person(t)];
  const offers: RoadOffer[] = [];
  for (let at = 0; at < 6; at += 1) offers.push(await ann.roads.offer(bob.key, HERE));
  await t.rejects(bob.roads.take(ann.key, offers[1]!, ON_THIS_MACHINE), { code: "NO_ROAD" });
  await bob.roads.take(ann.key, offers[2]!, ON_THIS_MACHINE);
});

t.test("somebody else at the place that was named is not the peer, whatever they answer", async (t) => {
  const [ann, bob] = [person(t), person(t)];
  const mallory = crypto.keyPair();
  let answered = 0;
  const place = createServer((socket) => {
    const stream = new SecretStream(false, socket, { pattern: "IK", keyPair: mallory, keepAlive: 5_000 });
    stream.on("error", () => {});
    stream.on("data", () => stream.write(Uint8Array.of(1)));
    answered += 1;
  }).listen(0, HERE);
  t.teardown(() => void place.close());
  await once(place, "listening");
  const tcp = { port: (place.address() as AddressInfo).port, addresses: [HERE] };
  const offer = { ...(await ann.roads.offer(bob.key, HERE)), tcp };
  await t.rejects(bob.roads.take(ann.key, offer, ON_THIS_MACHINE), { code: "NO_ROAD" });
  t.equal(answered, 1);
  const toMallory = await bob.roads.take(mallory.publicKey, offer, ON_THIS_MACHINE);
  t.equal(toMallory.kind, "tcp", "whose key it is gets through by the same words");
});

t.test("nobody makes this machine call on others", async (t) => {
  const bob = person(t);
  let calls = 0;
  const other = createServer((socket) => {
    calls += 1;
    socket.destroy();
  }).listen(0, HERE);
  t.teardown(() => void other.close());
  await once(other, "listening");
  const tcp = { port: (other.address() as AddressInfo).port, addresses: [HERE, "::ffff:127.0.0.1", "localhost"] };
  const offer = { token: crypto.randomBytes(32), tcp, dht: null };
  for (const remoteHost of ["203.0.113.5", "192.168.77.5", null]) {
    await t.rejects(bob.roads.take(crypto.keyPair().publicKey, offer, { remoteHost }), { code: "NO_ROAD" });
  }
  t.equal(calls, 0);
  await t.rejects(bob.roads.take(crypto.keyPair().publicKey, offer, ON_THIS_MACHINE), { code: "NO_ROAD" });
  t.ok(calls > 0, "a peer on this machine is called there");
});

t.test("who sends something else is let go at once, with nothing set aside", async (t) => {
  const [ann, bob] = [person(t), person(t)];
  const { tcp } = await ann.roads.offer(bob.key, HERE);
  const garbage: readonly (string | Uint8Array)[] = [
    "GET / HTTP/1.1\r\n\r\n",
    Uint8Array.of(255, 255, 255),
    Uint8Array.of(96),
    Uint8Array.of(97, 0, 0, 1, 2, 3),
    b4a.concat([Uint8Array.of(96, 0, 0), crypto.randomBytes(96)]),
    crypto.randomBytes(100_000),
  ];
  for (const bytes of garbage) {
    const begin = performance.now();
    const socket = bareSocket(t, tcp!.port);
    socket.write(bytes);
    await isOver(socket);
    t.ok(performance.now() - begin < 4_000, `${bytes.length} bytes: not only by the time limit`);
  }
  t.equal((await road(bob, ann)).near.kind, "tcp", "and the door is as it was");
});

t.test("who answers with something else has nothing set aside either", async (t) => {
  const bob = person(t);
  let answered = 0;
  const place = createServer((socket) => {
    socket.on("error", () => {});
    // As a length, 16 MB.
    socket.write(Uint8Array.of(255, 255, 255, 0));
    answered += 1;
  }).listen(0, HERE);
  t.teardown(() => void place.close());
  await once(place, "listening");
  const tcp = { port: (place.address() as AddressInfo).port, addresses: [HERE, HERE] };
  const offer = { token: crypto.randomBytes(32), tcp, dht: null };
  const before = process.memoryUsage().arrayBuffers;
  await t.rejects(bob.roads.take(crypto.keyPair().publicKey, offer, ON_THIS_MACHINE), { code: "NO_ROAD" });
  t.ok(process.memoryUsage().arrayBuffers - before < 8_000_000);
  t.equal(answered, 2);
});

t.test("sixteen who say nothing keep others out for five seconds, and cost no more", async (t) => {
  const [ann, bob] = [person(t), person(t)];
  const { tcp } = await ann.roads.offer(bob.key, HERE);
  const begin = performance.now();
  const silent: Socket[] = [];
  for (let at = 0; at < 16; at += 1) {
    const socket = bareSocket(t, tcp!.port);
    await once(socket, "connect");
    silent.push(socket);
  }
  await isOver(bareSocket(t, tcp!.port));
  t.notOk(
    silent.some(({ destroyed }) => destroyed),
    "the seventeenth goes, they stay for now",
  );
  for (const socket of silent) await isOver(socket);
  t.ok(performance.now() - begin > 4_000, "until the limit");
  t.equal((await road(bob, ann)).near.kind, "tcp");
});

t.test("a peer who shows no token, or shows one byte by byte, has five seconds too", async (t) => {
  const [ann, bob] = [person(t), person(t)];
  const offer = await ann.roads.offer(bob.key, HERE);
  const quiet = call(t, offer, bob.keyPair, ann.key);
  t.ok(await quiet.opened, "it is bob");
  const slow = bareSocket(t, offer.tcp!.port);
  slow.write(Uint8Array.of(96, 0, 0));
  const drip = setInterval(() => slow.write(Uint8Array.of(1)), 200);
  t.teardown(() => clearInterval(drip));
  await Promise.all([isOver(quiet), isOver(slow)]);
  t.equal(ann.came.length, 0);
});

t.test("when no offer is open nobody is listened to", async (t) => {
  let now = 0;
  const [ann, bob] = [person(t, { now: () => now }), person(t)];
  const { tcp } = await ann.roads.offer(bob.key, HERE);
  now = 30_000;
  const begin = performance.now();
  await isOver(bareSocket(t, tcp!.port));
  t.ok(performance.now() - begin < 4_000, "not only by the time limit");
});

t.test("four roads a peer, thirty-two in all", async (t) => {
  const ann = person(t);
  const bob = person(t);
  for (let at = 0; at < 3; at += 1) await road(bob, ann);
  const [fourth, fifth] = [await ann.roads.offer(bob.key, HERE), await ann.roads.offer(bob.key, HERE)];
  const last = await bob.roads.take(ann.key, fourth, ON_THIS_MACHINE);
  await t.rejects(bob.roads.take(ann.key, fifth, ON_THIS_MACHINE), { code: "TOO_MANY_ROADS" });
  await t.rejects(ann.roads.offer(bob.key, HERE), { code: "TOO_MANY_ROADS" });
  const greedy = call(t, fifth, bob.keyPair, ann.key);
  greedy.write(fifth.token);
  await isOver(greedy);
  t.equal(ann.came.length, 4, "also where the other side does not count");
  last.close();
  await until(() => ann.came[3]!.stream.destroyed);
  await road(bob, ann);

  for (let at = 0; at < 7; at += 1) {
    const one = person(t);
    for (let theirs = 0; theirs < 4; theirs += 1) await road(one, ann);
  }
  t.equal(ann.came.filter(({ stream }) => !stream.destroyed).length, 32);
  await t.rejects(ann.roads.offer(person(t).key, HERE), { code: "TOO_MANY_ROADS" });
});

t.test("strangers and wrong tokens have no way in by the DHT", async (t) => {
  const [annsDht, othersDht] = await twoDhts(t);
  const ann = person(t, { dht: annsDht });
  const bob = person(t, { dht: othersDht });
  const offer = await ann.roads.offer(bob.key, null);
  const bobs = await bob.roads.take(ann.key, offer, { remoteHost: null });
  t.equal(bobs.kind, "dht", "the key is found");
  await ann.roads.offer(bob.key, null);
  const stranger = othersDht.connect(offer.dht!, { keyPair: crypto.keyPair() });
  stranger.on("error", () => {});
  t.equal(await stranger.opened, false);
  const wrong = othersDht.connect(offer.dht!, { keyPair: bob.keyPair });
  wrong.on("error", () => {});
  t.equal(await wrong.opened, true);
  wrong.write(b4a.alloc(32));
  await isOver(wrong);
  t.equal(ann.came.length, 1);
});
