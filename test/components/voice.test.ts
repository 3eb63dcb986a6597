// Voice notes on the screen: the rows of one that is recorded or played, in two sizes, and what keys do about them.
import t, { type Test } from "tap";
import { KeetError } from "../../src/errors.js";
import { until } from "../helpers/program.js";
import { plainFile } from "../helpers/wire.js";
import { matchesPage, openApp } from "./open-app.js";
import { ALICE, callIn, MAYA, message, room, ScriptedCore } from "./scripted-core.js";
import { ScriptedSound } from "./scripted-sound.js";

process.env.TZ = "UTC";
t.setTimeout(110_000);

const CTRL_C = "\x03";
const ENTER = "\x1b[13u";
const ESCAPE = "\x1b[27u";
const UP = "\x1b[A";

async function open(t: Test, size: { columns?: number; rows?: number } = {}) {
  const core = new ScriptedCore();
  core.rooms = [room("tea", { topic: "leaves" }), room("dev")];
  const note = plainFile("voice-2026-12-01-1432.opus", 22_400, { duration: 7_120 });
  core.messages.set("tea", [
    message(0),
    message(1, { type: "file", text: "", file: plainFile("leaves.png", 812_000), author: ALICE }),
    message(2, { type: "file", text: "", file: note, author: ALICE }),
    message(3, { type: "file", text: "", file: note, author: MAYA, mine: true, state: "delivered" }),
  ]);
  const sound = new ScriptedSound(core);
  const app = await openApp(t, { core, sound, ...size });
  await app.waitFor("message 0");
  const sent = () => core.asked.filter(({ method }) => method === "file.send").length;
  const begin = async () => {
    await app.screen.actions.voice.begin(app.session.roomView("tea")!);
    await app.waitFor("0:07  ▁▁▁");
  };
  return { app, core, sound, sent, begin };
}

for (const [columns, rows] of [
  [80, 24],
  [40, 20],
] as const) {
  t.test(`one is recorded, one is played, at ${columns}x${rows}`, async (t) => {
    const { app, begin } = await open(t, { columns, rows });
    await begin();
    matchesPage(t, app.terminal.text(), `voice-recording-${columns}x${rows}`);
    await app.press(ESCAPE);
    await until(() => app.screen.actions.voice.own.getSnapshot() === null);
    app.session.clearNotice();
    await app.press(UP);
    await app.press(UP);
    await app.press(ENTER);
    await app.waitFor("▶ 0:03 ▬");
    app.session.clearNotice();
    await app.press("");
    matchesPage(t, await app.shows(), `voice-playing-${columns}x${rows}`);
  });
}

t.test("Enter sends it and Esc drops it, and the draft stays as it was", async (t) => {
  const { app, sound, sent, begin } = await open(t);
  app.screen.line.show("half a sen");
  await begin();
  await app.press("x");
  await app.waitFor("You are recording");
  t.equal(app.screen.line.text, "half a sen", "what is typed meanwhile is not for the line");
  await app.press(ENTER);
  await until(() => sent() === 1);
  await app.waitFor("Voice note sent, 0:07.");
  await begin();
  await app.press(ESCAPE);
  await until(() => sound.did.at(-1) === "drop");
  t.same([sent(), app.screen.line.text], [1, "half a sen"]);
});

t.test("Ctrl-C closes the microphone and keeps what there is; once more drops it, and no more than it", async (t) => {
  const { app, sound, begin } = await open(t);
  await begin();
  await app.press(CTRL_C);
  await app.waitFor("■ recorded 0:07   Enter sends · Esc drops");
  t.same(sound.did, ["stop"]);
  await app.press(CTRL_C);
  await until(() => app.screen.actions.voice.own.getSnapshot() === null);
  t.same(sound.did, ["stop", "drop"]);
  t.equal(app.quits.length, 0);
  await app.press(CTRL_C);
  await app.waitFor("Quit?");
});

