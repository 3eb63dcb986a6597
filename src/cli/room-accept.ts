import { safeName } from "../safe-text.js";
import { defineCliCommand } from "./define.js";
import { findRoom, ROOM_ARGUMENT } from "./find-room.js";
import { printJson, printLine, talk } from "./output.js";
import { roomJson } from "./shapes.js";

export const roomAccept = defineCliCommand({
  path: ["room", "accept"],
  summary: "Say yes to somebody who asks to talk to you; prints the room's id",
  details: "Requests stand in room list. room leave says no, and block that you want to hear nothing more of them.",
  positionals: [ROOM_ARGUMENT],
  examples: [["keet-tui room accept bob", "a room for two is called like the other one"]],
  async run(shot, args) {
    const core = await shot.person();
    const { id } = await findRoom(core, args.text("room"));
    const room = await core.request("direct.accept", { room: id });
    if (shot.globals.json) printJson(roomJson(room));
    else {
      printLine(room.id);
      talk(`You can talk to ${safeName(room.with?.name ?? room.name)} now.`);
    }
    return 0;
  },
});
