import { KeetError } from "../errors.js";
import type { CommandContext } from "./context.js";
import { defineCommand } from "./define.js";

export const forward = defineCommand<CommandContext>()({
  name: "forward",
  group: "messages",
  summary: "Say the selected message in another room too",
  details: "It goes out as a quote with its author's name and without the room it comes from.",
  takesMessage: true,
  args: [{ name: "room", type: "room" }],
  async run(context, values) {
    const message = context.messages.meant("anybody's");
    const room = context.rooms().find(({ id }) => id === values.room.id);
    if (!room) throw new KeetError("user", "NO_SUCH_ROOM", "That room is gone");
    const state = await context.messages.forward(message, room);
    if (state === "pending") return { notice: `Kept for ${room.name}; it goes out as soon as it can` };
    return { notice: `Forwarded to ${room.name}`, hint: `What ${message.author} wrote, as a quote.` };
  },
});
