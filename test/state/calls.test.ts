import t, { type Test } from "tap";
import { KeetError } from "../../src/errors.js";
import { Calls } from "../../src/state/calls.js";
import { Session } from "../../src/state/session.js";
import { Settings } from "../../src/state/settings.js";
import { ALICE, BOB, callIn, MAYA, NOW, room, ScriptedCore } from "../components/scripted-core.js";
import { person, ScriptedSound } from "../components/scripted-sound.js";
import { HandClock } from "../helpers/hand-clock.js";
import { until } from "../helpers/program.js";

async function open(t: Test, core = new ScriptedCore()) {
  const direct = { kind: "direct", name: "", with: ALICE, members: 2, peers: 1 } as const;
  core.rooms = [
    room("tea"),
    room("dev"),
    room("d1", direct),
    room("d2", { ...direct, with: BOB, mutedUntil: "forever" }),
  ];
  const clock = new HandClock();
  const session = new Session({ connect: core.connect, now: () => NOW + clock.now() });
  const sound = new ScriptedSound(core);
  sound.people = [person(ALICE), person(BOB)];
  const settings = new Settings();
  const unread: string[] = [];
  const calls = new Calls({
    ...{ session, sound, settings, holdsKeys: true },
    after: (ms, act) => clock.after(ms, act),
    markUnread: async (id) => unread.push(id),
  });
  t.teardown(async () => {
    await calls.close();
    await session.close();
  });
  await session.start();
  const tea = session.roomView("tea")!;
  const rings = () => calls.ringing.store.getSnapshot()?.room.name ?? null;
  const told = () => session.told().map(({ text }) => text);
  return { core, clock, session, sound, settings, calls, tea, unread, rings, told };
}

t.test("one is in one call at a time", async (t) => {
  const { calls, tea, session, sound } = await open(t);
  const [first, second] = [calls.start(tea), calls.start(tea)];
  await t.rejects(second, { code: "IN_A_CALL" }, "also while it is being entered");
  await first;
  await t.rejects(calls.start(session.roomView("dev")!), { code: "IN_A_CALL", message: "You are in the call of tea" });
  t.equal((await calls.hangUp())?.name, "tea");
  t.equal(calls.own.getSnapshot(), null);
  t.same(sound.did, ["leave"]);
  t.equal(await calls.hangUp(), null);
});

t.test("what does not begin leaves nothing behind", async (t) => {
  const { calls, tea, sound } = await open(t);
  sound.refusal = new KeetError("device", "NO_SOUND_DEVICE", "This machine has no sound device");
  await t.rejects(calls.start(tea), { code: "NO_SOUND_DEVICE" });
  sound.refusal = null;
  await calls.start(tea);
  t.equal(calls.own.getSnapshot()?.people.length, 2);
});

t.test("hung up while it begins, it ends when it has begun", async (t) => {
  const { calls, tea, sound } = await open(t);
  const starting = calls.start(tea);
  await calls.hangUp();
  await starting;
  t.same(sound.did, ["leave"]);
  t.equal(calls.own.getSnapshot(), null);
});

t.test("closing closes the microphone, also without a core", async (t) => {
  const { calls, tea, sound, core } = await open(t);
  await calls.start(tea);
  core.die();
  await calls.close();
  t.same(sound.did, ["leave"]);
});

t.test("ended from elsewhere, or by a fault, it says so", async (t) => {
  const { calls, tea, sound, told } = await open(t);
  await calls.start(tea);
  sound.end(null);
  t.match(told().at(-1), /You are out of the call of tea/);
  t.equal(calls.own.getSnapshot(), null);
  await calls.start(tea);
  sound.end(new KeetError("user", "NOT_ALLOWED", "You may not call here"));
  t.equal(told().at(-1), "You may not call here");
});

t.test("settings hold for the next call, and change the one that is", async (t) => {
  const { calls, tea, sound, settings } = await open(t);
  for (const [name, value] of [
    ["ptt", "on"],
    ["noise", "off"],
    ["echo", "off"],
    ["threshold", "-45"],
    ["mic", "in.2"],
  ]) {
    settings.set(name!, value!);
  }
  await calls.start(tea);
  const { wish } = sound.joined[0]!;
  t.match(wish, { microphone: "in.2", speaker: null, isMuted: false });
  t.match(wish.voice, { usesKey: true, suppresses: false, ducks: false, thresholdDb: -45 });
  for (const [name, value] of [
    ["ptt", "off"],
    ["noise", "on"],
    ["echo", "on"],
    ["mic", "auto"],
    ["bell", "off"],
  ]) {
    settings.set(name!, value!);
  }
  t.same(sound.did, ["key false", "suppress true", "duck true", "use microphone null"], "each once, and no other");
});

