import t from "tap";
import { KeetError } from "../../src/errors.js";
import type { MessageInfo } from "../../src/rpc/methods.js";
import { until } from "../helpers/program.js";
import { openApp } from "./open-app.js";
import { ALICE, BOB, idOf, message, NOW, room, ScriptedCore } from "./scripted-core.js";

process.env.TZ = "UTC";

function row(number: number, text: string, change: Partial<MessageInfo> = {}): MessageInfo {
  return message(number, { text, sentAt: new Date(NOW - (500 - number) * 60_000).toISOString(), ...change });
}

function coreWith(count: number): ScriptedCore {
  const core = new ScriptedCore();
  core.rooms = [room("tea"), room("dev", { unread: 4 })];
  core.messages.set(
    "tea",
    Array.from({ length: count }, (_, index) => row(index, `cup number ${index}`, { position: index })),
  );
  core.messages.set("dev", [
    row(0, "nothing to drink here", { room: "dev", author: BOB, position: 0 }),
    row(1, "a Cüp of code", { room: "dev", author: BOB, position: 1 }),
  ]);
  return core;
}

function searches(core: ScriptedCore): Record<string, unknown>[] {
  return core.asked.filter(({ method }) => method === "message.search").map(({ params }) => params);
}

t.test("Ctrl-F looks while one types, for the last words only", async (t) => {
  const core = coreWith(30);
  const app = await openApp(t, { core });
  await app.keys("kept");
  await app.keys("\x06");
  await app.waitFor("all of them, in any case");
  await app.keys("cup number 7");
  await app.waitFor("▌04:11 alice cup number 27");
  t.same(searches(core), [{ text: "cup number 7", limit: 50, room: "tea" }], "one question, not one a letter");
  await app.keys("\x7f\x7f");
  await app.waitFor("cup number 29");
  await app.keys("\x17");
  await until(() => searches(core).some(({ text }) => text === "cup "));
  await app.keys("\x15");
  await app.waitFor("all of them, in any case");
  await app.keys("\x1b");
  t.equal(app.screen.line.text, "kept", "the line is as it was");
});

t.test("what was found is marked, whatever its case and accents, and far into a long message", async (t) => {
  const core = coreWith(0);
  core.messages.set("tea", [row(0, `${"long ".repeat(60)}and then the CAFÉ closed`, { position: 0 })]);
  core.answers["message.search"] = () => ({ messages: core.messages.get("tea"), more: null, incomplete: [] });
  const app = await openApp(t, { core });
  await app.keys("/search cafe\r");
  await app.waitFor("CAFÉ closed");
  const place = app.terminal.find("CAFÉ")!;
  for (let x = 0; x < 4; x += 1) t.match(app.terminal.cell(place.x + x, place.y).attributes, "bold underline");
  t.notMatch(app.terminal.cell(place.x + 5, place.y).attributes, "bold");
  t.ok(app.terminal.find("…long"));
});

t.test("Tab looks in every room, and Enter goes to the message there without reading the rest", async (t) => {
  const core = coreWith(300);
  core.messages.set("dev", [
    ...Array.from({ length: 200 }, (_, index) => row(index, `line ${index}`, { room: "dev", position: index })),
    row(200, "a cup of code", { room: "dev", author: BOB, position: 200 }),
    ...Array.from({ length: 200 }, (_, index) =>
      row(201 + index, `line ${201 + index}`, { room: "dev", position: 201 + index }),
    ),
  ]);
  const app = await openApp(t, { core });
  await app.keys("/search cup of\r");
  await app.waitFor("No message in tea has that. Tab looks in every room.");
  await app.keys("\t");
  await app.waitFor(/▌\d\d:\d\d bob dev a cup of code/);
  t.same(searches(core).at(-1), { text: "cup of", limit: 50 });
  await app.keys("\r");
  await app.waitFor(/▌\d\d:\d\d bob +a cup of code/);
  t.equal(app.screen.state.getSnapshot().room, "dev");
  t.ok(app.terminal.find("line 199"));
  t.ok(app.terminal.find("line 203"));
  t.notOk(
    core.asked.some(({ method, params }) => method === "room.read" && params.room === "dev"),
    "what is new further down is still new",
  );
  await app.keys("\x06");
  await app.waitFor("> cup of");
  t.ok(app.terminal.find("a cup of code"), "the search is as it was left");
  await app.keys("\x1b");
  await app.keys("\x1b[F");
  await app.waitFor("line 400");
});

