import { safe } from "../safe-text.js";
import { authorOf } from "../state/message-lines.js";
import { shownPath } from "../state/shown-path.js";
import type { CommandContext } from "./context.js";
import { defineCommand } from "./define.js";

export const open = defineCommand<CommandContext>()({
  name: "open",
  group: "files",
  summary: "Open a file that is here with the system's program",
  details: "Asks first, and nothing is ever opened by itself. Named as with `/get`.",
  takesMessage: true,
  args: [{ name: "file", type: "file", optional: true }],
  async run(context, { file: said }) {
    const message = await context.files.meant("open", said);
    const { name } = message.file!;
    const path = context.files.placeOf(message);
    const from = message.mine ? "Yours" : safe`From ${authorOf(message)}; open only what you expected`;
    return {
      ask: safe`Open ${name}?`,
      note: safe`${shownPath(path)} · ${from}`,
      yes: async () => {
        await context.openPath(path);
        return { notice: `${name} is being opened`, hint: shownPath(path) };
      },
    };
  },
});
