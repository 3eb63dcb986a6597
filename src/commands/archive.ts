import type { CommandContext } from "./context.js";
import { defineCommand } from "./define.js";

export const archive = defineCommand<CommandContext>()({
  name: "archive",
  group: "rooms",
  summary: "Take this room out of the list, or back into it",
  details: "It stays joined, and /list finds it. Nobody else is told.",
  args: [],
  async run(context) {
    const here = context.here();
    const room = await context.running.setPrefs(here.id, { archived: !here.archived });
    if (!room.archived) return { notice: `${room.name} is in the list again.` };
    return { notice: `${room.name} is out of the list.`, hint: "/list still finds it; /archive there takes it back." };
  },
});
