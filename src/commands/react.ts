import { KeetError } from "../errors.js";
import type { CommandContext } from "./context.js";
import { defineCommand } from "./define.js";
import { emojiFor, emojiIn } from "./emoji.js";

const MAX_NEAR = 4;

export const react = defineCommand<CommandContext>()({
  name: "react",
  group: "messages",
  summary: "React to the selected message, or the latest of others",
  details: "With an emoji or its name: `/react 👍`, `/react :tada`. The one you gave already is taken back.",
  takesMessage: true,
  args: [{ name: "emoji", type: "rest", optional: true }],
  async run(context, { emoji }) {
    const message = context.messages.meant("theirs");
    context.messages.checkReact(message);
    if (emoji === null) return { write: "react", message };
    await context.messages.react(message, emojiOf(emoji));
    return undefined;
  },
});

/** @throws NO_SUCH_EMOJI */
export function emojiOf(written: string): string {
  const emoji = emojiIn(written);
  if (emoji !== null) return emoji;
  const near = emojiFor(written).slice(0, MAX_NEAR);
  const hint = near.length > 0 ? near.map(({ name, text }) => `:${name} ${text}`).join("  ") : "Such as 👍 or :tada.";
  throw new KeetError("user", "NO_SUCH_EMOJI", `${written} is no emoji`, { hint });
}
