// /clear: what was said goes out of sight, as in irssi, and is there again as soon as one looks for it.
import t, { type Test } from "tap";
import { openApp } from "./open-app.js";
import { ALICE, BOB, message, room, ScriptedCore } from "./scripted-core.js";

process.env.TZ = "UTC";
const [UP, PAGE_UP, PAGE_DOWN, TO_TOP, TO_END, NEXT_ROOM] = [
  "\x1b[A",
  "\x1b[5~",
  "\x1b[6~",
  "\x1b[1;3H",
  "\x1b[1;3F",
  "\x0e",
];

async function open(t: Test, count = 40) {
  const core = new ScriptedCore();
  core.rooms = [room("tea", { lastAt: "2026-11-24T12:00:00Z" }), room("dev")];
  core.messages.set(
    "tea",
    Array.from({ length: count }, (_, index) => message(index)),
  );
  core.messages.set("dev", [message(0, { room: "dev", text: "about code" })]);
  const app = await openApp(t, { core });
  await app.waitFor(`message ${count - 1}`);
  const clear = async () => {
    await app.press("\x1b[200~/clear\x1b[201~");
    await app.press("\x1b[13u");
    await app.waitFor(() => talk().length === 0);
  };
  /** What is in sight of the talk, from the top. */
  const talk = () =>
    app.terminal
      .text()
      .slice(1, -3)
      .map((row) =>
        row
          .slice(row.indexOf("│") + 1)
          .replace("▌", "")
          .trim(),
      )
      .filter((row) => row !== "");
  return { app, core, clear, talk };
}

t.test("what comes after it begins at the top, with its author", async (t) => {
  const { app, core, clear, talk } = await open(t);
  await clear();
  core.say("tea", "after that", { author: ALICE });
  await app.waitFor("after that");
  t.match(talk(), [/^\d\d:\d\d alice +after that$/]);
  t.match(app.terminal.text()[1], /after that/, "in the first row");
  core.say("tea", "and that", { author: BOB });
  await app.waitFor("and that");
  t.match(talk(), [/after that$/, /and that$/]);
  t.equal(core.asked.filter(({ method }) => /delete/.test(method)).length, 0, "nothing is deleted");
});

t.test("PgUp brings back what was there, and no more than a page of it", async (t) => {
  const { app, core, clear, talk } = await open(t);
  const before = talk();
  await clear();
  await app.press(PAGE_DOWN);
  t.same(talk(), [], "going down shows nothing");
  core.say("tea", "after that");
  await app.waitFor("after that");
  await app.press(PAGE_UP);
  t.same(talk().slice(0, -1), before.slice(1), "the page as it was, and the new one below");
  t.match(talk().at(-1), /after that/);
  await app.press(PAGE_UP);
  t.notOk(talk().some((row) => row.includes("after that")));
});

t.test("so does a selected message, and the way to the top and back", async (t) => {
  const { app, clear, talk } = await open(t);
  const before = talk();
  await clear();
  await app.press(UP);
  t.same(talk().slice(-3), before.slice(-3), "selected");
  await app.press("\x1b[27u");
  await clear();
  await app.press(TO_TOP);
  t.match(talk().join("\n"), /message 0\b/);
  await app.press(TO_END);
  t.same(talk(), before);
});

t.test("further up, too, it ends at an empty end; and each room has its own", async (t) => {
  const { app, clear, talk } = await open(t);
  await app.press(PAGE_UP);
  await clear();
  await app.press(NEXT_ROOM);
  await app.waitFor("about code");
  await app.press(NEXT_ROOM);
  await app.waitFor(() => app.screen.state.getSnapshot().room === "tea");
  t.same(await app.shows().then(talk), [], "still clear after another room");
});

t.test("what came late above it is told all the same", async (t) => {
  const { app, core, clear } = await open(t);
  await clear();
  core.tell({ type: "late", room: "tea", author: BOB, count: 2, position: 3 });
  await app.waitFor("2 earlier messages from bob");
});
