import { KeetError } from "../errors.js";
import type { RoomView } from "../state/model.js";
import type { CommandContext } from "./context.js";
import { defineCommand, type Wish } from "./define.js";

export const call = defineCommand<CommandContext>()({
  name: "call",
  group: "calls",
  summary: "Start the call of this room, or come into it",
  details:
    "With a name, that of another room. Your microphone is open from then on, until `/hangup`; the row above the line shows it. Others of the room see that there is a call; whom you talk to alone hears it ring.",
  args: [{ name: "room", type: "room", optional: true }],
  async run(context, { room }) {
    return await enterCall(context, room === null ? context.here() : roomNamed(context, room.id));
  },
});

function roomNamed(context: CommandContext, id: string): RoomView {
  const room = context.rooms().find((one) => one.id === id);
  if (room) return room;
  throw new KeetError("user", "NO_SUCH_ROOM", "That room is gone", { hint: "/list names those there are." });
}

export async function enterCall(context: Pick<CommandContext, "calls">, room: RoomView): Promise<Wish> {
  await context.calls.start(room);
  const own = context.calls.own.getSnapshot();
  const isAlone = own?.people.length === 0;
  const waits = room.kind === "direct" ? "it rings there" : "the others see it, and can come in";
  const hint =
    own?.usesKey === true
      ? "You are heard while you hold Alt-V. /hangup leaves."
      : "Your microphone is open. /mic off closes it, /hangup leaves.";
  return { notice: `You are in the call of ${room.name}${isAlone ? `; ${waits}` : ""}.`, hint };
}
