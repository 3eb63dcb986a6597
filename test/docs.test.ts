// Pages say what is true: links lead somewhere, commands exist, what is made from tables is fresh.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import t from "tap";
import { COMMANDS as SUBCOMMANDS } from "../src/cli/commands.js";
import { takeApart } from "../src/cli/words.js";
import { LINE_TABLE } from "../src/line/commands.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const read = (path: string) => readFileSync(join(root, path), "utf8");
const pages = [
  ...["README.md", "CONTRIBUTING.md", "CHANGELOG.md"],
  ...(readdirSync(join(root, "docs"), { recursive: true }) as string[]).map((path) => join("docs", path)),
].filter((path) => path.endsWith(".md"));
const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };

/** Without fenced blocks, where brackets are code. */
const prose = (text: string) => text.replace(/^```[\s\S]*?^```/gm, "");

/** As GitHub makes them. */
function anchorsOf(text: string): string[] {
  return [...prose(text).matchAll(/^#+ (.*)$/gm)].map(([, title = ""]) =>
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );
}

t.test("every link leads to a file that is there, and to a heading in it", async (t) => {
  let count = 0;
  for (const page of pages) {
    for (const [, target = ""] of prose(read(page)).matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^[a-z]+:/.test(target)) continue;
      count += 1;
      const [file = "", anchor] = target.split("#");
      const path = file === "" ? page : join(dirname(page), file);
      t.ok(existsSync(join(root, path)), `${page}: ${target}`);
      if (anchor) t.ok(anchorsOf(read(path)).includes(anchor), `${page}: heading of ${target}`);
    }
  }
  t.ok(count > 50, `${count} links looked at`);
});

t.test("every file of ours that a page names is there", async (t) => {
  for (const page of pages) {
    for (const [, path = ""] of read(page).matchAll(/`((?:src|test|scripts|bench|bin|docs)\/[\w./-]+)`/g)) {
      t.ok(existsSync(join(root, path)), `${page}: ${path}`);
    }
  }
});

t.test("every command line in the pages is one that exists", async (t) => {
  let count = 0;
  for (const page of pages) {
    for (const [, block = ""] of read(page).matchAll(/^```sh\n([\s\S]*?)^```/gm)) {
      for (const line of block.split("\n")) {
        const ours = commandIn(line);
        if (!ours) continue;
        count += 1;
        if (ours[0] === "npm") t.ok(isScript(ours), `${page}: ${line}`);
        else t.ok(isSubcommand(ours.slice(1)), `${page}: ${line}`);
      }
    }
  }
  t.ok(count > 40, `${count} lines looked at`);
});

/** Words of the part of a line that is a program of ours, as a shell would split them; null where there is none. */
function commandIn(line: string): string[] | null {
  const code = line.replace(/(^|\s)# .*$/, "");
  const found = /(?:^|[|(]\s*)((?:npm|keet-tui)\b[^|)]*)/.exec(code)?.[1];
  if (!found) return null;
  const words = found.match(/"[^"]*"|'[^']*'|[^\s]+/g) ?? [];
  const bare = words.map((word) => word.replace(/^(["'])(.*)\1$/, "$2"));
  return bare.slice(0, bare.findIndex((word) => /^[<>&]/.test(word)) >>> 0);
}

function isScript([, verb = "", name = "", ...rest]: readonly string[]): boolean {
  if (verb === "ci" || verb === "install" || verb === "link") return true;
  if (verb === "run") return name in scripts;
  if (verb === "start" && name === "--") return isSubcommand(rest);
  return verb in scripts;
}

function isSubcommand(words: readonly string[]): boolean {
  // A bare start, on the screen or in lines, with or without an invite.
  if (words.every((word) => word === "--plain" || word.startsWith("keet-tui://"))) return true;
  const { command, tokens } = takeApart(words, SUBCOMMANDS);
  return command !== null || tokens.includes("--help") || tokens.includes("--version");
}

t.test("every slash command in the pages is one that exists", async (t) => {
  const handwritten = pages.filter((page) => !read(page).startsWith("<!-- Made by"));
  for (const page of handwritten) {
    for (const [, name = ""] of prose(read(page)).matchAll(/`\/([a-z]+)(?: [^`/]*)?`/g)) {
      t.ok(LINE_TABLE.find(name), `${page}: /${name}`);
    }
  }
});

t.test("pages and codecs made from tables are fresh", async (t) => {
  const { status, stderr } = spawnSync(process.execPath, [join(root, "scripts/generate.mjs"), "--check"], {
    cwd: root,
    encoding: "utf8",
  });
  t.equal(status, 0, stderr);
});

t.test("decisions have a number each, and their title says it", async (t) => {
  const files = pages.filter((page) => page.startsWith("docs/decisions/"));
  const numbers = files.map((page) => /\/(\d{4})-/.exec(page)?.[1]);
  t.equal(new Set(numbers).size, files.length);
  for (const [index, page] of files.entries()) t.ok(read(page).startsWith(`# ${numbers[index]} · `), page);
});

interface Prepack {
  published(text: string): string;
  strip(root: string): void;
  undo(root: string): void;
}

t.test("packing strips what only a checkout can use, and gives it back whatever comes between", async (t) => {
  const { published, strip, undo } = (await import(join(root, "scripts/prepack.mjs"))) as Prepack;
  const original = read("package.json");
  const stripped = JSON.parse(published(original));
  t.notOk(Object.keys(stripped.optionalDependencies ?? {}).some((name) => name.startsWith("node-")));
  t.same([stripped.devDependencies, stripped.tap, stripped.overrides], [undefined, undefined, undefined]);
  t.same(stripped.dependencies, JSON.parse(original).dependencies);
  for (const file of stripped.files)
    t.ok(file === "dist" || existsSync(join(root, file)), `${file} is there to be packed`);

  const folder = join(t.testdir({}), "checkout");
  mkdirSync(folder);
  const path = join(folder, "package.json");
  const now = () => readFileSync(path, "utf8");
  writeFileSync(path, original);
  undo(folder);
  t.equal(now(), original, "nothing to undo changes nothing");
  strip(folder);
  t.equal(now(), published(original));
  strip(folder);
  t.equal(
    now(),
    published(original),
    "a second run after an interrupted one strips the original, not what was stripped",
  );
  undo(folder);
  t.equal(now(), original);
  t.same(readdirSync(folder), ["package.json"]);
  strip(folder);
  writeFileSync(path, now().replace('"version": "', '"version": "9'));
  t.throws(() => undo(folder), /merge/, "an edit in between is not thrown away");
  t.throws(() => strip(folder), /merge/);
  writeFileSync(path, original);
  undo(folder);
  t.same(readdirSync(folder), ["package.json"], "interrupted before it was stripped: the copy goes");
});
