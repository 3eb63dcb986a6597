import { plainText, safe } from "../safe-text.js";
import type { Finding } from "../state/model.js";
import type { CommandContext } from "./context.js";
import { defineCommand, type Page } from "./define.js";

export const doctor = defineCommand<CommandContext>()({
  name: "doctor",
  group: "program",
  summary: "What is there, and what stands in the way",
  details: "As `keet-tui doctor` says it: versions, folders, the background part, the network. It changes nothing.",
  args: [],
  run(context) {
    const page = { title: plainText("What is there, and what stands in the way"), rows: [] };
    return { show: "page", page, more: rowsOf(context.doctor()) };
  },
});

async function* rowsOf(findings: AsyncIterable<Finding>): AsyncGenerator<Page["rows"]> {
  for await (const { what, ok, detail } of findings) {
    // Not by colour alone.
    yield [{ label: safe`${what}`, text: ok ? safe`${detail}` : safe`!! ${detail}`, isWarning: !ok }];
  }
}
