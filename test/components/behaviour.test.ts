import t from "tap";
import { until } from "../helpers/program.js";
import { plainFile, transfer } from "../helpers/wire.js";
import { HOSTILE, openApp } from "./open-app.js";
import { ALICE, BOB, idOf, MAYA, member, message, NOW, room, ScriptedCore } from "./scripted-core.js";

process.env.TZ = "UTC";

function coreWith(...names: string[]): ScriptedCore {
  const core = new ScriptedCore();
  core.rooms = names.map((name) => room(name));
  for (const name of names) core.messages.set(name, [message(0, { room: name, text: `welcome to ${name}` })]);
  return core;
}

function sent(core: ScriptedCore): unknown[] {
  return core.asked.filter(({ method }) => method === "message.send").map(({ params }) => params.text);
}

t.test("C03 nothing is sent or run by a paste, and line ends at its end are dropped", async (t) => {
  const core = coreWith("tea");
  const app = await openApp(t, { core });
  await app.keys("\x1b[200~ls -l /srv\n\n\x1b[201~");
  t.equal(app.screen.line.text, "ls -l /srv");
  t.same(sent(core), []);
  await app.keys("\r");
  t.same(sent(core), ["ls -l /srv"]);

  await app.keys("\x1b[200~/leave\n/quit\n\x1b[201~");
  t.equal(app.screen.line.text, "/leave\n/quit");
  await app.keys("\r");
  t.same(sent(core), ["ls -l /srv", "/leave\n/quit"]);
  t.same(app.quits, []);
  t.equal(app.screen.state.getSnapshot().question, null);
});

t.test("C04 a paste without marks is one message; a quick Enter is still Enter", async (t) => {
  const core = coreWith("tea");
  const app = await openApp(t, { core });
  await app.keys("line one\r\nline two\r\nline three");
  await app.waitFor("line three");
  await new Promise((done) => setTimeout(done, 150));
  t.same(sent(core), []);
  t.equal(app.screen.line.text, "line one\nline two\nline three");
  await app.keys("\r");
  t.same(sent(core), ["line one\nline two\nline three"]);
  await new Promise((done) => setTimeout(done, 150));
  await app.keys("ab\r");
  t.same(sent(core).at(-1), "ab");
});

t.test("C05 a path is text; a refused command stays where it was typed", async (t) => {
  const core = coreWith("tea");
  const app = await openApp(t, { core });
  await app.keys("/home/maya/tea.txt is the one\r");
  await app.keys("/etc/\r");
  await app.keys("//x marks it\r");
  t.same(sent(core), ["/home/maya/tea.txt is the one", "/etc/", "/x marks it"]);
  await app.keys("/nonsense 1\r");
  t.equal(app.screen.line.text, "/nonsense 1");
  t.ok((await app.shows()).some((row) => row.includes("/nonsense is no command")));
  t.ok(app.terminal.find("//nonsense sends it as text"));
});

t.test("a command without what it needs says so, whatever could be completed there", async (t) => {
  const app = await openApp(t, { core: coreWith("tea") });
  await app.keys("/nick");
  await app.keys("\r");
  await app.waitFor("/nick needs a name");
  await app.waitFor("/nick <name>");
  t.equal(app.screen.line.text, "/nick");
  await app.keys("\x15/whois nobody");
  await app.keys("\r");
  await app.waitFor("No member of this room is called nobody");
  await app.waitFor("There are: maya, alice, bob");
});

t.test("under a question stands nothing that belongs to a notice before it", async (t) => {
  const app = await openApp(t, { core: coreWith("tea") });
  await app.keys("/nonsense");
  await app.keys("\r");
  await app.waitFor("//nonsense sends it as text");
  await app.keys("\x15");
  await app.keys("\x03");
  await app.waitFor("Quit?");
  t.notOk(app.terminal.find("sends it as text"));
});

t.test("a name pasted with line ends around it is a name", async (t) => {
  const core = new ScriptedCore();
  core.identity = null;
  const app = await openApp(t, { core });
  await app.keys("\x1b[200~\n  maya\nand more\x1b[201~");
  await app.waitFor("> maya");
  t.equal(app.screen.naming.line.text, "maya");
});

t.test("C06 Alt-Enter whose two bytes come apart is a line break", async (t) => {
  const core = coreWith("tea");
  const app = await openApp(t, { core });
  await app.keys("half a thought");
  await app.keys("\x1b");
  await new Promise((done) => setTimeout(done, 200));
  await app.keys("\r");
  t.same(sent(core), []);
  t.equal(app.screen.line.text, "half a thought\n");
});

