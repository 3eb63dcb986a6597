import type { CommandContext } from "./context.js";
import { defineCommand } from "./define.js";

export const reply = defineCommand<CommandContext>()({
  name: "reply",
  aliases: ["re"],
  group: "messages",
  summary: "Answer the selected message, or the latest of others",
  details: "With text it is sent at once; without, the line becomes the answer until Enter or Esc.",
  takesMessage: true,
  args: [{ name: "text", type: "rest", optional: true }],
  run(context, { text }) {
    const message = context.messages.meant("theirs");
    context.messages.checkReply(message);
    if (text === null) return { write: "reply", message };
    context.messages.reply(message, text);
    return undefined;
  },
});
