import { defineCliCommand } from "./define.js";
import { findRoom, ROOM_ARGUMENT } from "./find-room.js";
import { printJson, talk } from "./output.js";

export const roomLeave = defineCliCommand({
  path: ["room", "leave"],
  summary: "Forget a room on this device",
  positionals: [ROOM_ARGUMENT],
  examples: [["keet-tui room leave tea", "the others keep it"]],
  async run(shot, args) {
    const core = await shot.person();
    const room = await findRoom(core, args.text("room"));
    await core.request("room.leave", { room: room.id });
    if (shot.globals.json) printJson({ id: room.id, name: room.name });
    else talk(`"${room.name}" is gone from this device.`);
    return 0;
  },
});
