import type { CommandContext } from "./context.js";
import { defineCommand } from "./define.js";
import { requestAmong } from "./requests.js";

export const decline = defineCommand<CommandContext>()({
  name: "decline",
  group: "rooms",
  summary: "Say no to somebody who wants to talk to you",
  details: "They can ask again after a day; `/block` ends that.",
  args: [{ name: "who", type: "room", optional: true }],
  async run(context, { who }) {
    const asking = requestAmong(context, who);
    await context.leaveRoom(asking.id);
    const id = asking.with?.id.slice(0, 8);
    const hint = id ? `They can ask again after a day; /block ${id} ends that.` : "They can ask again after a day.";
    return { notice: `You declined to talk to ${asking.name}.`, hint };
  },
});
