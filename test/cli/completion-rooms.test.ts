// Tab offers rooms by name. A name is what somebody else wrote, and what a shell puts on the line is code there.
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { delimiter, dirname, join } from "node:path";
import fc from "fast-check";
import t, { type Test } from "tap";
import { bashReplacement, quotedFor, readBashLine, unquoted } from "../../src/cli/bash-words.js";
import { completions } from "../../src/cli/completion.js";
import { SCRIPTS } from "../../src/cli/completion-shells.js";
import { knownRooms, wordsFor } from "../../src/cli/known-rooms.js";
import { resolvePaths } from "../../src/config.js";
import { findCore } from "../../src/daemon/ensure.js";
import { payloads } from "../helpers/payloads.js";
import { BIN, Home, shortFolder, until } from "../helpers/program.js";
import { openShell, type STARTS } from "../helpers/shell.js";
import { standIn } from "./stand-in.js";

t.setTimeout(110_000);

/** What begins it as it is typed, and the whole. Each is the only one that begins so. */
const NAMES: readonly (readonly [typed: string, name: string])[] = [
  ["de", "dev room"],
  ["it", "it's"],
  ["sa", 'say "hi" to me'],
  ["pa", "pay$HOME"],
  ["ru", "run $(touch PWNED) now"],
  ["ba", "back`touch PWNED`tick"],
  ["se", "semi;touch PWNED"],
  ["am", "amp & <more> (x) | y"],
  ["wo", "wow!x yes!!"],
  ["ap", "apostrophe'"],
  ["in", 'inches"'],
  ["co", "colon:b:c"],
  ["ke", "key=value"],
  ["ma", "mail@host"],
  ["sl", "slash\\n\\back"],
  ["gl", "glob*?[ab]{c,d}"],
  ["ca", "café über"],
  ["日", "日本 の部屋"],
  ["ha", "hash #tag ~home"],
];
const named = (...typed: readonly string[]) => NAMES.filter(([start]) => typed.includes(start));
const UNQUOTED = named("de", "it", "pa", "ru", "ba", "wo", "co", "ke", "sl", "gl", "ca", "in");
/** Those that a quote of their own has to do with. */
const QUOTED = named("it", "pa", "wo", "sl", "in");
const HOSTILE = [
  "evil\x1b]52;c;eA==\x07",
  "two\ntouch PWNED",
  "tab\there",
  "right\u202eleft",
  "-rf",
  "--home",
  " blank",
  "",
  "x".repeat(60),
];

const idOf = (index: number) => index.toString(16).padStart(2, "0").repeat(32);

t.test("a name that is not what it looks like, is another's too or reads as an option is offered as its id", (t) => {
  const odd = [...HOSTILE, "twin", "twin", ...payloads.map(({ text }) => text)];
  const rooms = [...odd, ...NAMES.map(([, name]) => name)].map((name, index) => ({ id: idOf(index), name }));
  const words = wordsFor(rooms);
  for (const [index] of [...HOSTILE, "twin", "twin"].entries()) t.equal(words[index], idOf(index).slice(0, 12));
  t.same(
    words.slice(-NAMES.length),
    NAMES.map(([, name]) => name),
  );
  for (const word of words) t.notMatch(word, /[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]/);
  t.end();
});

t.test("a line of bash is taken apart as bash does it", (t) => {
  for (const [line, words, raw] of [
    ["keet-tui send de", ["keet-tui", "send", "de"], "de"],
    ["keet-tui send ", ["keet-tui", "send", ""], ""],
    ['keet-tui --home="x y" send "dev ro', ["keet-tui", "--home=x y", "send", "dev ro"], '"dev ro'],
    ["keet-tui --home 'it'\\''s' send dev\\ ro", ["keet-tui", "--home", "it's", "send", "dev ro"], "dev\\ ro"],
    ['keet-tui send "a\\"b\\$c\\d', ["keet-tui", "send", 'a"b$c\\d'], '"a\\"b\\$c\\d'],
  ] as const) {
    t.same(readBashLine(line), { words, raw }, line);
  }
  t.equal(bashReplacement("a:b c", "a:b", "b"), "b\\ c", "only what bash replaces");
  t.equal(bashReplacement("dev room", '"dev ro', "dev ro"), "dev room");
  t.equal(bashReplacement("dev room", "x:d", "d"), null, "another word");
  t.equal(bashReplacement("it's'", "'it", "it"), "it'\\''s'\\'''", "bash adds no quote behind a quote");
  t.end();
});

