import { execFileSync, spawn } from "node:child_process";
import { chmodSync, chownSync, mkdirSync, readdirSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { basename, dirname, join } from "node:path";
import t, { type Test } from "tap";
import { looksAt } from "../../../src/p2p/files/look.js";
import { pipeWithWord } from "../../helpers/pipe.js";

const LINUX = { skip: process.platform !== "linux" && "needs pipes, links and devices as Linux has them" };
const NOBODY = 65_534;

/** By its bare name: the whole path may be too long for a socket. */
async function socketIn(t: Test, path: string): Promise<void> {
  const server = createServer();
  t.teardown(() => server.close());
  const cwd = process.cwd();
  process.chdir(dirname(path));
  await new Promise<void>((resolve) => server.listen(basename(path), resolve));
  process.chdir(cwd);
}

/** How often the swapping must have been met in either state; a busy machine shows one of them far less often. */
const SWAPS_SEEN = 20;

t.test("a file is shared as it is", async (t) => {
  const folder = t.testdir({ "plan.pdf": "all of it", empty: "" });
  const source = await looksAt(join(folder, "plan.pdf"));
  t.match(source, { name: "plan.pdf", isFolder: false, leftOut: [] });
  t.match(source.files, [{ path: "plan.pdf", absolute: join(folder, "plan.pdf"), size: 9, stamp: { size: 9 } }]);
  t.match(await looksAt(join(folder, "empty")), { files: [{ size: 0 }] });
});

t.test("a folder is shared as a tree, in order; without files it is an empty one", async (t) => {
  const folder = t.testdir({ d: { b: "1", a: { z: "", y: "2" }, "a.txt": "3", ".hidden": "4", none: {} } });
  const source = await looksAt(join(folder, "d/"));
  const leftOut = [{ path: "none", why: "it is an empty folder" }];
  t.match(source, { name: "d", isFolder: true, leftOut });
  t.same(
    source.files.map(({ path, size }) => [path, size]),
    [
      [".hidden", 1],
      ["a.txt", 1],
      ["a/y", 1],
      ["a/z", 0],
      ["b", 1],
    ],
  );
  t.equal(source.files[2]?.absolute, join(folder, "d/a/y"));
  t.match(await looksAt(join(folder, "d/none")), { name: "none", isFolder: true, files: [], leftOut: [] });
});

t.test("several paths make one share, and names that meet stay apart", async (t) => {
  const folder = t.testdir({ one: { x: "1" }, two: { x: "22" }, x: "333" });
  const source = await looksAt([join(folder, "x"), join(folder, "one"), join(folder, "two/x")]);
  t.match(source, { name: "x and 2 more", isFolder: true });
  t.same(
    source.files.map(({ path, size }) => [path, size]),
    [
      ["one/x", 1],
      ["x", 3],
      ["x (1)", 2],
    ],
  );
});

t.test("C22: what is no file is left out of a folder and named", LINUX, async (t) => {
  const folder = t.testdir({ d: { a: "x", sub: { b: "y" } }, outside: { secret: "s" } });
  const inside = (name: string) => join(folder, "d", name);
  execFileSync("mkfifo", [inside("p")]);
  symlinkSync("/etc/hostname", inside("l"));
  symlinkSync(join(folder, "outside"), inside("sub/folder"));
  symlinkSync("a", inside("near"));
  symlinkSync("nowhere", inside("dangling"));
  symlinkSync("..", inside("sub/up"));
  await socketIn(t, inside("s"));
  writeFileSync(Buffer.concat([Buffer.from(inside("bad-")), Buffer.from([0xff])]), "z");
  const { files, leftOut } = await looksAt(inside("."));
  t.same(
    files.map(({ path }) => path),
    ["a", "sub/b"],
  );
  t.same(Object.fromEntries(leftOut.map(({ path, why }) => [path, why])), {
    "bad-\ufffd": "its name is no text",
    dangling: "it is a link",
    l: "it is a link",
    near: "it is a link",
    p: "it is a pipe",
    s: "it is a socket",
    "sub/folder": "it is a link",
    "sub/up": "it is a link",
  });
});

t.test("C22: what is no file is refused within a second, and never opened", LINUX, async (t) => {
  const folder = t.testdir({});
  const path = join(folder, "pipe");
  const pipe = await pipeWithWord(t, path);
  await socketIn(t, join(folder, "socket"));
  for (const [odd, what] of [
    [path, "a pipe"],
    [join(folder, "socket"), "a socket"],
    ["/dev/zero", "a device"],
    ["/dev/tty", "a device"],
  ] as const) {
    const startedAt = performance.now();
    await t.rejects(looksAt(odd), { family: "user", code: "NOT_A_FILE", message: what, hint: /files and folders/ });
    t.ok(performance.now() - startedAt < 1_000);
  }
  t.equal(await pipe.read(), "word");
});

t.test("what is not there, or not for us, is said with what to do", LINUX, async (t) => {
  const folder = t.testdir({ file: "x", d: { closed: { x: "x" }, open: "y" } });
  await t.rejects(looksAt(join(folder, "none")), { family: "user", code: "NO_SUCH_FILE", hint: /path/ });
  await t.rejects(looksAt(join(folder, "file/x")), { code: "NO_SUCH_FILE" });
  await t.rejects(looksAt([]), { code: "NO_SUCH_FILE" });
  await t.rejects(looksAt([join(folder, "file"), join(folder, "none")]), { code: "NO_SUCH_FILE" });
  symlinkSync("loop", join(folder, "loop"));
  await t.rejects(looksAt(join(folder, "loop")), { code: "CANNOT_READ" });
  t.match(await looksAt(linkTo(folder, "file")), { name: "link", files: [{ absolute: join(folder, "file") }] });

  const closed = join(folder, "d/closed");
  chmodSync(closed, 0o300);
  t.teardown(() => chmodSync(closed, 0o700));
  await asSomebody(async () => {
    t.match(await looksAt(join(folder, "d")), {
      files: [{ path: "open" }],
      leftOut: [{ path: "closed", why: "you have no right to it" }],
    });
    await t.rejects(looksAt(closed), { family: "user", code: "CANNOT_READ", hint: /readable/ });
  });
});

function linkTo(folder: string, name: string): string {
  symlinkSync(name, join(folder, "link"));
  return join(folder, "link");
}

/** Root may read everything. */
async function asSomebody(act: () => Promise<void>): Promise<void> {
  if (process.getuid!() !== 0) return act();
  process.seteuid!(NOBODY);
  try {
    await act();
  } finally {
    process.seteuid!(0);
  }
}

t.test("too deep and too long is left out, and far too many are refused", LINUX, async (t) => {
  const folder = join(t.testdir({}), "d");
  const deep = join(folder, ...Array.from({ length: 32 }, () => "n"));
  mkdirSync(join(deep, "n"), { recursive: true });
  writeFileSync(join(deep, "last"), "");
  writeFileSync(join(folder, ...Array.from({ length: 31 }, () => "n"), "taken"), "");
  const long = Array.from({ length: 4 }, () => "堡".repeat(84)).join("/");
  mkdirSync(join(folder, long), { recursive: true });
  writeFileSync(join(folder, long, "x".repeat(100)), "");
  const { files, leftOut } = await looksAt(folder);
  t.same(
    files.map(({ path }) => path),
    [`${"n/".repeat(31)}taken`],
  );
  t.match(leftOut, [
    { path: `${"n/".repeat(31)}n`, why: /32 folders deep/ },
    { path: /^堡/, why: "its path is too long" },
  ]);
  t.equal(leftOut.length, 2);
});

t.test("a link put in the place of a folder meanwhile takes nothing from outside along", LINUX, async (t) => {
  const folder = t.testdir({ d: { sub: { mine: "m" } }, outside: { secret: "s" } });
  const sub = join(folder, "d/sub");
  const away = join(folder, "away");
  const script = `const fs = require("fs"); const [sub, away, outside] = process.argv.slice(1);
    for (;;) { fs.renameSync(sub, away); fs.symlinkSync(outside, sub); fs.unlinkSync(sub); fs.renameSync(away, sub); }`;
  const swapper = spawn(process.execPath, ["-e", script, sub, away, join(folder, "outside")], { stdio: "ignore" });
  t.teardown(() => swapper.kill("SIGKILL"));
  const seen = { mine: 0, link: 0 };
  for (let look = 0; look < 50_000 && (seen.mine < SWAPS_SEEN || seen.link < SWAPS_SEEN); look += 1) {
    const { files, leftOut } = await looksAt(join(folder, "d"));
    if (files.some(({ path }) => path !== "sub/mine")) return t.fail(JSON.stringify(files));
    if (files.length > 0) seen.mine += 1;
    if (leftOut.length > 0) seen.link += 1;
  }
  t.ok(seen.mine >= SWAPS_SEEN && seen.link >= SWAPS_SEEN, JSON.stringify(seen));
  swapper.kill("SIGKILL");
  if (readdirSync(folder).includes("away")) renameSync(away, `${away}-again`);
});

t.test("somebody else's files are shared where they can be read", LINUX, async (t) => {
  const folder = t.testdir({ file: "x" });
  if (process.getuid!() === 0) chownSync(join(folder, "file"), NOBODY, NOBODY);
  t.match(await looksAt(join(folder, "file")), { files: [{ size: 1 }] });
});
