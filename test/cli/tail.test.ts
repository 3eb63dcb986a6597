import t from "tap";
import { Home, isRunning, until } from "../helpers/program.js";

t.test("-f prints each message once, in order, also when the core is killed meanwhile", async (t) => {
  const home = new Home(t, t.testdir());
  await home.json(["room", "create", "tea"]);
  for (let n = 1; n <= 5; n += 1) await home.run(["send", "tea", `old ${n}`]);
  const follower = home.start(["tail", "tea", "-n", "2", "-f", "--json"], { timeoutMs: 50_000 });
  const texts = () =>
    follower
      .stdout()
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line).text);
  await until(() => texts().length === 2);
  await home.run(["send", "tea", "new 1"]);
  await until(() => texts().includes("new 1"));
  const killed = home.cores()[0] ?? 0;
  process.kill(killed, "SIGKILL");
  await until(() => !isRunning(killed));
  t.equal((await home.run(["send", "tea", "new 2"])).code, 0);
  await until(() => texts().includes("new 2"), 15_000);
  await home.run(["send", "tea", "new 3"]);
  await until(() => texts().includes("new 3"), 15_000);
  t.same(texts(), ["old 4", "old 5", "new 1", "new 2", "new 3"]);
  follower.child.kill("SIGINT");
  await follower.done;
});

t.test("-n counts rows, and a reader that has enough ends it quietly", async (t) => {
  const home = new Home(t, t.testdir());
  await home.json(["room", "create", "tea"]);
  for (let n = 1; n <= 3; n += 1) await home.run(["send", "tea", `m${n}`]);
  t.match((await home.run(["tail", "tea", "-n", "1"])).stdout, /^\d{4}-\d\d-\d\d \d\d:\d\d \S+: m3\n$/);
  t.equal((await home.run(["tail", "tea", "-n", "0"])).stdout, "");
  t.match((await home.run(["tail", "tea"])).stdout, /^[^\n]* -- \S+ made this room\n/);
  t.equal((await home.run(["tail", "tea", "-n", "-1"])).code, 2);
  const follower = home.start(["tail", "tea", "-f", "-n", "1"]);
  await until(() => follower.stdout() !== "");
  follower.child.stdout?.destroy();
  await home.run(["send", "tea", "nobody reads this"]);
  const outcome = await follower.done;
  t.equal(outcome.code, 0);
  t.equal(outcome.stderr, "");
});
