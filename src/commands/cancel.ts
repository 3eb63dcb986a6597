import type { CommandContext } from "./context.js";
import { defineCommand } from "./define.js";

export const cancel = defineCommand<CommandContext>()({
  name: "cancel",
  group: "files",
  summary: "Stop fetching a file, or sharing it from here",
  details: "What came of it is forgotten; what is whole stays where it is. Named as with `/get`.",
  takesMessage: true,
  args: [{ name: "file", type: "file", optional: true }],
  async run(context, { file: said }) {
    const message = await context.files.meant("cancel", said);
    const { name, transfer } = message.file!;
    await context.files.cancel(message);
    if (message.mine) return { notice: `${name} is not shared from here any more`, hint: "/delete takes it back." };
    if (transfer?.state === "here") {
      return { notice: `${name} is not passed on from here any more`, hint: "It stays where it is." };
    }
    return { notice: `${name} is not fetched any more`, hint: "What came of it is gone; /get begins anew." };
  },
});