t.test("a page over the talk has Enter and Esc for itself, and the row does not promise them", async (t) => {
  const { app, sound, sent, begin } = await open(t);
  await begin();
  await app.press("\x1bOP");
  await until(() => app.screen.state.getSnapshot().overlay !== null);
  const rows = await app.shows();
  t.match(rows.join("\n"), /● recording 0:07/);
  t.notMatch(rows.join("\n"), /Enter sends/);
  await app.press(ENTER);
  await app.press("\x1bOP");
  await app.press(ESCAPE);
  t.same([sound.did, sent()], [[], 0]);
});

t.test("it goes to the room where it was begun, and says so in another", async (t) => {
  const { app, core, begin } = await open(t);
  await begin();
  app.screen.openRoom("dev");
  await app.waitFor("● recording for tea 0:07");
  await app.press(ENTER);
  await until(() => core.asked.some(({ method }) => method === "file.send"));
  t.match(core.asked.find(({ method }) => method === "file.send")?.params, { room: "tea" });
});

t.test("what is not well has a row of its own, with what to do", async (t) => {
  const { app, sound, begin } = await open(t, { columns: 40, rows: 20 });
  await begin();
  const gone = new KeetError("device", "MIC_GONE", "The microphone USB is gone");
  sound.recording = { ...sound.recording, microphone: { ...sound.recording.microphone, what: "gone", error: gone } };
  await app.waitFor("The microphone USB is gone");
  sound.recording = { ...sound.recording, isFull: true };
  await app.waitFor("as long as it may be; Enter sends");
  t.match(app.terminal.text().join("\n"), /■ 0:07 {2}Enter sends · Esc drops/);
});

t.test("a window too small for anything says that the microphone is open", async (t) => {
  const { app, begin } = await open(t);
  await begin();
  await app.resize(28, 6);
  await app.waitFor("Your microphone is open.");
});

t.test("who rings meanwhile is shown below it, and Enter is about the voice note", async (t) => {
  const { app, core, sound, sent, begin } = await open(t);
  core.rooms = [...core.rooms, room("d1", { kind: "direct", name: "", with: ALICE, members: 2, peers: 1 })];
  core.tell({ type: "room", room: core.rooms.at(-1)! });
  await begin();
  core.tell({ type: "call", room: "d1", call: callIn("d1", [ALICE]) });
  await app.waitFor("alice calls");
  await app.press(ENTER);
  await until(() => sent() === 1);
  t.equal(sound.joined.length, 0);
});

t.test("Enter plays the selected voice note, pauses it and lets it go on; Esc stops it, then leaves it", async (t) => {
  const { app, sound } = await open(t);
  await app.press(UP);
  await app.press(UP);
  await app.waitFor("Enter play");
  await app.press(ENTER);
  await app.waitFor("▶ 0:03 ▬");
  await app.press(ENTER);
  await app.waitFor(/‖ 0:03 .*paused/);
  await app.press(ENTER);
  await until(() => sound.did.length === 2);
  await app.press(ESCAPE);
  await until(() => sound.did.at(-1) === "close");
  t.ok(app.screen.state.getSnapshot().selected, "still selected");
  await app.press(ESCAPE);
  await until(() => app.screen.state.getSnapshot().selected === null);
});

t.test("o and g are about the file, of a voice note too, and Enter on other files is what it was", async (t) => {
  const { app, core, sound } = await open(t);
  for (const steps of [2, 3]) {
    for (let at = 0; at < steps; at += 1) await app.press(UP);
    await app.press(steps === 3 ? ENTER : "o");
    await until(() => core.asked.filter(({ method }) => method === "file.get").length === steps - 1);
    await app.press(ESCAPE);
  }
  t.equal(sound.played.length, 0);
});

t.test("where nothing can play it, the reason and what to install are said", async (t) => {
  const { app, sound } = await open(t);
  const hint = "Install one: sudo apt-get install ffmpeg.";
  sound.refusal = new KeetError("device", "FFMPEG_MISSING", "There is no ffmpeg here", { hint });
  await app.press(UP);
  await app.press(UP);
  await app.press(ENTER);
  await app.waitFor("There is no ffmpeg here");
  await app.waitFor("sudo apt-get install ffmpeg");
  t.match(app.terminal.text().join("\n"), /▶ voice note 0:07/);
});
