import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { BIN, OFFLINE, until } from "../helpers/program.js";
import { standIn } from "./stand-in.js";

const talk = (count: number) => Array.from({ length: count }, (_, n) => ({ text: `message ${n}` }));

t.test("export writes everything to standard output, in each format", async (t) => {
  const { home, wish } = await standIn(t);
  await wish({ post: talk(450) });
  const json = await home.run(["export", "tea", "--json"]);
  t.equal(json.stderr, "");
  t.same(
    JSON.parse(json.stdout).map(({ text }: { text: string }) => text),
    talk(450).map(({ text }) => text),
  );
  t.equal((await home.run(["export", "tea", "--format", "json"])).stdout, json.stdout);
  const txt = (await home.run(["export", "tea"])).stdout;
  t.equal(txt.split("\n").filter((line) => /^\d\d:\d\d maya: message \d+$/.test(line)).length, 450);
  t.match(txt, /^tea\nWritten out on /);
  t.match(
    (await home.run(["export", "tea", "--format", "md"])).stdout,
    /^# tea\n\n.*\*\*\d\d:\d\d maya\*\* message 0\n/s,
  );
});

t.test("export writes over nothing, and takes the format from the name", async (t) => {
  const { home, wish } = await standIn(t);
  await wish({ post: talk(3) });
  const path = join(home.dir, "tea.md");
  const made = await home.run(["export", "tea", "-o", path]);
  t.equal(made.code, 0, made.stderr);
  t.equal(made.stdout, "");
  t.equal(made.stderr, `3 messages in ${path}.\n`);
  t.match(readFileSync(path, "utf8"), /^# tea\n/);
  t.equal(statSync(path).mode & 0o777, 0o600);
  const again = await home.run(["export", "tea", "-o", path, "--json"]);
  t.equal(again.code, 1);
  t.match(JSON.parse(again.stderr), { error: { code: "FILE_EXISTS" } });
  t.match(readFileSync(path, "utf8"), /^# tea\n/);
  const nowhere = await home.run(["export", "tea", "-o", join(home.dir, "no/such.txt")]);
  t.equal(nowhere.code, 1);
  t.match(nowhere.stderr, /cannot be written \(ENOENT\)/);
  t.equal((await home.run(["export", "tea", "--json", "--format", "md"])).code, 2);
  t.equal((await home.run(["export", "te", "-o", join(home.dir, "x.txt")])).code, 4);
  t.notOk(existsSync(join(home.dir, "x.txt")), "nothing is made for a room that is not there");
});

t.test("what is not here is said, with exit 1, and the rest is kept", async (t) => {
  const { home, wish } = await standIn(t);
  await wish({ post: talk(300), missing: [5, 6, 250] });
  const path = join(home.dir, "tea.json");
  const outcome = await home.run(["export", "tea", "-o", path]);
  t.equal(outcome.code, 1);
  t.match(outcome.stderr, /^3 messages of 300 could not be read.* The other 297 are written\. Run the same again/);
  t.equal(JSON.parse(readFileSync(path, "utf8")).length, 297);
});

t.test("a disk that is full and a reader that has enough end it, the second quietly", async (t) => {
  const { home, wish } = await standIn(t);
  for (let n = 0; n < 4; n += 1) {
    await wish({ post: Array.from({ length: 100 }, () => ({ text: "x".repeat(8_000) })) });
  }
  if (existsSync("/dev/full")) {
    const line = `${process.execPath} ${BIN} --home ${home.dir} ${OFFLINE.join(" ")} export tea > /dev/full`;
    const full = spawnSync("sh", ["-c", line], { encoding: "utf8", env: { PATH: process.env.PATH, HOME: home.dir } });
    t.equal(full.status, 1);
    t.match(full.stderr, /standard output cannot be written \(ENOSPC\)/);
  }
  const reader = home.start(["export", "tea"]);
  await until(() => reader.stdout() !== "");
  reader.child.stdout?.destroy();
  const outcome = await reader.done;
  t.equal(outcome.code, 0);
  t.equal(outcome.stderr, "");
});

t.test(
  "search finds in one room or in all, says where, goes on for more, and what was not looked through",
  async (t) => {
    const { home, wish, asked } = await standIn(t);
    await home.json(["room", "create", "dev"]);
    await wish({ post: [...talk(5), { text: "other" }] });
    await home.json(["send", "dev", "message of dev"]);
    const found = await home.json(["search", "message"]);
    t.equal(found.length, 6);
    t.same(Object.keys(found[0]).slice(0, 3), ["id", "room", "author"]);
    t.match((await home.run(["search", "message"])).stdout, /^dev {2}\d{4}-\d\d-\d\d \d\d:\d\d maya: message of dev$/m);
    const inTea = await home.run(["search", "message", "tea", "-n", "3"]);
    t.match(inTea.stdout, /^\d{4}-\S+ \S+ maya: message 4\n.*: message 3\n.*: message 2\n$/);
    t.match(asked("message.search"), { limit: 1, after: "2" }, "asked for what was left");
    const none = await home.run(["search", "no such words"]);
    t.same([none.code, none.stdout, none.stderr], [0, "", "Nothing found.\n"]);
    t.equal((await home.run(["search", "x", "nowhere"])).code, 4);
    t.equal((await home.run(["search", "x", "--limit", "0"])).code, 2);
    await wish({ missing: [0] });
    t.match((await home.run(["search", "message"])).stderr, /Some of tea is on no device that is here now/);
  },
);
