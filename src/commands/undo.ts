import type { CommandContext } from "./context.js";
import { defineCommand } from "./define.js";

export const undo = defineCommand<CommandContext>()({
  name: "undo",
  group: "messages",
  summary: "Bring back what you took back just now",
  details: "Within 5 seconds of `/delete`: until then nobody was asked to hide it.",
  args: [],
  run(context) {
    context.messages.undoDelete();
    return { notice: "It is back", hint: "Nobody was asked to hide it." };
  },
});
