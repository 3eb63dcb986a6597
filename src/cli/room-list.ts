import { defineCliCommand } from "./define.js";
import { printJson, printTable, talk } from "./output.js";
import { stateWords } from "./room-words.js";
import { roomJson } from "./shapes.js";

export const roomList = defineCliCommand({
  path: ["room", "list"],
  summary: "All rooms of this profile",
  details:
    "Columns: name, first characters of the id, kind, members, unread, state. Between tabs where no person reads.",
  examples: [
    ["keet-tui room list", "for people"],
    ["keet-tui room list --json", "one list of objects"],
  ],
  async run(shot) {
    const core = await shot.person();
    const rooms = await core.request("room.list", {});
    if (shot.globals.json) printJson(rooms.map(roomJson));
    else {
      await printTable(
        rooms.map((room) => [
          room.name,
          room.id.slice(0, 16),
          room.kind,
          `${room.members} ${room.members === 1 ? "member" : "members"}`,
          room.unread > 0 ? `${room.unread} unread` : "",
          stateWords(room),
        ]),
      );
      if (rooms.length === 0) talk("No room yet. Make one: keet-tui room create tea");
    }
    return 0;
  },
});
