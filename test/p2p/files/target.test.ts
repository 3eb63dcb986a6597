import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
} from "node:fs";
import * as fsPromises from "node:fs/promises";
import { join } from "node:path";
import t from "tap";
import { BLOCK_BYTES } from "../../../src/p2p/files/layout.js";
import { SourceFiles } from "../../../src/p2p/files/source.js";
import { checkIsFree, type TargetFiles } from "../../../src/p2p/files/target.js";
import { PART, SHARE_ID, Share, withCalls } from "../../helpers/share.js";

const LINUX = { skip: process.platform !== "linux" && "needs links, pipes and modes as Linux has them" };

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
  const Target = await withCalls(t, { link });
  const folder = t.testdir({ f: "old" });
  const share = aFile();
  const target = await Target.open(folder, SHARE_ID, share.parts, false, { reserveBytes: 0 });
  t.teardown(() => target.close());
  await share.fill(target);
  await t.rejects(target.putAt(join(folder, "f")), { code: "FILE_EXISTS" });
  t.equal(await target.putInPlace(folder, "f"), join(folder, "f (1)"));
  t.same(readdirSync(folder).sort(), ["f", "f (1)"]);
  t.equal(modeOf(join(folder, "f (1)")), "600");
  t.equal(readFileSync(join(folder, "f"), "utf8"), "old");
  t.ok(await share.isReadFrom(target));
});

t.test("whoever asks for a block in the moment between its two names gets it", async (t) => {
  const folder = t.testdir({});
  const share = aFile();
  let reading: Promise<Buffer> | null = null;
  const unlink = async (path: Parameters<typeof fsPromises.unlink>[0]) => {
    await fsPromises.unlink(path);
    reading = target.read(1, 0);
    reading.catch(() => {});
  };
  const Target = await withCalls(t, { unlink });
  const target = await Target.open(folder, SHARE_ID, share.parts, false, { reserveBytes: 0 });
  t.teardown(() => target.close());
  await share.fill(target);
  await target.putInPlace(folder, "f");
  t.ok((await reading!).equals(share.blocks[1]!));
});

t.test("a folder that could not be put in its place leaves nothing there, and stays", async (t) => {
  const folder = t.testdir({});
  const share = new Share([{ path: "a", size: 4 }], true);
  const rename = () => Promise.reject(Object.assign(new Error("not now"), { code: "EIO" }));
  const Target = await withCalls(t, { rename });
  const target = await Target.open(folder, SHARE_ID, share.parts, true, { reserveBytes: 0 });
  await share.fill(target);
  await t.rejects(target.putInPlace(folder, "d"), { code: "CANNOT_WRITE", message: /does not answer/ });
  t.same(readdirSync(folder), [PART]);
  await target.close();
  const again = await share.target(t, folder);
  t.equal(await again.putInPlace(folder, "d"), join(folder, "d"));
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
