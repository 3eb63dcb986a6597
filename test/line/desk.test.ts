import t from "tap";
import { KeetError } from "../../src/errors.js";
import { teaCore } from "../commands/tea-core.js";
import { ALICE, BOB, MAYA, member, room, ScriptedCore } from "../components/scripted-core.js";
import { until } from "../helpers/program.js";
import { openLines } from "./open-lines.js";

process.env.TZ = "UTC";

/** Everybody of tea is here, and it has a neighbour. */
function twoRooms(): ScriptedCore {
  const core = new ScriptedCore();
  core.rooms = [room("tea", { lastAt: "2026-11-24T10:00:00Z" }), room("dev")];
  return core;
}

const sent = (core: ScriptedCore) =>
  core.asked.filter(({ method }) => method === "message.send").map(({ params }) => `${params.room}: ${params.text}`);

t.test("what is said where one is, is heard once; what was there before is not read out", async (t) => {
  const core = twoRooms();
  core.say("tea", "long ago");
  const lines = openLines(t, core);
  await lines.waitFor("-- in tea: 4 here");
  core.say("tea", "morning!\n-- bob left");
  await lines.waitFor("bob left");
  lines.type("hello");
  await until(() => sent(core).length === 1);
  core.say("tea", "after it");
  await lines.waitFor("after it");
  t.same(lines.out().slice(-3), ["09:01 tea alice: morning!", "      -- bob left", "09:03 tea alice: after it"]);
  t.notMatch(lines.out().join("\n"), "long ago");
  t.notMatch(lines.out().join("\n"), "hello", "a terminal has shown it already");
});

t.test("what is unread is read out on coming in, the last of it where it is much", async (t) => {
  const core = twoRooms();
  for (let index = 0; index < 30; index += 1) core.say("tea", `text ${index}`);
  core.rooms = core.rooms.map((one) => (one.id === "tea" ? { ...one, unread: 25 } : one));
  const lines = openLines(t, core);
  await lines.waitFor("text 29");
  t.same(lines.out().slice(0, 3), [
    "-- in tea: 4 here, 25 new",
    "-- 5 more in tea. /last 25 reads them.",
    "09:10 tea alice: text 10",
  ]);
  t.equal(core.asked.filter(({ method }) => method === "room.read").length, 1, "and counts as read");
});

t.test("whoever comes into a room for the first time hears the last of it", async (t) => {
  const core = twoRooms();
  for (let index = 0; index < 12; index += 1) core.say("joined", `text ${index}`);
  core.say("joined", "", { type: "notice", notice: "joined", author: MAYA, mine: true });
  const lines = openLines(t, core);
  await lines.waitFor("-- in tea");
  await lines.say("/join keet-tui://join/abc");
  await lines.waitFor("text 11");
  t.same(
    lines.out().filter((line) => / joined alice: /.test(line)).length,
    9,
    "ten, of which one is that oneself has come",
  );
  core.say("joined", "welcome");
  await lines.waitFor("09:13 joined alice: welcome");
});

t.test("what is said while a room is being read in is heard", async (t) => {
  const core = twoRooms();
  core.say("dev", "long ago");
  const lines = openLines(t, core);
  await lines.waitFor("-- in tea");
  core.answers["message.list"] = async (params) => {
    delete core.answers["message.list"];
    const said = { ...core.messages.get("dev")![0]!, id: "ee".repeat(16), text: "just now", position: null };
    core.tell({ type: "arriving", room: "dev", message: said });
    core.messages.set("dev", [...core.messages.get("dev")!, { ...said, position: 1 }]);
    return core.answer("message.list", params);
  };
  lines.type("/go dev");
  await lines.waitFor("dev alice: just now");
  t.notMatch(lines.out().join("\n"), "long ago");
});

