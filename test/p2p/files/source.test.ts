import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  appendFileSync,
  chmodSync,
  copyFileSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import t, { type Test } from "tap";
import { BLOCK_BYTES, totalsOf } from "../../../src/p2p/files/layout.js";
import { looksAt } from "../../../src/p2p/files/look.js";
import { SourceFiles } from "../../../src/p2p/files/source.js";
import { pipeWithWord } from "../../helpers/pipe.js";
import { until } from "../../helpers/rooms.js";

const LINUX = { skip: process.platform !== "linux" && "needs /proc" };
const LONG_AGO = new Date("2020-01-01");

async function opened(t: Test, path: string, options: { idleMs?: number } = {}) {
  const source = new SourceFiles((await looksAt(path)).files, options);
  t.teardown(() => source.close());
  const changed: string[] = [];
  source.on("changed", (path) => changed.push(path));
  return { source, changed };
}

/** Of this process, in that folder. */
function openIn(folder: string): string[] {
  return readdirSync("/proc/self/fd").flatMap((fd) => {
    try {
      const path = readlinkSync(`/proc/self/fd/${fd}`);
      return path.startsWith(`${folder}/`) ? [path] : [];
    } catch {
      return [];
    }
  });
}

t.test("blocks are the bytes of the files, behind room for what the caller puts before them", async (t) => {
  const bytes = randomBytes(2 * BLOCK_BYTES + 100);
  const folder = t.testdir({ d: { a: "first", b: "", c: "" } });
  writeFileSync(join(folder, "d/c"), bytes);
  const { source } = await opened(t, join(folder, "d"));
  const { blocks } = totalsOf(source.parts);
  t.equal(blocks, 4);
  const all = await Promise.all(Array.from({ length: blocks }, (_, block) => source.read(block, 24)));
  t.same(
    all.map((block) => block.byteLength - 24),
    [5, BLOCK_BYTES, BLOCK_BYTES, 100],
  );
  t.ok(all.every((block) => block.subarray(0, 24).every((byte) => byte === 0)));
  t.ok(Buffer.concat(all.map((block) => block.subarray(24))).equals(Buffer.concat([Buffer.from("first"), bytes])));
  await t.rejects(source.read(4, 0), { code: "BAD_BLOCK" });
  await t.rejects(source.read(-1, 0), { code: "BAD_BLOCK" });
});

t.test("never more than 16 files are open, and after a pause none", LINUX, async (t) => {
  const folder = t.testdir({ d: Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`f${i}`, `text ${i}`])) });
  const { source } = await opened(t, join(folder, "d"), { idleMs: 50 });
  let most = 0;
  const read = async (block: number) => {
    const bytes = await source.read(block, 0);
    most = Math.max(most, openIn(folder).length);
    return bytes.toString();
  };
  const blocks = Array.from({ length: 180 }, (_, i) => (i * 7) % 60);
  const texts = await Promise.all(blocks.map(read));
  t.same(
    texts,
    blocks.map((block) => `text ${source.parts[block]!.path.slice(1)}`),
  );
  t.ok(most > 8 && most <= 16, `${most} at once`);
  await until(() => openIn(folder).length === 0);
  t.match(String(await source.read(0, 0)), /^text/, "and then again");
  await source.close();
  t.same(openIn(folder), []);
  await t.rejects(source.read(0, 0), { code: "FILES_CLOSED" });
});

const CHANGES: readonly (readonly [string, RegExp, (path: string) => void])[] = [
  ["a line added", /changed/, (path) => appendFileSync(path, "more\n")],
  ["other bytes, as many", /changed/, (path) => writeFileSync(path, "b".repeat(100_000))],
  ["cut short", /changed/, (path) => writeFileSync(path, "")],
];
/** Seen when the file is opened anew. */
const REPLACEMENTS: readonly (readonly [string, RegExp, (path: string) => void])[] = [
  ...CHANGES,
  [
    "another file by that name, with the same bytes and the same time",
    /replaced/,
    (path) => {
      copyFileSync(path, `${path}.new`);
      utimesSync(`${path}.new`, LONG_AGO, LONG_AGO);
      renameSync(`${path}.new`, path);
    },
  ],
  ["gone", /gone/, unlinkSync],
  [
    "a link to where it is now",
    /replaced/,
    (path) => {
      renameSync(path, `${path}.moved`);
      symlinkSync(`${path}.moved`, path);
    },
  ],
  [
    "a pipe",
    /replaced/,
    (path) => {
      unlinkSync(path);
      execFileSync("mkfifo", [path]);
    },
  ],
];

