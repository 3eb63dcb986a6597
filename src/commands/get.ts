import { safe } from "../safe-text.js";
import { extentOf } from "../state/file-lines.js";
import type { MessageView } from "../state/model.js";
import { shownPath } from "../state/shown-path.js";
import type { CommandContext } from "./context.js";
import { defineCommand, type Wish } from "./define.js";

/** From here on it is asked first. */
const LARGE_BYTES = 100_000_000;

export const get = defineCommand<CommandContext>()({
  name: "get",
  aliases: ["savefile"],
  group: "files",
  summary: "Fetch a file: by name or number, else the latest",
  details:
    "It comes from everybody who has it, goes on where it was cut off, and never replaces a file. Numbers are those of " +
    "`/files`. It goes into the folder of `/set downloads`. Over 100 MB it asks first.",
  takesMessage: true,
  args: [{ name: "file", type: "file", optional: true }],
  async run(context, { file: said }): Promise<Wish> {
    const message = await context.files.meant("get", said);
    const { name, bytes, transfer } = message.file!;
    const isUnderWay = transfer !== null && transfer.state !== "failed";
    if (isUnderWay || bytes <= LARGE_BYTES) return begin(context, message);
    return {
      ask: safe`Get ${name}, ${extentOf(message.file!)}?`,
      note: safe`It goes into ${shownPath(context.files.folder())}`,
      yes: () => begin(context, message),
    };
  },
});

async function begin(context: CommandContext, message: MessageView): Promise<Wish> {
  const { name } = message.file!;
  const { state, path } = await context.files.get(message);
  const isHere = state === "here" || state === "shared";
  if (isHere) return { notice: `${name} is here`, hint: path === null ? "" : `${shownPath(path)} · /open opens it` };
  return {
    notice: `Getting ${name}, ${extentOf(message.file!)}`,
    hint: `Into ${shownPath(context.files.folder())}; /cancel stops it.`,
  };
}
