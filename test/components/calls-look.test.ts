// What calls look like: the strip in three sizes and three colourings, who rings, the row under the title, what is not well.
import t, { type Test } from "tap";
import { deviceGone } from "./call-troubles.js";
import { matchesPage, type OpenApp, openApp } from "./open-app.js";
import { ALICE, BOB, callIn, message, NOW, room, ScriptedCore } from "./scripted-core.js";
import { person, ScriptedSound } from "./scripted-sound.js";

process.env.TZ = "UTC";
t.setTimeout(110_000);

const CAROL = { id: "03".repeat(32), name: "carol" };
const DAVE = { id: "04".repeat(32), name: "dave" };
const LEVELS_DB = [-50, -25, -12, -25];

function teaCore(): ScriptedCore {
  const core = new ScriptedCore();
  core.rooms = [
    room("tea", { topic: "leaves" }),
    room("dev"),
    room("d1", { kind: "direct", name: "", with: ALICE, members: 2, peers: 1 }),
  ];
  core.messages.set("tea", [message(0), message(1, { author: BOB })]);
  return core;
}

interface Call {
  readonly app: OpenApp;
  readonly core: ScriptedCore;
  readonly sound: ScriptedSound;
  /** The meters have moved as far as they are wide. */
  talk(): void;
}

async function openCall(t: Test, size: object = {}, people = [person(ALICE), person(BOB)]): Promise<Call> {
  const core = teaCore();
  const sound = new ScriptedSound(core);
  sound.people = people;
  const app = await openApp(t, { core, sound, ...size });
  await app.waitFor("message 1");
  await app.screen.actions.calls.start(app.session.roomView("tea")!);
  const talk = () => {
    for (const levelDb of LEVELS_DB) {
      const [first, second] = [
        person(ALICE, { isTalking: true, levelDb }),
        person(BOB, { delayMs: 152, lossPercent: 4 }),
      ];
      sound.tell({ people: [first, second, ...people.slice(2)] });
    }
  };
  return { app, core, sound, talk };
}

for (const [columns, rows] of [
  [80, 24],
  [120, 40],
  [40, 20],
] as const) {
  t.test(`the strip at ${columns}x${rows}`, async (t) => {
    const { app, talk, sound } = await openCall(t, { columns, rows });
    talk();
    sound.tell({ isTalking: true });
    matchesPage(t, await app.shows(), `call-${columns}x${rows}`);
    for (const row of await app.shows()) t.ok(row.length <= columns);
  });
}

for (const isDark of [true, false]) {
  t.test(`an open microphone stands out on a ${isDark ? "dark" : "light"} ground`, async (t) => {
    const { app } = await openCall(t, { hasColor: true, isDark });
    await app.shows();
    const at = app.terminal.find("(mic open)")!;
    t.equal(app.terminal.cell(at.x + 1, at.y).foreground, "palette:3", "the warning's colour");
    await app.press("/mic off\x1b[13u");
    await app.waitFor("maya (muted)");
    const then = app.terminal.find("(muted)")!;
    t.equal(app.terminal.cell(then.x + 1, then.y).foreground, "default", "and a muted one does not");
  });
}

t.test("without colours words say all of it", async (t) => {
  const { app, sound } = await openCall(t);
  t.ok((await app.shows()).some((row) => /^ ♪ tea 03:12 {3}maya \(mic open\) {3}alice ▁▁▁▁ {2}38 ms/.test(row)));
  sound.tell({
    isMuted: true,
    people: [person(ALICE, { isMuted: true }), person(BOB, { quality: "poor", delayMs: 500 })],
  });
  await app.waitFor(/maya \(muted\) {3}alice \(muted\) {3}bob ▁▁▁▁ 500 ms, poor/);
});

t.test("it is there in another room, on a page, and where more is written", async (t) => {
  const { app } = await openCall(t);
  await app.press("\x1b[1;3B");
  await app.waitFor("▌dev");
  t.match((await app.shows()).join("\n"), /^ ♪ tea 03:12/m);
  await app.press("\x1b[11~");
  t.match((await app.shows()).join("\n"), /Help[\s\S]*^ ♪ tea 03:12/m);
});

t.test("more than three have a row of their own, and are counted where they do not fit", async (t) => {
  const people = [ALICE, BOB, CAROL, DAVE].map((one) => person(one));
  const { app } = await openCall(t, {}, people);
  await app.waitFor(/^ ♪ tea 03:12 {3}maya \(mic open\) +Alt-T mic · \/hangup\n +alice ▁▁▁▁ .*dave ▁▁▁▁/m);
  await app.resize(40, 20);
  await app.waitFor(/♪ tea 03:12 {2}mic open/);
  t.match((await app.shows()).join("\n"), /alice.*bob.*carol.*dave|\+\d/);
  await app.resize(30, 8);
  t.match((await app.shows()).join("\n"), /♪ tea 03:12 {2}mic open|mic open/, "the microphone is never left out");
});

