import type { CommandContext } from "./context.js";
import { defineCommand } from "./define.js";

export const search = defineCommand<CommandContext>()({
  name: "search",
  aliases: ["find"],
  group: "messages",
  summary: "Find messages by words in them",
  details: 'All words have to be there, in any case. `"…"` keeps words together, `from:alice` asks for an author.',
  args: [{ name: "words", type: "rest", optional: true }],
  run: (_context, { words }) => ({ show: "search", words: words ?? "" }),
});
