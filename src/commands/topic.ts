import type { CommandContext } from "./context.js";
import { defineCommand } from "./define.js";

export const topic = defineCommand<CommandContext>()({
  name: "topic",
  group: "rooms",
  summary: "Say what this room is about; - for nothing",
  details: "Without a text it shows the topic. Moderators and owners can change it.",
  args: [{ name: "text", type: "rest", shown: "text|-", optional: true }],
  async run(context, { text }) {
    const here = context.here();
    if (text === null) {
      if (here.topic === "") return { notice: `${here.name} has no topic.`, hint: "/topic green tea sets one." };
      return { notice: `Topic: ${here.topic}`, hint: "/topic - takes it away." };
    }
    const room = await context.running.set(here.id, { topic: text === "-" ? "" : text });
    return { notice: room.topic === "" ? "The topic is gone." : `Topic: ${room.topic}` };
  },
});
