import { defineCliCommand } from "./define.js";
import { findRoom } from "./find-room.js";
import { printJson, printTable } from "./output.js";
import { memberJson } from "./shapes.js";

export const members = defineCliCommand({
  path: ["members"],
  summary: "Who is in a room",
  positionals: [{ name: "room", describe: "Exact name, or 8 or more characters of the id" }],
  examples: [["keet-tui members tea", "name, role, here or away"]],
  async run(shot, args) {
    const core = await shot.person();
    const room = await findRoom(core, args.text("room"));
    const list = await core.request("room.members", { room: room.id });
    if (shot.globals.json) printJson(list.map(memberJson));
    else {
      await printTable(
        list.map((member) => [
          member.tag ? `${member.name} (${member.tag})` : member.name,
          member.id.slice(0, 16),
          member.role,
          member.mine ? "you" : member.here ? "here" : "away",
        ]),
      );
    }
    return 0;
  },
});
