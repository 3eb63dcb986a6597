import type { CommandContext } from "./context.js";
import { defineCommand } from "./define.js";

export const nick = defineCommand<CommandContext>()({
  name: "nick",
  group: "people",
  summary: "Change the name people see",
  args: [{ name: "name", type: "rest" }],
  async run(context, { name }) {
    const identity = await context.rename(name);
    return { notice: `People see you as ${identity.name} now.` };
  },
});
