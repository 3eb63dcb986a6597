// A message that is taken back can be brought back for five seconds: until then nobody is asked for anything.
import t from "tap";
import { KeetError } from "../../src/errors.js";
import { until } from "../helpers/program.js";
import { openApp } from "./open-app.js";
import { MAYA, message, replyTo } from "./scripted-core.js";
import { asked, coreWith, three, UP } from "./three-messages.js";

process.env.TZ = "UTC";

const UNDO = "\x14";

t.test("it is gone here at once, and back with everything it had", async (t) => {
  const rows = three();
  const mine = message(2, { author: MAYA, text: "me too", reactions: [{ emoji: "👍", by: [MAYA] }] });
  const core = coreWith([...rows.slice(0, 2), mine, message(3, { text: "good", ...replyTo(mine) })]);
  const app = await openApp(t, { core });
  await app.keys(UP);
  await app.keys(UP);
  await app.keys("d");
  await app.keys("\r");
  await app.waitFor("Taken back");
  t.ok(app.terminal.find("Ctrl-T brings it back within 5 s"));
  await app.waitFor("(taken back)");
  t.notOk(app.terminal.find("me too"), "nor where it is quoted");
  t.same(asked(core, "message.delete"), [], "nobody was asked for anything");
  await app.keys(UNDO);
  await app.waitFor("Nobody was asked to hide it.");
  t.ok(app.terminal.find("me too"));
  t.ok(app.terminal.find("👍 1"));
  t.ok(app.terminal.find("┊ maya: me too"));
  await app.keys(UNDO);
  await app.waitFor("Nothing was taken back within the last 5 s");
  await app.close();
  t.same(asked(core, "message.delete"), [], "nor at the end");
});

t.test("the last one comes back first, and what was not brought back goes out", async (t) => {
  const core = coreWith([message(0, { author: MAYA, text: "first" }), message(1, { author: MAYA, text: "second" })]);
  const app = await openApp(t, { core });
  for (let at = 0; at < 2; at += 1) {
    await app.keys("/delete\r");
    await app.keys("y");
  }
  await app.waitFor((screen) => screen.find("first") === null && screen.find("second") === null);
  await app.keys(UNDO);
  await app.waitFor("first");
  t.notOk(app.terminal.find("second"));
  await app.close();
  t.same(
    asked(core, "message.delete").map(({ id }) => id),
    [message(1).id],
    "quitting sends it",
  );
});

t.test("what the core tells of it meanwhile changes nothing, and is there when it is back", async (t) => {
  const core = coreWith(three());
  const app = await openApp(t, { core });
  await app.keys("/delete\r");
  await app.keys("y");
  await app.waitFor("(taken back)");
  const mine = core.messages.get("tea")!.at(-1)!;
  core.change({ room: "tea", id: mine.id }, { pinned: true });
  core.say("tea", "meanwhile");
  await app.waitFor("meanwhile");
  t.notOk(app.terminal.find("me too"));
  await app.keys(UNDO);
  await app.waitFor("me too (pinned)");
});

t.test("a refusal shows it again, with why", async (t) => {
  const core = coreWith(three());
  core.answers["message.delete"] = () => {
    throw new KeetError("user", "NOT_ALLOWED", "You were removed from this room.", { hint: "Ask an owner." });
  };
  const app = await openApp(t, { core, undoMs: 0 });
  await app.keys("/delete\r");
  await app.keys("y");
  await app.waitFor("You were removed from this room.");
  await app.waitFor("me too");
});

t.test("a core that dies in the middle of it is asked again", async (t) => {
  const core = coreWith(three());
  const app = await openApp(t, { core, undoMs: 0 });
  core.answers["message.delete"] = () => new Promise(() => {});
  await app.keys("/delete\r");
  await app.keys("y");
  await until(() => asked(core, "message.delete").length === 1);
  delete core.answers["message.delete"];
  core.die();
  await until(() => asked(core, "message.delete").length === 2);
  await app.waitFor("(taken back)");
});
