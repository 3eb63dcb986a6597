import type { CommandContext } from "./context.js";
import { defineCommand } from "./define.js";

export const join = defineCommand<CommandContext>()({
  name: "join",
  aliases: ["j"],
  group: "rooms",
  summary: "Join a room by its invite",
  isSecret: true,
  opensRoom: true,
  args: [{ name: "invite", type: "invite" }],
  async run(context, { invite }) {
    const room = await context.joinRoom(invite);
    return { open: room.id, notice: `You are in ${room.name}.` };
  },
});
