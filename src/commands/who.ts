import type { CommandContext } from "./context.js";
import { defineCommand } from "./define.js";

export const who = defineCommand<CommandContext>()({
  name: "who",
  aliases: ["names"],
  group: "people",
  summary: "Who is in this room, and who of them is here now",
  args: [],
  async run(context) {
    await context.loadMembers(context.here().id);
    return { show: "members" };
  },
});
