import { defineCliCommand } from "./define.js";
import { findMessage, MESSAGE_ARGUMENT, WRITER_OPTION } from "./find-message.js";
import { findRoom, ROOM_ARGUMENT } from "./find-room.js";
import { mentionsOf } from "./mentions.js";
import { messageText } from "./message-text.js";
import { printJson } from "./output.js";
import { messageJson } from "./shapes.js";

export const messageEdit = defineCliCommand({
  path: ["message", "edit"],
  summary: "Replace the text of a message of yours",
  details: "Everybody sees that it was edited. Without words, standard input is the new text, as in send.",
  positionals: [
    ROOM_ARGUMENT,
    MESSAGE_ARGUMENT,
    { name: "text", describe: "What it says from now on", optional: true, rest: true },
  ],
  options: { writer: WRITER_OPTION },
  examples: [
    ['keet-tui message edit tea 3f9a "the kettle was on"', "all of it, not a part"],
    ["keet-tui message edit tea 3f9a < text", "standard input, whole"],
  ],
  async run(shot, args) {
    const text = await messageText(shot, args.words("text"));
    const core = await shot.person();
    const room = await findRoom(core, args.text("room"));
    const { id, writer } = await findMessage(core, room.id, args.text("id"), args.option("writer"));
    const mentions = await mentionsOf(core, room.id, text);
    const message = await core.request("message.edit", { room: room.id, id, writer, text, ...mentions });
    if (shot.globals.json) printJson(messageJson(message));
    return 0;
  },
});
