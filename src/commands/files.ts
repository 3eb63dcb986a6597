import type { CommandContext } from "./context.js";
import { defineCommand } from "./define.js";

export const files = defineCommand<CommandContext>()({
  name: "files",
  group: "files",
  summary: "The files of this room, and how much of each is here",
  args: [],
  async run(context) {
    await context.files.list(context.here().id);
    return { show: "files" };
  },
});
