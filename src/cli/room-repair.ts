import { defineCliCommand } from "./define.js";
import { findRoom, ROOM_ARGUMENT } from "./find-room.js";
import { printJson, printLine } from "./output.js";
import { roomJson } from "./shapes.js";
import { asCommandLine } from "./slash-words.js";

/** A long history is read anew from its first block. */
const REPAIR_MS = 600_000;

export const roomRepair = defineCliCommand({
  path: ["room", "repair"],
  summary: "Build a room anew from its logs, here and at the others",
  details: "For a room that has stopped. Nothing that only this machine has is deleted.",
  positionals: [ROOM_ARGUMENT],
  examples: [["keet-tui room repair tea", "says what it did"]],
  async run(shot, args) {
    const core = await shot.person();
    const { id } = await findRoom(core, args.text("room"));
    const { done, room } = await core.request("room.repair", { room: id }, { timeoutMs: REPAIR_MS });
    if (shot.globals.json) printJson({ done, room: roomJson(room) });
    else for (const sentence of done) printLine(asCommandLine(sentence));
    return 0;
  },
});
