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
      describe: "Everybody writes, two people, or only moderators write",
      choices: ["group", "direct", "broadcast"],
      default: "group",
    },
    topic: { type: "text", describe: "What it is about" },
  },
  examples: [
    ["keet-tui room create tea", "a room for a group"],
    ["id=$(keet-tui room create tea)", "its id, for a script"],
  ],
  async run(shot, args) {
    const core = await shot.person();
    const topic = args.option("topic");
    const room = await core.request("room.create", {
      name: args.text("name"),
      kind: (args.option("kind") ?? "group") as "group" | "direct" | "broadcast",
      ...(topic === null ? {} : { topic }),
    });
    if (shot.globals.json) printJson(roomJson(room));
    else printLine(room.id);
    return 0;
  },
});
