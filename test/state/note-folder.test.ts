// Where recordings lie, whose they are, and that none of a program that is gone stays.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { basename, dirname, join } from "node:path";
import t from "tap";
import { NoteFolder } from "../../src/state/note-folder.js";

process.env.TZ = "UTC";
const AT = Date.parse("2026-12-01T14:32:59Z");
const HOST = hostname()
  .toLowerCase()
  .replace(/[^0-9a-z]/g, "")
  .slice(0, 32);

t.test("each has a folder of its own, closed to others, and a name of the wall clock", (t) => {
  const folder = new NoteFolder(join(t.testdir({}), "voice-notes"));
  const [one, two] = [folder.fresh(AT), folder.fresh(AT)];
  t.equal(basename(one), "voice-2026-12-01-1432.opus");
  t.equal(basename(two), basename(one));
  t.not(dirname(one), dirname(two));
  t.match(basename(dirname(one)), new RegExp(`^recording-${process.pid}-`));
  if (process.platform !== "win32") {
    for (const path of [dirname(one), dirname(dirname(one))]) t.equal(statSync(path).mode & 0o777, 0o700);
  }
  writeFileSync(one, "OggS");
  const sent = folder.handOver(one);
  t.match(basename(dirname(sent)), /^[0-9a-f]{16}$/);
  t.ok(existsSync(sent) && !existsSync(one));
  const again = folder.takeBack(sent);
  t.match(basename(dirname(again)), /^recording-/);
  t.ok(existsSync(again) && !existsSync(sent));
  t.end();
});

t.test("what a program left that is gone goes, and nothing of one that runs, or that was sent", async (t) => {
  const root = t.testdir({});
  const { pid } = spawnSync(process.execPath, ["-e", "0"]);
  const week = 7 * 86_400_000;
  const named = (name: string, ageMs = 0) => {
    mkdirSync(join(root, name));
    writeFileSync(join(root, name, "voice.opus"), "OggS");
    const at = (Date.now() - ageMs) / 1000;
    utimesSync(join(root, name), at, at);
    return name;
  };
  const stays = [
    named(`recording-${process.pid}-${HOST}-00000000`, 2 * week),
    named(`recording-${process.ppid}-${HOST}-00000000`),
    named(`recording-${pid}-elsewhere-00000000`, week / 2),
    named("0123456789abcdef", 2 * week),
    named("mine", 2 * week),
  ];
  named(`recording-${pid}-${HOST}-00000000`);
  named(`recording-${process.pid}-elsewhere-00000000`, 2 * week);
  await new NoteFolder(root).clean();
  t.same(readdirSync(root).sort(), stays.sort());
  await new NoteFolder(join(root, "nowhere")).clean();
});
