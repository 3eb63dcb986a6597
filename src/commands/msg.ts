import type { CommandContext } from "./context.js";
import { defineCommand } from "./define.js";
import { roomOf } from "./named.js";

export const msg = defineCommand<CommandContext>()({
  name: "msg",
  aliases: ["query", "dm"],
  group: "rooms",
  summary: "Talk to somebody alone",
  details:
    "Opens the room for the two of you. Where there is none yet it asks them for one, as soon as you are both online. " +
    "What you write meanwhile waits for their answer.",
  opensRoom: true,
  args: [
    { name: "who", type: "person" },
    { name: "text", type: "rest", optional: true },
  ],
  async run(context, { who, text }) {
    const room = await context.running.openDirect(who.id, roomOf(context, who.id));
    if (text !== null && room.state !== "request") context.send(room.id, text, { action: false });
    const { name } = room;
    if (room.state === "request") {
      return { open: room.id, notice: `${name} asked first: /accept, or /decline.` };
    }
    if (room.state !== "asked") return { open: room.id };
    const hint = text === null ? "What you write here waits for them." : "What you wrote waits for them here.";
    return { open: room.id, notice: `${name} hears of it when you are both online.`, hint };
  },
});
