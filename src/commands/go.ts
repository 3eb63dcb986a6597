import type { CommandContext } from "./context.js";
import { defineCommand } from "./define.js";

export const go = defineCommand<CommandContext>()({
  name: "go",
  group: "rooms",
  summary: "Go to a room by its name",
  details: "Without a name it lists all rooms.",
  opensRoom: true,
  args: [{ name: "room", type: "room", optional: true }],
  run: (_context, { room }) => (room === null ? { show: "go-to" } : { open: room.id }),
});
