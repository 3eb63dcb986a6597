import { plainText, type SafeText, safe } from "../safe-text.js";
import type { RoomView } from "../state/model.js";
import type { CommandContext } from "./context.js";
import type { Wish } from "./define.js";

/** `done`: what was done just before, where this is offered after it. */
export function askToRenew(context: CommandContext, room: RoomView, done: SafeText | null = null): Wish {
  return {
    ask: "Go on in a new room?",
    page: {
      title: safe`Go on from ${room.name} in a new room`,
      rows: [
        ...(done === null
          ? []
          : [
              { text: done },
              { text: plainText("They can still read what is written here, unless it goes on elsewhere.") },
            ]),
        { text: plainText("The new room has new keys. Nobody who was removed gets them.") },
        { text: plainText("The others are taken along as they appear; until then they wait here.") },
        { text: plainText("This room stays as it is, to read. What was said in it is not copied.") },
      ],
    },
    yes: async () => {
      const renewed = await context.running.renew(room.id);
      return {
        open: renewed.id,
        notice: `This is ${renewed.name}, with new keys.`,
        hint: "The others come in as they appear.",
      };
    },
  };
}
