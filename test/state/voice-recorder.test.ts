// A voice note from the first word to the share: what keeps it from being begun, lost, or sent by mistake.
import { existsSync, readdirSync } from "node:fs";
import t, { type Test } from "tap";
import { KeetError } from "../../src/errors.js";
import { Actions } from "../../src/state/actions.js";
import { Session } from "../../src/state/session.js";
import { Settings } from "../../src/state/settings.js";
import { message, NOW, room, ScriptedCore } from "../components/scripted-core.js";
import { ScriptedSound } from "../components/scripted-sound.js";
import { HandClock } from "../helpers/hand-clock.js";
import { until } from "../helpers/program.js";

process.env.TZ = "UTC";

async function open(t: Test, change: Parameters<typeof room>[1] = {}) {
  const core = new ScriptedCore();
  core.rooms = [room("tea", change), room("dev")];
  core.messages.set("tea", [message(0)]);
  const sound = new ScriptedSound(core);
  const clock = new HandClock();
  const session = new Session({ connect: () => core.connect(), now: () => NOW });
  const settings = new Settings();
  const after = (ms: number, act: () => void) => clock.after(ms, act);
  const actions = new Actions({ session, settings, sound, after, room: () => "tea", selected: () => null });
  t.teardown(() => session.close());
  await session.start();
  const tea = session.roomView("tea")!;
  const left = () => (existsSync(sound.notes) ? readdirSync(sound.notes) : []);
  const asked = () => core.asked.filter(({ method }) => method === "file.send").map(({ params }) => params);
  return { core, sound, clock, session, settings, actions, voice: actions.voice, tea, left, asked };
}

t.test("it shows how long and how loud four times a second, and only what changed", async (t) => {
  const { voice, tea, sound, clock, settings } = await open(t);
  settings.set("mic", "USB headset");
  settings.set("noise", "off");
  let told = 0;
  voice.own.subscribe(() => {
    told += 1;
  });
  await voice.begin(tea);
  t.match(sound.recorded, [{ microphone: "USB headset", suppresses: false, path: /\/voice-2026-11-24-1204\.opus$/ }]);
  t.match(voice.own.getSnapshot(), { room: "tea", state: "open", seconds: 7, levels: [0, 0, 0, 6], trouble: null });
  clock.pass(249);
  t.equal(told, 2, "opening, then open");
  clock.pass(1);
  clock.pass(750);
  t.match(voice.own.getSnapshot(), { levels: [6, 6, 6, 6] });
  t.equal(told, 5, "the meter filled up, and then nothing is new");
  sound.recording = { ...sound.recording, durationMs: 8_000 };
  clock.pass(250);
  t.match(voice.own.getSnapshot(), { seconds: 8 });
});

t.test("sent, it is the core's, with its length; and another can be begun", async (t) => {
  const { voice, tea, sound, asked, left } = await open(t);
  await voice.begin(tea);
  t.equal(await voice.send(), 7_120);
  t.equal(voice.own.getSnapshot(), null);
  t.match(asked(), [{ room: "tea", duration: 7_120, paths: [/\/[0-9a-f]{16}\/voice-2026-11-24-1204\.opus$/] }]);
  t.ok(existsSync((asked()[0]!.paths as string[])[0]!));
  await voice.begin(tea);
  await voice.drop();
  t.same(sound.did, ["finish", "drop"]);
  t.equal(left().length, 1, "the one that was sent");
});

t.test("what the core or the room refuses is kept, and sent again", async (t) => {
  const { voice, tea, core, asked, left } = await open(t);
  await voice.begin(tea);
  const send = core.answers["file.send"];
  core.answers["file.send"] = () => {
    throw new KeetError("user", "NOT_ALLOWED", "Only owners may share files here.");
  };
  await t.rejects(voice.send(), { code: "NOT_ALLOWED" });
  t.match(voice.own.getSnapshot(), { state: "over", trouble: /^not sent; Enter sends/ });
  t.match(left(), [/^recording-/], "it is this program's again");
  core.answers["file.send"] = send!;
  await voice.send();
  t.equal(asked().length, 2);
  t.equal(voice.own.getSnapshot(), null);
});

t.test("where the core died it may have it: it is sent again from where it lies", async (t) => {
  const { voice, tea, core, asked, left } = await open(t);
  await voice.begin(tea);
  core.answers["file.send"] = () => {
    throw new KeetError("peer", "CORE_GONE", "The background part is gone");
  };
  await t.rejects(voice.send(), { code: "CORE_GONE" });
  t.match(left(), [/^[0-9a-f]{16}$/]);
  delete core.answers["file.send"];
  await voice.send();
  const [first, second] = asked();
  t.same(first?.paths, second?.paths);
  t.ok(existsSync((second!.paths as string[])[0]!));
});

