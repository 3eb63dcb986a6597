// What `npm install -g` puts where: the command, its man page, and completion in shells as people have them.
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import t, { type Test } from "tap";
import { SHELLS, type Shell } from "../../src/cli/completion-shells.js";
import { program } from "../../src/config.js";
import { openShell, type Typed, typist } from "../helpers/shell.js";

const { root } = program();
const dir = t.testdir({ cwd: { "folder-of-mine": {} }, home: {} });
const cwd = join(dir, "cwd");
const prefix = join(dir, "prefix");
const ENV = {
  PATH: [join(prefix, "bin"), dirname(process.execPath), process.env.PATH].join(delimiter),
  HOME: join(dir, "home"),
  LC_ALL: "C.UTF-8",
  npm_config_cache: join(dir, "cache"),
};

function run(command: string, args: readonly string[], from = cwd) {
  // By env(1): the runner puts NODE_OPTIONS of its own into every child that it sees being started.
  const variables = Object.entries(ENV).map(([name, value]) => `${name}=${value}`);
  return spawnSync("env", ["-i", ...variables, command, ...args], { cwd: from, encoding: "utf8" });
}

function done(command: string, args: readonly string[], from?: string): string {
  const { status, stdout, stderr } = run(command, args, from);
  if (status !== 0) throw new Error(`${command} ${args.join(" ")}: exit ${status}\n${stderr}`);
  return stdout.trim();
}

/**
 * The package as npm packs it, but with no dependency: they would come from the network, and nothing that is
 * asked here loads one. Without scripts, as `prepack` rewrites the package.json that other tests are reading.
 */
async function install(): Promise<void> {
  const { published } = (await import(join(root, "scripts/prepack.mjs"))) as { published(text: string): string };
  const packed = done("npm", ["pack", "--silent", "--ignore-scripts", "--pack-destination", dir], root);
  done("tar", ["-xzf", packed], dir);
  const path = join(dir, "package/package.json");
  const pack = JSON.parse(published(readFileSync(path, "utf8")));
  writeFileSync(path, JSON.stringify({ ...pack, dependencies: {}, optionalDependencies: {} }));
  done("tar", ["-czf", packed, "package"], dir);
  const flags = ["--global", "--prefix", prefix, "--offline", "--ignore-scripts", "--no-audit", "--no-fund"];
  done("npm", ["install", ...flags, join(dir, packed)]);
}

await install();

t.test("the command and its man page are where a shell and man look", async (t) => {
  t.equal(done("keet-tui", ["--version"]), program().version);
  const page = join(prefix, "share/man/man1/keet-tui.1");
  t.equal(readFileSync(page, "utf8"), readFileSync(join(root, "docs/keet-tui.1"), "utf8"));
});

t.test("man finds the page", needs("man", "man-db"), async (t) => {
  t.match(done("man", ["-M", join(prefix, "share/man"), "-w", "keet-tui"]), /keet-tui\.1$/);
});

/** The scripts, each in a file: printed once, as each start of the program costs on a busy machine. */
const scriptFile = (shell: Shell) => join(dir, shell);
for (const shell of SHELLS) writeFileSync(scriptFile(shell), done("keet-tui", ["completion", shell]));

t.test("each shell gets its own script, and one that is not known is told what to say", async (t) => {
  for (const shell of SHELLS) {
    t.match(readFileSync(scriptFile(shell), "utf8"), `Completion of keet-tui in ${shell}.`);
  }
  t.match(done("env", ["SHELL=/opt/bin/fish", "keet-tui", "completion"]), "in fish.", "by SHELL");
  const unknown = run("env", ["SHELL=/bin/tcsh", "keet-tui", "completion"]);
  t.same([unknown.status, unknown.stdout], [2, ""]);
  t.match(unknown.stderr, "keet-tui completion bash");
});

t.test("bash completes, at a real Tab", needs("bash"), async (t) => {
  await completesWell(await typedTo(t, "bash", `source '${scriptFile("bash")}'`));
});

t.test("zsh completes, also where nothing has started its completion", needs("zsh"), async (t) => {
  await completesWell(await typedTo(t, "zsh", `bindkey -e; source '${scriptFile("zsh")}'`));
});

t.test("zsh takes the script as a file in a folder of its fpath, too", needs("zsh"), async (t) => {
  const folder = join(dir, "functions");
  mkdirSync(folder);
  copyFileSync(scriptFile("zsh"), join(folder, "_keet-tui"));
  // -u: the folder of a test may belong to another user than zsh would trust.
  const start = `bindkey -e; fpath=('${folder}' $fpath); autoload -Uz compinit; compinit -u`;
  const typed = await typedTo(t, "zsh", start);
  await typed("keet-tui roo\t", "keet-tui room");
  // The first Tab is the one that loads the file.
  await typed("crea\t", "keet-tui room create");
});

t.test("fish completes", needs("fish"), async (t) => {
  const offered = (line: string) =>
    done("fish", ["--no-config", "-c", `source '${scriptFile("fish")}'; complete -C '${line}'`]).split("\n");
  t.same(offered("keet-tui roo"), ["room"]);
  t.same(offered("keet-tui room create --ki"), ["--kind"]);
  t.same(offered("keet-tui room create --kind ").sort(), ["broadcast", "direct", "group"]);
  t.same(offered("keet-tui --home folder"), ["folder-of-mine/"], "files where nothing is known");
});

function needs(command: string, name = command): { skip: string | false } {
  const isThere = run("sh", ["-c", `command -v ${command}`]).status === 0;
  return { skip: !isThere && `needs ${command}: apt-get install ${name}` };
}

async function typedTo(t: Test, shell: "bash" | "zsh", start: string): Promise<Typed> {
  return typist(t, await openShell(t, shell, start, { env: ENV, cwd }));
}

async function completesWell(typed: Typed): Promise<void> {
  const [toEnd, left, emptyLine] = ["\x05", "\x02", "\x15"];
  await typed("keet-tui roo\t", "keet-tui room");
  await typed("create tea --ki\t", "keet-tui room create tea --kind");
  await typed("di\t", "keet-tui room create tea --kind direct");
  await typed(`${emptyLine}keet-tui exp tea${left.repeat(4)}\t`, "keet-tui export tea");
  await typed(`${toEnd}${emptyLine}keet-tui --home folder\t`, "keet-tui --home folder-of-mine/");
}
