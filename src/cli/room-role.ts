import type { Role } from "../rpc/methods.js";
import { safeName } from "../safe-text.js";
import { defineCliCommand } from "./define.js";
import { findMember, PERSON_ARGUMENT } from "./find-person.js";
import { findRoom, ROOM_ARGUMENT } from "./find-room.js";
import { printJson, talk } from "./output.js";
import { memberJson } from "./shapes.js";

const ROLES: readonly Role[] = ["owner", "moderator", "member"];

export const roomRole = defineCliCommand({
  path: ["room", "role"],
  summary: "Make somebody owner, moderator or member",
  details: "Who was removed comes back by member and a new invite; name them by their id then.",
  positionals: [ROOM_ARGUMENT, PERSON_ARGUMENT, { name: "role", describe: "What they become", choices: ROLES }],
  examples: [
    ["keet-tui room role tea bob moderator", "may remove people and take messages back"],
    ["keet-tui room role tea 1a2b3c4d member", "by the first digits of an id"],
  ],
  async run(shot, args) {
    const role = args.text("role") as Role;
    const core = await shot.person();
    const room = await findRoom(core, args.text("room"));
    const said = args.text("person");
    // Somebody removed is in the list of members no more: an id goes to the core as it is.
    const person = /^[0-9a-f]{64}$/.test(said) ? said : (await findMember(core, room.id, said)).id;
    const member = await core.request("room.role", { room: room.id, person, role });
    if (shot.globals.json) printJson(memberJson(member));
    else
      talk(
        `${safeName(member.name)} is ${member.role === "owner" ? "an" : "a"} ${member.role} of "${safeName(room.name)}" now.`,
      );
    return 0;
  },
});
