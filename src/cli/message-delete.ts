import { defineCliCommand } from "./define.js";
import { findMessage, MESSAGE_ARGUMENT, WRITER_OPTION } from "./find-message.js";
import { findRoom, ROOM_ARGUMENT } from "./find-room.js";
import { printJson, talk } from "./output.js";
import { messageJson } from "./shapes.js";

export const messageDelete = defineCliCommand({
  path: ["message", "delete"],
  summary: "Take a message back",
  details:
    "Your own; that of somebody else where you are moderator or owner. It asks the programs of others to show it no more: who has read it has read it.",
  positionals: [ROOM_ARGUMENT, MESSAGE_ARGUMENT],
  options: { writer: WRITER_OPTION },
  examples: [["keet-tui message delete tea 3f9a", "for everybody in the room"]],
  async run(shot, args) {
    const core = await shot.person();
    const room = await findRoom(core, args.text("room"));
    const { id, writer } = await findMessage(core, room.id, args.text("id"), args.option("writer"));
    const message = await core.request("message.delete", { room: room.id, id, writer });
    if (shot.globals.json) printJson(messageJson(message));
    else talk("Taken back. Copies that others have made stay.");
    return 0;
  },
});
