// npm test: compiles, runs tap, and ends with one line that counts.
//   npm test                    all but the soak tests
//   npm test -- p2p/room        only files whose path contains one of the words
//   npm run soak                the long ones
import { spawn } from "node:child_process";
import { existsSync, readdirSync, rmSync, statSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { buildProgram, buildTests } from "./build.mjs";
import { installTools } from "./test-tools.mjs";

const root = resolve(fileURLToPath(import.meta.url), "../..");
const soak = process.argv.includes("--soak");
const words = process.argv.slice(2).filter((word) => !word.startsWith("--"));

const missingTools = installTools();
await buildProgram();
// Runs of some files only may go side by side, so each has a folder of its own.
const folder = words.length > 0 ? `.build-${process.pid}` : ".build";
await buildTests(folder);
process.on("exit", () => {
  if (words.length > 0) rmSync(join(root, folder), { recursive: true, force: true });
  removeFixtures();
});

// tap would remove a test's folder before what the test hands to teardown() is closed, under open stores;
// so they are kept, and go when the file has ended.
const fixtures = join(root, ".tap/fixtures");
function removeFixtures(file = `${folder}/`) {
  const start = file.replaceAll("/", "-");
  for (const name of existsSync(fixtures) ? readdirSync(fixtures) : [])
    if (name.startsWith(start)) rmSync(join(fixtures, name), { recursive: true, force: true });
}
removeFixtures();

const files = (await readdir(join(root, folder, "test"), { recursive: true }))
  .filter((file) => file.endsWith(soak ? ".soak.js" : ".test.js"))
  .filter((file) => words.length === 0 || words.some((word) => file.includes(word)))
  .sort()
  .map((file) => join(folder, "test", file));
if (files.length === 0) {
  console.error("No test file matches.");
  process.exit(1);
}

const tap = join(root, "node_modules/tap/dist/esm/run.mjs");
const env = { ...process.env, NO_COLOR: "1" };
delete env.NODE_OPTIONS;
function run(args, stdio) {
  return spawn(process.execPath, [tap, ...args], { cwd: root, env, stdio });
}
const exitOf = (child) => new Promise((done) => child.on("exit", (status, signal) => done(signal ? 1 : status)));

// tap compiles its own set of plugins into node_modules, and the run that does it finds no tests.
const built = (path) => statSync(join(root, path), { throwIfNoEntry: false })?.mtimeMs ?? 0;
if (built(".tap/plugins") <= built("node_modules/.package-lock.json")) {
  rmSync(join(root, ".tap/plugins"), { recursive: true, force: true });
  await exitOf(run(["build"], "ignore"));
}

const child = run(
  ["run", "--reporter=tap", "--save-fixture", ...(soak ? ["--timeout=0", "--jobs=1"] : []), ...files],
  ["ignore", "pipe", "inherit"],
);
const finished = exitOf(child);

// Counts leaf assertions only: the line that closes a subtest repeats what is inside it.
// Prints a line a file, and all of what failed.
let passed = 0;
let failed = 0;
let skipped = 0;
let inReport = false;
const seen = [];
for await (const line of createInterface({ input: child.stdout })) {
  const match = /^( *)(not )?ok \d+(.*)$/.exec(line);
  // What a long test says of a run is wanted also where nothing failed.
  if (inReport || (soak && /^ *# (?!Subtest|time=)/.test(line))) console.log(line);
  if (/^ *\.\.\.$/.test(line)) inReport = false;
  if (!match) continue;
  const depth = match[1].length / 4;
  const closesSubtest = (seen[depth + 1] ?? 0) > 0;
  seen[depth + 1] = 0;
  seen[depth] = (seen[depth] ?? 0) + 1;
  if (match[2]) inReport = true;
  if (match[2] || depth === 0) console.log(line);
  const file = depth === 0 && /^ - (\S+)/.exec(match[3]);
  if (file) removeFixtures(file[1]);
  if (closesSubtest) continue;
  if (/# SKIP/i.test(match[3])) {
    skipped += 1;
    console.log(
      `not run: ${match[3]
        .replace(/^ - /, "")
        .replace(/# time=\S+/, "")
        .trim()}`,
    );
  } else if (match[2]) failed += 1;
  else passed += 1;
}
const code = await finished;
if (code !== 0 && failed === 0) failed = 1;
const mustRunAll = process.env.CI === "true" && process.getuid?.() === 0 && missingTools.length === 0;
if (mustRunAll && skipped > 0) console.error("Some tests were not run; as root in CI that is a failure.");
console.log(`${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ""}`);
process.exit(code !== 0 || failed > 0 || (mustRunAll && skipped > 0) ? 1 : 0);
