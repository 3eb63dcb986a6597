import { clockOf } from "../amounts.js";
import type { CommandContext } from "./context.js";
import { defineCommand } from "./define.js";

export const voice = defineCommand<CommandContext>()({
  name: "voice",
  group: "files",
  summary: "Record a voice note for this room",
  details:
    "Your microphone is open until you send or drop it; the row above the line shows it. `/voice send` and `/voice drop` do the same as the keys. Not in a call.",
  args: [{ name: "do", type: "choice", choices: ["send", "drop"], optional: true }],
  async run(context, { do: what }) {
    if (what === "drop") {
      await context.voice.drop();
      return { notice: "Nothing of it is left.", hint: "/voice begins again." };
    }
    if (what === "send") return await sendNote(context);
    await context.voice.begin(context.here());
    return { notice: "Recording a voice note.", hint: "Enter sends it, Esc drops it." };
  },
});

export async function sendNote({ voice }: Pick<CommandContext, "voice">): Promise<{ readonly notice: string }> {
  const sent = await voice.send();
  return { notice: sent === null ? "Not yet: the microphone is being opened." : `Voice note sent, ${clockOf(sent)}.` };
}