async function refuses(t: Test, why: RegExp, change: (path: string) => void, isOpen: boolean): Promise<void> {
  const path = join(t.testdir({}), "f");
  writeFileSync(path, "a".repeat(100_000));
  utimesSync(path, LONG_AGO, LONG_AGO);
  const { source, changed } = await opened(t, path);
  if (isOpen) t.equal((await source.read(0, 0)).byteLength, 100_000);
  change(path);
  for (let time = 0; time < 2; time += 1) {
    await t.rejects(source.read(0, 0), {
      family: "user",
      code: "SOURCE_CHANGED",
      message: why,
      hint: /share it again/,
    });
  }
  t.same(changed, ["f"], "told once");
}

t.test("C24: a file that changes is refused while it is open", async (t) => {
  for (const [name, why, change] of CHANGES) await t.test(name, (t) => refuses(t, why, change, true));
});

t.test("C24: and when it is opened again", LINUX, async (t) => {
  for (const [name, why, change] of REPLACEMENTS) await t.test(name, (t) => refuses(t, why, change, false));
});

t.test("C24: what took the place of a file is not opened, so that it does nothing", LINUX, async (t) => {
  const path = join(t.testdir({ f: "text" }), "f");
  const { source } = await opened(t, path);
  unlinkSync(path);
  const pipe = await pipeWithWord(t, path);
  await t.rejects(source.read(0, 0), { code: "SOURCE_CHANGED" });
  t.equal(await pipe.read(), "word");
});

t.test("C24: a block is never half of this and half of that", async (t) => {
  const path = join(t.testdir({}), "f");
  const old = Buffer.alloc(BLOCK_BYTES, "a");
  let wholeReads = 0;
  for (let round = 0; round < 300; round += 1) {
    writeFileSync(path, old);
    utimesSync(path, LONG_AGO, LONG_AGO);
    const { source } = await opened(t, path);
    t.ok((await source.read(0, 0)).equals(old));
    const writer = await open(path, "r+");
    const writing = new Promise((resolve) => setTimeout(resolve, Math.random() * 3)).then(() =>
      writer.write(Buffer.alloc(BLOCK_BYTES, "b"), 0, BLOCK_BYTES, 0),
    );
    for (;;) {
      const bytes = await source.read(0, 0).catch((error) => {
        if (error.code === "SOURCE_CHANGED") return null;
        throw error;
      });
      if (!bytes) break;
      wholeReads += 1;
      if (!bytes.equals(old)) return t.fail(`round ${round}: a block of other bytes`);
    }
    await writing;
    await writer.close();
    await source.close();
  }
  t.ok(wholeReads > 20, `${wholeReads} reads beside the writer`);
});

t.test("one that may not be read any more says so, and goes on when it may", LINUX, async (t) => {
  const path = join(t.testdir({ f: "text" }), "f");
  const { source, changed } = await opened(t, path);
  const isRoot = process.getuid!() === 0;
  chmodSync(path, 0o000);
  if (isRoot) process.seteuid!(65_534);
  await t.rejects(source.read(0, 0), { family: "user", code: "SOURCE_UNREADABLE", hint: /readable/ }).finally(() => {
    if (isRoot) process.seteuid!(0);
  });
  chmodSync(path, 0o600);
  t.equal(String(await source.read(0, 0)), "text");
  t.same(changed, []);
  t.equal(readFileSync(path, "utf8"), "text");
});