t.test("older hits come when the end of the list comes near", async (t) => {
  const core = coreWith(120);
  const app = await openApp(t, { core });
  await app.keys("/search cup\r");
  await app.waitFor("cup number 119");
  for (let page = 0; page < 9; page += 1) await app.keys("\x1b[6~");
  await app.waitFor(/▌.*cup number 0$/m);
  t.same(
    searches(core).map(({ after }) => after),
    [undefined, "50", "100"],
  );
});

t.test("an answer to words that were changed meanwhile is dropped", async (t) => {
  const core = coreWith(3);
  const slow = Promise.withResolvers<unknown>();
  core.answers["message.search"] = ({ text }) =>
    text === "slow" ? slow.promise : { messages: [row(2, "quick hit")], more: null, incomplete: [] };
  const app = await openApp(t, { core });
  await app.keys("/search slow\r");
  await app.waitFor("Looking …");
  await app.keys("\x15quick");
  await app.waitFor("quick hit");
  slow.resolve({ messages: [row(1, "slow hit")], more: null, incomplete: [] });
  await app.shows();
  t.ok(app.terminal.find("quick hit"));
  t.notOk(app.terminal.find("slow hit"));
});

t.test("what could not be looked through is said before what was found; what fails is said", async (t) => {
  const core = coreWith(3);
  core.answers["message.search"] = () => ({ messages: [row(1, "a cup")], more: null, incomplete: ["dev", "gone"] });
  const app = await openApp(t, { core });
  await app.keys("/search cup\r");
  await app.waitFor("A part of dev, gone is on no device that is here now; there may be more.");
  t.ok(app.terminal.find("a cup"));
  core.answers["message.search"] = () => {
    throw new KeetError("user", "BAD_ARGUMENT", "Nothing to look for in that.");
  };
  await app.keys("s");
  await app.waitFor("Nothing to look for in that.");
  t.notOk(app.terminal.find("Looking"));
});

t.test("messages of blocked people are not found, and a room that is gone is not opened", async (t) => {
  const core = coreWith(3);
  core.answers["message.search"] = () => ({
    messages: [row(1, "hidden", { blocked: true }), row(2, "of another room", { room: "left" })],
    more: null,
    incomplete: [],
  });
  const app = await openApp(t, { core });
  await app.keys("/search o\r");
  await app.waitFor("of another room");
  t.notOk(app.terminal.find("hidden"));
  await app.keys("\r");
  await app.waitFor("You are no longer in that room");
  t.equal(app.screen.state.getSnapshot().room, "tea");
});

t.test("a message that has another place by now is asked for, and found there", async (t) => {
  const core = coreWith(400);
  const moved = core.messages.get("tea")![3]!;
  core.answers["message.search"] = () => ({ messages: [{ ...moved, position: 250 }], more: null, incomplete: [] });
  const app = await openApp(t, { core });
  await app.keys("/search cup\r");
  await app.waitFor("cup number 3");
  await app.keys("\r");
  await app.waitFor(/▌.*cup number 3$/m);
  core.answers["message.search"] = () => ({
    messages: [row(7, "cup of nobody", { id: idOf(9999), position: 250 })],
    more: null,
    incomplete: [],
  });
  await app.keys("/search nobody\r");
  await app.waitFor("cup of nobody");
  await app.keys("\r");
  await app.waitFor("That message is not here");
});

t.test("/pins lists what is pinned, the latest pin first, and Enter goes there", async (t) => {
  const core = coreWith(300);
  const app = await openApp(t, { core });
  await app.keys("/pins\r");
  await app.waitFor("Nothing is pinned here. /pin pins the selected message.");
  await app.keys("\x1b");
  core.change({ room: "tea", id: idOf(5) }, { pinned: true });
  core.change({ room: "tea", id: idOf(290) }, { pinned: true, author: ALICE });
  await app.keys("/pins\r");
  await app.waitFor("▌08:34 alice cup number 290");
  await app.keys("\x1b[B");
  await app.keys("\r");
  await app.waitFor(/▌\d\d:\d\d .*cup number 5 \(pinned\)/);
  await app.keys("\x1b[F");
  await app.waitFor("cup number 299");
  await app.keys("/unpin\r");
  await app.waitFor("No longer pinned");
  t.match(core.asked.findLast(({ method }) => method === "message.pin")?.params, { id: idOf(290), pinned: false });
});
