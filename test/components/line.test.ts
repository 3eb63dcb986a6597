// The line: what was sent before, what the editor makes of it, what is set, and what does not fit.
import { join } from "node:path";
import t from "tap";
import { keptFile } from "../../src/config.js";
import { KeetError } from "../../src/errors.js";
import { LineHistory } from "../../src/state/line-history.js";
import { Settings } from "../../src/state/settings.js";
import { until } from "../helpers/program.js";
import { openApp } from "./open-app.js";
import { MAYA, NOW, room } from "./scripted-core.js";
import { asked, coreWith, three, UP } from "./three-messages.js";

process.env.TZ = "UTC";

const RECALL = "\x12";
const EDITOR = "\x18";
const NEXT_ROOM = "\x0e";

t.test("each room has its own lines, on the disk too, without what opens a room", async (t) => {
  const file = keptFile(join(t.testdir(), "history.json"), { isPrivate: true });
  const core = coreWith(three(), "dev");
  const expiresAt = new Date(NOW).toISOString();
  core.answers["room.revoke"] = () => ({
    id: "1",
    link: null,
    by: MAYA,
    uses: 1,
    used: 0,
    expiresAt,
    state: "revoked",
  });
  const app = await openApp(t, { core, lines: new LineHistory({ file }) });
  for (const line of [
    "good morning",
    "/topic black",
    "/revoke keet-tui://join/secret",
    "look: keet-tui://join/secret",
  ]) {
    await app.press(line);
    await app.press("\x1b[13u");
    await app.press("\x15");
  }
  await app.press(NEXT_ROOM);
  await app.press(RECALL);
  t.equal(app.screen.line.text, "", "nothing was sent in this one");
  await app.press("hello dev");
  await app.press("\x1b[13u");
  await app.press(RECALL);
  t.equal(app.screen.line.text, "hello dev");
  await app.close();

  t.notMatch(file.read(), "secret");
  const again = await openApp(t, { core, lines: new LineHistory({ file }) });
  await again.press(RECALL);
  t.equal(again.screen.line.text, "/topic black");
  await again.press(UP);
  t.equal(again.screen.line.text, "good morning");
  await again.press("\x1b[B");
  await again.press("\x1b[B");
  t.equal(again.screen.line.text, "", "and back to the draft there was");
});

t.test("a room that was left takes its lines along", async (t) => {
  const file = keptFile(join(t.testdir(), "history.json"), { isPrivate: true });
  const core = coreWith(three(), "dev");
  const app = await openApp(t, { core, lines: new LineHistory({ file }) });
  await app.press("said in tea");
  await app.press("\x1b[13u");
  await app.press("/leave");
  await app.press("\x1b[13u");
  await app.press("y");
  await until(() => app.screen.state.getSnapshot().room === "dev");
  await app.close();
  t.notMatch(file.read() ?? "", "said in tea");
});

t.test("words on the line of /identity are in no draft", async (t) => {
  const core = coreWith(three());
  const app = await openApp(t, { core });
  await app.press("/identity restore abandon ability able");
  await app.close();
  t.notMatch(JSON.stringify([...core.drafts.values()]), "abandon");
  const other = await openApp(t, { core });
  await other.press("about identity: abandon hope");
  await other.close();
  t.match(core.drafts.get("tea")?.text, "abandon hope", "other drafts are kept");
});

t.test("what the editor leaves is on the line and not sent; the cursor is behind it", async (t) => {
  const core = coreWith(three());
  const app = await openApp(t, { core, edit: (text) => `${text}\nand more` });
  await app.press("half a thought");
  await app.press(EDITOR);
  await app.waitFor("and more");
  t.equal(app.screen.line.text, "half a thought\nand more");
  t.same(asked(core, "message.send"), []);
  await app.press("\x1b[13u");
  t.equal(asked(core, "message.send")[0]?.text, "half a thought\nand more");
});

t.test("an answer goes on being one", async (t) => {
  const core = coreWith(three());
  const app = await openApp(t, { core, edit: () => "from the editor" });
  await app.press(UP);
  await app.press(UP);
  await app.press("r");
  await app.press(EDITOR);
  await app.waitFor("from the editor");
  await app.press("\x1b[13u");
  t.match(asked(core, "message.send"), [{ text: "from the editor", replyTo: three()[1]!.id }]);
});

t.test("an editor that fails leaves the line as it was, and says so", async (t) => {
  const app = await openApp(t, {
    core: coreWith(three()),
    edit: () => {
      throw new KeetError("user", "EDITOR_FAILED", "vi ended with code 1; the line is as it was");
    },
  });
  await app.press("half a thought");
  await app.press(EDITOR);
  await app.waitFor("vi ended with code 1; the line is as it was");
  t.equal(app.screen.line.text, "half a thought");
});

t.test("an editor that leaves nothing empties the line; Ctrl-Y brings it back", async (t) => {
  const app = await openApp(t, { core: coreWith(three()), edit: () => "" });
  await app.press("half a thought");
  await app.press(EDITOR);
  await app.waitFor("Ctrl-Y brings back what was there");
  t.equal(app.screen.line.text, "");
  await app.press("\x19");
  t.equal(app.screen.line.text, "half a thought");
});

