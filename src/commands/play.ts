import { safe } from "../safe-text.js";
import { extentOf } from "../state/file-lines.js";
import { authorOf } from "../state/message-lines.js";
import type { MessageView } from "../state/model.js";
import { isHere } from "../state/sharing.js";
import type { CommandContext } from "./context.js";
import { defineCommand, type Wish } from "./define.js";

/** As with `/get`: from here on it is asked before it is fetched. */
const LARGE_BYTES = 100_000_000;
const STOP = "stop";

export const play = defineCommand<CommandContext>()({
  name: "play",
  group: "files",
  summary: "Play a voice note, pause it, let it go on",
  details:
    "Named as with `/get`; without a name it is the selected message, else the latest. It is fetched first where it is not here, and plays while it comes. `/play stop` ends it. Only a voice note plays; `/open` opens other files.",
  takesMessage: true,
  args: [{ name: "file", type: "file", shown: "file|stop", optional: true }],
  async run(context, { file: said }): Promise<Wish | undefined> {
    if (said?.toLowerCase() === STOP) {
      const wasPlaying = await context.playing.stop();
      return { notice: wasPlaying ? "Stopped." : "No voice note is being played." };
    }
    const message = await context.files.meant("play", said);
    const file = message.file!;
    if (file.voiceMs === null || isHere(file) || message.mine || file.bytes <= LARGE_BYTES)
      return begin(context, message);
    return {
      ask: safe`Play ${file.name}, ${extentOf(file)}?`,
      note: "All of it is fetched",
      yes: () => begin(context, message),
    };
  },
});

async function begin({ playing }: CommandContext, message: MessageView): Promise<Wish> {
  const did = await playing.toggle(message);
  if (did === "paused") return { notice: "Paused.", hint: "Again lets it go on." };
  if (did === "goes-on") return { notice: "It goes on." };
  const from = message.mine ? "Your" : safe`${authorOf(message)}'s`;
  return { notice: safe`${from} ${extentOf(message.file!)}` };
}
