import type { CommandContext } from "./context.js";
import { defineCommand } from "./define.js";

export const unpin = defineCommand<CommandContext>()({
  name: "unpin",
  group: "messages",
  summary: "Unpin the selected message, or the one pinned last",
  takesMessage: true,
  args: [],
  async run(context) {
    const message = context.messages.selected() ?? (await context.messages.pins())[0];
    if (!message) return { notice: "Nothing is pinned here", hint: "/pin pins the selected message." };
    await context.messages.pin(message, false);
    return { notice: "No longer pinned" };
  },
});
