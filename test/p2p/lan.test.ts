import fc from "fast-check";
import crypto from "hypercore-crypto";
import t from "tap";
import { decodeBeacon, encodeBeacon, Lan, type LanPeer } from "../../src/p2p/lan.js";
import { until } from "../helpers/rooms.js";

t.test("a beacon says who and where to those who know the topic, and nothing to others", async (t) => {
  const { publicKey } = crypto.keyPair();
  const [topic, other] = [crypto.randomBytes(32), crypto.randomBytes(32)];
  const packet = encodeBeacon(publicKey, 40_123, [topic, other]);
  const beacon = decodeBeacon(packet);
  t.match(beacon, { port: 40_123 });
  t.ok(beacon!.publicKey.equals(publicKey));
  t.equal(beacon!.tags.length, 2);
  t.notOk(packet.includes(topic), "the topic itself is never sent");
  t.notSame(
    encodeBeacon(publicKey, 40_123, [topic]),
    encodeBeacon(publicKey, 40_123, [topic]),
    "nor the same bytes twice",
  );
});

t.test("whatever comes on the beacon's port has an answer", async (t) => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 1_500 }), (bytes) => void decodeBeacon(bytes)),
    { numRuns: 5_000 },
  );
  t.equal(decodeBeacon(Buffer.alloc(0)), null);
  t.equal(decodeBeacon(encodeBeacon(crypto.keyPair().publicKey, 0, [crypto.randomBytes(32)])), null, "no port");
  t.equal(
    decodeBeacon(
      Buffer.concat([encodeBeacon(crypto.keyPair().publicKey, 1, [crypto.randomBytes(32)]), Buffer.alloc(1)]),
    ),
    null,
  );
});

t.test("two on one machine hear each other; one with another topic is not heard", async (t) => {
  const topic = crypto.randomBytes(32);
  const make = (port: number) => {
    const publicKey = crypto.keyPair().publicKey;
    const lan = new Lan({ publicKey, port: () => port });
    t.teardown(() => lan.close());
    return { lan, publicKey };
  };
  const [ann, bob, eve] = [make(1_111), make(2_222), make(3_333)];
  const heard: LanPeer[] = [];
  ann.lan.on("peer", (peer: LanPeer) => heard.push(peer));
  eve.lan.on("peer", () => t.fail("eve knows no topic of theirs"));
  for (const { lan } of [ann, bob, eve]) lan.start();
  ann.lan.add(topic);
  bob.lan.add(topic);
  eve.lan.add(crypto.randomBytes(32));
  await until(() => heard.length > 0);
  const peer = heard[0]!;
  t.ok(peer.publicKey.equals(bob.publicKey));
  t.equal(peer.port, 2_222);
  t.ok(heard.every(({ publicKey }) => publicKey.equals(bob.publicKey)));
  t.ok(ann.lan.interfaces.some(({ address, error }) => address === "127.0.0.1" && error === null));
});