t.test("C07 text that a key carries wins over its Alt binding", async (t) => {
  const app = await openApp(t, { core: coreWith("tea", "dev", "music") });
  await app.keys("\x1b[51;3;35u\x1b[48;3;64u");
  t.equal(app.screen.line.text, "#@");
  t.equal(app.screen.state.getSnapshot().room, "tea");
  await app.keys("\x1b[51;3u");
  t.equal(app.screen.state.getSnapshot().room, "music");
});

t.test("C09 a draft stays with its room, and with the person after a kill", async (t) => {
  const core = coreWith("tea", "dev");
  const app = await openApp(t, { core });
  await app.keys("not for bob");
  await app.keys("\x1b[D\x1b[D");
  await app.keys("\x1b[1;3B");
  t.equal(app.screen.state.getSnapshot().room, "dev");
  t.equal(app.screen.line.text, "");
  await app.keys("\r");
  t.same(sent(core), []);
  await app.keys("\x1b[1;3A");
  t.same(app.screen.line.edit.getSnapshot().text, "not for bob");
  t.same(app.screen.line.edit.getSnapshot().cursor, 9);

  // Killed: nothing is closed, a second screen starts on the same core.
  await app.keys("!");
  await until(() => [...core.drafts.values()].some(({ text }) => text === "not for b!ob"));
  const second = await openApp(t, { core });
  await second.waitFor("> not for b!ob");
  t.equal(second.screen.line.edit.getSnapshot().cursor, 10);
});

t.test("C14 a kept draft never replaces what is being typed", async (t) => {
  const core = coreWith("tea");
  const late = Promise.withResolvers<{ text: string; cursor: number }>();
  core.answers["draft.get"] = () => late.promise;
  const app = await openApp(t, { core });
  await app.keys("mine");
  late.resolve({ text: "kept elsewhere", cursor: 4 });
  await app.shows();
  t.equal(app.screen.line.text, "mine");
});

t.test("hostile text in every place writes nothing but what is seen", async (t) => {
  const core = new ScriptedCore();
  const evil = { id: "09".repeat(32), name: HOSTILE };
  core.rooms = [room("tea", { name: HOSTILE, topic: HOSTILE, reason: HOSTILE, state: "stopped" })];
  core.members = [member(evil, { tag: HOSTILE }), member(MAYA)];
  core.messages.set("tea", [
    message(0, { author: evil, text: HOSTILE, reactions: [{ emoji: HOSTILE, by: [evil] }] }),
    message(1, {
      author: evil,
      type: "file",
      file: plainFile(HOSTILE, 4, { transfer: transfer({ state: "failed", reason: HOSTILE }) }),
    }),
    message(2, { author: MAYA, state: "failed", reason: HOSTILE }),
  ]);
  const app = await openApp(t, { core, columns: 140, rows: 40 });
  await app.waitFor("evil");
  core.tell({ type: "typing", room: "tea", who: [evil] });
  await app.shows();
  core.tell({ type: "notice", room: null, text: HOSTILE, level: "warning" });
  await app.shows();
  await app.keys("\x07");
  await app.keys("\x1b");
  await app.keys(`\x1b[200~${HOSTILE}\x1b[201~`);
  await app.shows();
  const raw = app.terminal.raw();
  t.notMatch(raw, /\x1b\]|\x07|\x9b|\u202e|\x00/, "no control of theirs");
  t.notMatch(raw, "\x1b[2Jevil");
});

t.test("an own message is there in the next frame, whatever the core does, and once", async (t) => {
  const core = coreWith("tea");
  const answer = Promise.withResolvers<void>();
  const app = await openApp(t, { core });
  core.answers["message.send"] = () => answer.promise;
  await app.keys("quick\r");
  t.ok(app.terminal.find("quick"), "drawn before any answer");
  delete core.answers["message.send"];
  core.die();
  await app.waitFor(() => sent(core).length === 2);
  const rows = await app.shows();
  t.equal(rows.filter((row) => row.includes("quick")).length, 1, "one row");
  const ids = core.asked.filter(({ method }) => method === "message.send").map(({ params }) => params.id);
  t.equal(ids[0], ids[1], "asked again with the same id");
  t.ok(rows.some((row) => /quick +✓$/.test(row)));
});

t.test("when the core is gone the screen says so and goes on taking text", async (t) => {
  const core = coreWith("tea");
  const back = Promise.withResolvers<void>();
  const real = core.connect;
  let attempts = 0;
  core.connect = async () => {
    attempts += 1;
    if (attempts > 1) await back.promise;
    return await real();
  };
  const app = await openApp(t, { core });
  core.die();
  await app.waitFor("the background part stopped; starting it again… (nothing typed is lost)");
  await app.keys("still here");
  t.ok(app.terminal.find("> still here"));
  back.resolve();
  await app.waitFor((screen) => screen.find("the background part stopped") === null);
  t.equal(app.screen.line.text, "still here");
});

