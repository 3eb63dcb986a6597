import type { CommandContext } from "./context.js";
import { defineCommand } from "./define.js";

export const detach = defineCommand<CommandContext>()({
  name: "detach",
  group: "program",
  summary: "Leave the screen; messages still come and go",
  args: [],
  async run(context) {
    const warning = await context.stay();
    if (warning === null) return { quit: true };
    return {
      ask: `${warning} Leave all the same?`,
      yes: async () => ({ quit: true }),
    };
  },
});
