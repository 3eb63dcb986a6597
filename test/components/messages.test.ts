import t from "tap";
import { KeetError } from "../../src/errors.js";
import type { MessageInfo } from "../../src/rpc/methods.js";
import { until } from "../helpers/program.js";
import { HOSTILE, openApp } from "./open-app.js";
import { ALICE, BOB, idOf, MAYA, member, message, NOW, replyTo, room, ScriptedCore } from "./scripted-core.js";

process.env.TZ = "UTC";

const UP = "\x1b[A";
const ESC = "\x1b";

function coreWith(rows: readonly MessageInfo[], ...others: string[]): ScriptedCore {
  const core = new ScriptedCore();
  core.rooms = ["tea", ...others].map((name) => room(name));
  core.messages.set("tea", [...rows]);
  return core;
}

function three(): MessageInfo[] {
  return [
    message(0, { text: "who is in?" }),
    message(1, { author: BOB, text: "I am, *surely*" }),
    message(2, { author: MAYA, text: "me too" }),
  ];
}

function asked(core: ScriptedCore, method: string): Record<string, unknown>[] {
  return core.asked.filter((one) => one.method === method).map(({ params }) => params);
}

t.test("r answers the selected message, and what stood in the line before comes back", async (t) => {
  const core = coreWith(three());
  const app = await openApp(t, { core });
  await app.keys("half a thought");
  // Ctrl-Up: with something in the line.
  await app.keys("\x1b[1;5A");
  await app.keys(UP);
  t.ok(app.terminal.find("▌09:01 bob"));
  await app.keys("r");
  t.ok(app.terminal.find("┊ replying to bob: I am, *surely*   Esc drops it"));
  t.equal(app.screen.line.text, "");
  await app.keys("good\r");
  await app.waitFor("┊ bob: I am, *surely*");
  t.match(asked(core, "message.send"), [{ text: "good", replyTo: idOf(1), replyWriter: BOB.id }]);
  t.equal(app.screen.line.text, "half a thought");
  t.equal(app.screen.state.getSnapshot().mode, null);
  await app.keys("\r");
  const [, second] = asked(core, "message.send");
  t.match(second, { text: "half a thought" });
  t.notOk(second && "replyTo" in second, "the next one answers nothing");
});

t.test("an answer is on screen at once, quoted, before any core has said anything", async (t) => {
  const core = coreWith(three());
  const app = await openApp(t, { core });
  core.answers["message.send"] = () => new Promise(() => {});
  await app.keys(UP);
  await app.keys(UP);
  await app.keys("r");
  await app.keys("good\r");
  t.ok(app.terminal.find("┊ bob: I am, *surely*"));
  t.ok(app.terminal.find("good"));
});

t.test("Esc drops an answer: the line before returns, what was typed is one key away", async (t) => {
  const app = await openApp(t, { core: coreWith(three()) });
  await app.keys("first");
  await app.keys("\x1b[1;5A");
  await app.keys("r");
  await app.keys("second");
  await app.keys(ESC);
  t.equal(app.screen.line.text, "first");
  t.ok(app.terminal.find("Ctrl-Y brings back what you wrote"));
  await app.keys("\x15\x19");
  await app.keys("\x15");
  await app.keys(UP);
  await app.keys("r");
  await app.keys("only this");
  await app.keys(ESC);
  t.equal(app.screen.line.text, "only this", "where nothing stood before, it stays as a message");
  t.equal(app.screen.state.getSnapshot().mode, null);
});

t.test("an answer stays with its room, and no kill loses either line", async (t) => {
  const core = coreWith(three(), "dev");
  const app = await openApp(t, { core });
  await app.keys("before");
  await app.keys("\x1b[1;5A");
  await app.keys("r");
  await app.keys("an answer");
  await until(() => core.drafts.get("tea")?.text === "before\nan answer");
  await app.keys("\x0e");
  t.equal(app.screen.state.getSnapshot().room, "dev");
  t.equal(app.screen.line.text, "");
  t.notOk(app.terminal.find("replying to"));
  await app.keys("\x10");
  t.ok(app.terminal.find("┊ replying to maya: me too"));
  t.equal(app.screen.line.text, "an answer");
  await app.keys(ESC);
  t.equal(app.screen.line.text, "before");
});