t.test("what a core refused is marked with the reason, and the room goes on", async (t) => {
  const core = coreWith("tea");
  const app = await openApp(t, { core });
  const { KeetError } = await import("../../src/errors.js");
  core.answers["message.send"] = () => {
    throw new KeetError("user", "TOO_LONG", "That is longer than a message may be.");
  };
  await app.keys("too much\r");
  await app.waitFor("✗");
  t.ok(app.terminal.find("That is longer than a message may be."));
});

t.test("new text never moves what is being read", async (t) => {
  const core = coreWith("tea");
  core.messages.set(
    "tea",
    Array.from({ length: 150 }, (_, index) =>
      message(index, { sentAt: new Date(NOW - (150 - index) * 60_000).toISOString() }),
    ),
  );
  const app = await openApp(t, { core });
  await app.waitFor("message 149");
  await app.keys("\x1b[5~");
  const before = (await app.shows()).slice(1, 21);
  t.notOk(app.terminal.find("message 149"));
  core.say("tea", "something new\nin two lines", { sentAt: new Date(NOW).toISOString() });
  core.tell({ type: "arriving", room: "tea", message: message(900, { position: null, text: "pushed ahead" }) });
  const rows = await app.shows();
  t.same(rows.slice(1, 21), before, "not one row moved");
  t.match(rows[21], /▾ 2\d newer · End/);
  for (let page = 0; page < 8; page += 1) await app.keys("\x1b[5~");
  await app.waitFor("message 0");
  await app.keys("\x1b[F");
  await app.waitFor("something new");
  t.ok(app.terminal.find("pushed ahead"));
});

t.test("a pushed message takes its place once and disappears when it never comes", async (t) => {
  const core = coreWith("tea");
  const app = await openApp(t, { core });
  const pushed = message(7, { position: null, text: "ahead of its order" });
  core.tell({ type: "arriving", room: "tea", message: pushed });
  await app.waitFor("ahead of its order");
  core.say("tea", "ahead of its order", { id: pushed.id, writer: pushed.writer, author: ALICE });
  t.equal((await app.shows()).filter((row) => row.includes("ahead of its order")).length, 1);
  core.tell({ type: "arriving", room: "tea", message: message(8, { position: null, text: "never ordered" }) });
  await app.waitFor("never ordered");
  core.tell({ type: "arriving-gone", room: "tea", writer: ALICE.id, id: idOf(8) });
  await app.waitFor((screen) => screen.find("never ordered") === null);
});

t.test("a room is read only while somebody looks at its end", async (t) => {
  const core = coreWith("tea", "dev");
  const app = await openApp(t, { core });
  const reads = () => core.asked.filter(({ method }) => method === "room.read").map(({ params }) => params.room);
  core.tell({ type: "room", room: room("tea", { unread: 1 }) });
  await app.shows();
  t.same(reads(), ["tea"]);
  await app.keys("\x1b[O");
  core.tell({ type: "room", room: room("tea", { unread: 2 }) });
  core.tell({ type: "room", room: room("dev", { unread: 3 }) });
  await app.shows();
  t.same(reads(), ["tea"], "not while the terminal is in the background");
  t.equal(app.screen.unread(), 5);
  await app.keys("\x1b[I");
  await app.shows();
  t.same(reads(), ["tea", "tea"]);
  t.equal(app.screen.unread(), 3);
  await app.keys("\x1ba");
  t.equal(app.screen.state.getSnapshot().room, "dev");
  await app.shows();
  t.same(reads(), ["tea", "tea", "dev"]);
});

t.test("Ctrl-C clears, then asks, then quits", async (t) => {
  const app = await openApp(t, { core: coreWith("tea") });
  await app.keys("oops");
  await app.keys("\x03");
  t.equal(app.screen.line.text, "");
  await app.keys("\x19");
  t.equal(app.screen.line.text, "oops", "Ctrl-Y brings it back");
  await app.keys("\x03");
  await app.keys("\x03");
  t.ok((await app.shows()).some((row) => row.includes("Quit?")));
  t.same(app.quits, []);
  await app.keys("n");
  t.notOk(app.terminal.find("Quit?"));
  await app.keys("\x03\x03");
  t.same(app.quits, [0]);
});

t.test("an invite alone on the line is asked about; Esc leaves it as text", async (t) => {
  const core = coreWith("tea");
  const app = await openApp(t, { core });
  await app.keys("\x1b[200~keet-tui://join/yryxtq\x1b[201~");
  t.ok((await app.shows()).some((row) => row.includes("Join this room?  Enter yes · Esc no")));
  await app.keys("\x1b");
  await new Promise((done) => setTimeout(done, 500));
  await app.keys("\r");
  t.same(sent(core), ["keet-tui://join/yryxtq"], "then it is sent as any text");
  await app.keys("\x1b[200~keet-tui://join/another\x1b[201~");
  await app.keys("\r");
  await app.waitFor("You are in joined");
  t.equal(app.screen.state.getSnapshot().room, "joined");
  t.same(core.asked.find(({ method }) => method === "room.join")?.params, { invite: "keet-tui://join/another" });
});

