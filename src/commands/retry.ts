import { KeetError } from "../errors.js";
import type { MessageView } from "../state/model.js";
import type { CommandContext } from "./context.js";
import { defineCommand, type Wish } from "./define.js";

export const retry = defineCommand<CommandContext>()({
  name: "retry",
  group: "messages",
  summary: "Send again the selected message, or all that failed here",
  details: "What only waits for somebody to appear goes out by itself.",
  takesMessage: true,
  args: [],
  run: async (context) => outcome(await context.messages.retry()),
});

/** @throws NOT_SENT */
function outcome(tried: readonly MessageView[]): Wish {
  if (tried.length === 0) {
    return { notice: "Nothing failed here", hint: "What shows · waits, and goes out by itself." };
  }
  const failed = tried.filter(({ state }) => state === "failed");
  const waiting = tried.filter(({ state }) => state === "pending");
  if (failed.length > 0) {
    const which = tried.length === 1 ? "It could not be sent" : `${failed.length} of ${tried.length} could not be sent`;
    throw new KeetError("peer", "NOT_SENT", `${which}: ${failed[0]!.reason ?? "the room refused it"}`, {
      hint: "It stays here, marked ✗.",
    });
  }
  if (waiting.length === 0) return { notice: `Sent again: ${counted(tried.length)}` };
  return {
    notice: `Tried again: ${counted(tried.length)}; ${waiting.length} still waiting`,
    hint: "It is kept, and goes out when the room takes it.",
  };
}

function counted(count: number): string {
  return count === 1 ? "1 message" : `${count} messages`;
}
