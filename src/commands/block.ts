import { blockedPage } from "./blocked-page.js";
import type { CommandContext } from "./context.js";
import { defineCommand } from "./define.js";
import { roomOf } from "./named.js";

export const block = defineCommand<CommandContext>()({
  name: "block",
  aliases: ["ignore"],
  group: "people",
  summary: "Hide all that somebody writes, in every room",
  details:
    "Without a name it lists whom you blocked. It is your own setting: they are not told, and others still read them. " +
    "Nothing is deleted; `/unblock` shows it again.",
  args: [{ name: "who", type: "person", optional: true }],
  async run(context, { who }) {
    if (who === null) return blockedPage(await context.running.blocked());
    const person = await context.running.block(who.id, roomOf(context, who.id), true);
    return {
      notice: `You do not see what ${person.name} writes any more.`,
      hint: "They are not told, and others still read it. /unblock ends this.",
    };
  },
});