t.test("older pages that are read in for /last are no news, and what comes meanwhile is", async (t) => {
  const core = twoRooms();
  for (let index = 0; index < 250; index += 1) core.say("tea", `text ${index}`);
  const lines = openLines(t, core);
  await lines.waitFor("-- in tea");
  const list = core.answers;
  list["message.list"] = async (params) => {
    delete list["message.list"];
    core.say("tea", "meanwhile");
    // Until the stores have told that, so that what comes next is told at once.
    await lines.waitFor("meanwhile");
    return core.answer("message.list", params);
  };
  await lines.say("/last 150");
  await lines.waitFor("meanwhile");
  const said = lines.out();
  t.equal(said.filter((line) => line.startsWith("#")).length, 150);
  t.equal(said.filter((line) => /^\d\d:\d\d tea alice: meanwhile$/.test(line)).length, 1);
  t.equal(said.filter((line) => /^\d\d:\d\d tea alice: text/.test(line)).length, 0);
});

t.test("a number means the same message until the end, wherever it is", async (t) => {
  const core = twoRooms();
  core.say("tea", "first");
  core.say("dev", "elsewhere");
  const lines = openLines(t, core);
  await lines.waitFor("-- in tea");
  t.match(await lines.say("/last"), ["#1 09:00 tea alice: first"]);
  core.say("tea", "second");
  await lines.waitFor("second");
  t.match(await lines.say("/last"), ["#1 09:00 tea alice: first", "#2 09:01 tea alice: second"]);
  t.match((await lines.say("/search else"))[0], "#3 09:00 dev alice: elsewhere");
  t.match(await lines.say("/reply #1 yes"), ["-- sent in answer to alice: “first”"]);
  t.match(await lines.say("/reply #3 yes"), ["-- sent in dev in answer to alice: “elsewhere”"]);
  t.match(await lines.say("/react #3 :tada"), ["-- done in dev"], "what one does elsewhere is not heard of otherwise");
  t.match(await lines.say("/reply #9 yes"), [/^No message was read here as #9\. \/last reads/]);
  t.match(await lines.say("/delete #2"), [/^#2 09:01 tea alice: second/, /y or n$/]);
  t.same(sent(core), ["tea: yes", "dev: yes"]);
});

t.test("a question takes the next line, and only yes is yes", async (t) => {
  const core = twoRooms();
  const lines = openLines(t, core);
  await lines.waitFor("-- in tea");
  await lines.say("/leave");
  t.same(await lines.say(""), ["-- no: nothing was changed"]);
  await lines.say("/leave");
  t.same(await lines.say("hello?"), [
    "-- no: nothing was changed",
    "-- neither y nor n, and not sent to anybody: hello?",
  ]);
  t.same(sent(core), []);
  await lines.say("/leave");
  t.ok(lines.desk.interrupt(), "Ctrl-C drops it");
  await lines.say("/leave");
  t.match(await lines.say("Y"), ["-- no room is open now. /list names them, /go opens one.", "-- You left tea."]);
  t.match(await lines.say("hello"), [/^No room is open to say this in, so it was not sent\./]);
  t.same(sent(core), []);
  await lines.say("/go dev");
  t.notOk(lines.desk.interrupt(), "with nothing begun it is for the program");
});

t.test("what goes on with the next line", async (t) => {
  const core = twoRooms();
  core.say("tea", "tea or coffee?");
  core.say("tea", "mine", { author: MAYA, mine: true, state: "delivered" });
  const lines = openLines(t, core);
  await lines.waitFor("-- in tea");
  await lines.say("/reply");
  await lines.say("/tea of course");
  t.same(sent(core), ["tea: /tea of course"], "nothing in it is a command");
  await lines.say("/react");
  t.match(await lines.say("nonsense"), [/^nonsense is no emoji/]);
  await lines.say("/react");
  t.match(await lines.say("tada"), [/^-- you reacted 🎉 to the message of alice/]);
  await lines.say("/last");
  await lines.say("/edit #2");
  t.match(await lines.say("ours"), ["-- you edited a message of 09:01 in tea: ours"]);
  await lines.say("/edit #2");
  t.match(await lines.say(""), ["-- dropped: nothing was changed"]);
  t.match(await lines.say("/edit #2 ours"), ["-- It says that already."]);
});

t.test("an invite alone on a line is asked about, and in a script refused", async (t) => {
  const link = "keet-tui://join/abc";
  const core = twoRooms();
  const lines = openLines(t, core);
  await lines.waitFor("-- in tea");
  t.same(await lines.say(link), ["-- Join this room? y or n"]);
  t.same(await lines.say("n"), ["-- no: it was not joined, and not sent"]);
  await lines.say(link);
  await lines.say("y");
  await lines.waitFor("-- in joined");
  t.same(sent(core), []);
  const script = openLines(t, twoRooms(), { isTyped: false });
  script.type(link);
  script.close();
  t.equal(await script.ended, 2);
  t.match(script.refused(), [/^line 1: That is an invite.*\/join and the link behind it joins\.$/]);
});

t.test("who is not in a room yet waits for it without being in the way, and is not moved", async (t) => {
  const core = twoRooms();
  const lines = openLines(t, core);
  await lines.waitFor("-- in tea");
  const joined = Promise.withResolvers<unknown>();
  core.answers["room.join"] = () => joined.promise;
  lines.type("/join keet-tui://join/abc");
  await lines.waitFor("-- Joining;");
  lines.passTime();
  lines.type("hello tea");
  await until(() => sent(core).length === 1);
  const music = room("music");
  core.rooms = [...core.rooms, music];
  joined.resolve(music);
  await lines.waitFor("-- music is open to you now: /go music");
  lines.type("still tea");
  await until(() => sent(core).length === 2);
  t.same(sent(core), ["tea: hello tea", "tea: still tea"]);
});

t.test("the first run asks for a name, shows the words and asks whether they are written down", async (t) => {
  const core = new ScriptedCore();
  core.identity = null;
  const lines = openLines(t, core);
  await lines.waitFor("What should people call you?");
  t.match(await lines.say("/create tea"), ["-- first a name; then /create"]);
  t.match(await lines.say("keet-tui://join/abc"), [/^-- the invite is kept/]);
  core.answers["identity.create"] = () => {
    delete core.answers["identity.create"];
    throw new KeetError("user", "BAD_ARGUMENT", "That name is too long", { hint: "32 characters fit." });
  };
  t.match(await lines.say("m".repeat(99)), [
    /^That name is too long\. 32 characters fit\.$/,
    /^-- What should people call/,
  ]);
  t.match((await lines.say("maya")).at(-1), "-- Are they written down? y or n");
  t.match(lines.out().join("\n"), / {3}21 word21, 22 word22, 23 word23, 24 word24\n/);
  await lines.say("y");
  await lines.waitFor("-- in joined");
  t.ok(core.asked.some(({ method }) => method === "identity.wordsSeen"));
});

t.test("the words are not written where something would keep them", async (t) => {
  const core = new ScriptedCore();
  core.identity = null;
  const lines = openLines(t, core, { isShown: false });
  await lines.waitFor("What should people call you?");
  t.match((await lines.say("maya"))[0], /^-- your 24 words are not shown/);
  t.match(await lines.say("/identity words"), [/^The words are shown on a terminal only\. keet-tui identity words/]);
  t.notMatch(lines.out().join("\n"), "word1");
});

t.test("a script says where it is to be, and what was meant for one room is never said in another", async (t) => {
  const core = twoRooms();
  core.rooms = core.rooms.map((one) => ({ ...one, unread: 2 }));
  const script = openLines(t, core, { isTyped: false });
  for (const line of ["lost", "/go tea", "one", "/go te", "two", "/go tea", "three", "/goo dev", "four"])
    script.type(line);
  script.close();
  t.equal(await script.ended, 1, "the code of the first refusal");
  t.same(sent(core), ["tea: one", "tea: three"]);
  t.match(script.refused(), [
    /^line 1: No room is open/,
    /^line 4: No room is called te/,
    /^line 5: No room is open/,
    /^line 8: \/goo is no command/,
    /^line 9: No room is open/,
  ]);
  t.match(script.out(), [/^-- in tea/, "12:04 tea maya: one", /^-- in tea/, "12:04 tea maya: three"]);
  t.notOk(
    core.asked.some(({ method }) => method === "room.read"),
    "nobody has read anything",
  );
});

t.test("a script waits until each line is stored, also through a core that dies", async (t) => {
  const core = twoRooms();
  const script = openLines(t, core, { isTyped: false });
  await script.say("/go tea");
  const first = Promise.withResolvers<void>();
  core.answers["message.send"] = async (params) => {
    await first.promise;
    delete core.answers["message.send"];
    return core.answer("message.send", params);
  };
  script.type("one");
  script.type("/typing");
  script.type("/me two");
  script.close();
  await until(() => sent(core).length === 1);
  core.die();
  await script.waitFor("the background part stopped; starting it again");
  first.resolve();
  t.equal(await script.ended, 0);
  t.match(script.out().slice(-3), ["12:04 tea maya: one", "-- nobody is typing", "12:04 tea * maya two"]);
  t.equal(core.messages.get("tea")?.length, 2, "and each is there once");
});

t.test("a message the room does not take is said with its words, and not lost from sight", async (t) => {
  const core = twoRooms();
  core.answers["message.send"] = () => {
    throw new KeetError("user", "TOO_LONG", "It is longer than 8 KiB");
  };
  const script = openLines(t, core, { isTyped: false });
  for (const line of ["/go tea", "hello"]) script.type(line);
  script.close();
  t.equal(await script.ended, 1);
  t.same(
    script.refused(),
    ["line 2: Not sent to tea: “hello”: It is longer than 8 KiB."].map((line) => line.replace(/\.$/, "")),
  );
});

t.test("a message without its end is not sent", async (t) => {
  for (const last of ["one\\", "/paste"]) {
    const core = twoRooms();
    const script = openLines(t, core, { isTyped: false });
    for (const line of ["/go tea", last]) script.type(line);
    script.close();
    t.equal(await script.ended, 2);
    t.match(script.refused(), [/has no end, so it was not sent/]);
    t.same(sent(core), []);
  }
});

t.test("a profile that is new in a script gets a name by itself, and says so", async (t) => {
  const core = twoRooms();
  core.identity = null;
  const script = openLines(t, core, { isTyped: false });
  script.close();
  t.equal(await script.ended, 0);
  t.equal(core.identity, null, "not before there is something to do");
  const second = openLines(t, core, { isTyped: false });
  await second.say("/list");
  t.match(second.refused(), [/^This profile was new: it is called login now\. keet-tui identity words/]);
});

t.test("how far own messages came is said where it is not as it should be", async (t) => {
  const core = twoRooms();
  const lines = openLines(t, core);
  await lines.waitFor("-- in tea");
  core.tell({ type: "room", room: { ...core.rooms[0]!, peers: 0 } });
  t.match(await lines.say("alone"), [/^-- nobody of tea is here: what you write is kept/]);
  lines.type("still alone");
  await until(() => sent(core).length === 2);
  const ids = core.messages.get("tea")!.map(({ id }) => id);
  const states = ids.map((id) => ({ id, state: "delivered" as const, reason: null }));
  core.tell({ type: "states", room: "tea", states });
  await lines.waitFor("-- delivered in tea: “still alone”");
  t.equal(lines.out().filter((line) => line.includes("nobody of tea")).length, 1, "once");
  core.tell({ type: "room", room: core.rooms[0]! });
  lines.type("somebody?");
  await until(() => sent(core).length === 3);
  await until(() => {
    lines.passTime();
    return lines.out().some((line) => line.includes("not delivered yet in tea: “somebody?”"));
  });
  t.pass("and where people are here and it takes long");
});

t.test("other rooms, the network and the background part have a line each", async (t) => {
  const core = teaCore();
  const lines = openLines(t, core);
  await lines.waitFor("-- zoe wants to talk to you: /accept zoe, or /decline zoe");
  await lines.say("/go tea");
  const dev = room("dev");
  core.tell({ type: "room", room: dev });
  core.tell({ type: "room", room: { ...dev, unread: 1 } });
  await lines.waitFor("-- 1 new in dev");
  core.tell({ type: "room", room: { ...dev, unread: 2 } });
  core.tell({ type: "room", room: { ...dev, unread: 3, mentions: 1 } });
  await lines.waitFor("-- dev: 3 new, 1 for you");
  core.tell({ type: "room", room: { ...core.rooms[0]!, alarm: "alice has two histories" } });
  await lines.waitFor("-- alarm in tea: alice has two histories. /room says more.");
  core.tell({ type: "network", network: { ...core.network, state: "offline" } });
  await lines.waitFor("-- offline: messages are kept and go out when someone appears");
  core.tell({ type: "network", network: core.network });
  await lines.waitFor("-- people anywhere can be found");
  const back = Promise.withResolvers<void>();
  core.answers["room.list"] = async () => {
    await back.promise;
    return core.rooms;
  };
  core.die();
  await lines.waitFor("-- the background part stopped; starting it again");
  back.resolve();
  await lines.waitFor("-- the background part is back");
  t.same(
    lines.out().filter((line) => line.includes("new in dev")),
    ["-- 1 new in dev"],
    "of many, the first",
  );
  t.same(lines.refused(), []);
});

t.test("who comes and goes is said of a room of few, and not of one who is back at once", async (t) => {
  const core = twoRooms();
  const lines = openLines(t, core);
  await lines.waitFor("-- in tea");
  const all = (bob: boolean, alice: boolean) => [
    member(MAYA),
    member(ALICE, { here: alice }),
    member(BOB, { here: bob }),
  ];
  await until(() => lines.session.room("tea").members.getSnapshot().length > 0);
  const tell = async (bob: boolean, alice: boolean) => {
    core.tell({ type: "members", room: "tea", members: all(bob, alice) });
    const isHere = (id: string) =>
      lines.session
        .room("tea")
        .members.getSnapshot()
        .find((one) => one.id === id)?.here;
    await until(() => isHere(BOB.id) === bob && isHere(ALICE.id) === alice);
    // By the time something else has been said, the stores have told it.
    await lines.say("/typing");
  };
  await tell(true, true);
  await lines.waitFor("-- bob is here");
  await tell(false, true);
  await tell(true, true);
  await tell(true, false);
  await until(() => {
    lines.passTime();
    return lines.out().includes("-- alice is away");
  });
  t.same(
    lines.out().filter((line) => /is (?:here|away)$/.test(line)),
    ["-- bob is here", "-- alice is away"],
  );
});

t.test("a day that is not today is named above what was said on it", async (t) => {
  const core = twoRooms();
  core.say("tea", "yesterday", { sentAt: "2026-11-23T20:00:00Z" });
  core.say("tea", "last year", { sentAt: "2025-11-23T20:00:00Z" });
  core.say("tea", "today");
  const lines = openLines(t, core);
  await lines.waitFor("-- in tea");
  t.match(await lines.say("/last"), [
    "-- Mon 23 Nov",
    /yesterday$/,
    "-- Sun 23 Nov 2025",
    /last year$/,
    "-- Tue 24 Nov",
    /today$/,
  ]);
});

t.test("what others write is said as they wrote it, whatever the program says elsewhere in other words", async (t) => {
  const core = twoRooms();
  core.say("tea", "mine", { author: MAYA, mine: true, state: "delivered" });
  const lines = openLines(t, core);
  await lines.waitFor("-- in tea");
  core.change(
    { room: "tea", id: core.messages.get("tea")![0]!.id },
    { text: "All rooms, to choose one", edited: true },
  );
  await lines.waitFor("in tea: All rooms, to choose one");
  t.match((await lines.say("/help list")).join(), /^-- \/list, {3}All rooms\.$/);
});

t.test("a question waits while a message is being written", async (t) => {
  const core = twoRooms();
  const lines = openLines(t, core);
  await lines.waitFor("-- in tea");
  const removed = Promise.withResolvers<null>();
  core.answers["room.remove"] = () => removed.promise;
  await lines.say("/remove bob");
  lines.type("y");
  await until(() => core.asked.some(({ method }) => method === "room.remove"));
  lines.passTime();
  await lines.say("/paste");
  lines.type("y");
  removed.resolve(null);
  await lines.waitFor("Go on in a new room?");
  lines.type("n");
  lines.type(".");
  await until(() => sent(core).length === 1);
  t.same(sent(core), ["tea: y\nn"]);
  t.match(await lines.say("n"), ["-- no: nothing was changed"]);
});

t.test("what goes on for long says so now and then, not at every step", async (t) => {
  const lines = openLines(t, twoRooms());
  await lines.waitFor("-- in tea");
  for (let count = 1; count <= 50; count += 1) lines.desk.actions.running.tell(`Writing tea: ${count} of 50`);
  t.same(
    lines.out().filter((line) => line.includes("Writing")),
    ["-- Writing tea: 1 of 50"],
  );
});
