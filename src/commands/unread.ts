import type { CommandContext } from "./context.js";
import { defineCommand } from "./define.js";

export const unread = defineCommand<CommandContext>()({
  name: "unread",
  group: "rooms",
  summary: "Mark this room as unread, until you open it again",
  args: [],
  async run(context) {
    const room = await context.running.setPrefs(context.here().id, { unread: true });
    return { notice: `${room.name} is marked as unread.`, hint: "Opening it again takes the mark away." };
  },
});
