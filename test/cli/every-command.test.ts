// Every command has its help, and prints its data as JSON where that is asked for, with nothing beside it.
import { readdirSync } from "node:fs";
import t from "tap";
import { COMMANDS } from "../../src/cli/commands.js";
import { program } from "../../src/config.js";
import { Home, type Outcome } from "../helpers/program.js";
import { standIn } from "./stand-in.js";

t.setTimeout(180_000);

const ID = "abcd".repeat(8);

/** What to ask of each, in the order of the table. Null: it prints no data of its own, or needs another core. */
const SAMPLES: Readonly<Record<string, readonly string[] | null>> = {
  "room create": ["coffee"],
  "room list": [],
  "room show": ["tea"],
  "room leave": null,
  "room invite": null,
  "room invites": null,
  "room revoke": null,
  "room join": null,
  "room set": ["tea", "--topic", "green"],
  "room role": ["tea", "bob", "moderator"],
  "room remove": ["tea", "eve", "--yes"],
  "room renew": ["coffee", "--yes"],
  "room repair": ["tea"],
  "room prefs": ["tea"],
  "room accept": ["tea"],
  msg: ["bob"],
  send: ["tea", "hi", "--id", ID],
  tail: ["tea", "-n", "1"],
  "audio test": null,
  "audio devices": null,
  "message show": ["tea", ID],
  "message edit": ["tea", ID, "ho"],
  "message react": ["tea", ID, "👍"],
  "message unreact": ["tea", ID, "👍"],
  "message pin": ["tea", ID],
  "message unpin": ["tea", ID],
  "message pins": ["tea"],
  "message delete": ["tea", ID],
  // Of these test/cli/file.test.ts: they need files, and two cores.
  "file send": null,
  "file get": null,
  "file list": null,
  "file show": null,
  "file cancel": null,
  "file clear": null,
  // Of these test/flow/calls.test.ts: they take cores that find each other.
  "call join": null,
  "call leave": null,
  "call show": null,
  search: ["hi"],
  export: ["tea"],
  members: ["tea"],
  block: ["bob"],
  unblock: ["bob"],
  "identity show": [],
  "identity words": null,
  "identity restore": null,
  "identity rename": null,
  daemon: null,
  "daemon stop": null,
  "daemon status": [],
  rpc: null,
  dht: null,
  doctor: null,
  demo: null,
  completion: null,
};

t.test("every command is in the table, and prints JSON alone with --json", async (t) => {
  t.same(COMMANDS.map(({ path }) => path.join(" ")).sort(), Object.keys(SAMPLES).sort());
  const { home } = await standIn(t);
  for (const [path, args] of Object.entries(SAMPLES)) {
    if (args === null) continue;
    // In the middle of the line, where --json is no text of a message.
    const outcome = await home.run([...path.split(" "), "--json", ...args]);
    t.equal(outcome.code, 0, `${path}: ${outcome.stderr}`);
    t.doesNotThrow(() => JSON.parse(outcome.stdout), path);
    t.equal(outcome.stderr, "", path);
  }
});

t.test("every command has help with an example, and asking for it starts nothing", async (t) => {
  const h = new Home(t, t.testdir());
  // Four at a time: as many processes as a small machine takes well.
  const outcomes: Outcome[] = [];
  for (let at = 0; at < COMMANDS.length; at += 4) {
    outcomes.push(...(await Promise.all(COMMANDS.slice(at, at + 4).map(({ path }) => h.run([...path, "--help"])))));
  }
  for (const [at, command] of COMMANDS.entries()) {
    const outcome = outcomes[at]!;
    t.equal(outcome.code, 0);
    t.match(outcome.stdout, `keet-tui ${command.path.join(" ")}`);
    t.match(outcome.stdout, command.examples[0]?.[0].split("\n")[0] ?? "an example");
    t.match(outcome.stdout.replace(/\s+/g, " "), /Exit codes: 0 done, 1 .* 70 a fault of keet-tui\./);
    t.notMatch(outcome.stdout, "--internal");
  }
  t.match((await h.run(["-h"])).stdout, /room .*send .*tail/s);
  t.equal((await h.run(["-V"])).stdout, `${program().version}\n`);
  t.equal((await h.run(["room", "-V"])).code, 2);
  t.same(readdirSync(h.dir), []);
});
