import type { CommandContext } from "./context.js";
import { defineCommand } from "./define.js";

export const help = defineCommand<CommandContext>()({
  name: "help",
  group: "program",
  summary: "Every key and command",
  args: [{ name: "command", type: "command", optional: true }],
  run: (_context, { command }) => (command === null ? { show: "help" } : { show: "usage", command }),
});
