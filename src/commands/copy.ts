import type { CommandContext } from "./context.js";
import { defineCommand } from "./define.js";

export const copy = defineCommand<CommandContext>()({
  name: "copy",
  group: "messages",
  summary: "Copy the selected message, or the latest",
  takesMessage: true,
  args: [],
  run: (context) => ({ copy: context.messages.textOf(context.messages.meant("anybody's")) }),
});
