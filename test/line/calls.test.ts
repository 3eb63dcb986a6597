// A call in lines: sentences in place of a strip, and never a meter.
import t from "tap";
import { deviceGone } from "../components/call-troubles.js";
import { ALICE, BOB, callIn, message, room, ScriptedCore } from "../components/scripted-core.js";
import { person, ScriptedSound } from "../components/scripted-sound.js";
import { openLines } from "./open-lines.js";

process.env.TZ = "UTC";

function teaCore(): ScriptedCore {
  const core = new ScriptedCore();
  core.rooms = [room("tea"), room("d1", { kind: "direct", name: "", with: ALICE, members: 2, peers: 1 })];
  core.messages.set("tea", [message(0)]);
  return core;
}

t.test("who comes, who leaves, who is muted, and what is not well", async (t) => {
  const core = teaCore();
  const sound = new ScriptedSound(core);
  const lines = openLines(t, core, { sound });
  await lines.say("/go tea");
  sound.people = [person(ALICE)];
  t.match((await lines.say("/call")).join("\n"), /alice is in the call\n[\s\S]*You are in the call of tea/);
  const before = lines.out().length;
  sound.tell({ people: [person(ALICE), person(BOB)] });
  sound.tell({ people: [person(ALICE, { isMuted: true }), person(BOB)] });
  sound.tell({
    people: [
      person(ALICE, { isMuted: true, lossPercent: 9, delayMs: 300 }),
      person(BOB, { isTalking: true, levelDb: -20 }),
    ],
  });
  sound.tell({ people: [person(ALICE)] });
  const here = { what: "here" as const, name: deviceGone("speaker", "Loud").name, error: null };
  sound.tell({ speaker: deviceGone("speaker", "Loud") });
  sound.tell({ speaker: here, hearsSpeaker: true });
  sound.tell({ hearsSpeaker: false, declinedBy: ["carol"] });
  sound.tell({ isCut: true });
  sound.tell({ isCut: false });
  t.same(lines.out().slice(before), [
    "-- bob came into the call",
    "-- alice is muted",
    "-- alice is not muted any more",
    "-- bob left the call",
    "-- The speaker Loud is gone. Plug it in, or choose another: keet-tui audio devices lists them.",
    "-- the speaker is back",
    "-- the others hear themselves: headphones, or /mic off while they speak",
    "-- carol says not now",
    "-- the others do not hear themselves any more",
    "-- the background part stopped; the call waits until it is back",
    "-- the call is back",
  ]);
  t.match((await lines.say("/mic off")).join("\n"), /Your microphone is closed\. \/mic on opens it/);
  t.match((await lines.say("/hangup")).join("\n"), /You left the call of tea/);
  t.same(sound.did, ["mute true", "leave"]);
});

t.test("there is no key to hold", async (t) => {
  const core = teaCore();
  const sound = new ScriptedSound(core);
  const lines = openLines(t, core, { sound });
  await lines.say("/go tea");
  await lines.say("/ptt on");
  await lines.say("/call");
  t.equal(sound.joined[0]?.wish.voice.usesKey, false, "so nobody is silent who could not help it");
});

t.test("a call of others is said, once, and one that rings with what answers it", async (t) => {
  const core = teaCore();
  const sound = new ScriptedSound(core);
  const lines = openLines(t, core, { sound });
  await lines.say("/go tea");
  core.tell({ type: "call", room: "tea", call: callIn("tea", [ALICE, BOB]) });
  await lines.waitFor("-- call in tea: alice and bob; /call tea joins");
  core.tell({ type: "call", room: "tea", call: callIn("tea", [ALICE]) });
  core.tell({ type: "call", room: "d1", call: callIn("d1", [ALICE]) });
  await lines.waitFor("-- alice calls: /call alice answers, /hangup says not now");
  t.equal(lines.out().filter((line) => line.includes("call in tea")).length, 1);
  t.match((await lines.say("/hangup")).join("\n"), /You said not now to alice/);
  t.match(core.asked.at(-1), { method: "call.decline", params: { room: "d1" } });
  t.match((await lines.say("/call alice")).join("\n"), /You are in the call of alice/);
  core.connect = () => new Promise(() => {});
  core.die();
  await lines.desk.close();
  t.equal(sound.did.at(-1), "leave", "the end of lines is the end of the call, also while there is no core");
});
