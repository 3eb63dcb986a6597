import type { CommandContext } from "./context.js";
import { defineCommand } from "./define.js";
import { topicNamed } from "./topics.js";

export const help = defineCommand<CommandContext>()({
  name: "help",
  group: "program",
  summary: "Every key and command, or one of them, or a topic",
  details: "Topics are `rooms`, `people`, `messages`, `files`, `calls`, `program`, `writing`, `selecting` and `keys`.",
  args: [{ name: "command", type: "command", optional: true, shown: "command|topic" }],
  run(_context, { command }) {
    if (command === null) return { show: "help" };
    const topic = topicNamed(command);
    return topic ? { show: "help", topic } : { show: "usage", command };
  },
});
