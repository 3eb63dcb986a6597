// The same is found by the command line and by the slash command, of a real core.
import { chmodSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { Home, shortFolder } from "../helpers/program.js";

t.setTimeout(60_000);

t.test("/doctor in lines says what keet-tui doctor prints", async (t) => {
  const home = new Home(t, shortFolder(t));
  await home.json(["daemon", "--detach"]);
  await home.json(["room", "create", "tea"]);
  // Something is wrong, so that it is seen how that is said.
  chmodSync(join(home.dir, "data/default/core.log"), 0o644);
  const { stdout } = await home.run(["doctor", "--json"]);
  const { findings } = JSON.parse(stdout) as { findings: { what: string; ok: boolean; detail: string }[] };
  t.match(findings.find(({ what }) => what === "log")?.ok, false);
  t.match(findings.find(({ what }) => what === "core")?.detail, /^process \d+/);
  const said = await home.run(["--plain"], { input: "/doctor\n" });
  t.equal(said.code, 0, said.stderr);
  const lines = said.stdout.split("\n").map((line) => line.trim());
  // Whether the internet answers is found out meanwhile.
  t.ok(lines.some((line) => /^network: (!! )?(looking|offline|lan)/.test(line)));
  const lasting = findings.filter(({ what }) => what !== "network");
  for (const { what, ok, detail } of lasting) t.ok(lines.includes(`${what}: ${ok ? "" : "!! "}${detail}`), what);
});
