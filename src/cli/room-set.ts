import { KeetError } from "../errors.js";
import type { RightLevel } from "../rpc/methods.js";
import { defineCliCommand, type OptionSpec } from "./define.js";
import { findRoom, ROOM_ARGUMENT } from "./find-room.js";
import { printJson, printTable } from "./output.js";
import { rightsWords } from "./room-words.js";
import { roomJson } from "./shapes.js";

const LEVELS: readonly RightLevel[] = ["anyone", "moderators", "owners"];
const RIGHTS = ["post", "invite", "share", "call"] as const;

const level = (describe: string): OptionSpec => ({ type: "text", describe, choices: LEVELS });

export const roomSet = defineCliCommand({
  path: ["room", "set"],
  summary: "Change a room's name, topic, or who may do what in it",
  details: "For everybody in it. Your own settings of a room are changed by room prefs.",
  positionals: [ROOM_ARGUMENT],
  options: {
    name: { type: "text", describe: "What the room is called, up to 64 bytes" },
    topic: { type: "text", describe: 'What it is about; "" takes it away' },
    post: level("Who may write"),
    invite: level("Who may invite"),
    share: level("Who may share files"),
    call: level("Who may start a call"),
  },
  examples: [
    ['keet-tui room set tea --topic "green and black"', "what it is about"],
    ["keet-tui room set news --post moderators", "who may write"],
  ],
  async run(shot, args) {
    const name = args.option("name");
    const topic = args.option("topic");
    const rights = RIGHTS.flatMap((right) => {
      const value = args.option(right) as RightLevel | null;
      return value === null ? [] : [[right, value] as const];
    });
    if (name === null && topic === null && rights.length === 0) {
      throw new KeetError("user", "USAGE", "room set needs something to change", {
        hint: "One or more of --name, --topic, --post, --invite, --share, --call.",
      });
    }
    const core = await shot.person();
    const { id } = await findRoom(core, args.text("room"));
    const room = await core.request("room.set", {
      room: id,
      ...(name === null ? {} : { name }),
      ...(topic === null ? {} : { topic }),
      ...Object.fromEntries(rights),
    });
    if (shot.globals.json) printJson(roomJson(room));
    else {
      await printTable([
        ["name", room.name],
        ["topic", room.topic],
        ["who may", rightsWords(room.rights)],
      ]);
    }
    return 0;
  },
});
