import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import {
  claim,
  isAlive,
  judge,
  type Owner,
  readOwner,
  removeOwner,
  thisProcess,
  writeOwner,
} from "../../src/daemon/owner.js";

const me = thisProcess();
const now = Date.parse("2026-01-01T12:00:00Z");
const bootedAt = now - 86_400_000;
const owner = (more: Partial<Owner>): Owner => ({
  ...me,
  socket: "/s",
  since: "2026-01-01T11:00:00.000Z",
  renewedAt: new Date(now - 1_000).toISOString(),
  version: "0.1.0",
  wire: 1,
  ...more,
});
const ago = (ms: number) => new Date(now - ms).toISOString();

t.test("a process of this machine counts as long as it lives, however old its record", async (t) => {
  const parent = { pid: process.ppid, start: "" };
  t.equal(judge(owner({ ...parent, renewedAt: ago(9e9) }), me, now, bootedAt).state, "here");
  t.equal(judge(owner({ pid: 2 ** 22 + 1, start: "" }), me, now, bootedAt).state, "free", "no such process");
  t.equal(judge(owner({ ...me, start: "1" }), me, now, bootedAt).state, "free", "its number was given out again");
  t.equal(judge(owner({}), me, now, bootedAt).state, "free", "one's own");
  t.equal(judge(null, me, now, bootedAt).state, "free");
});

t.test("C44: another machine's record counts for 60 s after it was last renewed", async (t) => {
  const other = { host: "far", boot: "b", pid: process.pid };
  t.equal(judge(owner({ ...other, renewedAt: ago(59_000) }), me, now, bootedAt).state, "elsewhere");
  t.equal(judge(owner({ ...other, renewedAt: ago(61_000) }), me, now, bootedAt).state, "lapsed");
  t.equal(
    judge(owner({ ...other, renewedAt: ago(-30_000) }), me, now, bootedAt).state,
    "elsewhere",
    "its clock is ahead",
  );
  t.equal(judge(owner({ ...other, renewedAt: ago(-9e9) }), me, now, bootedAt).state, "lapsed", "far ahead: watch it");
  t.equal(judge(owner({ ...other, renewedAt: "?" }), me, now, bootedAt).state, "lapsed");
});

t.test("a record from before this machine started is of nobody", async (t) => {
  const before = { boot: "earlier", renewedAt: ago(30_000) };
  t.equal(judge(owner(before), me, now, now - 10_000).state, "free");
  t.equal(judge(owner(before), me, now, now - 40_000).state, "elsewhere", "renewed since: a machine of the same name");
  const justNow = { boot: "earlier", renewedAt: ago(10_000) };
  t.equal(judge(owner(justNow), me, now, now - 5_000).state, "elsewhere", "too fresh to tell the two apart");
});

t.test("a lapsed record is watched before it is taken: a clock that is off is no death", async (t) => {
  const dir = t.testdir();
  writeOwner(dir, owner({ host: "far", boot: "b", renewedAt: ago(3_600_000) }));
  const taken = await claim(dir, { me, now: () => now, watchMs: 50 });
  t.match(taken, { host: "far" });
  const claiming = claim(dir, { me, now: () => now, watchMs: 300 });
  writeOwner(dir, owner({ host: "far", boot: "b", renewedAt: ago(3_599_000) }));
  await t.rejects(claiming, { code: "STORE_LOCKED", message: /far since 2026/, hint: /ssh far keet-tui/ });
});

t.test("only one's own record is removed, and a broken one claims nothing", async (t) => {
  const dir = t.testdir();
  writeOwner(dir, owner({ host: "far" }));
  removeOwner(dir, me);
  t.ok(readOwner(dir));
  writeOwner(dir, owner({}));
  t.same(readdirSync(dir), ["owner.json"], "no litter beside it");
  removeOwner(dir, me);
  t.equal(readOwner(dir), null);
  for (const text of ["", "{", "null", "[]", '{"host":1}']) {
    writeFileSync(join(dir, "owner.json"), text);
    t.equal(readOwner(dir), null, JSON.stringify(text));
  }
});

t.test("this process is alive, by number and by start", async (t) => {
  t.ok(isAlive(me));
  if (process.platform === "linux") t.match(me.start, /^\d+$/);
});
