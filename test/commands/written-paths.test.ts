import { mkdirSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import t from "tap";
import { absolutePath, asWritten, pathsIn, writtenPaths } from "../../src/commands/written-paths.js";

const onUnix = { skip: process.platform === "win32" && "backslashes are no quotes there" };
const read = (text: string) => writtenPaths(text).map(({ path }) => path);

t.test("words are taken as a shell would", onUnix, async (t) => {
  for (const [text, paths] of [
    ["", []],
    ["  \t ", []],
    ["a.txt b.txt", ["a.txt", "b.txt"]],
    ["'My tea.txt' b", ["My tea.txt", "b"]],
    ["My\\ tea.txt ", ["My tea.txt"]],
    ['"it\'s.txt"', ["it's.txt"]],
    ["'a\"b'", ['a"b']],
    ["'a\\b'", ["a\\b"]],
    ['"a\\"b \\x"', ['a"b \\x']],
    ["a'b c'd", ["ab cd"]],
    ["'not closed at all", ["not closed at all"]],
    ["a\\", ["a\\"]],
    ["日\u3000本", ["日", "本"]],
  ] as const) {
    t.same(read(text), paths, text);
  }
});

t.test("where each of them stands", async (t) => {
  t.match(writtenPaths("a 'b c'"), [
    { from: 0, to: 1 },
    { from: 2, to: 7 },
  ]);
});

t.test("what is written for a path is read as that path, alone and among others", onUnix, async (t) => {
  const path = fc.oneof(
    fc.string({ minLength: 1, unit: "binary" }),
    fc.constantFrom("~", "~/", "~/x", "~x", "\\", "' \""),
  );
  const isSame = (paths: readonly string[]) => {
    const written = writtenPaths(paths.map(asWritten).join(" "));
    return (
      isDeepStrictEqual(
        written.map((one) => one.path),
        paths,
      ) && written.every(({ isHome }) => !isHome)
    );
  };
  const lists = fc.property(fc.array(path, { minLength: 1, maxLength: 4 }), isSame);
  t.doesNotThrow(() => fc.assert(lists, { numRuns: 1_000 }));
});

t.test("a tilde is a home only where nobody quoted it", onUnix, async (t) => {
  const whole = (text: string) => absolutePath(writtenPaths(text)[0]!);
  t.equal(whole("~"), homedir());
  t.equal(whole("~/tea.txt"), join(homedir(), "tea.txt"));
  t.equal(whole("~maya/tea.txt"), resolve("~maya/tea.txt"), "nobody else's home is known");
  for (const text of ["'~/tea.txt'", "\\~/tea.txt", '"~"/tea.txt']) t.equal(whole(text), resolve("~/tea.txt"), text);
  t.equal(whole("tea.txt"), resolve("tea.txt"), "others begin where one is");
});

t.test("links lead to files of this machine or to nothing", onUnix, async (t) => {
  const of = (path: string) => absolutePath({ path, isHome: false });
  t.equal(of("file:///srv/My%20tea.txt"), "/srv/My tea.txt");
  t.equal(of("FILE:///srv/tea.txt"), "/srv/tea.txt");
  t.equal(of("file://localhost/srv/tea.txt"), "/srv/tea.txt");
  for (const path of ["file://elsewhere/tea.txt", "file:///a%2Fb", "file://%zz/\x1b[2J"]) {
    try {
      of(path);
      t.fail(path);
    } catch (error) {
      t.match(error, { code: "NO_SUCH_FILE", hint: "Name a path, such as ~/notes.txt." });
      t.notMatch(String(error), "\x1b");
    }
  }
  t.equal(of("https://example.org/a"), resolve("https://example.org/a"), "any other is a path like any");
});

t.test("blanks that nobody quoted belong to a file that is there", async (t) => {
  const home = t.testdir({});
  mkdirSync(join(home, "a"));
  writeFileSync(join(home, "a b.txt"), "x");
  t.same(pathsIn(` ${home}/a b.txt `), [join(home, "a b.txt")]);
  t.same(pathsIn(`${home}/a ${home}/b`), [join(home, "a"), join(home, "b")]);
  t.same(pathsIn(`${home}/c d.txt`), [join(home, "c"), resolve("d.txt")]);
});
