import { resolve } from "node:path";
import { defineCliCommand } from "./define.js";
import { follow, ProgressTalk, progressLine } from "./file-common.js";
import { findRoom, ROOM_ARGUMENT } from "./find-room.js";
import { printJson, printLine, talk } from "./output.js";
import { messageJson } from "./shapes.js";

/** From here on it is said before that others fetch it from where it lies. */
const LARGE_BYTES = 1_000_000_000;

export const fileSend = defineCliCommand({
  path: ["file", "send"],
  summary: "Share a file or a folder with a room, from where it lies",
  details:
    "Nothing is copied and nothing is uploaded: others fetch it from this machine, and from everybody who has it already, while the core here runs. That is up to ten minutes after this command, or until some other device has all of it and nobody is fetching it from here; keet-tui daemon --detach keeps it. The file has to stay as it is; one that is changed is not given any more. What is no plain file is left out and named, and so is an empty folder in a folder.",
  positionals: [ROOM_ARGUMENT, { name: "paths", describe: "Files or folders; several become one share", rest: true }],
  examples: [
    ["keet-tui file send tea notes.txt", "prints the id of its message"],
    ["keet-tui file send tea trip/ --json", "a folder, with its progress"],
  ],
  async run(shot, args) {
    const core = await shot.person();
    const room = await findRoom(core, args.text("room"));
    await core.attach();
    const progress = new ProgressTalk(!shot.globals.json);
    const paths = args.words("paths").map((path) => resolve(path));
    const { message, leftOut } = await core.request("file.send", { room: room.id, paths }, { timeoutMs: 600_000 });
    for (const { path, why } of leftOut) talk(`left out: ${path} (${why})`);
    const name = message.file?.name ?? "";
    const isLarge = (message.file?.bytes ?? 0) >= LARGE_BYTES;
    if (isLarge) talk("It is read from where it lies and takes no further room on this disk; leave it as it is.");
    let last = message.file?.transfer ?? null;
    if (last?.state === "reading") {
      last = await follow(core, message, (transfer) => {
        if (shot.globals.json) printJson({ progress: transfer });
        else progress.show(progressLine(name, transfer));
        return transfer.state === "reading" ? "on" : "over";
      });
    }
    if (last?.state === "failed") {
      talk(`keet-tui: ${last.reason ?? "it could not be shared"}`);
      return 1;
    }
    if (shot.globals.json) printJson(messageJson(await core.request("message.get", { room: room.id, id: message.id })));
    else printLine(message.id);
    return 0;
  },
});
