// The man page: all of the tables is on it, and no text of theirs is taken for a request of the formatter.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import t from "tap";
import { COMMANDS } from "../src/cli/commands.js";
import type { OptionSpec } from "../src/cli/define.js";
import { GLOBAL_OPTIONS } from "../src/cli/globals.js";
import { ABOUT, ENVIRONMENT, FILES } from "../src/cli/surroundings.js";
import { EXIT_CODES, optionMeaning, usageOf, valueUsage } from "../src/cli/usage.js";
import { resolvePaths } from "../src/config.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const PAGE = join(root, "docs/keet-tui.1");
const lines = readFileSync(PAGE, "utf8").trimEnd().split("\n");

interface GenerateMan {
  literal(text: string): string;
  prose(text: string): string;
}
const { literal, prose } = (await import(join(root, "scripts/generate-man.mjs"))) as GenerateMan;

const SIGNS: Readonly<Record<string, string>> = {
  "\\-": "-",
  "\\&": "",
  "\\(rs": "\\",
  "\\(aq": "'",
  "\\(ga": "`",
  "\\(ha": "^",
  "\\(ti": "~",
};

/** What a reader sees of a line. */
function seen(line: string): string {
  return line.replace(/\\f[BIR]/g, "").replace(/\\(\(..|.)/g, (sign) => SIGNS[sign] ?? `<${sign}>`);
}

/** A table's text as it is seen on the page. */
const asSeen = (text: string) => text.replace(/\s+/g, " ").replaceAll("…", "...").replaceAll("`", "");

/** From its heading to the next one. */
function section(heading: string): string[] {
  const start = lines.indexOf(heading);
  if (start === -1) return [];
  const length = lines.slice(start + 1).findIndex((line) => /^\.S[HS] /.test(line));
  return lines.slice(start + 1, length === -1 ? undefined : start + 1 + length).map(seen);
}

function follows(text: readonly string[], line: string, next: string): boolean {
  return text.some((one, index) => one === line && text[index + 1] === next);
}

function optionLine(name: string, spec: OptionSpec): string {
  return `${spec.alias ? `-${spec.alias}, ` : ""}--${name} ${valueUsage(spec)}`.trim();
}

t.test("every command is there, with each of its arguments, options and examples below it", async (t) => {
  const sections: [string, Readonly<Record<string, OptionSpec>>][] = [[".SH OPTIONS", GLOBAL_OPTIONS]];
  for (const command of COMMANDS) {
    const heading = `.SS ${command.path.join(" ").replaceAll("-", "\\-")}`;
    sections.push([heading, command.options ?? {}]);
    const text = section(heading);
    const pairs = [...(command.positionals ?? []).map(({ name, describe }) => [name, describe]), ...command.examples];
    t.ok(text.includes(usageOf(command)), heading);
    t.match(text.join("\n"), asSeen(`${command.summary}.${command.details ? ` ${command.details}` : ""}`), heading);
    for (const [name = "", what = ""] of pairs) t.ok(follows(text, asSeen(name), asSeen(what)), `${heading}: ${name}`);
  }
  for (const [heading, options] of sections) {
    const text = section(heading);
    for (const [name, spec] of Object.entries(options)) {
      if (spec.hidden) t.notMatch(text.join("\n"), `--${name}`, `--${name} of ${heading} is hidden`);
      else t.ok(follows(text, optionLine(name, spec), asSeen(optionMeaning(spec))), `--${name} of ${heading}`);
    }
  }
});

t.test("what holds for all commands is there", async (t) => {
  for (const paragraph of ABOUT) t.ok(section(".SH DESCRIPTION").includes(asSeen(paragraph)), paragraph);
  const rows: [string, readonly (readonly [string | number, string])[]][] = [
    [".SH EXIT STATUS", EXIT_CODES],
    [".SH ENVIRONMENT", ENVIRONMENT],
    [".SH FILES", FILES],
  ];
  for (const [heading, table] of rows) {
    const text = section(heading);
    for (const [name, what] of table) t.ok(follows(text, String(name), asSeen(what)), `${heading}: ${name}`);
  }
  for (const [page = ""] of section(".SH SEE ALSO")
    .join("\n")
    .matchAll(/^docs\/.*$/gm)) {
    t.ok(existsSync(join(root, page)), page);
  }
});

t.test("what the tables say is no request and no escape of the formatter", async (t) => {
  for (const line of lines.slice(1)) {
    if (line.startsWith(".")) t.match(line, /^\.(TH|SH|SS|PP|TP|br)( |$)/, line);
    t.notMatch(line, /^'|^\s|^$/, `${line}: an apostrophe, a space or nothing at the beginning means something`);
    t.notMatch(line, /['`^~]/, `${line}: signs that formatters make curly`);
    t.notMatch(line, /(^|[\s(>])-{1,2}[A-Za-z]/, `${line}: an option whose hyphens cannot be copied`);
    for (const [sign] of line.matchAll(/\\(\(..|f.|.)/g)) {
      t.ok(sign in SIGNS || /^\\f[BIR]$/.test(sign), `${line}: ${sign}`);
    }
  }
  t.same([".TH x", "'br", "a\n.b", "\\fBx", "--no-lan", "x '~^`'"].map(literal), [
    "\\&.TH x",
    "\\(aqbr",
    "a .b",
    "\\(rsfBx",
    "\\-\\-no\\-lan",
    "x \\(aq\\(ti\\(ha\\(ga\\(aq",
  ]);
  t.same([".x", "With -f or (--no-lan), end-to-end", "`a -- 'b'`", "it's ~/x\\"].map(prose), [
    "\\&.x",
    "With \\-f or (\\-\\-no\\-lan), end-to-end",
    "\\fBa \\-\\- \\(aqb\\(aq\\fR",
    "it\\(aqs \\(ti/x\\(rs",
  ]);
});

/** Asked to know the terminal and where the program runs; nobody sets them for its sake. */
const NOT_FOR_PEOPLE =
  /^(APPDATA|XDG_CACHE_HOME|NODE_(OPTIONS|ENV)|MALLOC_ARENA_MAX|SSH_.*|PULSE_RUNTIME_PATH|STY|TMUX|TERM_PROGRAM|VTE_VERSION)$/;

t.test("the variables are those that the sources read, and the files those that they write", async (t) => {
  const sources = (readdirSync(join(root, "src"), { recursive: true }) as string[])
    .filter((path) => /\.tsx?$/.test(path) && !path.endsWith("surroundings.ts"))
    .map((path) => readFileSync(join(root, "src", path), "utf8"))
    .join("\n");
  const read = new Set([...sources.matchAll(/\benv\.([A-Z][A-Z_]*)/g)].map(([, name = ""]) => name));
  t.same([...read].filter((name) => !NOT_FOR_PEOPLE.test(name)).sort(), ENVIRONMENT.map(([name]) => name).sort());

  const runtime = join(t.testdir({}), "run");
  mkdirSync(runtime);
  const env = { HOME: "/home/ann" };
  const paths = resolvePaths({ env, platform: "linux", profile: "work" });
  const named = (path: string) =>
    path.replace("~", "/home/ann").replace("<profile>", "work").replace("$XDG_RUNTIME_DIR", runtime);
  const [data = "", ...rest] = FILES.map(([path]) => named(path));
  t.equal(data, `${paths.data}/`);
  const inside = rest.filter((path) => !path.startsWith("/")).flatMap((names) => names.split(", "));
  for (const name of inside) t.ok(sources.includes(`"${name.replace("/", "")}"`), `${name} is named in the sources`);
  const sockets = rest.filter((path) => path.startsWith("/"));
  t.equal(sockets[0], join(runtime, "keet-tui/work.sock"));
  t.match(paths.socket, sockets[1]?.replace("<uid>", String(process.getuid?.())));
});

/** With UTF-8, as not every sign of the examples is in ASCII. */
function format(command: string, args: readonly string[]) {
  const env = { PATH: process.env.PATH, LC_ALL: "C.UTF-8", MANWIDTH: "80" };
  return spawnSync(command, args, { encoding: "utf8", env });
}

// The man of macOS and the BSDs is mandoc, and has no --warnings; that of a small image only says that it is none.
const hasMan = process.platform === "linux" && /^man \d/.test(format("man", ["--version"]).stdout ?? "");
const hasMandoc = !format("mandoc", ["-T", "lint", "/dev/null"]).error;

t.test("man has nothing to complain of", { skip: !hasMan && "needs man: apt-get install man-db" }, async (t) => {
  const { stdout, stderr, status } = format("man", ["--warnings", "-l", PAGE]);
  t.same([status, stderr], [0, ""]);
  t.match(stdout, "keet-tui room create <name>");
});

t.test("nor has mandoc", { skip: !hasMandoc && "needs mandoc: apt-get install mandoc" }, async (t) => {
  const { stdout } = format("mandoc", ["-T", "lint", "-W", "warning", PAGE]);
  // It has none on purpose, see scripts/generate-man.mjs.
  t.same(
    stdout.split("\n").filter((line) => line !== "" && !line.includes("missing date")),
    [],
  );
});
