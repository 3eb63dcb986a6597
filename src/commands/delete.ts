import type { CommandContext } from "./context.js";
import { defineCommand } from "./define.js";

export const deleteMessage = defineCommand<CommandContext>()({
  name: "delete",
  aliases: ["redact"],
  group: "messages",
  summary: "Take the selected message back, or your latest",
  details: "Everybody's program is asked to hide it. Whoever has read or copied it has it.",
  takesMessage: true,
  args: [],
  run(context) {
    const message = context.messages.meant("mine");
    context.messages.checkDelete(message);
    return {
      ask: "Take it back for everyone?",
      about: message,
      note: "Asks others to hide it; read stays read",
      yes: async () => {
        await context.messages.delete(message);
        return undefined;
      },
    };
  },
});
