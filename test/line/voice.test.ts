// Voice notes in lines: what the row above the line shows is said, and there are no keys.
import t from "tap";
import { KeetError } from "../../src/errors.js";
import { ALICE, room, ScriptedCore } from "../components/scripted-core.js";
import { ScriptedSound } from "../components/scripted-sound.js";
import { plainFile } from "../helpers/wire.js";
import { openLines } from "./open-lines.js";

process.env.TZ = "UTC";

function teaCore(): ScriptedCore {
  const core = new ScriptedCore();
  core.rooms = [room("tea")];
  core.say("tea", "", { author: ALICE, type: "file", file: plainFile("voice.opus", 22_400, { duration: 7_120 }) });
  return core;
}

const sent = (core: ScriptedCore) =>
  core.asked.filter(({ method }) => method === "file.send").map(({ params }) => params);

t.test("an empty line sends what is recorded, and is nothing otherwise", async (t) => {
  const core = teaCore();
  const sound = new ScriptedSound(core);
  const lines = openLines(t, core, { sound });
  await lines.waitFor("-- in tea");
  lines.type("");
  t.match((await lines.say("/voice")).join("\n"), /^-- Recording a voice note\. An empty line sends it/);
  t.match((await lines.say("")).join("\n"), /^-- Voice note sent, 0:07\.$/m);
  t.match(sent(core), [{ room: "tea", duration: 7_120, paths: [/\/voice-2026-11-24-1204\.opus$/] }]);
  await lines.say("/voice");
  t.match((await lines.say("/voice drop")).join("\n"), /^-- Nothing of it is left\./);
  t.same(sound.did, ["finish", "drop"]);
  t.equal(sent(core).length, 1);
});

t.test("in a script an empty line sends nothing, /voice send does", async (t) => {
  const core = teaCore();
  const sound = new ScriptedSound(core);
  const lines = openLines(t, core, { sound, isTyped: false });
  await lines.say("/go tea");
  await lines.say("/voice");
  lines.type("");
  t.match((await lines.say("/voice send")).join("\n"), /Voice note sent, 0:07/);
  t.equal(sent(core).length, 1);
});

t.test("what is not well is said once, with what to type", async (t) => {
  const core = teaCore();
  const sound = new ScriptedSound(core);
  const lines = openLines(t, core, { sound });
  await lines.waitFor("-- in tea");
  await lines.say("/voice");
  const { microphone } = sound.recording;
  sound.recording = { ...sound.recording, microphone: { ...microphone, what: "silent" } };
  const before = lines.out().length;
  for (let ticks = 0; ticks < 3; ticks += 1) lines.passTime();
  sound.recording = { ...sound.recording, isFull: true };
  for (let ticks = 0; ticks < 3; ticks += 1) lines.passTime();
  t.same(lines.out().slice(before), [
    "-- the microphone Built-in gives nothing but silence",
    "-- as long as it may be; an empty line sends it, /voice drop drops it",
  ]);
  await lines.desk.close();
  t.equal(sound.did.at(-1), "drop", "the end of lines is the end of it");
});

t.test("/play plays, pauses and stops, by number too; what goes wrong is said", async (t) => {
  const core = teaCore();
  const sound = new ScriptedSound(core);
  const lines = openLines(t, core, { sound });
  await lines.waitFor("-- in tea");
  t.match((await lines.say("/files")).join("\n"), /voice\.opus, voice note 0:07, 22 KB/);
  t.match((await lines.say("/play")).join("\n"), /^-- alice's voice note 0:07, 22 KB$/m);
  t.match((await lines.say("/play")).join("\n"), /^-- Paused\. Again lets it go on\./);
  t.match((await lines.say("/play")).join("\n"), /^-- It goes on\./);
  await lines.say("/last");
  t.match((await lines.say("/play #1")).join("\n"), /^-- Paused/);
  t.match((await lines.say("/play stop")).join("\n"), /^-- Stopped\./);
  t.match((await lines.say("/play stop")).join("\n"), /No voice note is being played/);
  await lines.say("/play");
  sound.endNote(new KeetError("peer", "NOT_A_VOICE_NOTE", "There is no sound in it that can be played here"));
  await lines.waitFor("There is no sound in it that can be played here");
});
