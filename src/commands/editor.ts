import type { CommandContext } from "./context.js";
import { defineCommand } from "./define.js";

export const editor = defineCommand<CommandContext>()({
  name: "editor",
  group: "messages",
  summary: "Write in your own editor",
  details: "It is the one that VISUAL or EDITOR names. What you save and leave is on the line then; Enter sends it.",
  args: [{ name: "text", type: "rest", optional: true }],
  run: (_context, { text }) => ({ compose: text ?? "" }),
});
