import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { draggedQuestion } from "../../src/commands/dragged-paths.js";
import { asWritten } from "../../src/commands/written-paths.js";

t.test("what is asked about", async (t) => {
  const home = t.testdir({ "tea.txt": "t".repeat(3_000), trip: {} });
  const [tea, trip] = [join(home, "tea.txt"), join(home, "trip")];
  t.equal(draggedQuestion(tea), 'Share "tea.txt", 3 KB?');
  t.equal(draggedQuestion(`${tea}\n`), 'Share "tea.txt", 3 KB?', "some terminals end it with a line break");
  t.equal(draggedQuestion(trip), 'Share the folder "trip"?');
  t.equal(draggedQuestion(`${tea} ${trip}`), 'Share "tea.txt" and 1 more?', "how large a folder is nobody knows yet");
});

t.test("what is text, although it names what is there", async (t) => {
  const home = t.testdir({ "tea.txt": "t" });
  const tea = join(home, "tea.txt");
  mkdirSync(join(home, "d"));
  for (const [text, why] of [
    [`${tea}\n${tea}`, "lines are something somebody wrote"],
    ["package.json", "a word that is also the name of a file here"],
    [`${join(home, "d")}/`, "with a slash at its end people write of a folder"],
    [Array(51).fill(tea).join(" "), "nobody drags so many"],
    [`${tea}${" ".repeat(20_000)}`, "nor so much"],
    ["/dev/null", "a device is nothing to share"],
    ["", "nothing"],
  ] as const) {
    t.equal(draggedQuestion(text), null, why);
  }
});

t.test("what is no plain file is not asked about, and a name does nothing to the terminal", async (t) => {
  const home = t.testdir({});
  const odd = join(home, "a\x1b[2J\u202eb.txt");
  writeFileSync(odd, "x");
  t.match(draggedQuestion(asWritten(odd)), /^Share "a.*b\.txt", 1 byte\?$/);
  t.notMatch(draggedQuestion(asWritten(odd)), /[\x1b\u202e]/);
  const pipe = join(home, "pipe");
  if (spawnSync("mkfifo", [pipe]).status === 0) t.equal(draggedQuestion(pipe), null);
});
