// Who passes on what others say, and members who use that: floods, forgeries, and what was said in another call.
import b4a from "b4a";
import crypto from "hypercore-crypto";
import t from "tap";
import { CallSound } from "../../../src/p2p/calls/call-sound.js";
import { RoomCall } from "../../../src/p2p/calls/room-call.js";
import { MAX_PASSED_ON_BYTES, shortOf } from "../../../src/p2p/calls/sound-datagram.js";
import { signSound } from "../../../src/p2p/calls/sound-signature.js";

const ROOM = b4a.alloc(32, 7);
const CALL = b4a.alloc(16, 1);
const NAMES = ["speaker", "forger", "listener"] as const;
type Name = (typeof NAMES)[number];
const writers = Object.fromEntries(NAMES.map((name, at) => [name, `${at + 1}`.repeat(64)])) as Record<Name, string>;
const keys = Object.fromEntries(NAMES.map((name) => [name, crypto.keyPair()])) as Record<
  Name,
  { publicKey: Buffer; secretKey: Buffer }
>;

/** This device in a call with the three, on wires that only count. */
function inCall(blocked: readonly Name[] = []) {
  const clock = { ms: 0 };
  const call = new RoomCall(() => clock.ms);
  const identities = new Map(NAMES.map((name) => [name, crypto.randomBytes(32)]));
  const out = new Map<Name, Uint8Array[]>(NAMES.map((name) => [name, []]));
  const heard: string[] = [];
  const here = new Map(
    NAMES.map((name) => {
      const connection = { rawStream: { rtt: 1 }, trySend: (bytes: Uint8Array) => out.get(name)!.push(bytes) };
      return [writers[name], { connection, remoteKey: keys[name].publicKey }];
    }),
  );
  const room = { discoveryKey: ROOM, writerKey: b4a.alloc(32, 9) };
  const member = { id: b4a.toString(ROOM, "hex"), room, peers: { hereWriters: () => here } };
  const sound = new CallSound({
    member: member as never,
    call,
    keyPair: crypto.keyPair(),
    isBlocked: (identity) => blocked.some((name) => identities.get(name) === identity),
    onSound: (writer, packet) =>
      heard.push(`${NAMES.find((name) => writers[name] === writer)} ${b4a.toString(packet.subarray(0, 12))}`),
    now: () => clock.ms,
  });
  const enter = (name: Name) =>
    call.hear(writers[name], identities.get(name)!, {
      ...{ call: CALL, isIn: true, isMuted: false, declines: false, ageMs: 0, loss: { percent: 0, run: 1 } },
      ...{ sent: 0, copies: 7, wantsDirect: false, wasLast: false },
    });
  for (const name of NAMES) enter(name);
  call.enter(CALL, false);
  sound.begin();
  return {
    clock,
    sound,
    heard,
    out,
    bytesTo: (name: Name) => out.get(name)!.reduce((sum, { byteLength }) => sum + byteLength, 0),
  };
}

const TAG = "07".repeat(8);
const said = (packet: Uint8Array, call = CALL, by: Name = "speaker") => ({
  ...{ tag: TAG, packet },
  signature: signSound({ room: ROOM, call }, packet, keys[by].secretKey),
});
const passedOn = (packet: Uint8Array, call = CALL) =>
  ({ kind: "passed-on", speaker: shortOf(writers.speaker), ...said(packet, call) }) as const;

t.test("who ask for long packets to be passed on, without end, take a bounded part of the line", async (t) => {
  const { clock, sound, bytesTo } = inCall();
  const packet = b4a.alloc(MAX_PASSED_ON_BYTES, 1);
  const listeners = NAMES.map((name) => shortOf(writers[name]));
  for (const second of [0, 1]) {
    clock.ms = second * 1_000;
    for (let at = 0; at < 500; at++) {
      for (const name of ["speaker", "forger"] as const) {
        sound.take(writers[name], { kind: "to-pass-on", listeners, ...said(packet, CALL, name) });
      }
    }
  }
  const sum = NAMES.reduce((bytes, name) => bytes + bytesTo(name), 0);
  t.ok(bytesTo("listener") > 100_000, "they are passed on");
  t.ok(sum <= 2 * 300_000, `${sum} bytes in two seconds`);
});

t.test("nothing goes back to who said it, or to who is not in", async (t) => {
  const { sound, out } = inCall();
  const listeners = [...NAMES.map((name) => shortOf(writers[name])), "f".repeat(16)];
  sound.take(writers.speaker, { kind: "to-pass-on", listeners, ...said(b4a.from("abc")) });
  t.same(
    NAMES.map((name) => out.get(name)!.length),
    [0, 1, 1],
  );
});

t.test("what does not hold is not heard, and after some of it nothing by that way for a while", async (t) => {
  const { clock, sound, heard } = inCall();
  sound.take(writers.forger, passedOn(b4a.from("true")));
  t.same(heard, ["speaker true"]);
  for (let at = 0; at < 30; at++)
    sound.take(writers.forger, { ...passedOn(b4a.from("false")), signature: b4a.alloc(64, at) });
  sound.take(writers.forger, passedOn(b4a.from("after that")));
  t.same(heard, ["speaker true"]);
  sound.take(writers.listener, passedOn(b4a.from("other way")));
  sound.take(writers.speaker, { kind: "sound", tag: TAG, packet: b4a.from("straight") });
  t.same(heard.slice(1), ["speaker other way", "speaker straight"]);
  clock.ms = 31_000;
  sound.take(writers.forger, passedOn(b4a.from("tried anew")));
  t.equal(heard.at(-1), "speaker tried anew");
});

t.test("of another call, of nobody, of oneself, of who is blocked: not heard, and not passed on", async (t) => {
  const { sound, heard, bytesTo } = inCall();
  sound.take(writers.forger, passedOn(b4a.from("old"), b4a.alloc(16, 5)));
  sound.take(writers.forger, { ...passedOn(b4a.from("nobody")), speaker: "f".repeat(16) });
  sound.take(writers.speaker, passedOn(b4a.from("oneself")));
  const forged = { ...said(b4a.from("forged")), signature: b4a.alloc(64, 3) };
  sound.take(writers.speaker, { kind: "to-pass-on", listeners: [shortOf(writers.listener)], ...forged });
  t.same(heard, []);
  t.equal(bytesTo("listener"), 0);
  const blocking = inCall(["speaker"]);
  blocking.sound.take(writers.forger, passedOn(b4a.from("blocked")));
  t.same(blocking.heard, []);
});
