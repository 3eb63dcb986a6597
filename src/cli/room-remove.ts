import { safeName } from "../safe-text.js";
import { confirm, YES_OPTION } from "./confirm.js";
import { defineCliCommand } from "./define.js";
import { findMember, PERSON_ARGUMENT } from "./find-person.js";
import { findRoom, ROOM_ARGUMENT } from "./find-room.js";
import { printJson, talk } from "./output.js";
import { personJson } from "./shapes.js";

export const roomRemove = defineCliCommand({
  path: ["room", "remove"],
  summary: "Take somebody's right to write in a room",
  details:
    "They keep what they have and can go on reading: the room's key cannot be taken back. room renew goes on without them.",
  positionals: [ROOM_ARGUMENT, PERSON_ARGUMENT],
  options: { yes: YES_OPTION },
  examples: [["keet-tui room remove tea eve", "asks first"]],
  async run(shot, args) {
    const core = await shot.person();
    const room = await findRoom(core, args.text("room"));
    const member = await findMember(core, room.id, args.text("person"));
    const name = safeName(member.name);
    if (!args.flag("yes")) {
      await confirm(
        shot,
        `${name} (${member.id.slice(0, 16)}) can write in "${safeName(room.name)}" no more, but keeps what they have and can go on reading.`,
        `Remove ${name}?`,
      );
    }
    await core.request("room.remove", { room: room.id, person: member.id });
    if (shot.globals.json) printJson({ room: room.id, person: personJson(member) });
    else
      talk(
        `${name} is removed. To go on where they cannot read: ${shot.commandLine(`room renew ${room.id.slice(0, 16)}`)}`,
      );
    return 0;
  },
});
