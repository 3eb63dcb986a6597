import { lstatSync, mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import t, { type Test } from "tap";
import { resolvePaths } from "../../src/config.js";
import { readOwner, thisProcess, writeOwner } from "../../src/daemon/owner.js";
import { WIRE_VERSION } from "../../src/rpc/methods.js";
import { Home } from "../helpers/program.js";

const home = (t: Test, dir = t.testdir()) => new Home(t, dir);

t.test("C44: a profile that another machine holds: exit 3, which, since when, and how to use it there", async (t) => {
  const h = home(t);
  const { data } = resolvePaths({ home: h.dir });
  mkdirSync(data, { recursive: true, mode: 0o700 });
  for (const folder of [data, dirname(data)]) t.equal(lstatSync(folder).mode & 0o777, 0o700);
  const since = "2026-01-02T03:04:05.678Z";
  const far = { ...thisProcess(), host: "far", boot: "b", socket: "/s", since, version: "0.1.0", wire: WIRE_VERSION };
  writeOwner(data, { ...far, renewedAt: new Date().toISOString() });
  const outcome = await h.run(["room", "list", "--json"]);
  t.equal(outcome.code, 3);
  const { error } = JSON.parse(outcome.stderr);
  t.match(error, { code: "STORE_LOCKED", hint: /ssh far keet-tui/ });
  t.match(error.message, /far since 2026-01-02T03:04:05.678Z/);
  t.match(readOwner(data), { host: "far" });
});

t.test("C44: a machine that has renewed nothing for a minute, and goes on doing so, is succeeded", async (t) => {
  const h = home(t);
  const { data } = resolvePaths({ home: h.dir });
  mkdirSync(data, { recursive: true, mode: 0o700 });
  const renewedAt = new Date(Date.now() - 61_000).toISOString();
  writeOwner(data, {
    ...thisProcess(),
    host: "far",
    boot: "b",
    socket: "/s",
    since: "x",
    renewedAt,
    version: "0",
    wire: 1,
  });
  t.same(await h.json(["room", "list"]), []);
  t.match(readFileSync(join(data, "core.log"), "utf8"), /taken over from far/);
});
