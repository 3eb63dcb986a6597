import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import t from "tap";
import { KeetError } from "../../../src/errors.js";
import { numberedName, safeName, safePath, uniquePaths } from "../../../src/p2p/files/safe-name.js";
import { safeLine } from "../../../src/safe-text.js";
import { payloads } from "../../helpers/payloads.js";

const hanzi = "堡";
const family = "👨‍👩‍👧‍👦";

const TABLE: readonly (readonly [name: string, safe: string])[] = [
  ["plan.pdf", "plan.pdf"],
  ["Müsli & tea (final) #2.txt", "Müsli & tea (final) #2.txt"],
  ["заметки.txt", "заметки.txt"],
  [`${family}.png`, `${family}.png`],
  ["a  b.txt", "a  b.txt"],
  // Paths.
  ["../x", "x"],
  ["../../../../etc/passwd", "passwd"],
  ["/etc/shadow", "shadow"],
  ["..\\..\\evil.dll", "evil.dll"],
  ["C:\\Windows\\system32\\drivers\\etc\\hosts", "hosts"],
  ["C:/x", "x"],
  ["C:x", "C_x"],
  ["\\\\server\\share\\x", "x"],
  ["\\\\?\\C:\\x", "x"],
  ["\\\\.\\PhysicalDrive0", "PhysicalDrive0"],
  ["file:///etc/passwd", "passwd"],
  [".ssh/authorized_keys", "authorized_keys"],
  ["a/../../b", "b"],
  ["a/", "a"],
  ["a\\/\\", "a"],
  ["x/..", "file"],
  ["/", "file"],
  ["..", "file"],
  [".", "file"],
  ["...", "file"],
  [". .", "file"],
  ["..;/x", "x"],
  ["%2e%2e%2fx", "%2e%2e%2fx"],
  // Nothing, or nothing to be seen.
  ["", "file"],
  [" ", "file"],
  ["\u00a0\u3000", "file"],
  ["\u2800\u2800", "file"],
  ["\u200b\u200c\u2060\ufeff", "file"],
  ["\u3164", "file"],
  // Hidden, options, homes.
  [".bashrc", "_bashrc"],
  ["..bashrc", "_.bashrc"],
  [" .profile", "_profile"],
  ["\u200b.profile", "_profile"],
  ["-rf", "_rf"],
  ["--help", "_-help"],
  ["-", "_"],
  ["~", "_"],
  ["~root", "_root"],
  ["~/.bashrc", "_bashrc"],
  ["~\u0301x", "_\u0301x"],
  // Ends that Windows drops, so that two names are one.
  ["evil.txt.", "evil.txt"],
  ["evil.txt...", "evil.txt"],
  ["evil.txt ", "evil.txt"],
  ["evil.txt. . .", "evil.txt"],
  ["evil.txt\u00a0", "evil.txt"],
  // Devices.
  ["CON", "_CON"],
  ["con.txt", "_con.txt"],
  ["NUL", "_NUL"],
  ["nul.tar.gz", "_nul.tar.gz"],
  ["Aux .txt", "_Aux .txt"],
  ["PRN.", "_PRN"],
  ["COM1", "_COM1"],
  ["com¹.log", "_com¹.log"],
  ["LPT9.x.y", "_LPT9.x.y"],
  ["CONOUT$", "_CONOUT$"],
  ["CLOCK$", "_CLOCK$"],
  ["CONsole.txt", "CONsole.txt"],
  ["COM10", "COM10"],
  // Signs of Windows and of the shell.
  ["readme.txt:evil.exe", "readme.txt_evil.exe"],
  ["x::$DATA", "x__$DATA"],
  ['what? "a*b" <c|d>', "what_ _a_b_ _c_d_"],
  ["$(rm -rf ~)", "$(rm -rf ~)"],
  // What a terminal would take for orders, and what turns words round.
  ["a\0b.txt", "a␀b.txt"],
  ["a.txt\0.exe", "a.txt␀.exe"],
  ["a\nb", "a␤b"],
  ["a\r\nb", "a␤b"],
  ["\x1b[31mred", "␛[31mred"],
  ["\x1b]0;title\x07", "␛]0;title␇"],
  ["\x9b31m", "\ufffd31m"],
  ["\x7f", "␡"],
  ["photo\u202egpj.exe", "photo\ufffdgpj.exe"],
  ["\u2066x\u2069", "\ufffdx\ufffd"],
  ["a\u200bb", "ab"],
  ["a\u00adb", "ab"],
  ["a\u{e0041}b", "ab"],
  ["a\ud800b", "a\ufffdb"],
  ["line\u2028end", "line\ufffdend"],
  // One spelling.
  ["cafe\u0301.txt", "café.txt"],
  ["\u212b.txt", "Å.txt"],
  ["\u1112\u1161\u11ab.txt", "한.txt"],
  // C25: how long.
  [`${hanzi.repeat(83)}.txt`, `${hanzi.repeat(83)}.txt`],
  [`${hanzi.repeat(90)}.txt`, `${hanzi.repeat(83)}.txt`],
  [`${"a".repeat(251)}.txt`, `${"a".repeat(251)}.txt`],
  [`${"a".repeat(252)}.txt`, `${"a".repeat(251)}.txt`],
  ["a".repeat(4096), "a".repeat(255)],
  [`${"a".repeat(300)}.tar.gz`, `${"a".repeat(248)}.tar.gz`],
  [`x.${"y".repeat(300)}`, `x.${"y".repeat(253)}`],
  [`${family.repeat(20)}.png`, `${family.repeat(10)}.png`],
  [`${"e\u0301\u0302".repeat(100)}.txt`, `${"é\u0302".repeat(62)}.txt`],
];