t.test("what is quoted for bash is read by bash as it was", (t) => {
  const texts = fc.sample(
    fc.string({ unit: "binary-ascii", maxLength: 20 }).filter((text) => !/[\0\n\r!]/.test(text)),
    {
      numRuns: 300,
      seed: 7,
    },
  );
  const lines = texts.flatMap((text) =>
    (["", "'", '"'] as const).map((open) => ({ text, code: `${open}${quotedFor(text, open)}${open || "''"}` })),
  );
  const script = lines.map(({ code }) => `printf '%s\\0' ${code}`).join("\n");
  const { stdout, status } = spawnSync("bash", ["--norc"], { input: `${script}\n`, encoding: "utf8" });
  t.equal(status, 0);
  t.same(
    stdout.split("\0").slice(0, -1),
    lines.map(({ text }) => text),
  );
  for (const { text, code } of lines) t.equal(unquoted(code).text, text, "and by us");
  t.end();
});

t.test("rooms are offered where a room is meant, of the profile that the line names", async (t) => {
  const asked: object[] = [];
  const rooms = async (where: object) => {
    asked.push(where);
    return ["tea", "team talk", "dev"];
  };
  const found = (...typed: string[]) => completions(["keet-tui", ...typed], rooms);
  t.same(await found("send", ""), ["tea", "team talk", "dev"]);
  t.same(await found("room", "show", "te"), ["tea", "team talk"]);
  t.same(await found("search", "words", "d"), ["dev"]);
  t.same(await found("msg", "bob", "--room", "d"), ["dev"]);
  t.same(await found("--home", "/x y", "--profile=work", "tail", "-f", "d"), ["dev"]);
  t.same(asked.at(-1), { home: "/x y", profile: "work" });
  const before = asked.length;
  for (const typed of [
    ["send", "tea", ""],
    ["room", ""],
    ["room", "create", ""],
    ["send", "--"],
    ["send", "--", ""],
  ]) {
    t.notOk((await found(...typed)).includes("dev"), typed.join(" "));
  }
  t.equal(asked.length, before, "and nobody is asked for them elsewhere");
  t.same(await completions(["--bash", "keet-tui send te", "te"], rooms), ["tea", "team\\ talk"]);
});

t.test("no core is started for it, and one that does not answer is waited for no longer than a blink", async (t) => {
  const home = new Home(t, shortFolder(t));
  const { stdout, code, ms } = await home.run(["--get-yargs-completions", "keet-tui", "send", ""], {
    globals: [],
    env: { KEET_TUI_HOME: home.dir },
  });
  t.same([stdout, code], ["", 0]);
  t.same(readdirSync(home.dir), [], "nothing was made");
  t.comment(`${Math.round(ms)} ms`);

  const paths = resolvePaths({ home: home.dir });
  mkdirSync(dirname(paths.socket), { recursive: true, mode: 0o700 });
  let connections = 0;
  const silent = createServer(() => {
    connections += 1;
  });
  await new Promise<void>((done) => silent.listen(paths.socket, done));
  t.teardown(() => silent.close());
  const begun = performance.now();
  t.same(await knownRooms({ home: home.dir, profile: null }), []);
  const waited = performance.now() - begun;
  t.equal(connections, 1, "it was asked");
  t.ok(waited >= 290 && waited < 1_500, `${Math.round(waited)} ms`);
  const asked = await home.run(["--get-yargs-completions", "keet-tui", "send", ""], {
    globals: [],
    env: { KEET_TUI_HOME: home.dir },
  });
  t.equal(asked.code, 0);
  t.ok(asked.ms < ms + 3_000, `the process ends too, after ${Math.round(asked.ms)} ms`);
});

