import type { Finding } from "../state/model.js";
import { defineCliCommand } from "./define.js";
import { findings } from "./findings.js";
import { printJson, printTable } from "./output.js";

export const doctor = defineCliCommand({
  path: ["doctor"],
  summary: "What is there, and what stands in the way",
  details: "Looks only; starts and changes nothing. Exit 1 where something is wrong.",
  examples: [["keet-tui doctor", "versions, folders, core, network"]],
  async run(shot) {
    const found: Finding[] = [];
    for await (const finding of findings(shot.paths)) found.push(finding);
    if (shot.globals.json) printJson({ findings: found });
    else await printTable(found.map(({ what, ok, detail }) => [ok ? "ok" : "!!", what, detail]));
    return found.every(({ ok }) => ok) ? 0 : 1;
  },
});
