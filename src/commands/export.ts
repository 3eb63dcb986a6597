import { basename, dirname } from "node:path";
import { EXPORT_FORMATS, type ExportFormat, exportRoom } from "../export/export-room.js";
import { RoomPages } from "../export/room-pages.js";
import { tagsOf } from "../export/words.js";
import { safeLine } from "../safe-text.js";
import type { CommandContext } from "./context.js";
import { defineCommand, type Wish } from "./define.js";
import { datedName, newFileAt, writeNew } from "./new-file.js";

export const exportTalk = defineCommand<CommandContext>()({
  name: "export",
  group: "messages",
  summary: "Write this room's whole talk into a file",
  details:
    "Without a path it goes into the folder keet-tui was started in, by the room's name and the day. A file that is " +
    "there already is never replaced. `txt` and `md` are for reading, `json` has every text exactly as it was sent.",
  args: [
    { name: "format", type: "choice", choices: EXPORT_FORMATS, optional: true },
    { name: "path", type: "rest", optional: true },
  ],
  async run(context, { format: asked, path }): Promise<Wish> {
    const room = context.here();
    const format = (asked ?? "txt") as ExportFormat;
    const file = await newFileAt(path, datedName(room.name, context.now(), format));
    const tags = tagsOf(await context.loadMembers(room.id));
    const pages = new RoomPages((ask) => context.running.readRows(room.id, ask));
    const text = exportRoom(pages, { format, room, tags, now: context.now() });
    const told = followed(text, () => context.running.tell(`Writing ${room.name}: ${pages.given} of ${pages.total}`));
    const where = await writeNew(file, told);
    const written = `${pages.given === 1 ? "1 message is" : `${pages.given} messages are`} in ${safeLine(basename(where))}`;
    const folder = `The folder: ${safeLine(dirname(where))}`;
    if (pages.missing === 0) return { notice: written, hint: folder };
    const notice = `${written}; ${pages.missing} more are with people who are not here`;
    return { notice, hint: `Run it again when more people are here. ${folder}` };
  },
});

async function* followed(parts: AsyncIterable<string>, tell: () => void): AsyncGenerator<string> {
  for await (const part of parts) {
    tell();
    yield part;
  }
}
