import { reactionsOf, tagsOf } from "../export/words.js";
import { type CliCommand, defineCliCommand } from "./define.js";
import { findMessage, MESSAGE_ARGUMENT, WRITER_OPTION } from "./find-message.js";
import { findRoom, ROOM_ARGUMENT } from "./find-room.js";
import { printJson, talk } from "./output.js";
import { messageJson } from "./shapes.js";

export const messageReact = reacting({
  path: ["message", "react"],
  summary: "React to a message",
  examples: [["keet-tui message react tea 3f9a 👍", "shown under the message"]],
  remove: false,
});

export const messageUnreact = reacting({
  path: ["message", "unreact"],
  summary: "Take a reaction of yours back",
  examples: [["keet-tui message unreact tea 3f9a 👍", "the others' stay"]],
  remove: true,
});

function reacting({
  remove,
  ...texts
}: Pick<CliCommand, "path" | "summary" | "examples"> & { readonly remove: boolean }): CliCommand {
  return defineCliCommand({
    ...texts,
    positionals: [ROOM_ARGUMENT, MESSAGE_ARGUMENT, { name: "emoji", describe: "The character itself" }],
    options: { writer: WRITER_OPTION },
    async run(shot, args) {
      const core = await shot.person();
      const room = await findRoom(core, args.text("room"));
      const { id, writer } = await findMessage(core, room.id, args.text("id"), args.option("writer"));
      const emoji = args.text("emoji");
      const message = await core.request("message.react", { room: room.id, id, writer, emoji, remove });
      if (shot.globals.json) printJson(messageJson(message));
      else talk(reactionsOf(message, tagsOf(await core.request("room.members", { room: room.id }))) ?? "No reactions.");
      return 0;
    },
  });
}
