import { nameOf, quoteOf, reactionsOf, tagsOf } from "../export/words.js";
import { safeFileName, safeText } from "../safe-text.js";
import { extentOf } from "../state/file-lines.js";
import { voiceMsOf } from "../state/views.js";
import { defineCliCommand } from "./define.js";
import { findMessage, MESSAGE_ARGUMENT, WRITER_OPTION } from "./find-message.js";
import { findRoom, ROOM_ARGUMENT } from "./find-room.js";
import { printJson, printTable } from "./output.js";
import { messageJson } from "./shapes.js";

export const messageShow = defineCliCommand({
  path: ["message", "show"],
  summary: "One message, whole",
  positionals: [ROOM_ARGUMENT, MESSAGE_ARGUMENT],
  options: { writer: WRITER_OPTION },
  examples: [["keet-tui message show tea 3f9a", "who wrote it and when, its text, who reacted"]],
  async run(shot, args) {
    const core = await shot.person();
    const room = await findRoom(core, args.text("room"));
    const message = await findMessage(core, room.id, args.text("id"), args.option("writer"));
    if (shot.globals.json) {
      printJson(messageJson(message));
      return 0;
    }
    const tags = tagsOf(await core.request("room.members", { room: room.id }));
    const rows: (readonly [string, string | null])[] = [
      ["id", message.id],
      ["writer", message.writer],
      ["author", nameOf(message.author, tags)],
      ["sent", message.sentAt],
      ["came", message.receivedAt],
      ["edited", message.editedAt],
      ["state", message.state],
      ["signature", message.verified ? "holds" : "does not hold: it did not come from them as claimed"],
      ["answers", quoteOf(message, tags)],
      ["pinned", message.pinned ? "yes" : null],
      ["reactions", reactionsOf(message, tags)],
      [
        "file",
        message.file &&
          `${safeFileName(message.file.name)}, ${extentOf({ ...message.file, voiceMs: voiceMsOf(message.file) })}`,
      ],
      ["taken back", message.deleted ? (message.deletedBy ? `by ${nameOf(message.deletedBy, tags)}` : "yes") : null],
      ...safeText(message.text)
        .split("\n")
        .map((line, at) => [at === 0 ? "text" : "", line] as const),
    ];
    await printTable(rows.flatMap(([name, value]) => (value === null ? [] : [[name, value]])));
    return 0;
  },
});
