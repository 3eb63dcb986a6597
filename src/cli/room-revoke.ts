import { defineCliCommand } from "./define.js";
import { findRoom, ROOM_ARGUMENT } from "./find-room.js";
import { printJson, talk } from "./output.js";
import { inviteJson } from "./shapes.js";

export const roomRevoke = defineCliCommand({
  path: ["room", "revoke"],
  summary: "Make an invite admit nobody any more",
  positionals: [ROOM_ARGUMENT, { name: "invite", describe: "Its id, as room invites prints it, or the link" }],
  examples: [["keet-tui room revoke tea 3f9a0c1d22e84b57", "who joined by it stays"]],
  async run(shot, args) {
    const core = await shot.person();
    const room = await findRoom(core, args.text("room"));
    const invite = await core.request("room.revoke", { room: room.id, invite: args.text("invite") });
    if (shot.globals.json) printJson(inviteJson(invite));
    else talk("Nobody can join by this invite any more.");
    return 0;
  },
});
