import { spawnSync } from "node:child_process";
import t from "tap";
import { BIN, until } from "../helpers/program.js";
import { isFriend, isInside, livingIn, NEARBY, temporaryFolder } from "./surroundings.js";

t.setTimeout(110_000);

const onLinux = { skip: process.platform !== "linux" && "reads /proc" };

const parsed = (stdout: string) =>
  stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));

t.test("without a terminal two cores talk, and all of it arrives, in order and verified", onLinux, async (t) => {
  const { start, empty, home } = temporaryFolder(t);
  const { code, stdout, stderr } = await start([...NEARBY, "demo", "--json"]).done;
  t.equal(code, 0, stderr);
  const reports = parsed(stdout);
  const lines = reports.filter(({ type }) => type === "line");
  t.equal(lines.length, 14);
  for (const { text, state, verified, arrivedMs, orderedMs, deliveredMs } of lines) {
    t.match({ state, verified }, { state: "delivered", verified: true }, text);
    t.ok(arrivedMs <= orderedMs && orderedMs <= deliveredMs + 50, `${arrivedMs}, ${orderedMs}, ${deliveredMs}`);
  }
  const files = reports.filter(({ type }) => type === "file");
  t.match(files, [
    { from: "guest", to: "echo", bytes: 16 * 2 ** 20, ms: Number, bytesPerSecond: Number },
    { from: "echo", to: "guest", bytes: 16 * 2 ** 20, ms: Number, bytesPerSecond: Number },
  ]);
  t.same(new Set(lines.map(({ author }) => author)), new Set(["guest", "echo"]));
  t.match(reports.at(-1), { type: "summary", ok: true, lines: 14, files: 2 });
  await empty();
  t.same(home.owners(), [], "and the person's own profile was never touched");
});

t.test("on a DHT of one's own, without the local network", onLinux, async (t) => {
  const { start, folder, empty } = temporaryFolder(t);
  const dht = start(["dht", "--port", "0"]);
  await until(() => dht.stdout().includes("\n"));
  const { code, stdout, stderr } = await start(["--no-lan", "--bootstrap", dht.stdout().trim(), "demo"]).done;
  t.equal(code, 0, stderr);
  t.match(stdout, /^-- 16\.8 MB from guest to echo, unharmed: \d+ ms, \d+(\.\d)? [KMG]B\/s$/m);
  t.match(stdout, /^-- 16\.8 MB from echo to guest, unharmed: /m);
  t.match(stdout, /All 14 lines arrived.*online/);
  for (const { pid, args } of livingIn(folder)) if (args.includes("dht")) process.kill(pid, "SIGTERM");
  await dht.done;
  await empty();
});

const canBeAlone = spawnSync("unshare", ["-rn", "sh", "-c", "ip link set lo up"]).status === 0;
const alone = canBeAlone ? {} : { skip: "needs a network namespace: run as root, with util-linux and iproute2" };

t.test("with no network but the machine's own", alone, async (t) => {
  const { home, env, empty } = temporaryFolder(t);
  const line = `ip link set lo up && exec ${process.execPath} ${BIN} demo`;
  const variables = Object.entries(home.env(env)).map(([name, value]) => `${name}=${value}`);
  const { status, stdout, stderr } = spawnSync("env", ["-i", ...variables, "unshare", "-rn", "sh", "-c", line], {
    encoding: "utf8",
    timeout: 40_000,
  });
  t.equal(status, 0, stderr);
  t.match(stdout, /All 14 lines arrived.*lan/);
  await empty();
});

t.test("a friend that dies is told, with what to look at", onLinux, async (t) => {
  const { start, folder, empty } = temporaryFolder(t);
  const demo = start([...NEARBY, "demo"]);
  await until(() => demo.stdout().includes("guest: hello"));
  const friend = livingIn(folder).find(isFriend);
  process.kill(friend?.pid ?? 0, "SIGKILL");
  const { code, stdout, stderr } = await demo.done;
  t.equal(code, 1);
  t.match(stderr, /echo is gone: its process was ended by SIGKILL; \d+ of 14 lines arrived, waiting for/);
  t.match(stderr, /keet-tui doctor/);
  t.notMatch(stdout, /All 14/);
  await empty();
});

t.test("where one cannot find the other, it says so after a while", onLinux, async (t) => {
  const { start, empty } = temporaryFolder(t);
  const demo = start(["--no-lan", ...NEARBY, "demo", "--json", "--timeout", "4s"]);
  const { code, stdout, stderr } = await demo.done;
  t.equal(code, 1);
  t.match(parsed(stdout).at(-1), { type: "summary", ok: false, reason: /within 4 s.*waiting for the guest to join/ });
  t.match(JSON.parse(stderr), { error: { code: "DEMO_FAILED", hint: /keet-tui doctor/ } });
  await empty();
});

t.test("a demo that is killed takes its cores and folders with it", onLinux, async (t) => {
  for (const signal of ["SIGTERM", "SIGKILL"] as const) {
    const { start, folder, left, empty } = temporaryFolder(t);
    const demo = start([...NEARBY, "demo"]);
    await until(() => demo.stdout().includes("joined"));
    t.equal(left().homes.length, 2, "they were there");
    for (const living of livingIn(folder)) if (!isInside(living)) process.kill(living.pid, signal);
    await demo.done;
    await empty();
  }
});
