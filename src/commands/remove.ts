import { plainText, safe } from "../safe-text.js";
import type { CommandContext } from "./context.js";
import { defineCommand } from "./define.js";
import { askToRenew } from "./room-renew.js";

const NOT_TAKEN = plainText(
  "They keep what they have and can go on reading: the room's key cannot be taken back. /room renew goes on in a new room without them.",
);

export const remove = defineCommand<CommandContext>()({
  name: "remove",
  aliases: ["kick"],
  group: "people",
  summary: "Take somebody's right to write in this room",
  details:
    "Asks first. It holds for all their devices, and closes the invites they made. Moderators remove members, owners " +
    "also moderators. They keep what they have and can go on reading: `/room renew` goes on in a new room without them.",
  args: [{ name: "who", type: "member" }],
  run(context, { who }) {
    const room = context.here();
    return {
      ask: `Remove ${who.name}?`,
      page: {
        title: safe`Remove ${who.name} from ${room.name}`,
        rows: [
          { text: safe`${who.name} cannot write here any more, from any device. The invites they made are closed.` },
          { text: NOT_TAKEN },
          { text: plainText("/role makes somebody who was removed a member again; then an invite lets them in.") },
        ],
      },
      yes: async () => {
        await context.running.remove(room.id, who.id);
        if (room.role === "owner") return askToRenew(context, room, safe`${who.name} is removed.`);
        return {
          notice: `${who.name} is removed, but can go on reading.`,
          hint: "An owner can end that: /room renew.",
        };
      },
    };
  },
});
