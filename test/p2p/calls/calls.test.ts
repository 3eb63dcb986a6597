// Calls between whole cores that found each other on this machine: who is in, and packets that reach those who are.
import b4a from "b4a";
import t from "tap";
import { decodeCallState, encodeCallState } from "../../../src/p2p/calls/call-state.js";
import type { Calls } from "../../../src/p2p/calls/calls.js";
import { GONE_MS, MAX_PACKETS_A_SECOND, RoomCall } from "../../../src/p2p/calls/room-call.js";
import { eventually, Town } from "../../helpers/cores.js";

const NAMES = ["ada", "ben", "cleo"];
const NOTHING_SENT = { sent: 0, copies: 0, wantsDirect: false, wasLast: false };

function namesIn(town: Town, name: string, id: string): Promise<string[]> {
  return town
    .core(name)
    .calls.info(id)
    .then((call) => (call?.others ?? []).map((other) => other.name).sort());
}

/** What cleo's history tells of calls. */
async function notes(town: Town, id: string): Promise<string[]> {
  const member = town.member("cleo", id);
  const rows = await member.messages(0, member.room.total);
  return rows.flatMap(({ op }) => (op?.type === "note-call" ? [op.ended ? "ended" : "began"] : []));
}

/** Whatever sound that core hears, as "writer: text". */
function ear(town: Town, name: string): string[] {
  const heard: string[] = [];
  town.core(name).on("sound", (_room: string, _writer: string, packet: Uint8Array) => {
    heard.push(b4a.toString(packet));
  });
  return heard;
}

t.test("three in a call hear each other, and nobody else does", async (t) => {
  const town = new Town(t);
  const id = await town.room(NAMES);
  const [ada, ben, cleo] = NAMES.map((name) => town.core(name).calls) as [Calls, Calls, Calls];
  const heard = { ada: ear(town, "ada"), ben: ear(town, "ben"), cleo: ear(town, "cleo") };

  await t.test("who is in is seen by all", async (t) => {
    t.equal(await ben.info(id), null);
    ada.enter(id, false);
    await eventually(async () => (await namesIn(town, "ben", id)).join() === "ada");
    t.equal((await ben.info(id))?.isIn, false);
    ben.enter(id, true);
    await eventually(async () => (await namesIn(town, "ada", id)).join() === "ben");
    t.equal((await ada.info(id))?.others[0]?.isMuted, true);
    t.equal((await ada.info(id))?.id, (await ben.info(id))?.id);
    await eventually(async () => (await namesIn(town, "cleo", id)).join() === "ada,ben");
    t.type((await ada.info(id))?.others[0]?.rttMs, "number");
  });

  await t.test("packets reach who is in; muted ones send none, and who is not in hears and sends none", async (t) => {
    const others = await eventuallyHeard(heard.ben, () => ada.send(id, b4a.from("from ada")));
    t.same([...new Set(others)], ["from ada"]);
    ben.send(id, b4a.from("muted"));
    cleo.send(id, b4a.from("not in"));
    await eventuallyHeard(heard.ben, () => ada.send(id, b4a.from("again")));
    t.same(heard.ada, []);
    t.same(heard.cleo, []);
    ben.mute(id, false);
    await eventuallyHeard(heard.ada, () => ben.send(id, b4a.from("from ben")));
  });

  await t.test("leaving is seen at once, the history tells of the call", async (t) => {
    ada.leave(id);
    await eventually(async () => (await namesIn(town, "ben", id)).length === 0);
    ben.leave(id);
    await eventually(async () => (await cleo.info(id)) === null);
    await eventually(async () => (await notes(town, id)).join() === "began,ended");
    t.throws(() => ben.mute(id, true), { code: "NO_CALL" });
    t.throws(() => ben.decline(id), { code: "NO_CALL" });
  });

  await t.test("of two who leave in the same moment one tells the history", async (t) => {
    const both = async () =>
      (await Promise.all([ada, ben].map((calls) => calls.info(id)))).every((call) => call?.others.length === 1);
    ada.enter(id, false);
    await eventually(async () => (await ben.info(id)) !== null);
    ben.enter(id, false);
    await eventually(both);
    ada.leave(id);
    ben.leave(id);
    await eventually(async () => (await notes(town, id)).length === 4);
    // By when another call has come and gone in the history, a second one would have come too.
    cleo.enter(id, false);
    cleo.leave(id);
    await eventually(async () => (await notes(town, id)).length >= 6);
    t.equal((await notes(town, id)).join(), "began,ended,began,ended,began,ended");
  });

  await t.test("two that begin at once are in one call", async (t) => {
    ada.enter(id, false);
    ben.enter(id, false);
    await eventually(async () => {
      const calls = await Promise.all([ada, ben, cleo].map((calls) => calls.info(id)));
      return calls.every((call) => call?.id === calls[0]?.id) && calls[2]?.others.length === 2;
    });
    cleo.decline(id);
    await eventually(async () => (await ada.info(id))?.declinedBy[0]?.name === "cleo");
    t.equal((await cleo.info(id))?.isDeclined, true);
  });

  await t.test("whose core is gone is gone from the call, and the others go on", async () => {
    await town.close("ben");
    await eventually(async () => (await namesIn(town, "ada", id)).length === 0);
    cleo.enter(id, false);
    await eventuallyHeard(heard.ada, () => cleo.send(id, b4a.from("from cleo")));
  });

  await t.test("where only moderators may call, a member is not let in, and thrown out", async (t) => {
    await town.member("ada", id).write({ type: "set-room", call: 2 });
    await eventually(async () => !(await cleo.info(id))?.isIn);
    t.throws(() => cleo.enter(id, false), { code: "NOT_ALLOWED", message: /moderators and owners may call/ });
    await eventually(async () => (await namesIn(town, "ada", id)).length === 0);
    // Said all the same, by a program that was changed: it is not heard, and nor is what comes with it.
    const state = { call: b4a.alloc(16, 1), isIn: true, isMuted: false, declines: false, ageMs: 0, ...NOTHING_SENT };
    const bytes = encodeCallState({ ...state, loss: { percent: 0, run: 1 } });
    const [toAda] = [...town.member("cleo", id).peers.hereWriters().values()];
    const told: string[][] = [];
    town.core("ada").on("typing", async () => told.push(await namesIn(town, "ada", id)));
    for (let i = 0; i < 3; i++) toAda!.sendCall(bytes);
    toAda!.sendTyping(true);
    await eventually(() => told.length > 0);
    await town.member("ada", id).room.person(town.identity("cleo"));
    t.same([...told, await namesIn(town, "ada", id)].flat(), []);
  });
});

