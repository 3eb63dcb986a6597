import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import { Home } from "../helpers/program.js";

const home = (t: Test) => new Home(t, t.testdir());

t.test("where standard output is no terminal a bare start explains itself and exits 2", async (t) => {
  const h = home(t);
  for (const args of [[], ["keet-tui://join/yyyy"], ["--no-lan"]]) {
    const outcome = await h.run(args);
    t.equal(outcome.code, 2);
    t.equal(outcome.stdout, "");
    t.equal(outcome.stderr.trim().split("\n").length, 6);
    for (const word of ["send", "room create", "--plain", "demo", "--help"]) t.match(outcome.stderr, word);
  }
  t.same(readdirSync(h.dir), [], "and makes nothing");
});

t.test("a wrong command line is exit 2, says what would work, and repeats nothing that was typed", async (t) => {
  const h = home(t);
  const secret = "abandon";
  const cases: [string[], RegExp][] = [
    [["roam"], /Near it: room/],
    [["room"], /room create/],
    [["room", "creat", "x"], /Near it: create/],
    [["room", "create"], /needs name/],
    [["room", "create", "a", "b"], /fewer words/],
    [["room", "create", "a", "--kind", "zoo"], /group, direct, broadcast/],
    [["room", "invite", "tea", "--expires", "366d"], /at most 365 days/],
    [["room", "invite", "tea", "--uses", "0"], /from 1 to 1000/],
    [["identity", "restore", secret], /fewer words/],
    [["identity", "restore"], /24/],
    [["room", "list", "--profile", "../x"], /profile's name/],
    [["send", "tea", "hi", "--home"], /needs a value/],
  ];
  for (const [args, words] of cases) {
    const outcome = await h.run(args, { input: "" });
    t.equal(outcome.code, 2, args.join(" "));
    t.match(outcome.stderr, words, args.join(" "));
    t.notMatch(outcome.stderr, secret);
    t.equal(outcome.stdout, "");
  }
  const { error } = JSON.parse((await h.run(["room", "create", "--json"])).stderr);
  t.match(error, { code: "USAGE", hint: "Usage: keet-tui room create <name>" });
});

t.test("a new profile gets an identity of the login name, and says so on stderr only", async (t) => {
  const h = home(t);
  const first = await h.run(["room", "list", "--json", "--no-input"]);
  t.equal(first.stdout, "[]\n");
  t.match(first.stderr, /This profile was new: it is called "/);
  t.equal((await h.run(["room", "list", "--json"])).stderr, "");
  t.match(await h.json(["identity", "rename", "maya"]), { name: "maya" });
  t.match(await h.json(["identity", "show"]), { name: "maya", id: /^[0-9a-f]{64}$/ });
});

t.test("A81: the words are printed only where asked for, and are nowhere else", async (t) => {
  const h = home(t);
  await h.json(["room", "create", "tea"]);
  const shy = await h.run(["identity", "words"]);
  t.equal(shy.code, 2);
  t.equal(shy.stdout, "");
  const words = (await h.run(["identity", "words", "--force-stdout"])).stdout.trim().split(" ");
  t.equal(words.length, 24);
  const other = new Home(t, join(h.dir, "other"));
  const restored = await other.run(["identity", "restore", "--name", "me too", "--json"], {
    input: `${words.join("\n")}\n`,
  });
  t.equal(restored.code, 0, restored.stderr);
  t.equal(JSON.parse(restored.stdout).id, (await h.json(["identity", "show"])).id, "one person, two devices");
  const secret = words.slice(0, 3).join(" ");
  for (const { pid } of [...h.owners(), ...other.owners()]) {
    t.notMatch(readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " "), secret);
    t.notMatch(readFileSync(`/proc/${pid}/environ`, "utf8"), secret);
  }
  for (const name of readdirSync(h.dir, { recursive: true, encoding: "utf8" })) {
    const path = join(h.dir, name);
    if (!statSync(path).isFile() || !/\.(log|json|old)$/.test(name)) continue;
    t.notMatch(readFileSync(path, "utf8"), secret, name);
  }
});

t.test("A80: nothing in a home is open to others", async (t) => {
  const h = home(t);
  await h.json(["room", "create", "tea"]);
  const open = readdirSync(h.dir, { recursive: true, encoding: "utf8" }).filter(
    (name) => (statSync(join(h.dir, name)).mode & 0o077) !== 0,
  );
  t.same(open, []);
});

t.test("doctor says what is there; a folder that others can read makes it fail", async (t) => {
  const h = home(t);
  await h.json(["daemon", "--detach"]);
  const { findings } = await h.json(["doctor"]).catch(() => ({ findings: [] }));
  t.ok(findings.some((one: { what: string; ok: boolean }) => one.what === "core" && one.ok));
  const { chmodSync } = await import("node:fs");
  chmodSync(join(h.dir, "data/default"), 0o755);
  const outcome = await h.run(["doctor"]);
  chmodSync(join(h.dir, "data/default"), 0o700);
  t.equal(outcome.code, 1);
  t.match(outcome.stdout, /!!\tdata folder\t.*chmod 700/);
});

t.test("rpc is the socket on standard input and output", async (t) => {
  const h = home(t);
  const slow = '{"jsonrpc":"2.0","id":2,"method":"room.join","params":{"invite":"x","waitMs":1}}';
  const outcome = await h.run(["rpc"], { input: `{"jsonrpc":"2.0","id":1,"method":"status"}\nno json\n${slow}\n` });
  t.equal(outcome.code, 0, outcome.stderr);
  const lines = outcome.stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  t.match(lines[0], { method: "ready", params: { profile: "default" } });
  t.ok(lines.some((line) => line.id === 1 && line.result.profile === "default"));
  t.ok(
    lines.some((line) => line.id === 2 && line.error),
    "answered though input had ended long before",
  );
});
