import { extentOf } from "../state/file-lines.js";
import type { CommandContext } from "./context.js";
import { defineCommand } from "./define.js";
import { pathsIn } from "./written-paths.js";

/** So many of what is left out are named; the rest is counted. */
const MAX_NAMED = 3;

/** From here on it is said that nothing of it is copied. */
const LARGE_BYTES = 1_000_000_000;
const LARGE_HINT = "Read from where it lies, it takes no further room; leave it as it is.";

export const send = defineCommand<CommandContext>()({
  name: "send",
  aliases: ["sendfile"],
  group: "files",
  summary: "Share files or a folder with this room",
  details:
    "Nothing is copied or uploaded: others fetch it from where it lies, so leave it as it is. Several paths become one " +
    "share. A path with spaces goes in quotes or with backslashes, as a terminal pastes it.",
  args: [{ name: "path", type: "paths", shown: "path…" }],
  async run(context, { path }) {
    const { message, leftOut } = await context.files.share(context.here().id, pathsIn(path));
    const { file } = message;
    const notice = file ? `Sharing ${file.name}, ${extentOf(file)}` : "Sharing it";
    const isLarge = (file?.bytes ?? 0) >= LARGE_BYTES;
    if (leftOut.length === 0)
      return { notice, hint: isLarge ? LARGE_HINT : "Others fetch it from here; leave it as it is." };
    const named = leftOut.slice(0, MAX_NAMED).map(({ path: which, why }) => `${which} (${why})`);
    const more = leftOut.length > MAX_NAMED ? ` and ${leftOut.length - MAX_NAMED} more` : "";
    return { notice: `${notice}; ${leftOut.length} left out`, hint: `Left out: ${named.join(", ")}${more}` };
  },
});