const SEGMENT = /^[^/\\:*?"<>|\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u206f]+$/;

function isOneSafeSegment(name: string): boolean {
  return (
    SEGMENT.test(name) &&
    !/^[.\-~\s\u2800]|[.\s\u2800]$/u.test(name) &&
    !/^(con|prn|aux|nul|com\d|lpt\d)\s*(\.|$)/i.test(name) &&
    Buffer.byteLength(name) <= 255 &&
    name === name.normalize("NFC") &&
    name.isWellFormed()
  );
}

t.test("A60, C25: a table of names", async (t) => {
  t.ok(TABLE.length >= 60, `${TABLE.length} names`);
  for (const [name, safe] of TABLE) {
    t.same({ name, safe: safeName(name) }, { name, safe });
    t.same([safe, isOneSafeSegment(safe), safeName(safe)], [safe, true, safe]);
    t.equal(safeLine(safe), safe, "shown as it is written");
  }
});

t.test("every name of the table can be written, and lies in the folder as it was shown", async (t) => {
  const folder = join(t.testdir({}), "downloads");
  mkdirSync(folder);
  const names = new Set(TABLE.map(([name]) => safeName(name)));
  for (const name of names) writeFileSync(join(folder, name), name, { flag: "wx" });
  t.same(readdirSync(folder).sort(), [...names].sort());
});

const hostile = fc
  .array(
    fc.oneof(
      fc.constantFrom(...payloads.map((payload) => payload.text), ...TABLE.map(([name]) => name)),
      fc.constantFrom(
        "/",
        "\\",
        ".",
        "..",
        " ",
        "-",
        "~",
        ":",
        "con",
        "\u0301",
        "\u0344",
        "\u200d",
        "\u1100",
        "\u1161",
      ),
      fc.constantFrom(hanzi.repeat(80), "क्".repeat(50), ".txt", "\u2800", "\t", "👩", "◌"),
      fc.string({ unit: "binary", maxLength: 8 }),
      fc.string({ unit: "grapheme", maxLength: 8 }),
      fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(""));

t.test("any text becomes one safe name, and that stays what it is", async () => {
  fc.assert(
    fc.property(hostile, (name) => {
      const safe = safeName(name);
      return isOneSafeSegment(safe) && safeName(safe) === safe && safeLine(safe) === safe;
    }),
    { numRuns: 2_000 },
  );
});

t.test("a number goes before the ending, and the name stays short enough", async (t) => {
  t.equal(numberedName("potato", 0, false), "potato");
  t.equal(numberedName("potato", 1, false), "potato (1)");
  t.equal(numberedName("plan.pdf", 2, false), "plan (2).pdf");
  t.equal(numberedName("plan.tar.gz", 2, false), "plan (2).tar.gz");
  t.equal(numberedName("v1.2", 1, true), "v1.2 (1)");
  t.equal(numberedName(`${hanzi.repeat(83)}.txt`, 12, false), `${hanzi.repeat(82)} (12).txt`);
  fc.assert(
    fc.property(hostile, fc.integer({ min: 1, max: 10_000 }), fc.boolean(), (name, number, isFolder) => {
      const numbered = numberedName(safeName(name), number, isFolder);
      return isOneSafeSegment(numbered) && safeName(numbered) === numbered && numbered.includes(` (${number})`);
    }),
  );
});

t.test("a path keeps its folders and never leaves them", async (t) => {
  t.equal(safePath("src/p2p/core.ts"), "src/p2p/core.ts");
  t.equal(safePath("../../etc/passwd"), "etc/passwd");
  t.equal(safePath("/etc//./passwd"), "etc/passwd");
  t.equal(safePath("a\\..\\b"), "a/b");
  t.equal(safePath(".git/hooks/post-checkout"), "_git/hooks/post-checkout");
  t.equal(safePath("CON/nul/x."), "_CON/_nul/x");
  t.equal(safePath(""), "file");
  t.equal(safePath(`${"a/".repeat(31)}b`), `${"a/".repeat(31)}b`);
  const long = [1, 2, 3, 4].map((digit) => String(digit).repeat(250)).join("/");
  t.equal(safePath(`${long}/${"x".repeat(20)}`), `${long}/${"x".repeat(20)}`, "1,024 bytes");
  const tooMuch = [`${"a/".repeat(32)}b`, `${long}/${"x".repeat(21)}`, "x".repeat(1_000_000), "a/".repeat(400_000)];
  for (const path of tooMuch) {
    t.throws(() => safePath(path), { family: "peer", code: "BAD_SHARE", hint: /archive/ });
    t.throws(() => uniquePaths([path]), { family: "peer", code: "BAD_SHARE" });
  }
});

t.test("twins in one share get names of their own", async (t) => {
  t.same(uniquePaths(["a.txt", "A.TXT", "a.txt"]), ["a.txt", "A (1).TXT", "a (2).txt"]);
  t.same(uniquePaths(["café", "cafe\u0301", "CAFÉ"]), ["café", "café (1)", "CAFÉ (2)"]);
  t.same(uniquePaths(["straße", "STRASSE"]), ["straße", "STRASSE (1)"]);
  t.same(uniquePaths(["ς", "σ", "Σ"]), ["ς", "σ (1)", "Σ (2)"]);
  t.same(uniquePaths(["a?b", "a*b", "a_b"]), ["a_b", "a_b (1)", "a_b (2)"]);
  t.same(uniquePaths(["x", "x (1)", "x"]), ["x", "x (1)", "x (2)"]);
  t.same(uniquePaths(["Dir/x", "dir/x", "Dir/y"]), ["Dir/x", "dir (1)/x", "Dir/y"], "folders too");
  t.same(uniquePaths(["a", "a/b", "a/c"]), ["a", "a (1)/b", "a (1)/c"], "a file is no folder");
  t.same(uniquePaths(["a/b", "a"]), ["a/b", "a (1)"]);
  t.same(uniquePaths([]), []);
});

t.test("whatever paths a share has, they are safe, apart, and stay as they are", async () => {
  const path = fc.array(fc.oneof(hostile, fc.constantFrom("a", "A", "b", "..")), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(fc.array(path, { maxLength: 12 }), (raw) => {
      const paths = raw.map((segments) => segments.join("/"));
      let unique: string[];
      try {
        unique = uniquePaths(paths);
      } catch (error) {
        return error instanceof KeetError && error.code === "BAD_SHARE";
      }
      const keys = unique.map((one) => one.normalize("NFC").toLowerCase());
      const isApart = new Set(keys).size === keys.length;
      const isNoFolder = keys.every((key) => !keys.some((other) => other.startsWith(`${key}/`)));
      const isSafe = unique.every((one) => one.split("/").every(isOneSafeSegment) && safePath(one) === one);
      return isApart && isNoFolder && isSafe && JSON.stringify(uniquePaths(unique)) === JSON.stringify(unique);
    }),
    { numRuns: 500 },
  );
});

t.test("a hundred thousand twins take no time", async (t) => {
  const startedAt = performance.now();
  const unique = uniquePaths(
    Array.from({ length: 100_000 }, (_, index) => (index % 2 ? "same/x.txt" : `x (${index})`)),
  );
  t.equal(new Set(unique).size, 100_000);
  t.ok(performance.now() - startedAt < 20_000, `${Math.round(performance.now() - startedAt)} ms`);
});
