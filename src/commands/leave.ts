import type { CommandContext } from "./context.js";
import { defineCommand } from "./define.js";

export const leave = defineCommand<CommandContext>()({
  name: "leave",
  aliases: ["part"],
  group: "rooms",
  summary: "Leave a room and forget it on this device",
  args: [{ name: "room", type: "room", optional: true }],
  run(context, values) {
    const room = values.room ?? context.here();
    return {
      ask: `Leave ${room.name}? It is forgotten on this device.`,
      yes: async () => {
        await context.leaveRoom(room.id);
        return { notice: `You left ${room.name}.` };
      },
    };
  },
});
