import { tagsOf } from "../export/words.js";
import { type CliCommand, defineCliCommand } from "./define.js";
import { findMessage, MESSAGE_ARGUMENT, WRITER_OPTION } from "./find-message.js";
import { findRoom, ROOM_ARGUMENT } from "./find-room.js";
import { printJson, printRaw, talk } from "./output.js";
import { messageJson } from "./shapes.js";
import { plainLine } from "./tail-line.js";

export const messagePin = pinning({
  path: ["message", "pin"],
  summary: "Pin a message, so that everybody finds it",
  examples: [["keet-tui message pin tea 3f9a", "message pins lists them"]],
  pinned: true,
});

export const messageUnpin = pinning({
  path: ["message", "unpin"],
  summary: "Unpin a message",
  examples: [["keet-tui message unpin tea 3f9a", "the message itself stays"]],
  pinned: false,
});

function pinning({
  pinned,
  ...texts
}: Pick<CliCommand, "path" | "summary" | "examples"> & { readonly pinned: boolean }): CliCommand {
  return defineCliCommand({
    ...texts,
    positionals: [ROOM_ARGUMENT, MESSAGE_ARGUMENT],
    options: { writer: WRITER_OPTION },
    async run(shot, args) {
      const core = await shot.person();
      const room = await findRoom(core, args.text("room"));
      const { id, writer } = await findMessage(core, room.id, args.text("id"), args.option("writer"));
      const message = await core.request("message.pin", { room: room.id, id, writer, pinned });
      if (shot.globals.json) printJson(messageJson(message));
      else talk(pinned ? "Pinned for everybody in the room." : "Pinned no more.");
      return 0;
    },
  });
}

export const messagePins = defineCliCommand({
  path: ["message", "pins"],
  summary: "The pinned messages of a room, the latest pin first",
  positionals: [ROOM_ARGUMENT],
  examples: [["keet-tui message pins tea --json", "one list of objects"]],
  async run(shot, args) {
    const core = await shot.person();
    const room = await findRoom(core, args.text("room"));
    const pins = await core.request("message.pins", { room: room.id });
    if (shot.globals.json) printJson(pins.map(messageJson));
    else {
      const tags = tagsOf(await core.request("room.members", { room: room.id }));
      for (const message of pins) printRaw(`${plainLine(message, tags)}\n`);
      if (pins.length === 0) talk("Nothing is pinned.");
    }
    return 0;
  },
});
