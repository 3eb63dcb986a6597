import type { CommandContext } from "./context.js";
import { defineCommand } from "./define.js";

export const speaker = defineCommand<CommandContext>()({
  name: "speaker",
  group: "calls",
  summary: "Which speaker you hear calls from, or another one",
  details:
    "A name as `/devices` has it, or `auto`. `/speaker file:heard.wav` writes what is said into a WAV file that is not there yet; say that you do.",
  args: [{ name: "device", type: "speaker", optional: true }],
  async run({ calls, settings }, { device }) {
    if (device === null) {
      const own = calls.own.getSnapshot();
      const name = own?.speaker.name ?? settings.valueOf(settings.named("speaker"));
      return { notice: `Your speaker is ${name}.`, hint: "/devices lists them." };
    }
    await calls.chooseDevice("speaker", device);
    return { notice: `Your speaker is ${device} now.`, hint: "/devices lists them; /speaker auto chooses." };
  },
});