t.test("e puts the exact text into the line, and Enter saves it exactly", async (t) => {
  const text = "/x marks  it\n//quit\tkeet-tui://join/yryxtq";
  const core = coreWith([message(0, { author: MAYA, text })]);
  const app = await openApp(t, { core });
  await app.keys(UP);
  await app.keys("e");
  t.ok(app.terminal.find("┊ editing: /x marks  it //quit"));
  t.equal(app.screen.line.text, text);
  t.equal(app.screen.line.completion.getSnapshot(), null, "no command is offered for it");
  await app.keys(" :v:");
  t.equal(app.screen.state.getSnapshot().question, null, "nor is an invite in it asked about");
  await app.keys("\r");
  t.match(asked(core, "message.edit"), [{ room: "tea", id: idOf(0), writer: MAYA.id, text: `${text} :v:` }]);
  t.same(asked(core, "message.send"), []);
  await app.waitFor("(edited)");
  t.equal(app.screen.line.text, "");
});

t.test("an edit that changed nothing asks for nothing; an empty one is no edit", async (t) => {
  const core = coreWith(three());
  const app = await openApp(t, { core });
  await app.keys(UP);
  await app.keys("e\r");
  await app.shows();
  await app.keys(UP);
  await app.keys("e");
  await app.keys("\r");
  t.same(asked(core, "message.edit"), []);
  t.equal(app.screen.state.getSnapshot().mode, null);
  await app.keys(UP);
  await app.keys("e");
  await app.keys("\x15");
  await app.keys("\r");
  t.ok(app.terminal.find("A message cannot become empty"));
  t.ok(app.screen.state.getSnapshot().mode);
  t.same(asked(core, "message.edit"), []);
});

t.test("an edit that is refused is in the line again", async (t) => {
  const core = coreWith(three());
  core.answers["message.edit"] = () => {
    throw new KeetError("user", "TOO_LONG", "That is longer than a message may be.");
  };
  const app = await openApp(t, { core });
  await app.keys(UP);
  await app.keys("e");
  await app.keys("!\r");
  await app.waitFor("That is longer than a message may be.");
  t.equal(app.screen.line.text, "me too!");
  t.match(app.screen.state.getSnapshot().mode, { kind: "edit" });
});

t.test(
  "what is not in the room yet, is not one's own or was taken back cannot be edited, and it says why",
  async (t) => {
    const core = coreWith([
      message(0, { author: BOB, text: "not mine" }),
      message(1, { author: MAYA, text: "never out", state: "failed", reason: "The room is full." }),
      message(2, { author: MAYA, text: "", deleted: true }),
      message(3, { author: MAYA, text: "on its way", state: "pending" }),
    ]);
    const app = await openApp(t, { core });
    for (const words of [
      "That message is still on its way into the room and cannot be edited yet",
      "That message was taken back and cannot be edited",
      "That message did not get out, so it cannot be edited",
      "You can edit only what you wrote yourself",
    ]) {
      await app.keys(UP);
      t.notMatch(app.terminal.text().at(-1), "e edit");
      await app.keys("e");
      await app.waitFor(words);
      t.equal(app.screen.state.getSnapshot().mode, null);
    }
  },
);

t.test("+ reacts, the same again takes it back, however the emoji is written", async (t) => {
  const core = coreWith([
    message(0, { reactions: [{ emoji: "❤", by: [ALICE] }] }),
    message(1, { author: MAYA, text: "me too" }),
  ]);
  const app = await openApp(t, { core });
  await app.keys(`${UP}${UP}`);
  await app.keys("+");
  t.ok(app.terminal.find("┊ reacting to alice: message 0"));
  t.ok(app.terminal.find("👍 thumbsup"), "those used most, before anything is typed");
  await app.keys("\r");
  t.ok(app.terminal.find("Tab chooses one"), "Enter alone reacts with nothing");
  await app.keys("hea\r");
  t.match(asked(core, "message.react"), [{ id: idOf(0), writer: ALICE.id, emoji: "❤" }], "as it is there already");
  await app.waitFor("❤ 2");
  await app.keys(`${UP}${UP}`);
  await app.keys("+");
  await app.keys("\x15❤️\r");
  await app.waitFor("❤ 1");
  t.match(asked(core, "message.react")[1], { emoji: "❤", remove: true });
  await app.keys(`${UP}${UP}`);
  await app.keys("+");
  await app.keys("\t\t");
  t.equal(app.screen.line.text, "❤️", "Tab chooses");
  await app.keys("\x15:nosuchthing\r");
  await app.waitFor(":nosuchthing is no emoji");
  await app.keys(ESC);
  t.equal(app.screen.state.getSnapshot().mode, null);
  t.equal(app.screen.line.text, "");
  t.equal(asked(core, "message.react").length, 2);
});

