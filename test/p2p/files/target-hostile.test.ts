import { execFileSync, spawn } from "node:child_process";
import {
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import * as fsPromises from "node:fs/promises";
import { join } from "node:path";
import t, { type Test } from "tap";
import { BLOCK_BYTES } from "../../../src/p2p/files/layout.js";
import { until } from "../../helpers/rooms.js";
import { PART, SHARE_ID, Share, withCalls } from "../../helpers/share.js";

t.setTimeout(110_000);

const LINUX = { skip: process.platform !== "linux" && "needs links, pipes and modes as Linux has them" };

const aFile = (size = 2 * BLOCK_BYTES + 10) => new Share([{ path: "f", size }]);
const _modeOf = (path: string) => (lstatSync(path).mode & 0o7777).toString(8);

t.test("A62: nothing is written beyond what was announced", async (t) => {
  const folder = t.testdir({});
  const share = aFile();
  const target = await share.target(t, folder);
  const refused = { family: "peer", code: "BAD_BLOCK" };
  await t.rejects(target.write(3, Buffer.alloc(1)), refused);
  await t.rejects(target.write(-1, Buffer.alloc(1)), refused);
  await t.rejects(target.write(2 ** 40, Buffer.alloc(BLOCK_BYTES)), refused);
  await t.rejects(target.write(0, Buffer.alloc(BLOCK_BYTES + 1)), refused);
  await t.rejects(target.write(2, Buffer.alloc(BLOCK_BYTES)), refused);
  await t.rejects(target.write(2, Buffer.alloc(9)), refused);
  t.equal(statSync(join(folder, PART)).size, 0);
  await target.write(0, share.blocks[0]!);
  await t.rejects(target.putInPlace(folder, "f"), { code: "NOT_WHOLE" });
  t.same(readdirSync(folder), [PART], "half of it has no name");
  await share.fill(target);
  t.ok(await share.isReadFrom(target), "and it goes on");
  await target.putInPlace(folder, "f");
});

const IN_THE_WAY: readonly (readonly [string, (part: string, victim: string) => void])[] = [
  ["a link to somebody's file", (part, victim) => symlinkSync(victim, part)],
  ["a link that leads nowhere", (part, victim) => symlinkSync(`${victim}.none`, part)],
  ["another name of somebody's file", (part, victim) => linkSync(victim, part)],
  ["a pipe", (part) => execFileSync("mkfifo", [part])],
  ["something longer", (part) => writeFileSync(part, "x".repeat(5_000))],
];

t.test("A61: what stands in place of the unfinished one is not written to", LINUX, async (t) => {
  for (const [name, put] of IN_THE_WAY) {
    const folder = t.testdir({ downloads: {}, victim: "v", folder: { inside: "i" } });
    const part = join(folder, "downloads", PART);
    put(part, join(folder, "victim"));
    for (const share of [aFile(10), new Share([{ path: "a", size: 10 }], true)]) {
      await t.rejects(share.target(t, join(folder, "downloads")), { code: "NOT_OURS", hint: /move it away/ }, name);
    }
    t.equal(readFileSync(join(folder, "victim"), "utf8"), "v");
    t.notOk(existsSync(join(folder, "victim.none")));
    unlinkSync(part);
  }
  const folder = t.testdir({ downloads: { [PART]: {} }, other: { a: "kept" } });
  const part = join(folder, "downloads", PART);
  chmodSync(part, 0o777);
  const tree = new Share([{ path: "a", size: 10 }], true);
  await t.rejects(tree.target(t, join(folder, "downloads")), { code: "NOT_OURS", message: /open to other people/ });
  await t.rejects(aFile(10).target(t, join(folder, "downloads")), { code: "NOT_OURS" });
  rmSync(part, { recursive: true });
  symlinkSync(join(folder, "other"), part);
  await t.rejects(tree.target(t, join(folder, "downloads")), { code: "NOT_OURS" });
  t.equal(readFileSync(join(folder, "other/a"), "utf8"), "kept");
});

t.test("A61: what is put in its place while it is downloaded is not taken for it", LINUX, async (t) => {
  const folder = t.testdir({ downloads: {}, victim: "v" });
  const downloads = join(folder, "downloads");
  const part = join(downloads, PART);
  const share = aFile(10);
  const target = await share.target(t, downloads);
  await share.fill(target);
  renameSync(part, `${part}.moved`);
  symlinkSync(join(folder, "victim"), part);
  await t.rejects(target.putInPlace(downloads, "f"), { code: "NOT_OURS" });
  t.same(readdirSync(downloads).sort(), [PART, `${PART}.moved`]);
  await target.remove();
  t.ok(lstatSync(part).isSymbolicLink(), "it is not ours to delete");
  t.equal(readFileSync(join(folder, "victim"), "utf8"), "v");
});

t.test("A61: a file that was replaced in an unfinished folder is not written to", LINUX, async (t) => {
  const folder = t.testdir({});
  // More than are kept open, so that the first is opened again.
  const share = new Share(Array.from({ length: 40 }, (_, index) => ({ path: `f${index}`, size: 10 })));
  const target = await share.target(t, folder);
  for (const [block, bytes] of share.blocks.entries()) await target.write(block, bytes);
  const path = join(folder, PART, "f0");
  renameSync(path, join(folder, "moved"));
  writeFileSync(path, "another");
  await t.rejects(target.write(0, share.blocks[0]!), { code: "WRITE_FAILED", message: /was replaced/, hint: /move/ });
  t.equal(readFileSync(path, "utf8"), "another");
});

t.test("A61: a folder that somebody fills in the moment it is made stays theirs", LINUX, async (t) => {
  const folder = t.testdir({});
  let renames = 0;
  const rename: typeof fsPromises.rename = (from, to) => {
    renames += 1;
    if (renames === 1) writeFileSync(join(folder, "d/theirs"), "x");
    return fsPromises.rename(from, to);
  };
  const Target = await withCalls(t, { rename });
  const share = new Share([{ path: "a", size: 4 }], true);
  const target = await Target.open(folder, SHARE_ID, share.parts, true, { reserveBytes: 0 });
  t.teardown(() => target.close());
  await share.fill(target);
  t.equal(await target.putInPlace(folder, "d"), join(folder, "d (1)"));
  t.same(readdirSync(folder, { recursive: true }).sort(), ["d", "d (1)", "d (1)/a", "d/theirs"]);
});

t.test("A61: a folder that is no longer where it was gets nothing", LINUX, async (t) => {
  for (const isHeld of [true, false]) {
    const folder = t.testdir({ downloads: {}, outside: {} });
    const downloads = join(folder, "downloads");
    const share = aFile(10);
    const target = await share.target(t, downloads, { isHeld });
    await share.fill(target);
    renameSync(downloads, `${downloads}.moved`);
    symlinkSync(join(folder, "outside"), downloads);
    await t.rejects(target.putInPlace(downloads, "f"), { code: "FOLDER_MOVED", hint: /Put it back/ });
    t.same(readdirSync(join(folder, "outside")), []);
    unlinkSync(downloads);
    renameSync(`${downloads}.moved`, downloads);
    t.equal(await target.putInPlace(downloads, "f"), join(downloads, "f"));
  }
});

/** Puts a link to `outside` in the place of a folder and takes it away again, as fast as it can; says how often. */
function swapper(t: Test, folder: string, outside: string) {
  const script = `const fs = require("fs"); const [folder, outside] = process.argv.slice(1); const away = folder + ".away";
    for (let swaps = 1; ; swaps += 1) {
      try { fs.renameSync(folder, away); fs.symlinkSync(outside, folder); } catch {}
      try { fs.unlinkSync(folder); } catch {}
      try { fs.renameSync(away, folder); } catch {}
      if (swaps % 100 === 0) fs.writeSync(1, "x");
    }`;
  const child = spawn(process.execPath, ["-e", script, folder, outside], { stdio: ["ignore", "pipe", "inherit"] });
  t.teardown(() => child.kill("SIGKILL"));
  const swaps = { count: 0, end: () => child.kill("SIGKILL") };
  child.stdout.on("data", (bytes: Buffer) => {
    swaps.count += bytes.byteLength * 100;
  });
  return swaps;
}
t.test("A61: a thousand links in the place of the download folder lead nothing out of it", LINUX, async (t) => {
  const folder = t.testdir({ downloads: {}, outside: {} });
  const downloads = join(folder, "downloads");
  const outside = join(folder, "outside");
  const share = aFile(10);
  const ids = Array.from({ length: 25 }, (_, index) => index.toString(16).padStart(16, "0"));
  const waiting = await Promise.all(ids.map((id) => share.target(t, downloads, {}, id)));
  await Promise.all(waiting.map((target) => share.fill(target)));
  const swaps = swapper(t, downloads, outside);
  const codes = new Set<string>();
  await until(() => swaps.count > 0);
  for (let round = 0; round < 50_000 && (waiting.length > 0 || swaps.count < 1_000); round += 1) {
    const target = waiting.shift();
    if (!target) await until(() => swaps.count >= 1_000);
    else {
      await target.putInPlace(downloads, "f").catch((error) => {
        codes.add(error.code);
        waiting.push(target);
      });
    }
  }
  swaps.end();
  t.ok(swaps.count >= 1_000 && waiting.length === 0, `${swaps.count} swaps, ${waiting.length} not in place`);
  t.same([...codes], ["FOLDER_MOVED"]);
  t.same(readdirSync(outside), []);
});

t.test("A61: nor do links in the place of a folder inside an unfinished one", LINUX, async (t) => {
  const folder = t.testdir({ downloads: {}, outside: {} });
  const downloads = join(folder, "downloads");
  const outside = join(folder, "outside");
  const share = new Share(Array.from({ length: 500 }, (_, index) => ({ path: `sub/${index}`, size: 10 })));
  const target = await share.target(t, downloads);
  await target.write(0, share.blocks[0]!);
  const swaps = swapper(t, join(downloads, PART, "sub"), outside);
  const outcomes = { written: 0, refused: 0 };
  for (let round = 0; swaps.count < 1_000 || round < 2_000; round += 1) {
    await target.write(round % 500, share.blocks[round % 500]!).then(
      () => {
        outcomes.written += 1;
      },
      (error) => {
        outcomes.refused += 1;
        if (error.code !== "WRITE_FAILED") t.fail(error.message);
      },
    );
    if ((await fsPromises.readdir(outside)).length > 0) return t.fail("written outside");
  }
  swaps.end();
  t.ok(swaps.count >= 1_000 && outcomes.written > 0, JSON.stringify({ swaps: swaps.count, ...outcomes }));
});

t.test("A61: what is put in its place in the very moment gets no name", LINUX, async (t) => {
  for (const isBefore of [true, false]) {
    const folder = t.testdir({ downloads: {}, victim: "v" });
    const downloads = join(folder, "downloads");
    const part = join(downloads, PART);
    const swap = () => {
      renameSync(part, `${part}.moved`);
      symlinkSync(join(folder, "victim"), part);
    };
    let links = 0;
    const link: typeof fsPromises.link = (from, to) => {
      links += 1;
      if (!isBefore) swap();
      return fsPromises.link(from, to);
    };
    const Target = await withCalls(t, { link });
    const share = aFile(10);
    const target = await Target.open(downloads, SHARE_ID, share.parts, false, { reserveBytes: 0 });
    t.teardown(() => target.close());
    await share.fill(target);
    if (isBefore) swap();
    // What a module made anew for this test throws is foreign to the others, and wrapped once more.
    await t.rejects(target.putInPlace(downloads, "f"), { cause: { code: "NOT_OURS" } });
    t.equal(links, isBefore ? 0 : 1);
    t.same(readdirSync(downloads).sort(), [PART, `${PART}.moved`]);
    t.equal(readFileSync(join(folder, "victim"), "utf8"), "v");
  }
});

t.test("A61: nor does another folder, or a link to one", LINUX, async (t) => {
  for (const put of [(path: string) => mkdirSync(path), (path: string) => symlinkSync("..", path)]) {
    const folder = t.testdir({});
    const part = join(folder, PART);
    const share = new Share([{ path: "a", size: 4 }], true);
    const target = await share.target(t, folder);
    await share.fill(target);
    renameSync(part, `${part}.moved`);
    put(part);
    await t.rejects(target.putInPlace(folder, "d"), { code: "NOT_OURS" });
    t.same(readdirSync(folder).sort(), [PART, `${PART}.moved`]);
    await target.close();
  }
});
