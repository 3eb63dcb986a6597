import { existsSync, mkdirSync, readdirSync, renameSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { HeldFolder, makeFolder } from "../../../src/p2p/files/held-folder.js";

const LINUX = { skip: process.platform !== "linux" && "needs /proc and links" };

t.test("a folder is the same one wherever its name leads meanwhile", LINUX, async (t) => {
  const folder = t.testdir({ d: { sub: {} }, outside: { sub: {} } });
  const path = join(folder, "d");
  const held = await HeldFolder.open(path);
  t.teardown(() => held.close());
  t.equal(await held.isWhereItWas(), true);
  renameSync(path, join(folder, "moved"));
  symlinkSync("outside", path);
  writeFileSync(await held.at("file"), "x");
  const sub = await held.inside("sub");
  t.teardown(() => sub.close());
  writeFileSync(await sub.at("file"), "x");
  await (await held.made("new")).close();
  t.equal(await held.isWhereItWas(), false);
  t.same(readdirSync(join(folder, "outside"), { recursive: true }), ["sub"]);
  t.same(readdirSync(join(folder, "moved"), { recursive: true }).sort(), ["file", "new", "sub", "sub/file"]);
});

t.test("without handles it is looked at before each step, and given up where it is another", LINUX, async (t) => {
  const folder = t.testdir({ d: {}, outside: {} });
  const path = join(folder, "d");
  const held = await HeldFolder.open(path, { isHeld: false });
  t.equal(await held.at("file"), join(path, "file"));
  renameSync(path, join(folder, "moved"));
  await t.rejects(held.at("file"), { code: "FOLDER_MOVED" });
  symlinkSync("outside", path);
  await t.rejects(held.at("file"), { code: "FOLDER_MOVED" });
  await t.rejects(held.made("new"), { code: "FOLDER_MOVED" });
  t.same(readdirSync(join(folder, "outside")), []);
});

t.test("no link and no file is taken for a folder", LINUX, async (t) => {
  for (const isHeld of [true, false]) {
    const folder = t.testdir({ d: { file: "x" }, outside: {} });
    symlinkSync("../outside", join(folder, "d/link"));
    const held = await HeldFolder.open(join(folder, "d"), { isHeld });
    t.teardown(() => held.close());
    for (const name of ["link", "file"]) {
      await t.rejects(held.inside(name), { code: /ENOTDIR|ELOOP/ }, `${name} ${isHeld}`);
      await t.rejects(held.made(name), { code: /ENOTDIR|ELOOP/ }, `${name} ${isHeld}`);
    }
    await t.rejects(HeldFolder.open(join(folder, "d/link"), { isHeld }), { code: /ENOTDIR|ELOOP/ });
  }
});

t.test("folders are made for their owner alone, and where none can be made that is said", LINUX, async (t) => {
  const folder = t.testdir({ file: "x" });
  await makeFolder(join(folder, "a/b/c"));
  for (const name of ["a", "a/b", "a/b/c"]) t.equal(statSync(join(folder, name)).mode & 0o777, 0o700);
  mkdirSync(join(folder, "there"));
  await makeFolder(join(folder, "there"));
  await t.rejects(makeFolder(join(folder, "file/x")), { code: "ENOTDIR" });
  await t.rejects(makeFolder("/proc/none/x"), { code: "ENOENT" });
  t.notOk(existsSync("/proc/none"));
});
