import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { pathCandidates } from "../../src/commands/complete-paths.js";
import { pathsIn } from "../../src/commands/written-paths.js";

const inserts = (args: string) => pathCandidates(args).candidates.map(({ insert }) => insert);

t.test("what lies in the folder that is written so far, folders with a slash", async (t) => {
  const home = t.testdir({ "b.txt": "", "a b.txt": "", ".hidden": "", trip: { "1.jpg": "" } });
  t.same(inserts(`${home}/`), [`${home}/a\\ b.txt`, `${home}/b.txt`, `${home}/trip/`]);
  t.same(inserts(`${home}/.`), [`${home}/.hidden`], "hidden ones for whoever begins with a dot");
  t.same(inserts(`${home}/b.txt ${home}/tr`), [`${home}/trip/`], "the last of several");
  t.same(inserts(`"${home}/a b`), [`${home}/a\\ b.txt`], "also where a quote is open");
  t.equal(pathCandidates(`x ${home}/tr`).length, `${home}/tr`.length, "it takes the place of that word alone");
  t.same(inserts(`${home}/nowhere/`), []);
  for (const insert of inserts(`${home}/`)) t.equal(pathsIn(insert).length, 1, insert);
});

t.test("a name that would break the line, or do something to the terminal, is not offered", async (t) => {
  const home = t.testdir({});
  for (const name of ["a\nb", "a\x1b[2J", "a\x7f", "a.txt"]) writeFileSync(join(home, name), "");
  t.same(inserts(`${home}/a`), [`${home}/a.txt`]);
});

t.test("a home stays a tilde", async (t) => {
  t.ok(inserts("~/.").every((insert) => insert.startsWith("~/.")));
  t.same(inserts("'~/'"), [], "in quotes it is none");
});

t.test("of a folder with more than anybody reads only so many are offered", async (t) => {
  const home = t.testdir({});
  mkdirSync(join(home, "many"));
  for (let index = 0; index < 60; index += 1) writeFileSync(join(home, "many", `${index}`), "");
  t.equal(inserts(`${home}/many/`).length, 40);
});
