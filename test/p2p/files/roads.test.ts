// Roads between real sockets on loopback and over a DHT of the test's own.
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { networkInterfaces } from "node:os";
import type SecretStream from "@hyperswarm/secret-stream";
import b4a from "b4a";
import Corestore from "corestore";
import crypto from "hypercore-crypto";
import t, { type Test } from "tap";
import type { Road } from "../../../src/p2p/files/road.js";
import { roadKeyPair } from "../../../src/p2p/files/road-dht.js";
import { HERE, isListening, isOver, ON_THIS_MACHINE, person, road, twoDhts } from "../../helpers/road-people.js";
import { until } from "../../helpers/rooms.js";
import { Turns } from "../../helpers/turns.js";

t.setTimeout(120_000);

const MIB_AT_ONCE = 16;

/** What was sent at once, as the other side heard it once it listened. */
async function heard(stream: SecretStream, count: number): Promise<string[]> {
  const all: string[] = [];
  stream.on("data", (bytes: Uint8Array) => all.push(b4a.toString(bytes)));
  await until(() => all.length >= count);
  return all;
}

async function copiesACore(t: Test, { near, far }: { near: Road; far: Road }): Promise<void> {
  const folder = t.testdir({});
  const [there, here] = [new Corestore(`${folder}/there`), new Corestore(`${folder}/here`)];
  t.teardown(() => Promise.all([there.close(), here.close()]));
  const core = there.get({ name: "blobs" });
  await core.ready();
  const blocks = Array.from({ length: 64 }, () => crypto.randomBytes(65_536));
  await core.append(blocks);
  core.replicate(far.stream);
  const copy = here.get({ key: core.key });
  await copy.ready();
  copy.replicate(near.stream);
  await copy.download({ start: 0, end: 64 }).done();
  for (const [at, block] of blocks.entries()) t.ok(b4a.equals(block, (await copy.get(at))!));
}

t.test("a core goes over a road, straight where it can", async (t) => {
  const [ann, bob] = [person(t), person(t)];
  const both = await road(bob, ann);
  t.match(both.near, { kind: "tcp", isInitiator: true });
  t.match(both.far, { kind: "tcp", isInitiator: false });
  t.ok(b4a.equals(both.near.remoteKey, ann.key) && b4a.equals(both.far.remoteKey, bob.key));
  await copiesACore(t, both);
});

t.test("in a call, what comes quickly comes in pieces, a turn of the loop each", async (t) => {
  const inCall = { hasCall: () => true };
  const { near, far } = await road(person(t, inCall), person(t, inCall));
  const turns = new Turns();
  t.teardown(() => turns.close());
  const sizes = new Map<number, number>();
  let came = 0;
  near.stream.on("data", (bytes: Uint8Array) => {
    came += bytes.byteLength;
    sizes.set(turns.now, (sizes.get(turns.now) ?? 0) + bytes.byteLength);
  });
  const piece = Buffer.alloc(65_536);
  for (let i = 0; i < MIB_AT_ONCE * 16; i += 1) far.stream.write(piece);
  await until(() => came === MIB_AT_ONCE * 1_048_576);
  const most = Math.max(...sizes.values());
  t.ok(most <= 6 * piece.byteLength, `${most} bytes in one turn`);
});

t.test("a core goes over a road by the DHT where there is no straight one", async (t) => {
  const [annsDht, bobsDht] = await twoDhts(t);
  const [ann, bob] = [person(t, { dht: annsDht }), person(t, { dht: bobsDht })];
  const offer = await ann.roads.offer(bob.key, null);
  t.equal(offer.tcp, null, "nobody knows where bob is: no address is told");
  t.notOk(b4a.equals(offer.dht!, ann.key), "not the chat's key");
  const near = await bob.roads.take(ann.key, offer, { remoteHost: null });
  await until(() => ann.came.length === 1);
  t.equal(near.kind, "dht");
  t.ok(b4a.equals(near.remoteKey, ann.key), "whose road it is, by the chat's key");
  t.ok(b4a.equals(ann.came[0]!.remoteKey, bob.key));
  await copiesACore(t, { near, far: ann.came[0]! });
});

