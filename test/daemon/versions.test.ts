import { spawn } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import t, { type Test } from "tap";
import { program } from "../../src/config.js";
import { WIRE_VERSION } from "../../src/rpc/methods.js";
import { Home, isRunning, until } from "../helpers/program.js";

/** A core of another version on this home, with memory in place of rooms. */
async function otherCore(t: Test, home: Home, more: object): Promise<number> {
  const file = fileURLToPath(new URL("../helpers/other-core.js", import.meta.url));
  const child = spawn(process.execPath, [file, JSON.stringify({ home: home.dir, ...more })], {
    env: home.env(),
    stdio: ["ignore", "pipe", "inherit"],
  });
  t.teardown(() => child.kill("SIGKILL"));
  await new Promise<void>((done, failed) => {
    child.stdout.once("data", () => done());
    child.once("exit", (code) => failed(new Error(`it ended: ${code}`)));
  });
  return child.pid ?? 0;
}

t.test("C39: an idle core of another version makes room, with one line on stderr", async (t) => {
  const dir = t.testdir({ newer: {}, older: {} });
  for (const [name, wire] of Object.entries({ newer: WIRE_VERSION + 1, older: WIRE_VERSION - 1 })) {
    const h = new Home(t, join(dir, name));
    const pid = await otherCore(t, h, { wire, version: "9.9.9" });
    const outcome = await h.run(["daemon", "--detach"]);
    t.equal(outcome.code, 0, outcome.stderr);
    t.match(outcome.stderr, /The core was keet-tui 9\.9\.9 .* and idle; it is started again as /);
    await until(() => !isRunning(pid));
    t.match(await h.json(["daemon", "status"]), { version: program().version, wire: WIRE_VERSION });
    await h.close();
  }
});

t.test("C39: a busy one is left alone: exit 1, both versions, what would be cut, the command", async (t) => {
  const h = new Home(t, t.testdir());
  const pid = await otherCore(t, h, { wire: WIRE_VERSION + 1, version: "9.9.9", busy: true });
  const outcome = await h.run(["room", "list", "--json"]);
  t.equal(outcome.code, 1);
  const { error } = JSON.parse(outcome.stderr);
  t.match(error, { code: "OTHER_VERSION", hint: /a call in tea is on.*keet-tui daemon stop/ });
  t.match(error.message, "9.9.9");
  t.match(error.message, program().version);
  t.ok(isRunning(pid));
  t.match(await h.json(["daemon", "status"]), { version: "9.9.9" }, "status works across versions");
  t.equal((await h.run(["daemon", "stop"])).code, 0, "and so does stop");
  await until(() => !isRunning(pid));
});

t.test("C39: the same wire number is enough", async (t) => {
  const h = new Home(t, t.testdir());
  const pid = await otherCore(t, h, { version: "0.0.1" });
  t.same(await h.json(["room", "list"]), []);
  t.ok(isRunning(pid));
});

t.test("C19: a send that stays unanswered names its id, and repeated with it arrives once", async (t) => {
  const h = new Home(t, t.testdir());
  const pid = await otherCore(t, h, { stopAtSend: true });
  await h.json(["room", "create", "tea"]);
  const outcome = await h.run(["send", "tea", "--json", "--timeout", "2s", "--", "- it's"]);
  t.equal(outcome.code, 5);
  const { error } = JSON.parse(outcome.stderr.trim().split("\n").at(-1) ?? "");
  t.match(error, { code: "TIMED_OUT", data: { id: /^[0-9a-f]{32}$/ } });
  t.match(error.hint, `--id ${error.data.id} -- '- it'\\''s'`);
  process.kill(pid, "SIGCONT");
  for (let n = 0; n < 2; n += 1) {
    const again = await h.json(["send", "tea", "--id", error.data.id, "- it's"]);
    t.equal(again.id, error.data.id);
  }
  const lines = (await h.run(["tail", "tea", "--json"])).stdout.trim().split("\n");
  t.same(
    lines.map((line) => JSON.parse(line).text),
    ["- it's"],
  );
});
