import { plainText, safe } from "../safe-text.js";
import type { CommandContext } from "./context.js";
import { defineCommand } from "./define.js";

export const verify = defineCommand<CommandContext>()({
  name: "verify",
  group: "people",
  summary: "Who wrote the selected message, or the last one",
  takesMessage: true,
  args: [],
  async run(context) {
    const checked = await context.verify();
    const isMine = checked.verified && checked.fingerprint === context.identity().fingerprint;
    return {
      show: "page",
      page: {
        title: plainText("Who wrote this?"),
        rows: [
          ...checked.steps.map(({ what, ok, detail }) => ({
            label: safe`${what}`,
            text: safe`${detail}  ${ok ? "ok" : "not ok"}`,
            isWarning: !ok,
          })),
          { label: plainText("fingerprint"), text: safe`${checked.fingerprint}` },
          {
            text: isMine
              ? plainText("This is yours. Others see the same fingerprint when they ask who wrote it.")
              : checked.verified
                ? safe`Read the fingerprint to ${checked.author} by another way; /identity shows them theirs.`
                : safe`This did not come from ${checked.author} as claimed.`,
            isWarning: !checked.verified,
          },
        ],
      },
    };
  },
});
