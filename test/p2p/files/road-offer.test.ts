import b4a from "b4a";
import fc from "fast-check";
import crypto from "hypercore-crypto";
import t from "tap";
import {
  decodeRoadOffer,
  encodeRoadOffer,
  MAX_OFFER_BYTES,
  type RoadOffer,
} from "../../../src/p2p/files/road-offer.js";

const key = () => fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => b4a.from(bytes));
const offers = fc.record({
  token: key(),
  tcp: fc.option(
    fc.record({
      port: fc.integer({ min: 1_024, max: 65_535 }),
      addresses: fc.array(fc.oneof(fc.ipV4(), fc.ipV6()), { maxLength: 8 }),
    }),
  ),
  dht: fc.option(key()),
});
const offer: RoadOffer = { token: b4a.alloc(32), tcp: { port: 40_000, addresses: ["10.0.0.1"] }, dht: null };

/** What a peer of another kind may send: written without our checks. */
function bytesOf({ port = 40_000, addresses = ["10.0.0.1"] }): Buffer {
  const texts = addresses.flatMap((address) => [Uint8Array.of(address.length), b4a.from(address)]);
  const portBytes = Uint8Array.of(253, port & 0xff, port >> 8);
  return b4a.concat([
    b4a.alloc(32),
    Uint8Array.of(1),
    portBytes,
    Uint8Array.of(addresses.length),
    ...texts,
    b4a.alloc(1),
  ]);
}

t.test("an offer comes out as it went in, and fits", async (t) => {
  fc.assert(
    fc.property(offers, (offer) => {
      const bytes = encodeRoadOffer(offer);
      t.ok(bytes.byteLength <= MAX_OFFER_BYTES);
      t.same(decodeRoadOffer(bytes), offer);
    }),
  );
});

t.test("any bytes are an offer that can be sent again, or a RangeError", async (t) => {
  let offersSeen = 0;
  const takesAny = (bytes: Uint8Array) => {
    try {
      encodeRoadOffer(decodeRoadOffer(bytes));
      offersSeen += 1;
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
    }
  };
  fc.assert(fc.property(fc.uint8Array({ maxLength: 2_000 }), takesAny), { numRuns: 2_000 });
  // Nearly right: those pass the outer fields.
  const changed = fc.record({ offer: offers, at: fc.nat(), byte: fc.nat(255), cut: fc.nat(200) });
  fc.assert(
    fc.property(changed, ({ offer, at, byte, cut }) => {
      const bytes = encodeRoadOffer(offer);
      bytes[at % bytes.byteLength] = byte;
      takesAny(bytes);
      takesAny(bytes.subarray(0, cut));
    }),
    { numRuns: 2_000 },
  );
  t.ok(offersSeen > 1_000, `${offersSeen} were offers`);
});

t.test("what no honest peer would offer is refused", async (t) => {
  t.same(decodeRoadOffer(bytesOf({})), offer, "the same bytes with nothing wrong are read");
  const refused: readonly [string, Buffer][] = [
    ["a port of the machine's own services", bytesOf({ port: 1_023 })],
    ["port 0", bytesOf({ port: 0 })],
    ["nine addresses", bytesOf({ addresses: Array(9).fill("10.0.0.1") })],
    ["a name to be looked up", bytesOf({ addresses: ["example.org"] })],
    ["an interface of ours", bytesOf({ addresses: ["fe80::1%eth0"] })],
    ["no address at all", bytesOf({ addresses: [""] })],
    ["more bytes than an offer has", b4a.concat([bytesOf({}), b4a.alloc(MAX_OFFER_BYTES)])],
    ["a count with nothing behind it", bytesOf({}).subarray(0, 37)],
  ];
  for (const [what, bytes] of refused) t.throws(() => decodeRoadOffer(bytes), RangeError, what);
});

t.test("none is sent that nobody would read", async (t) => {
  t.throws(() => encodeRoadOffer({ ...offer, token: crypto.randomBytes(31) }), RangeError);
  t.throws(() => encodeRoadOffer({ ...offer, dht: crypto.randomBytes(33) }), RangeError);
  t.throws(() => encodeRoadOffer({ ...offer, tcp: { port: 80, addresses: [] } }), RangeError);
  t.throws(() => encodeRoadOffer({ ...offer, tcp: { port: 8_080, addresses: Array(9).fill("::1") } }), RangeError);
});
