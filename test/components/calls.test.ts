// Calls by keys, and what rings.
import t, { type Test } from "tap";
import { ringFor } from "../../src/components/ring.js";
import { Settings } from "../../src/state/settings.js";
import { HandClock } from "../helpers/hand-clock.js";
import { until } from "../helpers/program.js";
import { openApp } from "./open-app.js";
import { ALICE, BOB, callIn, message, room, ScriptedCore } from "./scripted-core.js";
import { person, ScriptedSound } from "./scripted-sound.js";

process.env.TZ = "UTC";
t.setTimeout(110_000);

const PRESS = "\x1b[118;3:1u";
const REPEAT = "\x1b[118;3:2u";
/** Alt was let go before it. */
const RELEASE = "\x1b[118;1:3u";

async function open(
  t: Test,
  { tellsRelease = true, after }: { tellsRelease?: boolean; after?: HandClock["after"] } = {},
) {
  const core = new ScriptedCore();
  const direct = { kind: "direct", name: "", with: ALICE, members: 2, peers: 1 } as const;
  core.rooms = [room("tea"), room("d1", direct), room("d2", { ...direct, with: BOB, mutedUntil: "forever" })];
  core.messages.set("tea", [message(0)]);
  const sound = new ScriptedSound(core);
  sound.people = [person(ALICE)];
  const settings = new Settings();
  const app = await openApp(t, { core, sound, settings, tellsRelease, ...(after ? { after } : {}) });
  await app.waitFor("message 0");
  return { core, sound, settings, app };
}

async function openHeld(t: Test) {
  const clock = new HandClock();
  const opened = await open(t, { after: (ms, act) => clock.after(ms, act) });
  opened.settings.set("ptt", "on");
  await opened.app.screen.actions.calls.start(opened.app.session.roomView("tea")!);
  await opened.app.waitFor("maya (hold Alt-V)");
  return { ...opened, clock };
}

t.test("held to talk, and let go", async (t) => {
  const { app, sound } = await openHeld(t);
  await app.press(PRESS);
  await app.waitFor("maya (mic open)");
  await app.press(REPEAT);
  await app.press(RELEASE);
  await app.waitFor("maya (hold Alt-V)");
  t.same(sound.did, ["hold true", "hold false"]);
  t.equal(app.screen.line.text, "", "and nothing of it is text");
});

t.test("C30: off when the window is not in front any more", async (t) => {
  const { app, sound } = await openHeld(t);
  await app.press(PRESS);
  await app.press("\x1b[O");
  await app.waitFor("maya (hold Alt-V)");
  t.same(sound.did, ["hold true", "hold false"]);
});

t.test("C30: off where the repeats stop without a release", async (t) => {
  const { app, sound, clock } = await openHeld(t);
  await app.press(PRESS);
  clock.pass(500);
  await app.press(REPEAT);
  clock.pass(899);
  t.same(sound.did, ["hold true"]);
  clock.pass(101);
  t.same(sound.did, ["hold true", "hold false"]);
  await app.waitFor("maya (hold Alt-V)");
});

t.test("without push to talk, or without a call, the keys say what they would do", async (t) => {
  const { app, sound } = await open(t);
  await app.press("\x1bv");
  await app.waitFor("You are in no call");
  await app.press("\x1bt");
  t.same(sound.did, []);
  await app.press("/call\x1b[13u");
  await app.waitFor("♪ tea");
  await app.press("\x1bv");
  await app.waitFor("Your microphone is open without this key");
  await app.press("\x1bt\x1bv");
  await app.waitFor("Your microphone is closed");
  t.same(sound.did, ["mute true"]);
});

t.test("in a call, Enter does not answer another one", async (t) => {
  const { app, core, sound } = await open(t);
  await app.press("/call\x1b[13u");
  await app.waitFor("♪ tea");
  core.tell({ type: "call", room: "d1", call: callIn("d1", [ALICE]) });
  await app.waitFor("alice calls · /hangup, then Enter answers · Esc not now");
  await app.press("\x1b[13u");
  t.equal(sound.joined.length, 1);
  await app.press("\x1b[27u");
  await until(() => core.asked.some(({ method }) => method === "call.decline"));
});

t.test("Esc drops an answer that is being written before it says not now", async (t) => {
  const { app, core } = await open(t);
  await app.press("\x1b[A");
  await app.press("r");
  await app.waitFor("replying to alice");
  core.tell({ type: "call", room: "d1", call: callIn("d1", [ALICE]) });
  await app.waitFor("alice calls");
  await app.press("\x1b[27u");
  await app.waitFor((screen) => !screen.text().join("\n").includes("replying to"));
  t.notOk(core.asked.some(({ method }) => method === "call.decline"));
  await app.press("\x1b[27u");
  await until(() => core.asked.some(({ method }) => method === "call.decline"));
});

t.test("Tab completes who is in the call, and microphones once they are known", async (t) => {
  const { app } = await open(t);
  await app.press("/call\x1b[13u");
  await app.waitFor("♪ tea");
  await app.press("/volume al\t");
  t.match(app.screen.line.text, "/volume alice");
  await app.press("\x15/devices\x1b[13u");
  await app.waitFor("USB headset");
  await app.press("\x1b[27u/mic us\t");
  t.match(app.screen.line.text, /^\/mic USB headset/);
});

t.test("a call rings once; not where the room is muted, nor where no alerts are wanted", async (t) => {
  for (const isWanted of [true, false]) {
    const { app, core } = await open(t);
    const rung: string[] = [];
    const terminal = { on: () => terminal, off: () => terminal, notify: async (text: string) => void rung.push(text) };
    t.teardown(ringFor({ screen: app.screen, terminal: terminal as never, isWanted: () => isWanted }));
    core.tell({ type: "call", room: "d2", call: callIn("d2", [BOB]) });
    core.tell({ type: "call", room: "d1", call: callIn("d1", [ALICE]) });
    await app.waitFor("alice calls");
    core.tell({ type: "call", room: "d1", call: callIn("d1", [ALICE], { muted: true }) });
    const called = { ...ALICE, name: "alicia" };
    core.tell({ type: "room", room: room("d1", { kind: "direct", name: "", with: called, members: 2, peers: 1 }) });
    await app.waitFor("alicia calls");
    t.same(rung, isWanted ? ["alice calls"] : []);
    await app.close();
  }
});

t.test("quitting leaves the call, also while there is no core", async (t) => {
  for (const hasCore of [true, false]) {
    const { app, core, sound } = await open(t);
    await app.press("/call\x1b[13u");
    await app.waitFor("♪ tea");
    await app.resize(24, 6);
    await app.waitFor(/microphone\s+is open/);
    if (!hasCore) {
      core.connect = () => new Promise(() => {});
      core.die();
    }
    await app.close();
    t.same(sound.did, ["leave"]);
  }
});
