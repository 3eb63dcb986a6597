// /set without a name: the page on which all of it is changed.
import { join } from "node:path";
import t, { type Test } from "tap";
import { keptFile } from "../../src/config.js";
import { KeetError } from "../../src/errors.js";
import { SETTINGS, Settings } from "../../src/state/settings.js";
import { openApp } from "./open-app.js";
import { message, room, ScriptedCore } from "./scripted-core.js";

process.env.TZ = "UTC";
const [DOWN, UP, ENTER, SPACE, ESCAPE, PAGE_DOWN] = ["\x1b[B", "\x1b[A", "\x1b[13u", " ", "\x1b[27u", "\x1b[6~"];

async function open(t: Test, settings = new Settings(), size = {}) {
  const core = new ScriptedCore();
  core.rooms = [room("tea")];
  core.messages.set("tea", [message(0)]);
  const app = await openApp(t, { core, settings, ...size });
  await app.waitFor("message 0");
  const run = async (line: string) => {
    await app.press(line);
    await app.press(ENTER);
  };
  await run("/set");
  await app.waitFor("Settings");
  /** The row that is chosen, without what stands beside it. */
  const chosen = () => (app.terminal.text().find((row) => row.startsWith("▌")) ?? "").replace(/ {2,}/g, "  ").trim();
  return { app, run, chosen };
}

t.test("up and down choose, Enter and Space change, Esc leaves; the legend says so", async (t) => {
  const { app, chosen } = await open(t);
  t.match(chosen(), /^▌ theme {2}auto {2}The colours/);
  t.match(app.terminal.text().join("\n"), /It can be auto, dark or light\./);
  t.ok(app.terminal.find("↑ ↓ · Enter or Space changes · Esc"));
  t.ok(app.terminal.find("Settings, until you quit"), "nothing keeps them here");
  for (const [key, value] of [
    [ENTER, "dark"],
    [SPACE, "light"],
    [ENTER, "auto"],
  ] as const) {
    await app.press(key);
    t.match(chosen(), new RegExp(`^▌ theme  ${value} `));
  }
  await app.press(UP);
  t.match(chosen(), /^▌ theme/, "nothing is above the first");
  await app.press(DOWN);
  await app.press(DOWN);
  t.match(chosen(), /^▌ members {2}on/);
  await app.press(SPACE);
  t.match(chosen(), /^▌ members {2}off/);
  t.equal(app.screen.state.getSnapshot().showsMembers, false, "it holds at once");
  await app.press(PAGE_DOWN);
  t.match(chosen(), new RegExp(`^▌ ${SETTINGS.at(-1)!.name}`));
  await app.press(DOWN);
  t.match(chosen(), new RegExp(`^▌ ${SETTINGS.at(-1)!.name}`), "nothing is below the last");
  await app.press(ESCAPE);
  t.equal(app.screen.state.getSnapshot().overlay, null);
  t.equal(app.screen.line.text, "", "and nothing was typed");
});

t.test("what is changed there is kept", async (t) => {
  const file = keptFile(join(t.testdir(), "default.json"), { isPrivate: false });
  const { app } = await open(t, new Settings(file));
  t.notOk(app.terminal.find("until you quit"));
  await app.press(ENTER);
  t.same(JSON.parse(file.read()!), { theme: "dark" });
  t.equal(new Settings(file).get("theme"), "dark");
});

t.test("a value that cannot be used is passed over; where none can, it says why and nothing changes", async (t) => {
  const broken = (name: string, value: string) => {
    if (name === "theme" && value !== "auto" && value !== "mine") {
      throw new KeetError("user", "THEME_UNREADABLE", `${value} cannot be read`, { hint: "Mend it." });
    }
  };
  const { app, chosen } = await open(t, new Settings(null, { more: { theme: () => ["mine"] }, check: broken }));
  await app.press(ENTER);
  t.match(chosen(), /^▌ theme {2}mine/);
  const file = { path: "/x/default.json", read: () => "{", write: () => t.fail("it is written") };
  const stuck = await open(t, new Settings(file));
  await stuck.app.press(ENTER);
  await stuck.app.waitFor("/x/default.json cannot be read");
  t.match(stuck.chosen(), /^▌ theme {2}auto/);
});

t.test("what can be anything comes onto the line, and what stood there is not lost", async (t) => {
  const specs = [...SETTINGS, { name: "folder", values: ["my files"], isFree: true, help: "Where files go" }];
  const settings = new Settings(null, { specs });
  const { app, run, chosen } = await open(t, settings);
  await app.press(PAGE_DOWN);
  t.match(chosen(), /^▌ folder {2}my files {2}Where files go/);
  t.ok(app.terminal.find("It can be my files, or anything else."));
  t.ok(app.terminal.find("Enter puts it on the line"));
  app.screen.line.show("half a thought");
  await app.press(ENTER);
  t.equal(app.screen.state.getSnapshot().overlay, null);
  t.equal(app.screen.line.text, '/set folder "my files"');
  await app.waitFor("Ctrl-Y brings back what was on the line");
  await app.press("\x19");
  t.equal(app.screen.line.text, '/set folder "my files"half a thought');
  await run("\x15/set folder elsewhere");
  await app.waitFor("folder is elsewhere until you quit.");
  t.equal(settings.valueOf(settings.named("folder")), "elsewhere");
});

t.test("it fits on a small screen, and what is chosen is in sight", async (t) => {
  const { app, chosen } = await open(t, new Settings(), { columns: 40, rows: 10 });
  await app.press(PAGE_DOWN);
  t.match(chosen(), new RegExp(`^▌ ${SETTINGS.at(-1)!.name}`));
  t.ok(app.terminal.text().every((row) => row.length <= 40));
});
