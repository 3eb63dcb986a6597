import { statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import { keptFile } from "../../src/config.js";
import type { KeetError } from "../../src/errors.js";
import { LineHistory } from "../../src/state/line-history.js";

const fileIn = (t: Test) => keptFile(join(t.testdir(), "history.json"), { isPrivate: true });

t.test("lines belong to their room, and are there again at the next start, for their owner alone", (t) => {
  const file = fileIn(t);
  const lines = new LineHistory({ file });
  lines.add("tea", "one", true);
  lines.add("tea", "two\nin two lines", true);
  lines.add("tea", "two\nin two lines", true);
  lines.add("dev", "other", true);
  t.same(lines.of("tea"), ["one", "two\nin two lines"], "the same twice is one");
  lines.save();
  const again = new LineHistory({ file });
  t.same(again.of("tea"), ["one", "two\nin two lines"]);
  t.same(again.of("dev"), ["other"]);
  t.equal(statSync(file.path).mode & 0o777, 0o600);
  t.end();
});

t.test("a line with a secret can be called back, and is on no disk", (t) => {
  const file = fileIn(t);
  const lines = new LineHistory({ file });
  lines.add("tea", "before", true);
  lines.add("tea", "/join keet-tui://join/yryxtq", false);
  lines.add("tea", "after", true);
  lines.save();
  t.same(lines.of("tea"), ["before", "/join keet-tui://join/yryxtq", "after"]);
  t.notMatch(file.read(), "yryxtq");
  t.same(new LineHistory({ file }).of("tea"), ["before", "after"]);
  t.end();
});

t.test("two screens of one person lose nothing of each other", (t) => {
  const file = fileIn(t);
  const [one, other] = [new LineHistory({ file }), new LineHistory({ file })];
  t.same([one.of("tea"), other.of("tea")], [[], []]);
  one.add("tea", "from one", true);
  other.add("tea", "from the other", true);
  one.save();
  other.save();
  t.same(new LineHistory({ file }).of("tea"), ["from one", "from the other"]);
  t.end();
});

t.test("a room that was left is forgotten on the disk too", (t) => {
  const file = fileIn(t);
  const lines = new LineHistory({ file });
  lines.add("tea", "one", true);
  lines.add("dev", "two", true);
  lines.save();
  lines.forget("tea");
  t.same(lines.of("tea"), []);
  t.notMatch(file.read(), "one");
  t.match(file.read(), "two");
  t.end();
});

t.test("whoever wants none on the disk has none, from that moment on", (t) => {
  const file = fileIn(t);
  let isWanted = true;
  const lines = new LineHistory({ file, isWanted: () => isWanted });
  lines.add("tea", "one", true);
  lines.save();
  t.match(file.read(), "one");
  isWanted = false;
  lines.save();
  t.notMatch(file.read(), "one", "what was there goes");
  lines.add("tea", "two", true);
  lines.save();
  t.notMatch(file.read(), "two");
  t.same(lines.of("tea"), ["one", "two"], "both can still be called back here");
  t.end();
});

t.test("it is bounded: the newest lines of the rooms used last", (t) => {
  const file = fileIn(t);
  const lines = new LineHistory({ file });
  const long = "x".repeat(8_000);
  for (let at = 0; at < 500; at += 1) lines.add("tea", `${at} ${long}`, true);
  lines.add("dev", "used last", true);
  lines.save();
  t.equal(lines.of("tea").length, 200);
  t.ok(statSync(file.path).size < 300 * 1024, `${statSync(file.path).size} bytes`);
  const again = new LineHistory({ file });
  t.same(again.of("dev"), ["used last"]);
  t.match(again.of("tea").at(-1), /^499 /);
  t.end();
});

t.test("a file that is broken, or that others may read, is left as it is and said once", (t) => {
  for (const [content, mode, code] of [
    ["", 0o600, "HISTORY_UNREADABLE"],
    ["{", 0o600, "HISTORY_UNREADABLE"],
    ['{"rooms":null}', 0o600, "HISTORY_UNREADABLE"],
    ['{"rooms":{"tea":["one"]}}', 0o644, "FILE_NOT_PRIVATE"],
  ] as const) {
    const file = fileIn(t);
    writeFileSync(file.path, content, { mode });
    const problems: KeetError[] = [];
    const lines = new LineHistory({ file, onProblem: (problem) => problems.push(problem) });
    lines.add("tea", "one", true);
    lines.save();
    lines.add("tea", "two", true);
    lines.save();
    t.match(problems, [{ code }], JSON.stringify(content));
    t.equal(problems.length, 1);
    t.ok(problems[0]?.hint, "with what to do");
    t.same(lines.of("tea"), ["one", "two"], "lines are called back from memory");
    if (mode === 0o600) t.equal(file.read(), content);
  }
  t.end();
});

t.test("whatever is in the file, only lines come out of it", (t) => {
  const file = fileIn(t);
  file.write('{"rooms":{"tea":["one",2,null,{"x":1},"two"],"dev":"text","__proto__":["x"]}}');
  const lines = new LineHistory({ file });
  t.same(lines.of("tea"), ["one", "two"]);
  t.same(lines.of("dev"), []);
  t.end();
});
