import type { CommandContext } from "./context.js";
import { defineCommand } from "./define.js";

export const pins = defineCommand<CommandContext>()({
  name: "pins",
  group: "messages",
  summary: "What is pinned in this room",
  args: [],
  run(context) {
    context.here();
    return { show: "pins" };
  },
});
