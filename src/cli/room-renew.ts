import { safeName } from "../safe-text.js";
import { confirm, YES_OPTION } from "./confirm.js";
import { defineCliCommand } from "./define.js";
import { findRoom, ROOM_ARGUMENT } from "./find-room.js";
import { printJson, printLine, talk } from "./output.js";
import { roomJson } from "./shapes.js";

export const roomRenew = defineCliCommand({
  path: ["room", "renew"],
  summary: "Go on in a new room with new keys, without those removed; prints its id",
  details: "The others are taken along as they appear. The old room stays to read, and nobody can write in it.",
  positionals: [ROOM_ARGUMENT],
  options: { yes: YES_OPTION },
  examples: [["keet-tui room renew tea", "after somebody was removed"]],
  async run(shot, args) {
    const core = await shot.person();
    const old = await findRoom(core, args.text("room"));
    const name = safeName(old.name);
    if (!args.flag("yes")) {
      await confirm(
        shot,
        `"${name}" goes on in a new room, and nobody can write in the old one any more.`,
        `Renew ${name}?`,
      );
    }
    const room = await core.request("room.renew", { room: old.id });
    if (shot.globals.json) printJson(roomJson(room));
    else {
      printLine(room.id);
      talk(`"${name}" goes on there. Who is not here now is taken along as they appear.`);
    }
    return 0;
  },
});
