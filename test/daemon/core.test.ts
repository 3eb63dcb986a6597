import { lstatSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import t, { type Test } from "tap";
import { resolvePaths } from "../../src/config.js";
import { type CoreOptions, type CoreProcess, startCore } from "../../src/daemon/core.js";
import { readOwner, writeOwner } from "../../src/daemon/owner.js";
import { connect } from "../../src/rpc/client.js";
import { openMemoryBackend } from "../helpers/memory-backend.js";
import { shortFolder, until } from "../helpers/program.js";

process.umask(0o077);

function options(t: Test, more: Partial<CoreOptions> = {}): CoreOptions {
  const paths = more.paths ?? resolvePaths({ home: shortFolder(t) });
  return { paths, bootstrap: null, lan: false, stays: true, openBackend: openMemoryBackend, ...more };
}

async function start(t: Test, given: CoreOptions): Promise<CoreProcess> {
  const core = await startCore(given);
  t.teardown(async () => {
    core.stop("the test is over");
    await core.done;
  });
  return core;
}

t.test("it listens at a private socket, says so in its record, and leaves nothing when it stops", async (t) => {
  const given = options(t);
  const core = await start(t, given);
  t.equal(statSync(core.socket).mode & 0o777, 0o600);
  t.equal(statSync(dirname(core.socket)).mode & 0o777, 0o700);
  t.match(readOwner(given.paths.data), { pid: process.pid, socket: core.socket });
  core.stop("test");
  t.equal(await core.done, 0);
  t.equal(readOwner(given.paths.data), null);
  t.throws(() => lstatSync(core.socket), { code: "ENOENT" });
});

t.test("C41: what is no socket stays where it is", async (t) => {
  for (const make of [
    (path: string) => writeFileSync(path, "precious"),
    (path: string) => symlinkSync("/nowhere", path),
    (path: string) => mkdirSync(path),
  ]) {
    const given = options(t);
    mkdirSync(dirname(given.paths.socket), { recursive: true, mode: 0o700 });
    make(given.paths.socket);
    const before = lstatSync(given.paths.socket).ino;
    await t.rejects(startCore(given), { code: "SOCKET_PATH_TAKEN", data: { path: given.paths.socket } });
    t.equal(lstatSync(given.paths.socket).ino, before);
    t.equal(readOwner(given.paths.data), null, "a core that did not start claims nothing");
  }
});

t.test("a socket folder that others may enter is refused", async (t) => {
  const given = options(t);
  mkdirSync(dirname(given.paths.socket), { recursive: true });
  process.umask(0);
  mkdirSync(join(dirname(given.paths.socket), "x"), { mode: 0o777 });
  process.umask(0o077);
  const paths = { ...given.paths, socket: join(dirname(given.paths.socket), "x/s") };
  await t.rejects(startCore({ ...given, paths }), { code: "FOLDER_NOT_PRIVATE" });
});

t.test("C35: a socket whose folder is removed is there again within 5 s", async (t) => {
  const given = options(t);
  const core = await start(t, given);
  const before = await connect(core.socket);
  rmSync(dirname(core.socket), { recursive: true });
  await until(() => lstatSync(given.paths.socket, { throwIfNoEntry: false })?.isSocket() ?? false, 5_000);
  t.equal(statSync(dirname(core.socket)).mode & 0o777, 0o700);
  const after = await connect(core.socket);
  t.match(await after.request("status", {}), { clients: 2 });
  t.match(await before.request("status", {}), { pid: process.pid }, "who was connected still is");
  before.close();
  after.close();
});

t.test("it leaves a little after its last client, and stays while something is open", async (t) => {
  const given = options(t, { stays: false, idleStopMs: 300, openWorkMs: 60_000 });
  const core = await start(t, given);
  let client = await connect(core.socket);
  await client.request("identity.create", { name: "ann" });
  const room = await client.request("room.create", { name: "tea" });
  const kept = await connect(core.socket);
  client.close();
  await new Promise((done) => setTimeout(done, 2_500));
  t.match(await kept.request("status", {}), { clients: 1, stays: false }, "somebody is still here");
  kept.close();
  t.equal(await core.done, 0);

  const busy = await start(t, { ...given, idleStopMs: 100, openWorkMs: 3_000 });
  client = await connect(busy.socket);
  await client.request("room.invite", { room: room.id });
  client.close();
  const left = performance.now();
  await busy.done;
  t.ok(performance.now() - left >= 2_900, "an open invite keeps it, up to a limit");
});

t.test("told to stay, it stays; told to stop, only by force while something is open", async (t) => {
  const core = await start(t, options(t, { stays: false, idleStopMs: 100 }));
  const client = await connect(core.socket);
  await client.request("stay", {});
  t.match(await client.request("status", {}), { stays: true, clients: 1, open: [] });
  const other = await connect(core.socket);
  await t.rejects(client.request("stop", { force: false }), { code: "BUSY", message: /another program is attached/ });
  other.close();
  await until(async () => (await client.request("status", {})).clients === 1);
  await client.request("stop", {});
  t.equal(await core.done, 0);
});

t.test("C44: a core that finds another's record writes nothing more and leaves it alone", async (t) => {
  const given = options(t);
  const core = await start(t, given);
  const owner = readOwner(given.paths.data);
  if (!owner) throw new Error("no record");
  writeOwner(given.paths.data, { ...owner, host: "far", renewedAt: new Date().toISOString() });
  t.equal(await core.done, 3);
  t.match(readOwner(given.paths.data), { host: "far" });
  t.match(readFileSync(join(given.paths.data, "core.log"), "utf8"), /taken over by far/);
});

t.test("a backend that hangs on closing does not keep the process longer than two seconds", async (t) => {
  const core = await start(
    t,
    options(t, {
      async openBackend(from) {
        return { ...(await openMemoryBackend(from)), close: () => new Promise(() => {}) };
      },
    }),
  );
  const begin = performance.now();
  core.stop("test");
  await core.done;
  t.ok(performance.now() - begin < 2_000);
});

t.test("what opening the store throws is what starting throws, and the profile is free again", async (t) => {
  const given = options(t);
  const broken = async () => {
    throw new TypeError("a bug");
  };
  await t.rejects(startCore({ ...given, openBackend: broken }), new TypeError("a bug"));
  await start(t, given);
});
