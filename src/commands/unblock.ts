import { KeetError } from "../errors.js";
import { blockedPage } from "./blocked-page.js";
import type { CommandContext } from "./context.js";
import { defineCommand } from "./define.js";
import { memberNamed } from "./named.js";

export const unblock = defineCommand<CommandContext>()({
  name: "unblock",
  aliases: ["unignore"],
  group: "people",
  summary: "Show again what somebody writes",
  details: "Without a name it lists whom you blocked.",
  args: [{ name: "who", type: "blocked", optional: true }],
  async run(context, { who }) {
    const blocked = await context.running.blocked();
    if (who === null) return blockedPage(blocked);
    if (blocked.length === 0) throw new KeetError("user", "NO_SUCH_MEMBER", "You have blocked nobody");
    const { id } = memberNamed(who, blocked, "person you blocked");
    const person = await context.running.block(id, null, false);
    return { notice: `You see what ${person.name} writes again.` };
  },
});
