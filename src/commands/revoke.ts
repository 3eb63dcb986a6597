import type { CommandContext } from "./context.js";
import { defineCommand } from "./define.js";

export const revoke = defineCommand<CommandContext>()({
  name: "revoke",
  group: "rooms",
  summary: "Make a link admit nobody any more",
  isSecret: true,
  args: [{ name: "link", type: "text" }],
  async run(context, { link }) {
    const revoked = await context.revoke(context.here().id, link);
    const late = revoked.used > 0 ? ` ${revoked.used} came in before.` : "";
    return { notice: `That link admits nobody any more.${late}` };
  },
});
