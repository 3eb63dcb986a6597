import { momentText } from "../state/room-words.js";
import type { CommandContext } from "./context.js";
import { defineCommand } from "./define.js";
import { unmuteHere } from "./unmute.js";

export const mute = defineCommand<CommandContext>()({
  name: "mute",
  group: "rooms",
  summary: "No alerts from this room: for 8h, or for good",
  details:
    "A time is `30m`, `8h` or `2d`; without one it is for good. Nobody else is told. `/mute off` and `/unmute` end it.",
  args: [{ name: "time", type: "duration", shown: "8h|off", optional: true }],
  async run(context, { time }) {
    if (time === 0) return await unmuteHere(context);
    const change = time === null ? { muted: true } : { muted: true, mutedMs: time };
    const room = await context.running.setPrefs(context.here().id, change);
    const hint = "What is said there still counts as unread. /unmute ends this.";
    const isForGood = room.mutedUntil === null || !Number.isFinite(room.mutedUntil);
    const until = isForGood ? "for good" : `until ${momentText(room.mutedUntil!, context.now())}`;
    return { notice: `${room.name} is muted ${until}.`, hint };
  },
});
