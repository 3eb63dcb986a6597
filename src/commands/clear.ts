import type { CommandContext } from "./context.js";
import { defineCommand } from "./define.js";

export const clear = defineCommand<CommandContext>()({
  name: "clear",
  group: "program",
  summary: "An empty screen for this room; PgUp brings it all back",
  details: "Nothing is deleted. What is said from now on shows from the top.",
  args: [],
  run(context) {
    context.here();
    return { show: "nothing" };
  },
});
