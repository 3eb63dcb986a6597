import type { CommandContext } from "./context.js";
import { defineCommand } from "./define.js";

export const create = defineCommand<CommandContext>()({
  name: "create",
  group: "rooms",
  summary: "Make a room",
  opensRoom: true,
  args: [{ name: "name", type: "rest" }],
  async run(context, { name }) {
    const room = await context.createRoom(name);
    return { open: room.id, notice: "Only you are in it yet. /invite makes a link for somebody." };
  },
});
