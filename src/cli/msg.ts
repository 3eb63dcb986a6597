import { randomBytes } from "node:crypto";
import type { RpcClient } from "../rpc/client.js";
import type { RoomInfo } from "../rpc/methods.js";
import { safeName } from "../safe-text.js";
import { defineCliCommand } from "./define.js";
import { findMember, PERSON_ARGUMENT } from "./find-person.js";
import { findRoom } from "./find-room.js";
import { mentionsOf } from "./mentions.js";
import { messageText } from "./message-text.js";
import type { OneShot } from "./one-shot.js";
import { printJson, printLine, talk } from "./output.js";
import { roomJson } from "./shapes.js";

export const msg = defineCliCommand({
  path: ["msg"],
  summary: "Talk to one person: opens the room for two, or asks for one; prints its id",
  details:
    "With text it is sent there too. Somebody you have no room with is asked as soon as both of you are there, and answers when they like.",
  positionals: [PERSON_ARGUMENT, { name: "text", describe: "What to say", optional: true, rest: true }],
  options: {
    room: { type: "text", describe: "The room you know them from, where a name alone is not clear", completes: "room" },
  },
  examples: [
    ["keet-tui msg bob", "the id of the room for two"],
    ["keet-tui msg bob are you there?", "and a first message"],
  ],
  async run(shot, args) {
    const words = args.words("text");
    const text = words.length > 0 ? await messageText(shot, words) : null;
    const core = await shot.person();
    const room = await core.request("direct.open", await personIn(core, args.text("person"), args.option("room")));
    if (text !== null) {
      const id = randomBytes(16).toString("hex");
      await core.request("message.send", { room: room.id, text, id, ...(await mentionsOf(core, room.id, text)) });
    }
    if (shot.globals.json) printJson(roomJson(room));
    else {
      printLine(room.id);
      sayHowItStands(shot, room);
    }
    return 0;
  },
});

/** With a room to look in, the person is found here; without one, the core looks through all of them. */
export async function personIn(
  core: RpcClient,
  said: string,
  roomSaid: string | null,
): Promise<{ person: string; room?: string }> {
  if (roomSaid === null) return { person: said };
  const { id } = await findRoom(core, roomSaid);
  return { person: (await findMember(core, id, said)).id, room: id };
}

function sayHowItStands(shot: OneShot, room: RoomInfo): void {
  const name = safeName(room.with?.name ?? room.name);
  if (room.state === "asked") talk(`${name} hears of it when you are both there, and can say yes or no.`);
  if (room.state === "request") {
    talk(`${name} has asked you too. To say yes: ${shot.commandLine(`room accept ${room.id.slice(0, 16)}`)}`);
  }
}
