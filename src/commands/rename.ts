import type { CommandContext } from "./context.js";
import { defineCommand } from "./define.js";

export const rename = defineCommand<CommandContext>()({
  name: "rename",
  group: "rooms",
  summary: "Give this room another name",
  details: "Moderators and owners can. Everybody sees the new name, and who gave it.",
  args: [{ name: "name", type: "rest" }],
  async run(context, { name }) {
    const room = await context.running.set(context.here().id, { name });
    return { notice: `This room is called ${room.name} now.` };
  },
});
