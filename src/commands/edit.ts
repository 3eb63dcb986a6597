import type { CommandContext } from "./context.js";
import { defineCommand } from "./define.js";

export const edit = defineCommand<CommandContext>()({
  name: "edit",
  group: "messages",
  summary: "Change the selected message, or your latest",
  details: "Without a new text the old one comes into the line, to be changed there.",
  takesMessage: true,
  args: [{ name: "text", type: "rest", optional: true }],
  async run(context, { text }) {
    const message = context.messages.meant("mine");
    context.messages.checkEdit(message);
    if (text === null) return { write: "edit", message };
    if (text === message.original) return { notice: "It says that already." };
    await context.messages.edit(message, text);
    return undefined;
  },
});