t.test("a device that is not there changes nothing", async (t) => {
  const { calls, tea, sound, settings } = await open(t);
  await t.rejects(calls.chooseDevice("speaker", "Quiet"), { code: "NO_SUCH_DEVICE", hint: /There are: Loud/ });
  await calls.start(tea);
  sound.refusal = new KeetError("user", "NO_SUCH_DEVICE", "no");
  await t.rejects(calls.chooseDevice("microphone", "nonsense"));
  t.equal(settings.get("mic"), "auto");
  sound.refusal = null;
  await calls.chooseDevice("microphone", "USB headset");
  t.equal(settings.get("mic"), "USB headset");
  t.same(sound.did, ["use microphone USB headset"], "once");
});

t.test("the key to talk does nothing but where it is used", async (t) => {
  const { calls, tea, sound, settings } = await open(t);
  t.equal(calls.talk(true), "no-call");
  await calls.start(tea);
  t.equal(calls.talk(true), "open");
  settings.set("ptt", "on");
  calls.mute(true);
  t.equal(calls.talk(true), "muted");
  calls.mute(false);
  t.equal(calls.talk(true), "talks");
  calls.stopTalking();
  t.same(sound.did, ["key true", "mute true", "mute false", "hold true", "hold false"]);
});

t.test("a call for two rings until it is answered, declined, given up, or a minute is over", async (t) => {
  const { core, session, calls, clock, rings, unread, told } = await open(t);
  const tell = (id: string, change = {}, people = [ALICE]) =>
    core.tell({ type: "call", room: "d1", call: callIn("d1", people, { id, ...change }) });
  tell("one");
  await until(() => rings() === "alice");
  await calls.decline("d1");
  tell("one", { declined: true });
  await until(() => rings() === null);
  tell("two");
  await until(() => rings() === "alice");
  tell("two", {}, [ALICE, MAYA]);
  await until(() => rings() === null);
  t.same(unread, [], "answered on another device, or not now: nothing was missed");
  tell("three");
  await until(() => rings() === "alice");
  core.tell({ type: "call", room: "d1", call: null });
  await until(() => rings() === null);
  t.same(unread, ["d1"], "given up");
  t.match(told().at(-1), "alice called, and was not answered");
  tell("four");
  await until(() => rings() === "alice");
  clock.pass(57_000);
  t.equal(rings(), "alice");
  clock.pass(2_000);
  t.equal(rings(), null);
  t.same(unread, ["d1", "d1"], "a minute is over");
  tell("four", { muted: true });
  core.tell({ type: "call", room: "tea", call: callIn("tea", [BOB]) });
  await until(() => session.calls.of("tea") !== null);
  t.equal(rings(), null, "and it does not begin again");
});

t.test("nothing rings where it is muted, where it is old, in a room of more, or before its time", async (t) => {
  const { core, session, rings, unread } = await open(t);
  core.tell({ type: "call", room: "d2", call: callIn("d2", [BOB]) });
  core.tell({ type: "call", room: "tea", call: callIn("tea", [BOB]) });
  core.tell({
    type: "call",
    room: "d1",
    call: callIn("d1", [ALICE], { startedAt: new Date(NOW - 90_000).toISOString() }),
  });
  await until(() => session.calls.store.getSnapshot().size === 3);
  t.equal(rings(), null);
  core.tell({ type: "call", room: "d2", call: null });
  await until(() => unread.length > 0);
  t.equal(rings(), null);
  t.same(unread, ["d2"], "but a call in vain is one, muted or not");
});

t.test("an event is newer than what was asked for before it", async (t) => {
  const core = new ScriptedCore();
  const answer = Promise.withResolvers<null>();
  core.answers["call.show"] = () => answer.promise;
  const { session } = await open(t, core);
  core.tell({ type: "call", room: "tea", call: callIn("tea", [BOB]) });
  answer.resolve(null);
  await until(async () => (await session.request("network", {})) !== null);
  t.equal(session.calls.of("tea")?.people.length, 1);
});

t.test("what is as it was is no change, and a name is made harmless", async (t) => {
  const { calls, tea, sound } = await open(t);
  await calls.start(tea);
  sound.tell({ people: [person({ ...ALICE, name: "\x1b[31mevil\u202e" })] });
  const before = calls.own.getSnapshot();
  t.notMatch(before?.people[0]?.name, /[\x1b\u202e]/);
  sound.tell({ sentPackets: 7, levelDb: -20 });
  t.equal(calls.own.getSnapshot(), before);
  t.equal(calls.sentPackets, 7);
});