t.test("a plus typed with Shift on a key of another name reacts too", async (t) => {
  const app = await openApp(t, { core: coreWith(three()) });
  await app.keys(UP);
  await app.keys("\x1b[61:43;2u");
  t.match(app.screen.state.getSnapshot().mode, { kind: "react" });
});

t.test("d asks once, says what it is, and takes the message back", async (t) => {
  const core = coreWith(three());
  const app = await openApp(t, { core });
  await app.keys(UP);
  await app.keys("d");
  t.ok(app.terminal.find("Take it back for everyone?  Enter yes · Esc no"));
  t.ok(app.terminal.find("A request to the others' programs"));
  await app.keys(ESC);
  t.same(asked(core, "message.delete"), []);
  await app.keys("d");
  await app.keys("\r");
  t.match(asked(core, "message.delete"), [{ room: "tea", id: idOf(2), writer: MAYA.id }]);
  await app.waitFor("(taken back)");
  t.notOk(app.terminal.find("me too"));
});

t.test("a member is not asked about the messages of others; a moderator is", async (t) => {
  const core = coreWith([message(0)]);
  core.rooms = [room("tea", { role: "member" })];
  const app = await openApp(t, { core });
  await app.keys(UP);
  t.notMatch(app.terminal.text().at(-1), /d delete|p pin/);
  await app.keys("d");
  t.ok(app.terminal.find("/delete: only moderators and owners can take back what others wrote"));
  core.tell({ type: "room", room: room("tea", { role: "moderator" }) });
  await app.shows();
  t.equal(app.screen.state.getSnapshot().question, null);
  await app.keys("d");
  t.ok(app.screen.state.getSnapshot().question);
});

t.test("p pins and unpins, y copies the exact text", async (t) => {
  const core = coreWith([message(0, { text: "tab\there *and* there" })]);
  const app = await openApp(t, { core });
  await app.keys(UP);
  await app.keys("p");
  await app.waitFor("(pinned)");
  t.match(asked(core, "message.pin"), [{ id: idOf(0), writer: ALICE.id, pinned: true }]);
  await app.keys("p");
  await app.waitFor((screen) => screen.find("(pinned)") === null);
  t.match(asked(core, "message.pin")[1], { pinned: false });
  await app.keys("y");
  t.same(app.copied, ["tab\there *and* there"]);
});

t.test("Enter on an answer goes to what it answers, wherever that is, and End comes back", async (t) => {
  const core = coreWith([]);
  const rows = Array.from({ length: 400 }, (_, index) =>
    message(index, { sentAt: new Date(NOW - (400 - index) * 60_000).toISOString() }),
  );
  core.messages.set("tea", [...rows, message(400, { author: BOB, text: "late answer", ...replyTo(rows[7]!) })]);
  const app = await openApp(t, { core });
  await app.waitFor("late answer");
  await app.keys(UP);
  t.match(app.terminal.text().at(-1), "Enter original");
  await app.keys("\r");
  await app.waitFor(/▌\d\d:\d\d[ a-z]+ message 7$/m);
  t.ok(app.terminal.find("message 12"), "with what was said after it");
  t.ok(app.terminal.find("message 1"), "and before");
  t.match(
    app.terminal.text().find((row) => row.includes("newer")),
    /▾ \d{3} newer · End/,
  );
  await app.keys("\x1b[F");
  await app.waitFor("late answer");
  t.equal(app.screen.state.getSnapshot().selected, null);
});

