import type { CommandContext } from "./context.js";
import { defineCommand } from "./define.js";

export const demo = defineCommand<CommandContext>()({
  name: "demo",
  group: "program",
  summary: "Try it alone: an echo friend on this machine answers",
  opensRoom: true,
  args: [],
  async run(context) {
    return { open: await context.startDemo() };
  },
});
