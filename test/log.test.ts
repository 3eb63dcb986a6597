import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { openLog, redact, redirectConsole } from "../src/log.js";

t.test("keys, invites and recovery words do not get into the log", async (t) => {
  const words = "abandon ability able about above absent absorb abstract absurd abuse access accident";
  const secrets = [
    "ab".repeat(32),
    "y".repeat(52),
    `keet-tui://join/${"z".repeat(100)}`,
    words,
    words.replaceAll(" ", '","'),
  ];
  for (const secret of secrets) {
    const line = redact(`1. ${secret} .2`);
    t.notMatch(line, secret.slice(0, 20));
    t.match(line, /^1\. .*left out.* \.2$/);
  }
  t.equal(redact("room 7ea1c0de opened in 12 ms"), "room 7ea1c0de opened in 12 ms");
});

t.test("a line stays one line, and no terminal obeys it", async (t) => {
  const path = join(t.testdir(), "log");
  const log = openLog(path, { now: () => 0 });
  log.named("room").warn("a\nb \x1b]52;c;x\x07 \u202e", new Error("deep"));
  const text = readFileSync(path, "utf8");
  t.equal(text.split("\n").length, 2);
  t.match(text, /^1970-01-01T00:00:00\.000Z warn {2}room: a ⏎ b \\u001b\]52;c;x\\u0007 \\u202e Error: deep/);
  t.equal(statSync(path).mode & 0o777, 0o600);
});

t.test("it never grows past its size, and keeps one older file", async (t) => {
  const path = join(t.testdir(), "log");
  const log = openLog(path, { maxBytes: 1_000 });
  for (let n = 0; n < 200; n += 1) log.info("line", n);
  log.close();
  t.ok(statSync(path).size < 1_200);
  t.ok(statSync(`${path}.old`).size < 1_200);
  t.match(readFileSync(path, "utf8"), /line 199/);
  t.notOk(existsSync(`${path}.old.old`));
});

t.test("A95: what a dependency prints goes to the log, not to standard output", async (t) => {
  const path = join(t.testdir(), "log");
  const log = openLog(path, { level: "debug" });
  const undo = redirectConsole(log);
  const { console } = globalThis;
  console.log("conflict detected", { at: 1 });
  undo();
  t.match(readFileSync(path, "utf8"), /console: conflict detected \{ at: 1 \}/);
});
