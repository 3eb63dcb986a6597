import { setTimeout } from "node:timers/promises";
import { clockOf, rateOf, sizeOf } from "../amounts.js";
import { nameOf, tagsOf } from "../export/words.js";
import type { RpcClient } from "../rpc/client.js";
import type { MessageInfo } from "../rpc/methods.js";
import { voiceMsOf } from "../state/views.js";
import { defineCliCommand } from "./define.js";
import { FILE_ARGUMENT, findFile, findPart, treeOf } from "./file-common.js";
import { findRoom, ROOM_ARGUMENT } from "./find-room.js";
import { printJson, printTable, talk } from "./output.js";
import { messageJson } from "./shapes.js";

const MAX_FILES = 200;
/** A share is open for a minute. */
const ASK_AGAIN_MS = 20_000;

export const fileList = defineCliCommand({
  path: ["file", "list"],
  summary: "The files of a room, the newest first: size, who shared it, how much is here; or what is in one folder",
  positionals: [
    ROOM_ARGUMENT,
    { name: "folder", describe: "A shared folder, or a folder in it: what is in there is listed", optional: true },
  ],
  examples: [["keet-tui file list tea --json", "one list of objects"]],
  async run(shot, args) {
    const core = await shot.person();
    const room = await findRoom(core, args.text("room"));
    const folder = args.optionalText("folder");
    if (folder !== null) return await listTree(core, room.id, folder, shot.globals.json);
    const files = await core.request("file.list", { room: room.id, limit: MAX_FILES });
    if (shot.globals.json) {
      printJson(files.map(messageJson));
      return 0;
    }
    const tags = tagsOf(await core.request("room.members", { room: room.id }));
    await printTable(
      files.map((message) => [message.id.slice(0, 8), ...columns(message), nameOf(message.author, tags)]),
    );
    if (files.length === 0) talk("Nothing was shared here yet.");
    return 0;
  },
});

/** Each with its path, as `file get` takes it. */
async function listTree(core: RpcClient, room: string, said: string, isJson: boolean): Promise<number> {
  const { message, part } = await findPart(core, room, said);
  const all = (await treeOf(core, message)).map(({ path, bytes }) => ({
    path: message.file?.isFolder ? `${message.file.name}/${path}` : path,
    bytes,
  }));
  const at = `${message.file?.name}/${part}`;
  const files = part === null ? all : all.filter(({ path }) => path === at || path.startsWith(`${at}/`));
  if (isJson) printJson(files);
  else await printTable(files.map(({ path, bytes }) => [path, sizeOf(bytes)]));
  return 0;
}

function columns({ file }: MessageInfo): [string, string, string] {
  if (!file) return ["", "", ""];
  const { transfer } = file;
  if (file.unsharedBy) return [file.name, "", "taken back"];
  const name = file.isFolder ? `${file.name}/` : file.name;
  const voiceMs = voiceMsOf(file);
  const size = voiceMs === null ? sizeOf(file.bytes) : `${clockOf(voiceMs)}, ${sizeOf(file.bytes)}`;
  if (!transfer) return [name, size, "not fetched"];
  const share = transfer.of > 0 ? Math.floor((transfer.bytes / transfer.of) * 100) : 100;
  const speed = transfer.perSecond > 0 ? ` ${rateOf(transfer.perSecond)}` : "";
  const words = {
    queued: "waits",
    reading: `being read, ${share} %${speed}`,
    fetching: `${share} %${speed}`,
    paused: `${share} %, ${transfer.reason ?? "paused"}`,
    here: "here",
    shared: "shared from here",
    failed: transfer.reason ?? "failed",
  };
  return [name, size, words[transfer.state]];
}

export const fileCancel = defineCliCommand({
  path: ["file", "cancel"],
  summary: "Fetch a file no more and forget what came of it, or share it no more from this machine",
  positionals: [ROOM_ARGUMENT, FILE_ARGUMENT],
  examples: [["keet-tui file cancel tea movie.mkv", "what is whole stays where it is"]],
  async run(shot, args) {
    const core = await shot.person();
    const room = await findRoom(core, args.text("room"));
    const { id, writer } = await findFile(core, room.id, args.text("file"));
    await core.request("file.cancel", { room: room.id, id, writer });
    if (!shot.globals.json) talk("Done.");
    return 0;
  },
});

export const fileShow = defineCliCommand({
  path: ["file", "show"],
  summary: "One shared file, with the keys by which any Hyperdrive program reads it and nothing else",
  details:
    "Other programs reach nothing here by themselves: with --open, and while this command runs, whoever has the keys gets this one share from this machine, in the room or not.",
  positionals: [ROOM_ARGUMENT, FILE_ARGUMENT],
  options: { open: { type: "flag", describe: "Give it to whoever has its keys, until Ctrl-C" } },
  examples: [
    ["keet-tui file show tea notes.txt --json", "key and encryptionKey are its secret: who has them can read it"],
  ],
  async run(shot, args) {
    const core = await shot.person();
    const room = await findRoom(core, args.text("room"));
    const message = await findFile(core, room.id, args.text("file"));
    const { id, writer, file } = message;
    const keys = await core.request("file.show", { room: room.id, id, writer });
    if (args.flag("open")) await core.request("file.open", { room: room.id, id, writer });
    if (shot.globals.json) {
      printJson({ ...messageJson(message), key: keys.drive, blobs: keys.blobs, encryptionKey: keys.encryptionKey });
    } else {
      await printTable([
        ["name", file?.name ?? ""],
        ["size", sizeOf(file?.bytes ?? 0)],
        ["key", keys.drive],
        ["encryption key", keys.encryptionKey],
      ]);
    }
    if (args.flag("open")) await keepOpen(core, { room: room.id, id, writer });
    return 0;
  },
});

/** Ends with the core, or by Ctrl-C: nobody asks again then. */
async function keepOpen(core: RpcClient, share: { room: string; id: string; writer: string }): Promise<never> {
  for (;;) {
    await setTimeout(ASK_AGAIN_MS);
    await core.request("file.open", share);
  }
}