t.test("Enter on an answer to what nobody here has says so", async (t) => {
  const core = coreWith([
    message(0, { ...replyTo(message(9), { found: false, author: null, text: "", position: null }) }),
    message(1),
  ]);
  const app = await openApp(t, { core });
  await app.keys(UP);
  await app.keys("\r");
  t.ok(app.terminal.find("This message answers no other"));
  await app.keys(UP);
  await app.keys("\r");
  await app.waitFor("That message is not here");
  t.same(asked(core, "message.send"), [], "and nothing was sent by that Enter");
});

t.test("a page up, Home and End while selecting", async (t) => {
  const core = coreWith(
    Array.from({ length: 150 }, (_, index) => message(index, { sentAt: new Date(NOW).toISOString() })),
  );
  const app = await openApp(t, { core });
  await app.waitFor("message 149");
  await app.keys(UP);
  await app.keys("\x1b[5~");
  const selected = () => app.terminal.text().find((row) => row.includes("▌") && row.includes("message")) ?? "";
  const number = () => Number(/message (\d+)/.exec(selected())?.[1]);
  const first = number();
  t.ok(first < 135 && first > 100, `a page further up: ${first}`);
  await app.keys("\x1b[6~");
  t.ok(number() > first);
  await app.keys("\x1b[H");
  await app.waitFor(/▌.*message 50/);
  for (let page = 0; page < 4; page += 1) await app.keys("\x1b[5~");
  t.ok(number() < 50, "older pages come as they are needed");
  await app.keys("\x1b[F");
  t.equal(app.screen.state.getSnapshot().selected, null);
  t.ok(app.terminal.find("message 149"));
});

t.test("a command begun at a selected message is about that one, until something else is typed", async (t) => {
  const core = coreWith(three(), "dev");
  const app = await openApp(t, { core });
  await app.keys(`${UP}${UP}${UP}`);
  await app.keys("/react :nope\r");
  await app.waitFor(":nope is no emoji");
  t.ok(app.terminal.find("▌09:00 alice"), "still the one meant");
  await app.keys("\x17:tada\r");
  t.match(asked(core, "message.react"), [{ id: idOf(0), emoji: "🎉" }]);
  await app.waitFor("🎉 1");
  t.equal(app.screen.state.getSnapshot().pointed, null);
  await app.keys(`${UP}${UP}${UP}`);
  await app.keys("/");
  await app.keys("\x7fhello\r");
  await app.keys("/react :fire\r");
  t.match(asked(core, "message.react")[1], { id: idOf(1) }, "else the latest of others");
});

t.test("/forward says it in the other room as a quote with its author, and where it went", async (t) => {
  const core = coreWith([message(0, { text: "one\ntwo @bob" })], "dev");
  const app = await openApp(t, { core });
  await app.keys("/forward dev\r");
  await app.waitFor("Forwarded to dev");
  t.match(asked(core, "message.send"), [{ room: "dev", text: "alice wrote:\n> one\n> two @bob" }]);
  t.notOk("mentions" in asked(core, "message.send")[0]!, "who was named there is not called here");
  t.equal(app.screen.state.getSnapshot().room, "tea");
  core.answers["message.send"] = () => {
    throw new KeetError("user", "TOO_LONG", "That is longer than a message may be.");
  };
  await app.keys("/forward dev\r");
  await app.waitFor("It did not get into dev: That is longer than a message may be.");
  t.equal(app.screen.line.text, "/forward dev");
});

t.test("people named with @ go out with the message, an answer and an edit", async (t) => {
  const core = coreWith(three());
  const app = await openApp(t, { core });
  await app.waitFor("me too");
  await app.keys("hi @alice and @BOB\r");
  t.same(asked(core, "message.send")[0]?.mentions, [ALICE.id, BOB.id]);
  await app.keys("/edit ask @alice\r");
  t.same(asked(core, "message.edit")[0]?.mentions, [ALICE.id]);
  const other = { id: "1a2b".repeat(16), name: "bob" };
  const members = [member(MAYA), member(BOB, { tag: "0202" }), member(other, { tag: "1a2b" })];
  core.tell({ type: "members", room: "tea", members });
  await app.shows();
  await app.keys("@bo\t\t");
  t.equal(app.screen.line.text, "@bob#1a2b ", "of two who look alike, one is chosen");
  await app.keys("hi\r");
  t.same(asked(core, "message.send")[1]?.mentions, [other.id]);
});

