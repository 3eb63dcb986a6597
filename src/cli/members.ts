import { defineCliCommand } from "./define.js";
import { findRoom, ROOM_ARGUMENT } from "./find-room.js";
import { printJson, printTable } from "./output.js";
import { hereWords, memberName } from "./room-words.js";
import { memberJson } from "./shapes.js";

export const members = defineCliCommand({
  path: ["members"],
  summary: "Who is in a room",
  details:
    "Columns: name, first characters of the id, role, here or when seen last. A name another looks like has a tag behind it.",
  positionals: [ROOM_ARGUMENT],
  examples: [["keet-tui members tea", "role, and who is here"]],
  async run(shot, args) {
    const core = await shot.person();
    const room = await findRoom(core, args.text("room"));
    const list = await core.request("room.members", { room: room.id });
    if (shot.globals.json) printJson(list.map(memberJson));
    else {
      await printTable(
        list.map((member) => [
          memberName(member),
          member.id.slice(0, 16),
          member.role,
          hereWords(member),
          member.blocked ? "blocked by you" : "",
        ]),
      );
    }
    return 0;
  },
});
