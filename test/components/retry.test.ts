// What did not get out, sent again by whoever looks at it.
import t from "tap";
import { until } from "../helpers/program.js";
import { openLines } from "../line/open-lines.js";
import { openApp } from "./open-app.js";
import { idOf, MAYA, message, room, ScriptedCore } from "./scripted-core.js";

process.env.TZ = "UTC";

/** Two that failed and have no place, behind one that everybody has. */
function coreWithFailed(): ScriptedCore {
  const core = new ScriptedCore();
  core.rooms = [room("tea")];
  const failed = { author: MAYA, state: "failed", reason: "The room is full.", position: null } as const;
  core.messages.set("tea", [
    message(0, { author: MAYA, text: "all is well" }),
    message(1, { ...failed, text: "first in vain" }),
    message(2, { ...failed, text: "second in vain" }),
  ]);
  return core;
}

const asked = (core: ScriptedCore) =>
  core.asked.filter(({ method }) => method === "message.retry").map(({ params }) => params);

async function open(t: Parameters<typeof openApp>[0], core: ScriptedCore) {
  const app = await openApp(t, { core });
  await app.waitFor("second in vain");
  const notice = () => app.session.notice.getSnapshot();
  const run = async (line: string) => {
    app.session.clearNotice();
    // Typed: a paste lets go of what is selected.
    await app.press(line);
    await app.press("\x1b[13u");
    await until(() => notice() !== null);
    return `${notice()!.text} ${notice()!.hint ?? ""}`.trim();
  };
  return { app, run };
}

t.test("without a selection all of the room, and their rows say how it went", async (t) => {
  const core = coreWithFailed();
  const { app, run } = await open(t, core);
  t.equal(app.terminal.text().filter((row) => row.includes("✗")).length > 0, true);
  t.equal(await run("/retry"), "Sent again: 2 messages");
  t.same(asked(core), [{ room: "tea" }]);
  await app.waitFor(() => !app.terminal.text().some((row) => row.includes("✗")));
  t.match(await run("/retry"), /^Nothing failed here/);
});

t.test("a selected one alone; one that everybody has is not sent again", async (t) => {
  const core = coreWithFailed();
  const { app, run } = await open(t, core);
  await app.press("\x1b[A");
  await app.press("\x1b[A");
  t.equal(await run("/retry"), "Sent again: 1 message");
  t.same(asked(core), [{ room: "tea", id: idOf(1) }]);
  t.match(app.terminal.text().filter((row) => row.includes("✗")).length, 1);
  for (let step = 0; step < 3; step += 1) await app.press("\x1b[A");
  t.match(await run("/retry"), /^That message was sent already Without one selected/);
  t.equal(asked(core).length, 1);
});

t.test("refused again, it says how many and why", async (t) => {
  const core = coreWithFailed();
  core.answers["message.retry"] = () => core.messages.get("tea")!.slice(1);
  const { run } = await open(t, core);
  t.equal(await run("/retry"), "2 of 2 could not be sent: The room is full. It stays here, marked ✗.");
});

t.test("one that still waits is said to wait", async (t) => {
  const core = coreWithFailed();
  core.answers["message.retry"] = () =>
    core.messages
      .get("tea")!
      .slice(1)
      .map((row) => ({ ...row, state: "pending", reason: null }));
  const { run } = await open(t, core);
  t.match(await run("/retry"), /^Tried again: 2 messages; 2 still waiting It is kept/);
});

t.test("in lines by its number", async (t) => {
  const core = coreWithFailed();
  const lines = openLines(t, core);
  await lines.waitFor("-- in tea");
  await lines.say("/last");
  t.match((await lines.say("/retry #2")).join("\n"), /Sent again: 1 message/);
  t.same(asked(core), [{ room: "tea", id: idOf(1) }]);
  t.match((await lines.say("/retry #1")).join("\n"), /sent already\. Without a number, \/retry sends again all/);
});
