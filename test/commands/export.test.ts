import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import t, { type Test } from "tap";
import { datedName, newFileAt, writeNew } from "../../src/commands/new-file.js";
import { KeetError } from "../../src/errors.js";
import { message, NOW, room, ScriptedCore } from "../components/scripted-core.js";
import { openDesk } from "./with-core.js";

process.env.TZ = "UTC";

const NAME = "tea-2026-11-24";

function teaCore(count: number): ScriptedCore {
  const core = new ScriptedCore();
  core.rooms = [room("tea")];
  core.messages.set(
    "tea",
    Array.from({ length: count }, (_, number) => message(number, { text: `words ${number}\x1b[2J` })),
  );
  return core;
}

/** In a folder of its own, as if started there. */
function inFolder(t: Test): string {
  const folder = t.testdir({});
  const before = process.cwd();
  process.chdir(folder);
  t.teardown(() => process.chdir(before));
  return folder;
}

async function* parts(...texts: string[]) {
  yield* texts;
}

t.test("/export writes all of it into the folder one is in, and says how much and where", async (t) => {
  const folder = inFolder(t);
  const desk = await openDesk(t, teaCore(450), "tea");
  const path = join(folder, `${NAME}.json`);
  t.match(await desk.run("/export json"), {
    notice: `450 messages are in ${NAME}.json`,
    hint: `The folder: ${folder}`,
  });
  const written = JSON.parse(readFileSync(path, "utf8"));
  t.equal(written.length, 450);
  t.equal(written[7].text, "words 7\x1b[2J", "as it was sent");
  t.equal(statSync(path).mode & 0o777, 0o600, "for nobody else to read");
  t.match(desk.session.notice.getSnapshot()?.text, /^Writing tea: \d+ of 450$/, "it said how far it was");

  t.match(await desk.run("/export"), { notice: `450 messages are in ${NAME}.txt` });
  t.notMatch(readFileSync(join(folder, `${NAME}.txt`), "utf8"), /\x1b/);
  t.match(await desk.run("/export md talk one.md"), { notice: /talk one\.md$/ });
  t.same(readdirSync(folder).toSorted(), ["talk one.md", `${NAME}.json`, `${NAME}.txt`], "nothing half done is left");
});

t.test("C23 what is there already keeps its bytes, its inode and its time", async (t) => {
  const folder = inFolder(t);
  const path = join(folder, `${NAME}.txt`);
  writeFileSync(path, "mine");
  symlinkSync("nowhere", join(folder, "link.txt"));
  const before = statSync(path, { bigint: true });
  const core = teaCore(3);
  const desk = await openDesk(t, core, "tea");
  t.match(await desk.run("/export"), { notice: /tea-2026-11-24 \(1\)\.txt$/ });
  t.match(await desk.run("/export"), { notice: /tea-2026-11-24 \(2\)\.txt$/ });
  const asked = core.asked.length;
  for (const name of [`${NAME}.txt`, "link.txt"]) {
    await t.rejects(desk.run(`/export txt ${name}`), { code: "FILE_EXISTS", hint: "Choose another name." });
  }
  t.equal(core.asked.length, asked, "it is refused before anything is read");
  const after = statSync(path, { bigint: true });
  t.same([after.ino, after.mtimeNs, readFileSync(path, "utf8")], [before.ino, before.mtimeNs, "mine"]);
});

t.test("a file that appears while it is being written is not replaced either", async (t) => {
  const folder = t.testdir({});
  const file = await newFileAt(join(folder, "a.txt"), "unused");
  async function* slow() {
    yield "one";
    writeFileSync(join(folder, "a.txt"), "theirs");
    yield "two";
  }
  await t.rejects(writeNew(file, slow()), { code: "FILE_EXISTS" });
  t.equal(readFileSync(join(folder, "a.txt"), "utf8"), "theirs");
  t.same(readdirSync(folder), ["a.txt"]);
});

t.test("a path can be a folder, or begin with ~; what cannot be written says why and leaves nothing", async (t) => {
  const folder = t.testdir({});
  mkdirSync(join(folder, "sub"));
  t.same(await newFileAt(join(folder, "sub"), "x.txt"), { folder: join(folder, "sub"), name: "x.txt", isExact: false });
  t.match(await newFileAt("~/x-none.txt", "unused"), { folder: homedir(), name: "x-none.txt", isExact: true });
  const nowhere = await newFileAt(join(folder, "no", "x.txt"), "unused");
  await t.rejects(writeNew(nowhere, parts("a")), { code: "CANNOT_WRITE", message: /there is no such folder$/ });
  async function* broken() {
    yield "one";
    throw new KeetError("peer", "CLOSED", "gone");
  }
  await t.rejects(writeNew({ folder, name: "x.txt", isExact: false }, broken()), { code: "CLOSED" });
  t.same(readdirSync(folder), ["sub"]);
  if (process.getuid?.() !== 0) {
    chmodSync(join(folder, "sub"), 0o500);
    const closed = { folder: join(folder, "sub"), name: "x.txt", isExact: false };
    await t.rejects(writeNew(closed, parts("a")), { code: "CANNOT_WRITE", message: /you may not write there$/ });
  }
});

t.test("a room's name makes a file name that is one", (t) => {
  for (const [name, stem] of [
    ["tea", "tea"],
    ["../../etc/passwd", "etc-passwd"],
    ["green tea / black", "green tea - black"],
    ["...", "room"],
    [" -rf ", "rf"],
    ["a\u0000b\nc", "a-b-c"],
    ["堡".repeat(50), "堡".repeat(33)],
  ]) {
    t.equal(datedName(name!, NOW, "md"), `${stem}-2026-11-24.md`);
  }
  t.end();
});

t.test("what was not here is counted", async (t) => {
  inFolder(t);
  const core = teaCore(10);
  core.answers["message.list"] = ({ from, limit }) => {
    const at = Number(from);
    const rows = core.messages.get("tea")!.slice(at, at + Number(limit));
    const here = rows.filter(({ position }) => position! < 6);
    return { messages: here, total: 10, incomplete: here.length < rows.length };
  };
  const desk = await openDesk(t, core, "tea");
  t.match(await desk.run("/export"), {
    notice: `6 messages are in ${NAME}.txt; 4 more are with people who are not here`,
    hint: /^Run it again when more people are here\. The folder: /,
  });
});