/** Datagrams may be lost: it is said until it is heard. */
async function eventuallyHeard(heard: string[], say: () => void): Promise<string[]> {
  const before = heard.length;
  await eventually(() => {
    say();
    return heard.length > before;
  });
  return heard.slice(before);
}

t.test("a room's call by itself", async (t) => {
  let now = 0;
  const call = new RoomCall(() => now);
  const state = {
    call: b4a.alloc(16, 1),
    isIn: true,
    isMuted: false,
    declines: false,
    ageMs: 5_000,
    loss: { percent: 0, run: 1 },
    ...NOTHING_SENT,
  };
  const who = b4a.alloc(32, 7);

  t.ok(call.hear("w1", who, state));
  t.notOk(call.hear("w1", who, state), "nothing new");
  t.notOk(call.takes("w1"), "no packet while not in");
  call.enter(b4a.alloc(16, 9), false);
  t.equal(call.id?.[0], 1, "the call that is there");
  t.equal(call.ageMs, 5_000);

  const taken = Array.from({ length: 500 }, () => call.takes("w1")).filter(Boolean);
  t.equal(taken.length, MAX_PACKETS_A_SECOND);
  now = 1_000;
  t.ok(call.takes("w1"));
  t.notOk(call.takes("w2"), "of a stranger");

  now = GONE_MS + 1;
  t.ok(call.expire());
  t.same(call.others, []);
  t.ok(call.isIn);
  for (let i = 0; i < 100; i++) call.hear(`w${i}`, who, state);
  t.equal(call.others.length, 50);
});

t.test("bytes that are none of ours", async (t) => {
  const state = {
    call: b4a.alloc(16, 1),
    isIn: true,
    isMuted: true,
    declines: false,
    ageMs: 77,
    loss: { percent: 12, run: 2.5 },
    ...{ sent: 1_234, copies: 7, wantsDirect: true, wasLast: true },
  };
  t.same(decodeCallState(encodeCallState(state)), state);
  const ancient = decodeCallState(encodeCallState({ ...state, ageMs: Number.MAX_SAFE_INTEGER }))!;
  t.ok(new Date(Date.now() - ancient.ageMs).toISOString(), "a moment that can be told");
  t.equal(decodeCallState(b4a.alloc(0)), null);
  t.equal(decodeCallState(b4a.alloc(1_000)), null);
  t.equal(decodeCallState(b4a.alloc(20, 255)), null);
});
