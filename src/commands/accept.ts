import type { CommandContext } from "./context.js";
import { defineCommand } from "./define.js";
import { requestAmong } from "./requests.js";

export const accept = defineCommand<CommandContext>()({
  name: "accept",
  group: "rooms",
  summary: "Say yes to somebody who wants to talk to you",
  opensRoom: true,
  args: [{ name: "who", type: "room", optional: true }],
  async run(context, { who }) {
    const asking = requestAmong(context, who);
    const room = await context.running.acceptDirect(asking.id);
    return { open: room.id, notice: `You and ${room.name} can talk here.` };
  },
});
