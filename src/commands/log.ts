import { plainText, safe } from "../safe-text.js";
import { timeOf } from "../state/local-time.js";
import type { CommandContext } from "./context.js";
import { defineCommand } from "./define.js";

export const log = defineCommand<CommandContext>()({
  name: "log",
  group: "program",
  summary: "What was said above the line since you started",
  args: [],
  run(context) {
    const told = context.told();
    const rows = told.toReversed().map(({ at, text, hint, level }) => ({
      label: timeOf(at),
      text: hint === null ? text : safe`${text}  ${hint}`,
      isWarning: level === "warning",
    }));
    const nothing = { text: plainText("Nothing was said yet. Answers to commands and refusals are kept here.") };
    return { show: "page", page: { title: plainText("Log"), rows: rows.length > 0 ? rows : [nothing] } };
  },
});
