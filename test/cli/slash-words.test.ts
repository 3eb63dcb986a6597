import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import t from "tap";
import { COMMANDS } from "../../src/cli/commands.js";
import { asCommandLine } from "../../src/cli/slash-words.js";
import { takeApart } from "../../src/cli/words.js";
import { standIn } from "./stand-in.js";

t.test("what the core says in the screen's words is said in those of the command line", async (t) => {
  t.equal(asCommandLine("/who lists them."), "keet-tui members <room> lists them.");
  t.equal(
    asCommandLine("First: /role <name> owner. Then /room renew."),
    "First: keet-tui room role <room> <name> owner. Then keet-tui room renew <room>.",
  );
  for (const same of ["/etc/hosts", "and/or", "/nonsense", "kill -9 5", "a /srv/invite"])
    t.equal(asCommandLine(same), same);
});

/** In what the core may say to somebody: `/role`, `/room renew`. */
function mentioned(): string[] {
  const root = fileURLToPath(new URL("../../..", import.meta.url));
  return ["src/daemon", "src/p2p"].flatMap((folder) =>
    readdirSync(join(root, folder))
      .filter((name) => name.endsWith(".ts"))
      .flatMap((name) => readFileSync(join(root, folder, name), "utf8").match(/["`][^"`\n]*["`]/g) ?? [])
      .flatMap((sentence) => sentence.match(/(?<=["`\s(])\/[a-z]{2,}( (renew|repair|rights))?(?=[\s.,:;)"`])/g) ?? []),
  );
}

t.test("every slash command that a sentence of the core names has a subcommand", async (t) => {
  const found = new Set(mentioned());
  t.ok(found.size > 8, [...found].join(" "));
  for (const said of found) {
    const typed = asCommandLine(said);
    t.not(typed, said);
    t.ok(takeApart(typed.split(" ").slice(1), COMMANDS).command, typed);
  }
});

t.test("an error of the core ends in a command that can be typed", async (t) => {
  const { home } = await standIn(t);
  const outcome = await home.run(["msg", "nobody"]);
  t.equal(outcome.stderr, "keet-tui: Nobody is called so\nkeet-tui members <room> lists who is here.\n");
  t.match(JSON.parse((await home.run(["msg", "nobody", "--json"])).stderr), { error: { hint: /^keet-tui members/ } });
});