t.test("what the core refuses is said in its words", async (t) => {
  const core = coreWith(three());
  core.answers["message.pin"] = () => {
    throw new KeetError("user", "NOT_ALLOWED", "Only moderators can do that.", { hint: "Moderators here: alice." });
  };
  const app = await openApp(t, { core });
  await app.keys(UP);
  await app.keys("p");
  await app.waitFor("/pin: only moderators can do that.");
  await app.waitFor("Moderators here: alice.");
});

t.test("a core that dies in the middle of it is asked again", async (t) => {
  const core = coreWith(three());
  const app = await openApp(t, { core });
  core.answers["message.react"] = () => new Promise(() => {});
  await app.keys("/react :tada\r");
  await until(() => asked(core, "message.react").length === 1);
  delete core.answers["message.react"];
  core.die();
  await app.waitFor("🎉 1");
  t.equal(asked(core, "message.react").length, 2);
});

t.test("rows change where they stand, and what quotes them with them", async (t) => {
  const rows = three();
  const core = coreWith([...rows, message(3, { text: "same here", ...replyTo(rows[1]!) })]);
  const app = await openApp(t, { core });
  await app.waitFor("same here");
  core.change({ room: "tea", id: idOf(1) }, { text: "I am *not*", edited: true });
  await app.waitFor("┊ bob: I am *not*");
  t.ok(app.terminal.find("I am not (edited)"));
  core.change({ room: "tea", id: idOf(1) }, { text: "", deleted: true, deletedBy: ALICE });
  await app.waitFor("(taken back by alice)");
  t.ok(app.terminal.find("┊ (taken back)"));
  t.notOk(app.terminal.find("I am not"));
});

t.test("C13 what came late is told at the end, moves nothing, and is a key away", async (t) => {
  const rows = Array.from({ length: 60 }, (_, index) =>
    message(index, {
      sentAt: new Date(NOW - (60 - index) * 60_000).toISOString(),
      receivedAt: new Date(NOW - (60 - index) * 60_000).toISOString(),
    }),
  );
  const core = coreWith(rows);
  const app = await openApp(t, { core });
  await app.waitFor("message 59");
  // Beside the list of rooms.
  const talk = async () => (await app.shows()).slice(1, 21).map((row) => row.slice(17));
  const before = await talk();
  const lateRow = (number: number) =>
    message(100 + number, {
      author: BOB,
      text: `late ${number}`,
      sentAt: new Date(NOW - 55 * 60_000).toISOString(),
      receivedAt: new Date(NOW).toISOString(),
    });
  const all = [...rows.slice(0, 6), lateRow(1), lateRow(2), ...rows.slice(6)].map((row, position) => ({
    ...row,
    position,
  }));
  core.messages.set("tea", all);
  core.tell({ type: "timeline", room: "tea", from: 6, total: 62, messages: all.slice(6) });
  core.tell({ type: "late", room: "tea", author: BOB, count: 2, position: 6 });
  await app.waitFor("↑ 2 earlier messages from bob · Ctrl-O");
  t.same((await talk()).slice(0, 19), before.slice(1), "one row up for the new line, and nothing else");
  await app.keys(UP);
  t.match(app.terminal.text().at(-1), "Enter goes there");
  await app.keys("\r");
  await app.waitFor(/▌.*late 1 \(came 12:04\)/);
  t.ok(app.terminal.find("late 2 (came 12:04)"));
  t.notOk(app.terminal.find("message 6 (came"), "only what came after its neighbours says when");
  await app.keys("\x1b[F");
  await app.waitFor("message 59");
  t.notOk(app.terminal.find("2 earlier messages"), "looked at");
  core.tell({ type: "late", room: "tea", author: ALICE, count: 1, position: 3 });
  await app.waitFor("↑ 1 earlier message from alice · Ctrl-O");
  await app.keys("\x0f");
  await app.waitFor(/▌.*message 3$/m);
  core.tell({ type: "late", room: "tea", author: ALICE, count: 1, position: 3 });
  await app.keys("\x1b[F");
  await app.keys(UP);
  await app.keys(ESC);
  t.notOk(app.terminal.find("earlier message"), "Esc does without");
});

