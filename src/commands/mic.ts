import type { CommandContext } from "./context.js";
import { defineCommand, type Wish } from "./define.js";

export const mic = defineCommand<CommandContext>()({
  name: "mic",
  group: "calls",
  summary: "Open or close your microphone, or choose another one",
  details:
    "`/mic off` closes it for as long as this call lasts, `/mic on` opens it again. With a name as `/devices` has it, or `auto`, that one is used from now on. `/mic file:talk.wav` plays a WAV file in its place.",
  args: [{ name: "device", type: "microphone", shown: "on|off|device", optional: true }],
  async run({ calls, settings }, { device }) {
    const word = device?.toLowerCase();
    if (word === "on" || word === "off") return muted(calls, word === "off");
    if (device !== null) {
      await calls.chooseDevice("microphone", device);
      return { notice: `Your microphone is ${device} now.`, hint: "/devices lists them; /mic auto chooses." };
    }
    const own = calls.own.getSnapshot();
    const chosen = settings.valueOf(settings.named("mic"));
    if (!own) return { notice: `Your microphone is ${chosen}, and closed.`, hint: "It is open in calls alone." };
    const name = own.microphone.name;
    const hint = own.isMuted ? "/mic on opens it." : "/mic off closes it.";
    return { notice: `Your microphone is ${name}, and ${own.isMuted ? "closed" : "open"}.`, hint };
  },
});

/** @throws NO_CALL */
export function muted(calls: CommandContext["calls"], isMuted: boolean): Wish {
  calls.mute(isMuted);
  if (isMuted) return { notice: "Your microphone is closed.", hint: "/mic on opens it." };
  const usesKey = calls.own.getSnapshot()?.usesKey === true;
  return {
    notice: "Your microphone is open.",
    hint: usesKey ? "You are heard while you hold Alt-V." : "/mic off closes it.",
  };
}
