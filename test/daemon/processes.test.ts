import { spawn } from "node:child_process";
import { lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import t, { type Test } from "tap";
import { resolvePaths } from "../../src/config.js";
import { BIN, Home, isRunning, OFFLINE, shortFolder, until } from "../helpers/program.js";

const home = (t: Test, dir = t.testdir()) => new Home(t, dir);

t.test("C41: after kill -9 ten commands at once all work, and one core runs", async (t) => {
  const h = home(t);
  await h.json(["room", "list"]);
  const [killed] = h.cores();
  process.kill(killed ?? 0, "SIGKILL");
  await until(() => !isRunning(killed ?? 0));
  const all = await Promise.all(Array.from({ length: 10 }, () => h.run(["room", "list", "--json"])));
  for (const outcome of all) {
    t.equal(outcome.code, 0, outcome.stderr);
    t.equal(outcome.stdout, "[]\n");
  }
  t.equal(h.cores().length, 1);
  t.equal(readFileSync(join(h.dir, "data/default/core.log"), "utf8").match(/, process \d+, at /g)?.length, 2);
});

t.test("C41: something else at the socket's path is left alone: exit 1 with its path", async (t) => {
  const h = home(t);
  const { socket } = resolvePaths({ home: h.dir });
  mkdirSync(dirname(socket), { recursive: true, mode: 0o700 });
  writeFileSync(socket, "precious");
  t.teardown(() => import("node:fs").then((fs) => fs.rmSync(socket, { force: true })));
  const outcome = await h.run(["room", "list"]);
  t.equal(outcome.code, 1);
  t.match(outcome.stderr, socket);
  t.equal(readFileSync(socket, "utf8"), "precious");
});

t.test("C38: the core keeps nothing of who started it", { skip: process.platform !== "linux" }, async (t) => {
  const h = home(t);
  const begin = performance.now();
  const outcome = await h.run(["room", "create", "tea"]);
  t.equal(outcome.code, 0, outcome.stderr);
  t.match(outcome.stdout, /^[0-9a-f]{64}\n$/, "the outcome's pipes are at their end though the core lives");
  t.ok(performance.now() - begin < 5_000);
  const [pid] = h.cores();
  t.equal(readlinkSync(`/proc/${pid}/cwd`), "/");
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const [, , , session] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  t.equal(Number(session), pid, "a session of its own");
  const open = readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
    try {
      return [[Number(fd), readlinkSync(`/proc/${pid}/fd/${fd}`)] as const];
    } catch {
      return [];
    }
  });
  const target = (fd: number) => open.find(([number]) => number === fd)?.[1];
  t.equal(target(0), "/dev/null");
  t.match(target(1), /core\.log$/);
  t.match(target(2), /core\.log$/);
  t.same(
    open.filter(([, to]) => to.startsWith("pipe:")).filter(([fd]) => fd <= 3),
    [],
    "no pipe of the caller",
  );
});

t.test("C38: a shell that captures the output gets it at once", async (t) => {
  const h = home(t);
  const line = `id=$(${process.execPath} ${BIN} --home ${h.dir} ${OFFLINE.join(" ")} room create tea 2>&1 | tail -1); echo "id=$id"`;
  const shell = spawn("sh", ["-c", line], { env: h.env(), stdio: ["ignore", "pipe", "inherit"] });
  let said = "";
  shell.stdout.on("data", (bytes) => {
    said += bytes;
  });
  const begin = performance.now();
  await new Promise((done) => shell.on("close", done));
  t.ok(performance.now() - begin < 5_000);
  t.match(said, /id=.+\n/);
  t.equal(h.cores().length, 1);
});

t.test("C40: deep homes work, with a core each", async (t) => {
  const top = shortFolder(t);
  const deep = (last: string) => join(top, "d".repeat(99 - top.length), last);
  const one = home(t, deep("a"));
  const two = home(t, deep("b"));
  mkdirSync(one.dir, { recursive: true });
  mkdirSync(two.dir, { recursive: true });
  await one.json(["room", "create", "tea"]);
  t.same(await two.json(["room", "list"]), []);
  const sockets = [...one.owners(), ...two.owners()].map((owner) => owner.socket);
  t.equal(new Set(sockets).size, 2);
  for (const socket of sockets) {
    t.ok(Buffer.byteLength(socket) <= 100);
    t.equal(lstatSync(dirname(socket)).mode & 0o777, 0o700);
  }
});

t.test("C42: with and without XDG_RUNTIME_DIR it is the same core", async (t) => {
  for (const [first, second] of [
    [true, false],
    [false, true],
  ]) {
    const dir = shortFolder(t);
    const runtime = join(dir, "r");
    mkdirSync(runtime, { mode: 0o700 });
    const h = home(t, dir);
    const options = (isSet: boolean | undefined) => ({
      globals: OFFLINE,
      env: isSet ? { XDG_RUNTIME_DIR: runtime } : {},
    });
    const room = await h.json(["room", "create", "tea"], options(first));
    t.match(await h.json(["room", "list"], options(second)), [{ id: room.id }]);
    t.equal(h.cores().length, 1);
    t.equal(h.owners()[0]?.socket.startsWith(runtime), first);
  }
});

t.test("A83: a second daemon says that one runs, and does not harm it", async (t) => {
  const h = home(t);
  await h.json(["daemon", "--detach"]);
  const [pid] = h.cores();
  const outcome = await h.run(["daemon"]);
  t.equal(outcome.code, 3);
  t.match(outcome.stderr, `Already running (process ${pid})`);
  t.ok(outcome.ms < 2_000);
  t.match(await h.json(["daemon", "status"]), { pid, stays: true, clients: 0 });
});

t.test("signals end it cleanly within two seconds, and it starts again", async (t) => {
  const h = home(t);
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) {
    await h.json(["daemon", "--detach"]);
    const pid = h.cores()[0] ?? 0;
    const begin = performance.now();
    process.kill(pid, signal);
    await until(() => !isRunning(pid), 3_000);
    t.ok(performance.now() - begin < 2_000, signal);
    t.same(h.owners(), []);
  }
});

t.test("a daemon in a terminal ends with exit 0 at Ctrl-C", async (t) => {
  const h = home(t);
  const daemon = h.start(["daemon"]);
  await until(() => /runs \(process \d+\)/.test(daemon.stderr()));
  t.match(await h.json(["daemon", "status"]), { stays: true, pid: daemon.child.pid });
  daemon.child.kill("SIGINT");
  const outcome = await daemon.done;
  t.equal(outcome.code, 0);
  t.equal(outcome.stdout, "");
  t.equal((await h.run(["daemon", "status"])).code, 4);
});

t.test("a core that nobody needs leaves by itself", async (t) => {
  const h = home(t);
  await h.json(["room", "list"]);
  const pid = h.cores()[0] ?? 0;
  await until(() => !isRunning(pid), 8_000);
  t.same(h.owners(), []);
});

t.test("a home that others can read is refused with what mends it", async (t) => {
  const h = home(t);
  mkdirSync(join(h.dir, "data/default"), { recursive: true });
  const { chmodSync } = await import("node:fs");
  chmodSync(join(h.dir, "data/default"), 0o755);
  const outcome = await h.run(["room", "list"]);
  t.equal(outcome.code, 3);
  t.match(outcome.stderr, /chmod 700/);
});
