import t from "tap";
import { KeetError } from "../../src/errors.js";
import { until } from "../helpers/program.js";
import { HOSTILE, openApp } from "./open-app.js";
import { ALICE, BOB, idOf, MAYA, member, message, NOW, replyTo } from "./scripted-core.js";
import { asked, coreWith, ESC, three, UP } from "./three-messages.js";

process.env.TZ = "UTC";

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
  // Its people are known, so that one could be called by name.
  await app.keys("\x0e");
  await app.shows();
  await app.keys("\x10");
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
