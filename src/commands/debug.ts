import { plainText } from "../safe-text.js";
import type { CommandContext } from "./context.js";
import { coreRows, factRows } from "./debug-page.js";
import { defineCommand, type Page } from "./define.js";

const TITLE = plainText("For a report of a fault");
const NOTHING_SECRET = {
  text: plainText("No name, no key, no link and nothing of what is said is in it. /debug copy copies it."),
};

export const debug = defineCommand<CommandContext>()({
  name: "debug",
  group: "program",
  summary: "What a report of a fault needs; copy copies it",
  details: "Versions, the terminal, counts and sizes. No name, no key, no link and nothing of what is said is in it.",
  args: [{ name: "what", type: "choice", choices: ["copy"], optional: true }],
  async run(context, { what }) {
    const rows = factRows(context.facts());
    if (what === null) return { show: "page", page: { title: TITLE, rows }, more: fromCore(context) };
    return { copy: textOf([...rows, ...coreRows(await context.debug())]) };
  },
});

async function* fromCore(context: CommandContext): AsyncGenerator<Page["rows"]> {
  yield coreRows(await context.debug());
  yield [NOTHING_SECRET];
}

function textOf(rows: Page["rows"]): string {
  return rows.map(({ label, text }) => `${label}: ${text}`).join("\n");
}