/** A home whose core has these rooms, and `keet-tui` in the PATH. */
async function shellsWithRooms(t: Test) {
  const { home } = await standIn(t);
  const core = (await findCore(resolvePaths({ home: home.dir })))!;
  t.teardown(() => core.close());
  for (const [, name] of NAMES) await core.request("room.create", { name });
  for (const name of HOSTILE) if (name !== "") await core.request("room.create", { name });
  const bin = join(home.dir, "bin");
  const cwd = join(home.dir, "cwd");
  mkdirSync(bin);
  mkdirSync(cwd);
  const command = join(bin, "keet-tui");
  writeFileSync(command, `#!/bin/sh\nexec '${process.execPath}' '${BIN}' "$@"\n`);
  chmodSync(command, 0o755);
  for (const [shell, script] of Object.entries(SCRIPTS)) writeFileSync(join(home.dir, shell), script);
  const env = {
    PATH: [bin, process.env.PATH].join(delimiter),
    HOME: home.dir,
    KEET_TUI_HOME: home.dir,
    LC_ALL: "C.UTF-8",
    NODE_OPTIONS: undefined,
  };
  return { cwd, script: (shell: string) => join(home.dir, shell), env: env as unknown as NodeJS.ProcessEnv };
}

const NOTHING = "nothing";

/** Types a line and Tab, then has the shell say what words it makes of it. */
async function completedBy(
  t: Test,
  shell: keyof typeof STARTS,
  quotes: Readonly<Record<string, readonly (readonly [typed: string, name: string])[]>>,
): Promise<void> {
  const { cwd, script, env } = await shellsWithRooms(t);
  const start = { bash: "", zsh: "bindkey -e; ", fish: "" }[shell];
  const pty = await openShell(t, shell, `${start}source '${script(shell)}'`, { env, cwd, columns: 200, rows: 60 });
  let count = 0;
  /** The words that the shell makes of a line and Tab. The number tells them from those before. */
  const wordsOf = async (line: string) => {
    count += 1;
    pty.write(`${line}\t\x01printf '<%s>' ${count} \r`);
    const answer = () => pty.screen().find((row) => row.includes(`<${count}><`));
    const isSaid = await pty
      .waitFor(() => answer() !== undefined, { timeoutMs: 10_000 })
      .then(
        () => true,
        () => false,
      );
    // A quote without an end: what was typed goes on in the next line.
    if (!isSaid) pty.write("\x03");
    const said = answer()?.match(/<\d+>(<.*>)/)?.[1] ?? NOTHING;
    pty.write("\x0c");
    // Behind the answer stands the prompt.
    return said.replace(/>> *$/, ">");
  };
  for (const [quote, names] of Object.entries(quotes)) {
    for (const [typed, name] of names) {
      const wanted = `<keet-tui><send><${name}>`;
      let words = "";
      // On a busy machine the core may miss its blink, or the answer be read half written: then Tab is pressed again. What
      // is completed wrongly is so every time.
      await until(async () => {
        words = await wordsOf(`keet-tui send ${quote}${typed}`);
        return words === wanted;
      }, 30_000).catch(() => {});
      t.equal(words, wanted, `${quote}${typed}`);
    }
  }
  t.same(readdirSync(cwd), [], "no name was run");
}

function needs(shell: string): { skip: string | false } {
  const isThere = spawnSync("sh", ["-c", `command -v ${shell}`]).status === 0;
  return { skip: !isThere && `needs ${shell}: apt-get install ${shell}` };
}

t.test("bash puts names on the line so that they are one word, as they are", needs("bash"), async (t) => {
  await completedBy(t, "bash", { "": UNQUOTED, '"': QUOTED, "'": QUOTED });
});

t.test("zsh, too", needs("zsh"), async (t) => {
  await completedBy(t, "zsh", { "": QUOTED, "'": QUOTED.slice(0, 2) });
});

t.test("fish, too", needs("fish"), async (t) => {
  await completedBy(t, "fish", { "": QUOTED, '"': QUOTED.slice(0, 2) });
});
