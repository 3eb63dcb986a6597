import type { CommandContext } from "./context.js";
import { defineCommand, type Wish } from "./define.js";

export const unmute = defineCommand<CommandContext>()({
  name: "unmute",
  group: "rooms",
  summary: "Alerts from this room again",
  args: [],
  run: unmuteHere,
});

export async function unmuteHere(context: CommandContext): Promise<Wish> {
  const room = await context.running.setPrefs(context.here().id, { muted: false, mutedMs: 0 });
  return { notice: `${room.name} is not muted any more.` };
}
