import { execFileSync, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  appendFileSync,
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
import { BLOCK_BYTES, type FileSize, layOut, partAt, totalsOf } from "../../../src/p2p/files/layout.js";
import { SourceFiles } from "../../../src/p2p/files/source.js";
import { checkIsFree, TargetFiles, type TargetOptions } from "../../../src/p2p/files/target.js";
import { until } from "../../helpers/rooms.js";

t.setTimeout(110_000);

const ID = "0123456789abcdef0123456789abcdef";
const PART = ".0123456789abcdef.part";
const LINUX = { skip: process.platform !== "linux" && "needs links, pipes and modes as Linux has them" };

/** What a peer shares, with the bytes of each block. */
class Share {
  readonly parts;
  readonly isFolder: boolean;
  readonly blocks: Buffer[] = [];

  constructor(files: readonly FileSize[], isFolder = files.length > 1) {
    this.parts = layOut(files);
    this.isFolder = isFolder;
    for (let block = 0; block < totalsOf(this.parts).blocks; block += 1) {
      this.blocks.push(randomBytes(partAt(this.parts, block)!.length));
    }
  }

  async target(t: Test, folder: string, options: TargetOptions = {}, id = ID): Promise<TargetFiles> {
    const target = await TargetFiles.open(folder, id, this.parts, this.isFolder, { reserveBytes: 0, ...options });
    t.teardown(() => target.close());
    return target;
  }

  /** The last block first. */
  async fill(target: TargetFiles): Promise<void> {
    for (let block = this.blocks.length - 1; block >= 0; block -= 1) await target.write(block, this.blocks[block]!);
  }

  bytesOf(index: number): Buffer {
    const { firstBlock, blocks } = this.parts[index]!;
    return Buffer.concat(this.blocks.slice(firstBlock, firstBlock + blocks));
  }

  async isReadFrom(files: Pick<TargetFiles, "read">): Promise<boolean> {
    const read = await Promise.all(this.blocks.map((_, block) => files.read(block, 16)));
    return read.every((bytes, block) => bytes.subarray(16).equals(this.blocks[block]!));
  }
}

const aFile = (size = 2 * BLOCK_BYTES + 10) => new Share([{ path: "f", size }]);
const modeOf = (path: string) => (lstatSync(path).mode & 0o7777).toString(8);

for (const isHeld of [true, false]) {
  const how = isHeld ? "" : ", without handles of folders";

  t.test(`a file: unfinished, gone on with, put in its place, read from there${how}`, LINUX, async (t) => {
    const folder = join(t.testdir({}), "downloads");
    const share = aFile();
    const first = await share.target(t, folder, { isHeld });
    t.equal(first.isNew, true);
    await first.write(2, share.blocks[2]!);
    t.same(readdirSync(folder), [PART]);
    t.equal(modeOf(join(folder, PART)), "600");
    t.equal(modeOf(folder), "700");
    t.ok(statSync(join(folder, PART)).blocks * 512 < BLOCK_BYTES, "no more than has come");
    await first.close();

    const target = await share.target(t, folder, { isHeld });
    t.equal(target.isNew, false);
    t.ok((await target.read(2, 0)).equals(share.blocks[2]!), "what had come is there");
    await t.rejects(share.target(t, folder, {}, "no id"), /16 hex/);
    await share.fill(target);
    t.ok(await share.isReadFrom(target), "before it has its place");
    t.same([target.path, target.files], [null, []]);
    const path = await target.putInPlace(folder, "../plan.pdf");
    t.equal(path, join(folder, "plan.pdf"));
    t.same(readdirSync(folder), ["plan.pdf"]);
    t.equal(modeOf(path), "600");
    t.ok(readFileSync(path).equals(share.bytesOf(0)));
    t.ok(await share.isReadFrom(target), "and after");
    const again = new SourceFiles(target.files);
    t.ok(await share.isReadFrom(again), "and at the next start");
    await again.close();
    await t.rejects(target.write(0, share.blocks[0]!), { code: "WRITE_FAILED" });
    await target.remove();
    t.same(readdirSync(folder), ["plan.pdf"], "what is in its place is never deleted");
  });

  t.test(`a folder: a tree with safe names, apart from each other${how}`, LINUX, async (t) => {
    const folder = t.testdir({ "photos (1)": "taken" });
    const size = BLOCK_BYTES + 1;
    const share = new Share([
      { path: "a/b/c.txt", size },
      { path: "a/B/C.txt", size: 3 },
      { path: "../../etc/passwd", size: 5 },
      { path: ".ssh/authorized_keys", size: 0 },
      { path: "a/b", size: 7 },
      { path: "run\u202ehs.exe", size: 2 },
    ]);
    mkdirSync(join(folder, "photos"));
    const target = await share.target(t, folder, { isHeld });
    await share.fill(target);
    t.equal(modeOf(join(folder, PART)), "700");
    t.ok(await share.isReadFrom(target));
    const path = await target.putInPlace(folder, "photos");
    t.equal(path, join(folder, "photos (2)"));
    t.same(readdirSync(folder).sort(), ["photos", "photos (1)", "photos (2)"]);
    const paths = ["a/b/c.txt", "a/B (1)/C.txt", "etc/passwd", "_ssh/authorized_keys", "a/b (2)", "run\ufffdhs.exe"];
    t.same(
      target.files.map((file) => file.path),
      paths,
    );
    for (const [index, name] of paths.entries()) {
      t.ok(readFileSync(join(path, name)).equals(share.bytesOf(index)), name);
      t.equal(modeOf(join(path, name)), "600");
    }
    for (const name of ["", "a", "a/b", "etc", "_ssh"]) t.equal(modeOf(join(path, name)), "700");
    t.ok(await share.isReadFrom(target));
  });
}

t.test("an empty file and an empty folder are files and folders", async (t) => {
  const folder = t.testdir({});
  const file = await new Share([{ path: "f", size: 0 }]).target(t, folder);
  t.equal(statSync(await file.putInPlace(folder, "none")).size, 0);
  const empty = await new Share([], true).target(t, folder);
  t.same(readdirSync(await empty.putInPlace(folder, "nothing")), []);
});

t.test("C23: what is already there stays as it is, and both are kept", async (t) => {
  const folder = t.testdir({ potato: "o".repeat(BLOCK_BYTES) });
  const old = join(folder, "potato");
  symlinkSync("nowhere", join(folder, "potato (1)"));
  const before = statSync(old);
  const share = aFile(1_000);
  const get = async (place: (target: TargetFiles) => Promise<string>) => {
    const target = await share.target(t, folder);
    await share.fill(target);
    return place(target);
  };
  t.equal(await get((target) => target.putInPlace(folder, "potato")), join(folder, "potato (2)"));
  t.equal(await get((target) => target.putInPlace(folder, "potato")), join(folder, "potato (3)"));
  const names = readdirSync(folder).sort();
  for (const taken of ["potato", "potato (1)"]) {
    await t.rejects(
      get((target) => target.putAt(join(folder, taken))),
      { family: "user", code: "FILE_EXISTS", message: "nothing was written", hint: /another name/ },
    );
    await t.rejects(checkIsFree(join(folder, taken)), { code: "FILE_EXISTS" });
  }
  const target = await share.target(t, folder);
  await t.rejects(target.putAt(join(folder, "none/potato")), { code: "CANNOT_WRITE", hint: /another folder/ });
  t.same(readdirSync(folder).sort(), [PART, ...names], "nothing but the unfinished one");
  t.equal(await target.putAt(join(folder, "-chosen.")), join(folder, "-chosen."), "a person's own name is as it is");
  const { ino, mtimeMs, size } = statSync(old);
  t.same({ ino, mtimeMs, size }, { ino: before.ino, mtimeMs: before.mtimeMs, size: before.size });
  t.equal(readFileSync(old, "utf8"), "o".repeat(BLOCK_BYTES));
});

t.test("C23: a folder is kept beside what has its name, of whatever kind", LINUX, async (t) => {
  const folder = t.testdir({ d: "file", "d (1)": { x: "x" }, "d (2)": {} });
  symlinkSync("d (2)", join(folder, "d (3)"));
  execFileSync("mkfifo", [join(folder, "d (4)")]);
  const share = new Share([{ path: "a", size: 4 }], true);
  const target = await share.target(t, folder);
  await share.fill(target);
  await t.rejects(target.putAt(join(folder, "d (2)")), { code: "FILE_EXISTS" });
  t.equal(await target.putInPlace(folder, "d"), join(folder, "d (5)"));
  t.same(readdirSync(join(folder, "d (2)")), []);
});

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

t.test("a file that was put in place just before a crash is found there", LINUX, async (t) => {
  const folder = t.testdir({ other: "o" });
  const share = aFile();
  const first = await share.target(t, folder);
  await share.fill(first);
  await first.close();
  linkSync(join(folder, PART), join(folder, "plan.pdf"));
  const target = await share.target(t, folder);
  t.equal(target.path, join(folder, "plan.pdf"));
  t.same(readdirSync(folder).sort(), ["other", "plan.pdf"]);
  t.ok(await share.isReadFrom(target));
});

t.test("a disk without links gets a copy, which replaces nothing either", async (t) => {
  const link = () => Promise.reject(Object.assign(new Error("no links here"), { code: "EPERM" }));
  // By their addresses: tap would look for them beside this file as it was before it was compiled.
  const place = new URL("../../../src/p2p/files/place.js", import.meta.url).href;
  const target = new URL("../../../src/p2p/files/target.js", import.meta.url).href;
  const withoutLinks = await t.mockImport(place, { "node:fs/promises": { ...fsPromises, link } });
  const mocked = (await t.mockImport(target, { [place]: withoutLinks })) as { TargetFiles: typeof TargetFiles };
  const folder = t.testdir({ f: "old" });
  const share = aFile();
  const copied = await mocked.TargetFiles.open(folder, ID, share.parts, false, { reserveBytes: 0 });
  t.teardown(() => copied.close());
  await share.fill(copied);
  await t.rejects(copied.putAt(join(folder, "f")), { code: "FILE_EXISTS" });
  t.equal(await copied.putInPlace(folder, "f"), join(folder, "f (1)"));
  t.same(readdirSync(folder).sort(), ["f", "f (1)"]);
  t.equal(modeOf(join(folder, "f (1)")), "600");
  t.equal(readFileSync(join(folder, "f"), "utf8"), "old");
  t.ok(await share.isReadFrom(copied));
});

t.test("what is in its place and was changed is not given to others", async (t) => {
  const folder = t.testdir({});
  const share = new Share([
    { path: "a", size: 10 },
    { path: "b", size: 10 },
  ]);
  const target = await share.target(t, folder);
  await share.fill(target);
  const changed: string[] = [];
  target.on("changed", (path) => changed.push(path));
  const path = await target.putInPlace(folder, "d");
  appendFileSync(join(path, "b"), "more");
  t.ok((await target.read(0, 0)).equals(share.blocks[0]!));
  await t.rejects(target.read(1, 0), { code: "SOURCE_CHANGED" });
  t.same(changed, ["b"]);
});

t.test("what was begun can be removed, and nothing else goes", async (t) => {
  const folder = t.testdir({ kept: "k" });
  for (const share of [aFile(), new Share([{ path: "a/b", size: 4 }], true)]) {
    const target = await share.target(t, folder);
    await share.fill(target);
    t.same(readdirSync(folder).sort(), [PART, "kept"]);
    await target.remove();
    t.same(readdirSync(folder), ["kept"]);
    await t.rejects(target.read(0, 0), { code: "FILES_CLOSED" });
    await t.rejects(target.write(0, share.blocks[0]!), { code: "WRITE_FAILED" });
    t.equal((await share.target(t, folder)).isNew, true);
    rmSync(join(folder, PART), { recursive: true });
  }
});

t.test("a folder that cannot be written is said to be that", LINUX, async (t) => {
  const folder = t.testdir({ file: "x" });
  await t.rejects(aFile().target(t, join(folder, "file")), { family: "user", code: "CANNOT_WRITE", hint: /folder/ });
  await t.rejects(aFile().target(t, "/proc/downloads"), { family: "user", code: "CANNOT_WRITE" });
});