t.test("a name that is none of ours to write stays a name", async (t) => {
  const evil = { id: "05".repeat(32), name: "\x1b[31mevil\x07\u202eright" };
  const { app } = await openCall(t, {}, [person(evil)]);
  const screen = (await app.shows()).join("\n");
  t.match(screen, /evil/);
  t.notMatch(app.terminal.raw(), "\x1b[31mevil");
  t.notMatch(app.terminal.raw(), "\u202e");
});

t.test("what is not well is said below it, and goes when it is over", async (t) => {
  const { app, sound } = await openCall(t);
  sound.tell({ microphone: deviceGone("microphone", "USB headset") });
  await app.waitFor(/^ {3}The microphone USB headset is gone · Plug it in, or choose another/m);
  sound.tell({ microphone: { what: "silent", name: deviceGone("microphone", "USB headset").name, error: null } });
  await app.waitFor("the microphone USB headset gives nothing but silence · Is it muted?");
  sound.tell({ microphone: { what: "here", name: deviceGone("microphone", "USB headset").name, error: null } });
  await app.waitFor((screen) => !screen.text().join("\n").includes("USB headset"));
  sound.tell({ speaker: deviceGone("speaker", "Loud") });
  await app.waitFor(/^ {3}The speaker Loud is gone/m);
  sound.tell({ speaker: { what: "here", name: deviceGone("speaker", "Loud").name, error: null }, hearsSpeaker: true });
  await app.waitFor("the others hear themselves: headphones, or /ptt on");
  sound.tell({ isCut: true });
  await app.waitFor("looking for the background part");
});

t.test("who says not now is in the strip", async (t) => {
  const { app, sound } = await openCall(t, {}, []);
  sound.tell({ declinedBy: ["alice"] });
  await app.waitFor("alice: not now");
});

t.test(
  "a call one is not in: the row under the title, the mark in the list, and neither when it is over",
  async (t) => {
    const core = teaCore();
    const app = await openApp(t, { core });
    await app.waitFor("message 1");
    core.tell({ type: "call", room: "tea", call: callIn("tea", [ALICE, BOB]) });
    core.tell({ type: "call", room: "dev", call: callIn("dev", [BOB]) });
    await app.waitFor("│♪ call in tea: alice, bob · /call joins");
    await app.waitFor(/^ ♪ dev/m);
    matchesPage(t, await app.shows(), "call-elsewhere");
    await app.resize(36, 20);
    await app.waitFor("♪ call: 2 in it · /call joins");
    core.tell({ type: "call", room: "tea", call: null });
    core.tell({ type: "call", room: "dev", call: null });
    await app.resize(80, 24);
    await app.waitFor((screen) => !screen.text().join("\n").includes("♪"));
  },
);

t.test("somebody calls: the row, and what answers it", async (t) => {
  const core = teaCore();
  const app = await openApp(t, { core, sound: new ScriptedSound(core) });
  await app.waitFor("message 1");
  core.tell({ type: "call", room: "d1", call: callIn("d1", [ALICE]) });
  await app.waitFor(" alice calls · Enter answers · Esc not now");
  matchesPage(t, await app.shows(), "call-rings");
  await app.press("a word");
  await app.waitFor(" alice calls · /call there answers");
  await app.press("\x1b[13u");
  t.equal(core.asked.filter(({ method }) => method === "message.send").length, 1, "Enter sends what is written");
  core.tell({ type: "call", room: "d1", call: null });
  await app.waitFor("alice called, and was not answered");
  t.match((await app.shows()).join("\n"), /alice +•|alice/);
  t.match(core.asked.findLast(({ method }) => method === "room.prefs")?.params, { room: "d1", unread: true });
});

t.test("at the start a call that goes on is known", async (t) => {
  const core = teaCore();
  core.calls.set("tea", callIn("tea", [BOB]));
  const app = await openApp(t, { core });
  await app.waitFor("♪ call in tea: bob · /call joins");
  core.calls.clear();
  core.die();
  await app.waitFor((screen) => !screen.text().join("\n").includes("♪ call"));
});

t.test("in a quiet second of a call nothing is written", async (t) => {
  const { app, core, sound } = await openCall(t);
  await app.shows();
  const before = app.terminal.raw().length;
  for (let tell = 0; tell < 5; tell += 1) {
    const people = [person(ALICE, { delayMs: 38 + tell, jitterMs: tell }), person(BOB, { delayMs: 40 - (tell % 3) })];
    sound.tell({ people, levelDb: -90 + tell, sentPackets: tell, startedAt: NOW - 192_000 + tell });
    core.tell({
      type: "call",
      room: "tea",
      call: callIn("tea", [ALICE, BOB], { here: true, startedAt: new Date(NOW - 192_000).toISOString() }),
    });
    await app.shows();
  }
  const written = app.terminal.raw(before);
  t.equal(written, "", `${written.length} bytes`);
  sound.tell({ people: [person(ALICE, { isTalking: true, levelDb: -12 }), person(BOB)] });
  await app.waitFor("▁▁▁█");
  const meter = app.terminal.raw(before);
  t.ok(meter.length > 0 && meter.length < 300, `of a meter only what changed: ${JSON.stringify(meter)}`);
});
