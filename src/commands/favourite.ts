import type { CommandContext } from "./context.js";
import { defineCommand } from "./define.js";

export const favourite = defineCommand<CommandContext>()({
  name: "favourite",
  aliases: ["star"],
  group: "rooms",
  summary: "Keep this room on top of the list, or no longer",
  details: "A favourite also rings for every message; other rooms ring for mentions of you.",
  args: [],
  async run(context) {
    const here = context.here();
    const room = await context.running.setPrefs(here.id, { favourite: !here.favourite });
    if (!room.favourite) return { notice: `${room.name} is no favourite any more.` };
    return { notice: `${room.name} is a favourite.`, hint: "It is on top of the list, and rings for every message." };
  },
});
