import type { CommandContext } from "./context.js";
import { defineCommand } from "./define.js";

export const bare = defineCommand<CommandContext>()({
  name: "bare",
  group: "messages",
  summary: "The talk as bare lines, to be copied with the mouse",
  details: "Without lists and frames, wrapped by the terminal itself; any key goes back.",
  args: [],
  run(context) {
    context.here();
    return { show: "bare" };
  },
});
