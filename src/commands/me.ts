import type { CommandContext } from "./context.js";
import { defineCommand } from "./define.js";

export const me = defineCommand<CommandContext>()({
  name: "me",
  group: "messages",
  summary: "Say what you do: /me pours tea",
  args: [{ name: "text", type: "rest" }],
  run(context, { text }) {
    context.send(context.here().id, text, { action: true });
    return undefined;
  },
});
