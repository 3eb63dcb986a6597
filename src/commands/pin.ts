import type { CommandContext } from "./context.js";
import { defineCommand } from "./define.js";

export const pin = defineCommand<CommandContext>()({
  name: "pin",
  group: "messages",
  summary: "Pin the selected message, or the latest",
  takesMessage: true,
  args: [],
  async run(context) {
    const message = context.messages.meant("anybody's");
    await context.messages.pin(message, true);
    return { notice: "Pinned", hint: "/pins shows what is pinned here." };
  },
});
