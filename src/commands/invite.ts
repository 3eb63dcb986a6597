import type { CommandContext } from "./context.js";
import { defineCommand } from "./define.js";

const HOUR_MS = 60 * 60 * 1000;

export const invite = defineCommand<CommandContext>()({
  name: "invite",
  group: "rooms",
  summary: "Make a link that lets somebody into this room",
  args: [
    { name: "people", type: "count", optional: true },
    { name: "hours", type: "hours", optional: true },
  ],
  async run(context, { people, hours }) {
    const made = await context.invite(context.here().id, {
      ...(people === null ? {} : { uses: people }),
      ...(hours === null ? {} : { expiresMs: Math.round(hours * HOUR_MS) }),
    });
    return { show: "invite", invite: made.id };
  },
});