t.test("a port that nobody answers at is given up for the DHT", async (t) => {
  const [annsDht, bobsDht] = await twoDhts(t);
  const [ann, bob] = [person(t, { dht: annsDht }), person(t, { dht: bobsDht })];
  const silent = createServer(() => {}).listen(0, HERE);
  t.teardown(() => void silent.close());
  await once(silent, "listening");
  const offer = await ann.roads.offer(bob.key, HERE);
  const { port } = silent.address() as AddressInfo;
  const near = await bob.roads.take(ann.key, { ...offer, tcp: { port, addresses: [HERE] } }, ON_THIS_MACHINE);
  t.equal(near.kind, "dht");
});

t.test("what either side says at once is heard whole, and nothing else", async (t) => {
  const [ann, bob] = [person(t), person(t)];
  const said = (who: string) => Array.from({ length: 200 }, (_, at) => `${who} ${at}`);
  ann.roads.on("road", ({ stream }: Road) => {
    for (const text of said("ann")) stream.write(b4a.from(text));
  });
  const near = await bob.roads.take(ann.key, await ann.roads.offer(bob.key, HERE), ON_THIS_MACHINE);
  for (const text of said("bob")) near.stream.write(b4a.from(text));
  const [atBob, atAnn] = await Promise.all([heard(near.stream, 200), heard(ann.came[0]!.stream, 200)]);
  t.same(atBob, said("ann"));
  t.same(atAnn, said("bob"));
});

t.test("a road that ends on one side ends on the other", async (t) => {
  const [ann, bob] = [person(t), person(t)];
  const first = await road(bob, ann);
  first.near.close();
  await isOver(first.far.stream);
  const second = await road(bob, ann);
  await ann.roads.close();
  await isOver(second.near.stream);
  await t.rejects(ann.roads.offer(bob.key, HERE), { code: "NO_ROAD" });
});

t.test("a road that nobody waits for does not come about", async (t) => {
  const [ann, bob] = [person(t), person(t)];
  ann.roads.removeAllListeners("road");
  await t.rejects(bob.roads.take(ann.key, await ann.roads.offer(bob.key, HERE), ON_THIS_MACHINE), { code: "NO_ROAD" });
});

t.test("the port is shut a minute after its last use, and opened anew", async (t) => {
  let now = 0;
  let asked = 0;
  const ann = person(t, {
    now: () => {
      asked += 1;
      return now;
    },
  });
  const bob = person(t);
  /** Until it was looked at least once whether the port is needed. */
  const looked = async () => {
    const before = asked;
    await until(() => asked > before + 3);
  };
  const { near } = await road(bob, ann);
  const { port } = (await ann.roads.offer(bob.key, HERE)).tcp!;
  now = 100_000;
  await looked();
  t.ok(await isListening(t, port), "a road is open");
  near.close();
  await until(() => ann.came[0]!.stream.destroyed);
  now = 159_999;
  await looked();
  t.ok(await isListening(t, port), "not a minute yet");
  now = 160_000;
  await until(async () => !(await isListening(t, port)));
  t.equal((await road(bob, ann)).near.kind, "tcp");
});

t.test("a road's key on the DHT is the same each time, and not the chat's", async (t) => {
  const keyPair = crypto.keyPair();
  t.same(roadKeyPair(keyPair), roadKeyPair(keyPair));
  t.notOk(b4a.equals(roadKeyPair(keyPair).publicKey, keyPair.publicKey));
  t.notOk(b4a.equals(roadKeyPair(keyPair).publicKey, roadKeyPair(crypto.keyPair()).publicKey));
});

const onNetwork = Object.values(networkInterfaces())
  .flat()
  .find((one) => one?.family === "IPv4" && !one.internal)?.address;
const skip = onNetwork ? false : "this machine is on no network";

t.test("other machines reach the port only where they may be told of it", { skip }, async (t) => {
  const bob = person(t);
  const port = async (isLan: boolean) => (await person(t, { isLan }).roads.offer(bob.key, HERE)).tcp!.port;
  t.equal(await isListening(t, await port(true), onNetwork), true);
  t.equal(await isListening(t, await port(false), onNetwork), false);
});

t.test("a call is given up when this side is closed", async (t) => {
  const [, bobsDht] = await twoDhts(t);
  const bob = person(t, { dht: bobsDht });
  const offer = { token: crypto.randomBytes(32), tcp: null, dht: crypto.keyPair().publicKey };
  const taking = t.rejects(bob.roads.take(crypto.keyPair().publicKey, offer, ON_THIS_MACHINE), { code: "NO_ROAD" });
  const begin = performance.now();
  await bob.roads.close();
  await taking;
  t.ok(performance.now() - begin < 9_000);
});
