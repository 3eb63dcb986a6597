import { defineCliCommand } from "./define.js";
import { sayDuration } from "./duration.js";
import { findRoom, ROOM_ARGUMENT } from "./find-room.js";
import { printJson, printTable } from "./output.js";
import { inviteJson } from "./shapes.js";

export const roomInvites = defineCliCommand({
  path: ["room", "invites"],
  summary: "The invites of a room",
  positionals: [ROOM_ARGUMENT],
  examples: [["keet-tui room invites tea", "id, state, uses, who made it"]],
  async run(shot, args) {
    const core = await shot.person();
    const room = await findRoom(core, args.text("room"));
    const invites = await core.request("room.invites", { room: room.id });
    if (shot.globals.json) printJson(invites.map(inviteJson));
    else {
      await printTable(
        invites.map((invite) => [
          invite.id,
          invite.state,
          `${invite.used} of ${invite.uses} used`,
          invite.state === "open" ? `${sayDuration(Date.parse(invite.expiresAt) - Date.now())} left` : "",
          `by ${invite.by.name}`,
        ]),
      );
    }
    return 0;
  },
});
