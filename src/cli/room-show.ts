import { defineCliCommand } from "./define.js";
import { findRoom } from "./find-room.js";
import { printJson, printTable } from "./output.js";
import { roomDetailJson } from "./shapes.js";

export const roomShow = defineCliCommand({
  path: ["room", "show"],
  summary: "One room, with its inner state",
  positionals: [{ name: "room", describe: "Exact name, or 8 or more characters of the id" }],
  examples: [["keet-tui room show tea --json", "everything that is known about it"]],
  async run(shot, args) {
    const core = await shot.person();
    const { id } = await findRoom(core, args.text("room"));
    const room = await core.request("room.show", { room: id });
    const shown = roomDetailJson(room);
    if (shot.globals.json) printJson(shown);
    else {
      await printTable(
        Object.entries(shown)
          .filter(([, value]) => value !== null && value !== "")
          .map(([name, value]) => [name, typeof value === "object" ? JSON.stringify(value) : String(value)]),
      );
    }
    return 0;
  },
});
