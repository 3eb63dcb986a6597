import { KeetError } from "../errors.js";
import type { CommandContext } from "./context.js";
import { defineCommand } from "./define.js";

export const hangup = defineCommand<CommandContext>()({
  name: "hangup",
  group: "calls",
  summary: "Leave the call; or say not now to one that rings",
  details: "The others go on without you. Your microphone is closed.",
  args: [],
  async run({ calls }) {
    const left = await calls.hangUp();
    if (left) return { notice: `You left the call of ${left.name}.`, hint: "Your microphone is closed." };
    const ring = calls.ringing.store.getSnapshot();
    if (!ring) throw new KeetError("user", "NO_CALL", "You are in no call", { hint: "/call begins one." });
    await calls.decline(ring.room.id);
    return { notice: `You said not now to ${ring.room.name}.`, hint: "/call there calls back." };
  },
});
