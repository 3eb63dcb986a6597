// Packets of sound on their way, and what else comes as a datagram.
import b4a from "b4a";
import fc from "fast-check";
import crypto from "hypercore-crypto";
import t from "tap";
import {
  decodeSoundDatagram,
  encodePassedOn,
  encodeSound,
  encodeToPassOn,
  MAX_LISTENERS,
  MAX_PACKET_BYTES,
  MAX_PASSED_ON_BYTES,
} from "../../../src/p2p/calls/sound-datagram.js";
import { isSoundOf, signSound } from "../../../src/p2p/calls/sound-signature.js";

const tag = "03".repeat(8);
const short = (at: number) => at.toString(16).padStart(16, "0");
const signature = b4a.alloc(64, 5);

t.test("there and back", async (t) => {
  const packet = b4a.from("abc");
  t.match(decodeSoundDatagram(encodeSound(tag, packet)), { kind: "sound", tag, packet });
  for (const count of [0, 1, MAX_LISTENERS]) {
    const listeners = Array.from({ length: count }, (_, at) => short(at));
    const bytes = encodeToPassOn(tag, listeners, { signature, packet });
    t.same(decodeSoundDatagram(bytes), { kind: "to-pass-on", tag, listeners, signature, packet });
  }
  const passed = decodeSoundDatagram(encodePassedOn(tag, short(9), { signature, packet }));
  t.same(passed, { kind: "passed-on", tag, speaker: short(9), signature, packet });
});

t.test("the longest of each goes into one datagram, and longer ones are none", async (t) => {
  const most = encodeSound(tag, b4a.alloc(MAX_PACKET_BYTES)).byteLength;
  const listeners = Array.from({ length: MAX_LISTENERS }, (_, at) => short(at));
  const packet = b4a.alloc(MAX_PASSED_ON_BYTES, 1);
  for (const bytes of [
    encodeToPassOn(tag, listeners, { signature, packet }),
    encodePassedOn(tag, short(1), { signature, packet }),
  ]) {
    t.ok(bytes.byteLength <= most);
    t.same(decodeSoundDatagram(bytes)?.packet, packet);
  }
  t.throws(() => encodeSound(tag, b4a.alloc(MAX_PACKET_BYTES + 1)), RangeError);
  for (const kind of [0x51, 0x52, 0x53]) t.equal(decodeSoundDatagram(b4a.alloc(2_000, kind)), null);
});

t.test("whatever comes, nothing is thrown", async () => {
  fc.assert(
    fc.property(fc.constantFrom(0x51, 0x52, 0x53, 0), fc.uint8Array({ maxLength: 1_200 }), (kind, rest) => {
      const read = decodeSoundDatagram(b4a.concat([Uint8Array.of(kind), rest]));
      return read === null || read.packet.byteLength > 0;
    }),
    { numRuns: 5_000 },
  );
});

t.test("a signature holds for that packet, in that call of that room, by that device", async (t) => {
  const [ada, ben] = [crypto.keyPair(), crypto.keyPair()];
  const where = { room: b4a.alloc(32, 1), call: b4a.alloc(16, 2) };
  const packet = b4a.from("abc");
  const signed = signSound(where, packet, ada.secretKey);
  t.ok(isSoundOf(where, packet, signed, ada.publicKey));
  t.notOk(isSoundOf(where, b4a.from("abd"), signed, ada.publicKey));
  t.notOk(isSoundOf({ ...where, call: b4a.alloc(16, 3) }, packet, signed, ada.publicKey));
  t.notOk(isSoundOf({ ...where, room: b4a.alloc(32, 3) }, packet, signed, ada.publicKey));
  t.notOk(isSoundOf(where, packet, signed, ben.publicKey));
});
