import type { CommandContext } from "./context.js";
import { defineCommand } from "./define.js";

export const quit = defineCommand<CommandContext>()({
  name: "quit",
  aliases: ["q", "exit"],
  group: "program",
  summary: "Close the screen",
  args: [],
  run: () => ({ quit: true }),
});
