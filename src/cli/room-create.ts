import { KeetError } from "../errors.js";
import type { RoomKind } from "../rpc/methods.js";
import { defineCliCommand } from "./define.js";
import { printJson, printLine } from "./output.js";
import { roomJson } from "./shapes.js";

export const roomCreate = defineCliCommand({
  path: ["room", "create"],
  summary: "Make a room; prints its id",
  positionals: [{ name: "name", describe: "What the room is called, up to 64 bytes" }],
  options: {
    kind: {
      type: "text",
      describe: "Everybody writes, or only moderators do; a room for two is made by msg",
      choices: ["group", "direct", "broadcast"],
      default: "group",
    },
    topic: { type: "text", describe: "What it is about" },
  },
  examples: [
    ["keet-tui room create tea", "a room for a group"],
    ["keet-tui room create news --kind broadcast", "where only moderators write"],
    ["id=$(keet-tui room create tea)", "its id, for a script"],
  ],
  async run(shot, args) {
    const kind = (args.option("kind") ?? "group") as RoomKind;
    if (kind === "direct") {
      throw new KeetError("user", "USAGE", "A room for two is not made: one of you asks, and the other says yes", {
        hint: `Ask them: ${shot.commandLine("msg <person>")}`,
      });
    }
    const core = await shot.person();
    const topic = args.option("topic");
    const room = await core.request("room.create", {
      name: args.text("name"),
      kind,
      ...(topic === null ? {} : { topic }),
    });
    if (shot.globals.json) printJson(roomJson(room));
    else printLine(room.id);
    return 0;
  },
});