t.test("a key that was pressed twice sends nothing", async (t) => {
  const { voice, tea, sound, asked, left } = await open(t);
  for (const change of [{ durationMs: 300, loudestDb: -60 }, { durationMs: 0 }]) {
    sound.recording = { ...sound.recording, ...change };
    await voice.begin(tea);
    await t.rejects(voice.send(), { code: "NOTHING_RECORDED", hint: "/voice begins again." });
    t.equal(voice.own.getSnapshot(), null);
  }
  t.same([asked(), left()], [[], []]);
  sound.recording = { ...sound.recording, durationMs: 300, loudestDb: -20 };
  await voice.begin(tea);
  await voice.send();
  t.equal(asked().length, 1, "a short word is a word");
});

t.test("a microphone that opens late is closed where nobody wants it any more", async (t) => {
  const { voice, tea, sound, left } = await open(t);
  const opening = Promise.withResolvers<void>();
  sound.opening = opening.promise;
  const beginning = voice.begin(tea);
  t.match(voice.own.getSnapshot(), { state: "opening" });
  t.equal(await voice.send(), null, "there is nothing to be sent yet");
  await voice.drop();
  opening.resolve();
  await beginning;
  t.same(sound.did, ["drop"]);
  t.equal(voice.own.getSnapshot(), null);
  t.same(left(), []);
});

t.test("not beside a call, nor a call beside it", async (t) => {
  const { voice, tea, actions, sound } = await open(t);
  await voice.begin(tea);
  await t.rejects(actions.calls.start(tea), { code: "RECORDING", hint: /\/voice drop/ });
  await t.rejects(voice.begin(tea), { code: "RECORDING" });
  await voice.drop();
  await actions.calls.start(tea);
  await t.rejects(voice.begin(tea), { code: "IN_A_CALL", hint: /\/hangup/ });
  t.equal(sound.recorded.length, 1);
  await actions.calls.hangUp();
  await voice.begin(tea);
});

t.test("where one may not write, or no sound is to be had, nothing is opened and nothing left", async (t) => {
  const rights = { post: "owners", invite: "anyone", share: "anyone", call: "anyone" } as const;
  const closed = await open(t, { canWrite: false, rights });
  await t.rejects(closed.voice.begin(closed.tea), { code: "NOT_ALLOWED" });
  t.same([closed.sound.recorded, closed.left()], [[], []]);
  const { voice, tea, sound, left } = await open(t);
  sound.refusal = new KeetError("device", "FFMPEG_MISSING", "There is no ffmpeg here", { hint: "Install one" });
  await t.rejects(voice.begin(tea), { code: "FFMPEG_MISSING", hint: "Install one" });
  t.equal(voice.own.getSnapshot(), null);
  t.same(left(), []);
  await t.rejects(voice.drop(), { code: "NO_RECORDING" });
  await t.rejects(voice.send(), { code: "NO_RECORDING" });
});

t.test(
  "a microphone that is gone, a full disk and the longest there may be are told; what there is can be sent",
  async (t) => {
    const { voice, tea, sound, clock, asked } = await open(t);
    await voice.begin(tea);
    const gone = new KeetError("device", "MIC_GONE", "The microphone USB is gone");
    const { microphone } = sound.recording;
    sound.recording = { ...sound.recording, microphone: { ...microphone, what: "gone", error: gone } };
    clock.pass(250);
    t.match(voice.own.getSnapshot(), { state: "open", trouble: "The microphone USB is gone" });
    sound.recording = { ...sound.recording, microphone };
    clock.pass(250);
    t.match(voice.own.getSnapshot(), { trouble: null });
    sound.recording = { ...sound.recording, isFull: true };
    clock.pass(250);
    t.match(voice.own.getSnapshot(), { state: "over", trouble: /^as long as it may be; Enter sends/ });
    sound.recording = {
      ...sound.recording,
      isFull: false,
      error: new KeetError("storage", "DISK_FULL", "The disk is full"),
    };
    clock.pass(250);
    t.match(voice.own.getSnapshot(), { state: "over", trouble: /^The disk is full; Enter sends/ });
    await voice.send();
    t.equal(asked().length, 1);
  },
);

t.test("the end of the program is the end of it", async (t) => {
  const { voice, tea, session, sound, left } = await open(t);
  await voice.begin(tea);
  await session.close();
  t.same(sound.did, ["drop"]);
  t.same(left(), []);
});

t.test("what is being sent is the core's: neither Esc nor the end of the program takes it away", async (t) => {
  const { voice, tea, core, session, sound, asked } = await open(t);
  await voice.begin(tea);
  const answer = Promise.withResolvers<void>();
  core.answers["file.send"] = async () => {
    await answer.promise;
    return { message: core.say("tea", "", { mine: true }), leftOut: [] };
  };
  const sending = voice.send();
  await until(() => asked().length === 1);
  await voice.drop();
  const closing = session.close();
  answer.resolve();
  t.equal(await sending, 7_120);
  await closing;
  t.same(sound.did, ["finish"]);
  t.ok(existsSync((asked()[0]!.paths as string[])[0]!));
});