t.test("what was written in the editor never goes to another room", async (t) => {
  const core = coreWith(three(), "dev");
  const done = Promise.withResolvers<string>();
  const app = await openApp(t, { core, edit: () => done.promise });
  await app.press("for tea");
  await app.press(EDITOR);
  core.tell({ type: "room-gone", room: "tea" });
  await until(() => app.screen.state.getSnapshot().room === "dev");
  done.resolve("for tea alone");
  await app.waitFor("Ctrl-Y puts in what you wrote");
  t.equal(app.screen.line.text, "");
  await app.press("\x19");
  t.equal(app.screen.line.text, "for tea alone");
});

t.test("what is too long for a message is not sent and stays, as text, answer and action", async (t) => {
  const core = coreWith(three());
  const app = await openApp(t, { core });
  const long = "ö".repeat(4_097);
  for (const line of [long, `/reply ${long}`, `/me ${long}`]) {
    await app.press(`\x1b[200~${line}\x1b[201~`);
    await app.press("\x1b[13u");
    await app.waitFor("That is 9 KiB, and a message holds 8");
    t.equal(app.screen.line.text, line);
    t.same(asked(core, "message.send"), []);
    await app.press("\x03");
  }
  await app.press(`\x1b[200~${"ö".repeat(4_096)}\x1b[201~`);
  await app.press("\x1b[13u");
  t.equal(asked(core, "message.send").length, 1, "as much as a message holds goes out");
});

t.test("a paste longer than the line may be is said to be cut", async (t) => {
  const app = await openApp(t, { core: coreWith(three()) });
  await app.press(`\x1b[200~${"x".repeat(70_000)}\x1b[201~`);
  await app.waitFor("Not all of it fits into the line: its end is missing");
  t.equal(app.screen.line.text.length, 64 * 1024);
});

t.test("/set: names and values are completed, and hold at once", async (t) => {
  const core = coreWith(three());
  const settings = new Settings();
  const app = await openApp(t, { core, settings, columns: 120 });
  await app.press("/set mem\tof\t");
  t.equal(app.screen.line.text, "/set members off");
  t.ok(app.terminal.find("HERE"), "people are beside the talk");
  await app.press("\x1b[13u");
  await app.waitFor((screen) => screen.find("HERE") === null);
  await app.press("hello");
  t.equal(asked(core, "room.typing").length, 1);
  await app.press("\x15/set typing off");
  await app.press("\x1b[13u");
  await app.waitFor("typing is off until you quit.");
  core.asked.length = 0;
  await app.press("hello again");
  t.same(asked(core, "room.typing"), [], "nobody hears of it any more");
});

t.test("a file of settings that is broken is said at the start", async (t) => {
  const settings = new Settings({ path: "/x/default.json", read: () => "{", write: () => t.fail("it is written") });
  const app = await openApp(t, { core: coreWith(three()), settings });
  await app.waitFor("/x/default.json cannot be read");
  await app.press("/set theme dark");
  await app.press("\x1b[13u");
  await app.waitFor("Mend it or move it away; it was not changed.");
  t.equal(app.screen.line.text, "/set theme dark");
});

t.test("/help by topic, and /log", async (t) => {
  const app = await openApp(t, { core: coreWith(three()), rows: 40 });
  for (const [topic, words] of [
    ["rooms", "/create <name>"],
    ["people", "/nick <name>"],
    ["messages", "With an emoji or its name: /react 👍"],
    ["calls", "/hangup"],
    ["program", "/set [setting] [value]"],
    ["writing", "KEYS WHILE WRITING"],
    ["selecting", "KEYS ON A SELECTED MESSAGE"],
    ["KEYS", "KEYS, ANYWHERE"],
  ] as const) {
    await app.press(`/help ${topic}`);
    await app.press("\x1b[13u");
    await app.waitFor(words);
    await app.press("\x1b[27u");
  }
  await app.press("/help nothing");
  await app.press("\x1b[13u");
  await app.waitFor("There is no help on nothing");
  await app.waitFor("Topics: rooms people messages files calls program writing selecting keys");
  await app.press("\x15/log");
  await app.press("\x1b[13u");
  await app.waitFor(/12:04 +There is no help on nothing {2}.*Topics/);
});

t.test("C08 what Option types on a Mac is typed, and Alt-arrows as they come from there go by words", async (t) => {
  const core = coreWith(three(), "dev");
  const app = await openApp(t, { core });
  await app.press("¡√");
  t.equal(app.screen.line.text, "¡√");
  t.equal(app.screen.state.getSnapshot().room, "tea");
  await app.press(" one two\x1bb");
  t.equal(app.screen.line.edit.getSnapshot().cursor, "¡√ one ".length);
  await app.press("\x1bb\x1bf");
  t.equal(app.screen.line.edit.getSnapshot().cursor, "¡√ one".length);
  core.tell({ type: "room", room: room("dev", { unread: 1 }) });
  await app.press("\x07dev\x1b[13u");
  t.equal(app.screen.state.getSnapshot().room, "dev", "another room without any Alt");
});
