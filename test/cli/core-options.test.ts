import t from "tap";
import { ignoredOptions, keepCoreOptions } from "../../src/cli/core-options.js";
import { globalsFrom } from "../../src/cli/globals.js";
import { resolvePaths } from "../../src/config.js";
import { thisProcess, writeOwner } from "../../src/daemon/owner.js";
import { Home } from "../helpers/program.js";

t.test("options that the running core does not have are said to have no effect; the same ones are not", async (t) => {
  const home = new Home(t, t.testdir());
  const run = (...globals: string[]) =>
    home.run(["room", "list", "--json"], { globals: ["--home", home.dir, ...globals] });
  const started = await run("--no-lan", "--bootstrap", "127.0.0.1:9,127.0.0.1:10");
  t.notMatch(started.stderr, /no effect/, "who starts it gets what was asked for");
  t.equal((await run("--no-lan", "--bootstrap", "127.0.0.1:10,127.0.0.1:9")).stderr, "", "in whatever order");
  t.equal((await run()).stderr, "", "who asks for nothing misses nothing");
  const other = await run("--no-lan", "--bootstrap", "127.0.0.1:11");
  t.equal(other.code, 0);
  t.equal(
    other.stderr,
    `The core runs already, and was started otherwise: --bootstrap has no effect. To use it: keet-tui --home ${home.dir} daemon stop, then this again.\n`,
  );
  await home.run(["daemon", "stop"]);
  await home.run(["daemon", "--detach"], { globals: ["--home", home.dir, "--bootstrap", "127.0.0.1:9"] });
  const both = await run("--no-lan", "--bootstrap", "127.0.0.1:11");
  t.match(both.stderr, /: --bootstrap and --no-lan have no effect\. To use them: /);
  const detached = await home.run(["daemon", "--detach"]);
  t.match(detached.stderr, /--no-lan has no effect/);
});

t.test("what an earlier core was started with says nothing of the one that runs", async (t) => {
  const paths = resolvePaths({ home: t.testdir({ data: { default: {} } }) });
  const ignored = () => ignoredOptions(paths, globalsFrom({ "no-lan": true }), (rest) => rest);
  const times = { since: "", renewedAt: "", version: "", wire: 1, socket: "" };
  t.equal(ignored(), null, "nobody knows");
  keepCoreOptions(paths, globalsFrom({}));
  t.equal(ignored(), null, "none runs");
  writeOwner(paths.data, { ...thisProcess(), ...times });
  t.match(ignored(), /no effect/);
  writeOwner(paths.data, { ...thisProcess(), ...times, start: "1" });
  t.equal(ignored(), null, "another process, of the same number even");
});
