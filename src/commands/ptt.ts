import type { CommandContext } from "./context.js";
import { defineCommand } from "./define.js";

export const ptt = defineCommand<CommandContext>()({
  name: "ptt",
  group: "calls",
  summary: "Be heard only while you hold Alt-V",
  details:
    "Push to talk. Where the terminal does not tell when a key is let go, Alt-V begins and Alt-V ends it. When the terminal is not in front any more it ends by itself. Kept on this machine.",
  args: [{ name: "state", type: "choice", choices: ["on", "off"], optional: true }],
  run({ settings }, { state }) {
    const isOn = settings.valueOf(settings.named("ptt")) === "on";
    const next = state ?? (isOn ? "off" : "on");
    settings.set("ptt", next);
    if (next === "on") {
      return { notice: "Push to talk is on.", hint: "You are heard only while you hold Alt-V. /ptt off ends that." };
    }
    return {
      notice: "Push to talk is off.",
      hint: "You are heard whenever you speak. /mic off closes your microphone.",
    };
  },
});
