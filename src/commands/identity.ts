import { plainText } from "../safe-text.js";
import type { CommandContext } from "./context.js";
import { defineCommand } from "./define.js";

export const identity = defineCommand<CommandContext>()({
  name: "identity",
  group: "people",
  summary: "Who you are here; with words: your 24 words",
  isSecret: true,
  args: [{ name: "what", type: "choice", choices: ["words"], optional: true }],
  run(context, { what }) {
    if (what === "words") return { show: "words" };
    const me = context.identity();
    return {
      show: "page",
      page: {
        title: plainText("You"),
        rows: [
          { label: plainText("name"), text: me.name },
          { label: plainText("device"), text: me.device },
          { label: plainText("fingerprint"), text: me.fingerprint },
          { text: plainText("Whoever reads you the same fingerprint talks to you and to nobody else.") },
          {
            label: plainText("words"),
            text: me.wordsSeen
              ? plainText("written down; /identity words shows them again")
              : plainText("not written down yet: /identity words"),
            isWarning: !me.wordsSeen,
          },
        ],
      },
    };
  },
});
