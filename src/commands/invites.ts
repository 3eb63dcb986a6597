import { safe } from "../safe-text.js";
import { spanOf } from "../state/local-time.js";
import type { CommandContext } from "./context.js";
import { defineCommand } from "./define.js";

export const invites = defineCommand<CommandContext>()({
  name: "invites",
  group: "rooms",
  summary: "The links into this room that were made",
  args: [],
  async run(context) {
    const room = context.here();
    const made = await context.invites(room.id);
    if (made.length === 0) return { notice: "No link into this room is open.", hint: "/invite makes one." };
    return {
      show: "page",
      page: {
        title: safe`Links into ${room.name}`,
        rows: made.map((invite) => {
          const left = spanOf(Math.max(0, invite.expiresAt - context.now()));
          const state = invite.state === "open" ? safe`open for ${left}` : safe`${invite.state}`;
          const used = safe`${invite.used} of ${invite.uses} came in`;
          return { label: safe`${invite.id}`, text: safe`${state}, ${used}, made by ${invite.by}` };
        }),
      },
    };
  },
});