t.test("the page without rooms takes c, j and ? as its first key", async (t) => {
  const app = await openApp(t, { core: new ScriptedCore() });
  await app.waitFor("Nothing here yet");
  await app.keys("?");
  await app.waitFor("Help");
  await app.keys("\x1b");
  await app.keys("c");
  t.equal(app.screen.line.text, "/create ");
  await app.keys("tea?\r");
  await app.waitFor("▌tea?");
});

t.test("the whole way in with an invite: name, words, the room", async (t) => {
  const core = new ScriptedCore();
  core.identity = null;
  const app = await openApp(t, { core, invite: "keet-tui://join/yryxtq" });
  await app.keys("maya\r");
  await app.waitFor("word24");
  t.notOk(
    core.asked.some(({ method }) => method === "room.join"),
    "the words come first",
  );
  await app.keys("\r");
  await app.waitFor("You are in joined");
  t.ok(core.asked.some(({ method }) => method === "identity.wordsSeen"));
});

t.test("a room that is being joined says for whom it waits, and is read when it is in", async (t) => {
  const core = new ScriptedCore();
  core.rooms = [room("tea", { state: "joining", reason: "Waiting for bob to come by.", peers: 0, members: 0 })];
  core.messages.set("tea", [message(0, { text: "welcome" })]);
  const app = await openApp(t, { core });
  await app.waitFor("Waiting for bob to come by.");
  t.notOk(core.asked.some(({ method }) => method === "message.list"));
  core.tell({ type: "room", room: room("tea") });
  await app.waitFor("welcome");
  t.notOk(app.terminal.find("Waiting for bob"));
});

t.test("Tab completes commands, people and emoji, and never inside a link", async (t) => {
  const app = await openApp(t, { core: coreWith("tea") });
  await app.keys("/wh");
  t.ok(app.terminal.find("/who  /whois"));
  await app.keys("\t");
  t.equal(app.screen.line.text, "/who");
  await app.keys("\t");
  t.equal(app.screen.line.text, "/whois ");
  await app.keys("\x1b[Z");
  t.equal(app.screen.line.text, "/who");
  await app.keys("\x15");
  await app.keys("hello @al\t");
  t.equal(app.screen.line.text, "hello @alice ");
  await app.keys(":tad\t");
  t.equal(app.screen.line.text, "hello @alice 🎉");
  await app.keys("\x15");
  await app.keys("see https://files.example/:v:/p/:ta\t");
  t.equal(app.screen.line.text, "see https://files.example/:v:/p/:ta");
});

t.test("the frame is as high as the terminal, at every size and with a long draft", async (t) => {
  const app = await openApp(t, { core: coreWith("tea", "dev") });
  await app.keys("\x1b[200~one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\nnine\nten\x1b[201~");
  for (const [columns, rows] of [
    [80, 24],
    [30, 8],
    [200, 60],
    [59, 9],
    [60, 10],
    [119, 24],
    [120, 24],
  ] as const) {
    await app.resize(columns, rows);
    const text = await app.shows();
    t.equal(text.length, rows);
    t.match(text[0], "tea", `the title is the first row at ${columns}x${rows}`);
    t.match(text.at(-1), "tea", `the status is the last row at ${columns}x${rows}`);
    t.ok(
      text.some((row) => row.includes("ten")),
      `the end of the draft is in sight at ${columns}x${rows}`,
    );
  }
});

t.test("a selected message can be copied as it was sent, and verified", async (t) => {
  const core = coreWith("tea");
  core.messages.set("tea", [message(0, { text: "tab\there" }), message(1, { author: BOB, text: "second" })]);
  core.answers["message.verify"] = ({ id }) => ({
    id,
    verified: false,
    steps: [{ what: "message", ok: false, detail: "signed by nobody known" }],
    author: ALICE,
    fingerprint: "ab12",
  });
  const app = await openApp(t, { core });
  await app.keys("\x1b[A");
  await app.keys("\x1b[A");
  t.ok(app.terminal.find("▌09:00 alice"));
  await app.keys("y");
  t.same(app.copied, ["tab\there"]);
  await app.keys("v");
  await app.waitFor("This did not come from alice as claimed.");
  const asked = core.asked.find(({ method }) => method === "message.verify")?.params;
  t.same(asked?.id, idOf(0));
  t.match(asked?.writer, /^[0-9a-f]{64}$/, "of that very writer: ids are the sender's choice");
});