t.test("what blocked people write is one line, cannot be selected, and is meant by no command", async (t) => {
  const core = coreWith([
    message(0, { text: "shown" }),
    message(1, { author: BOB, text: "hidden one", blocked: true }),
    message(2, { author: BOB, text: "hidden two", blocked: true }),
  ]);
  const app = await openApp(t, { core });
  await app.waitFor("2 messages from people you blocked");
  t.notOk(app.terminal.find("hidden"));
  await app.keys("/react :tada\r");
  t.match(asked(core, "message.react"), [{ id: idOf(0) }]);
  await app.keys(UP);
  t.ok(app.terminal.find("▌09:00 alice"));
});

t.test("what fails its signature says so where the keys are, and v tells why", async (t) => {
  const core = coreWith([message(0, { verified: false, text: "send me your words" })]);
  const app = await openApp(t, { core });
  await app.keys(UP);
  t.match(app.terminal.text().at(-1), "This did not come from alice as claimed. v for why.");
});

t.test("hostile text in every new place writes nothing but what is seen", async (t) => {
  const evil = { id: "09".repeat(32), name: HOSTILE };
  const target = message(0, { author: evil, text: HOSTILE, pinned: true });
  const core = coreWith([
    target,
    message(1, { author: evil, text: `*${HOSTILE}* \`${HOSTILE}\`\n> ${HOSTILE}`, ...replyTo(target) }),
    message(2, { author: evil, text: "", deleted: true, deletedBy: evil }),
    ...(["renamed", "room-name", "topic", "rights", "role", "removed", "renewed", "newer"] as const).map(
      (notice, index) => message(3 + index, { author: evil, about: evil, type: "notice", notice, text: HOSTILE }),
    ),
    message(20, {
      text: "x",
      reactions: [
        { emoji: HOSTILE, by: [evil] },
        { emoji: "\u200b", by: [evil] },
      ],
    }),
  ]);
  core.members = [member(evil, { tag: HOSTILE }), member(MAYA)];
  const app = await openApp(t, { core, columns: 140, rows: 50 });
  await app.waitFor("evil");
  core.tell({ type: "late", room: "tea", author: evil, count: 2, position: 0 });
  await app.shows();
  t.ok(app.terminal.find("? 1"), "a reaction that shows as nothing is still seen");
  await app.keys(`${UP}${UP}`);
  await app.keys("r");
  await app.keys(ESC);
  await app.keys(`${UP}${UP}`);
  await app.keys("+");
  await app.keys(ESC);
  await app.keys("/pins\r");
  await app.waitFor("Pinned in");
  await app.keys(ESC);
  await app.keys("\x06");
  await app.keys("evil");
  await app.waitFor("▌");
  await app.shows();
  await app.keys("\r");
  await app.shows();
  await app.keys(ESC);
  await app.keys("/forward tea\r");
  await app.shows();
  const raw = app.terminal.raw();
  t.notMatch(raw, /\x1b\]|\x07|\x9b|\u202e|\x00/, "no control of theirs");
  t.notMatch(raw, "\x1b[2Jevil");
});

t.test("Ctrl-C leaves a selected message, then an answer, before it asks to quit", async (t) => {
  const app = await openApp(t, { core: coreWith(three()) });
  await app.keys(UP);
  await app.keys("r");
  await app.keys(UP);
  await app.keys("\x03");
  t.equal(app.screen.state.getSnapshot().selected, null);
  t.ok(app.terminal.find("replying to"));
  await app.keys("\x03");
  t.equal(app.screen.state.getSnapshot().mode, null);
  t.equal(app.screen.state.getSnapshot().question, null);
  await app.keys("\x03");
  t.ok(app.terminal.find("Quit?"));
});
