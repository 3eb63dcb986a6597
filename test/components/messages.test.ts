import t from "tap";
import { KeetError } from "../../src/errors.js";
import { until } from "../helpers/program.js";
import { openApp } from "./open-app.js";
import { ALICE, BOB, idOf, MAYA, message, NOW, replyTo, room } from "./scripted-core.js";
import { asked, coreWith, ESC, three, UP } from "./three-messages.js";

process.env.TZ = "UTC";

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

t.test("what is being edited is no command, no invite and no draft, however it looks", async (t) => {
  const core = coreWith(
    [
      message(0, { author: MAYA, text: "keet-tui://join/yryxt" }),
      message(1, { author: MAYA, text: "/wh", sentAt: new Date(NOW).toISOString() }),
    ],
    "dev",
  );
  const app = await openApp(t, { core });
  await app.keys(UP);
  await app.keys("e");
  await app.keys("o");
  t.equal(app.screen.line.completion.getSnapshot(), null);
  await app.keys("\t");
  t.equal(app.screen.line.text, "/who");
  // Another room, so that what there is to keep is kept.
  await app.keys("\x0e");
  await app.shows();
  await app.keys("\x10");
  await app.keys("\r");
  t.match(asked(core, "message.edit"), [{ id: idOf(1), text: "/who" }]);
  await app.keys(`${UP}${UP}`);
  await app.keys("e");
  await app.keys("q");
  t.equal(app.screen.state.getSnapshot().question, null);
  await app.keys(ESC);
  await app.shows();
  t.same(
    asked(core, "draft.set").filter(({ text }) => text !== ""),
    [],
  );
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
  const app = await openApp(t, { core, undoMs: 0 });
  await app.keys(UP);
  await app.keys("d");
  t.ok(app.terminal.find("Take it back for everyone?  Enter yes · Esc no"));
  t.ok(app.terminal.find("Asks others to hide it; read stays read"));
  await app.keys(ESC);
  t.same(asked(core, "message.delete"), []);
  await app.keys("d");
  await app.keys("\r");
  await app.waitFor("(taken back)");
  await until(() => asked(core, "message.delete").length > 0);
  t.match(asked(core, "message.delete"), [{ room: "tea", id: idOf(2), writer: MAYA.id }]);
  await app.shows();
  t.notOk(app.terminal.find("me too"));
  t.ok(app.terminal.find("(taken back)"));
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
