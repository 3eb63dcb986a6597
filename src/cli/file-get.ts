import { once } from "node:events";
import { createReadStream } from "node:fs";
import { realpath } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { downloadFolder } from "../config.js";
import { KeetError } from "../errors.js";
import type { RpcClient } from "../rpc/client.js";
import type { MessageInfo, TransferInfo } from "../rpc/methods.js";
import { defineCliCommand } from "./define.js";
import {
  findPart,
  follow,
  type Goal,
  goalOf,
  nobodyHere,
  openPlace,
  ProgressTalk,
  place,
  progressLine,
} from "./file-common.js";
import { serveFile } from "./file-serve.js";
import { findRoom, ROOM_ARGUMENT } from "./find-room.js";
import type { OneShot } from "./one-shot.js";
import { printJson, printLine, talk } from "./output.js";

/** Without a person to wait for. */
const ALONE_LIMIT_MS = 30_000;
const CHUNK_BYTES = 256 * 1024;

export const fileGet = defineCliCommand({
  path: ["file", "get"],
  summary: "Fetch a shared file, a folder, or a part of it from whoever has it",
  details:
    "It comes from everybody who has blocks of it at once, goes on where it was cut off, and never overwrites anything. With - it goes to standard output as it comes, in order, before all of it is here.",
  positionals: [
    ROOM_ARGUMENT,
    {
      name: "file",
      describe: "Its name (the latest of that name), or the id of its message; folder/path for a part of a folder",
    },
    {
      name: "to",
      describe: "A folder, a new path, or - for standard output; else the download folder",
      optional: true,
    },
  ],
  options: {
    wait: { type: "flag", describe: "Wait as long as it takes for somebody who has it" },
    serve: {
      type: "flag",
      describe: "Print a URL on this machine that a player can open while it comes, until Ctrl-C",
    },
    "patience-ms": { type: "text", describe: "How long nothing may come", hidden: true },
  },
  examples: [
    ["keet-tui file get tea notes.txt", "prints where it is"],
    ["keet-tui file get tea movie.mkv - | mpv -", "plays while it comes"],
    ["keet-tui file get tea trip/day1", "one folder of a shared folder"],
    ["keet-tui file get tea movie.mkv --serve", "the same for any player, which can also go forward and back"],
  ],
  async run(shot, args) {
    const core = await shot.person();
    const room = await findRoom(core, args.text("room"));
    const { message, part, isFolder, bytes } = await findPart(core, room.id, args.text("file"));
    const said = args.optionalText("to");
    const { id, writer } = message;
    const isStream = said === "-";
    const isServed = args.flag("serve");
    if (isStream && isServed)
      throw new KeetError("user", "USAGE", "It is either printed or served: leave out - or --serve.");
    if ((isStream || isServed) && isFolder) throw folderAsBytes(args.text("file"));
    await core.attach();
    const goal = isStream ? { folder: downloadFolder() } : await goalOf(said);
    const patience = args.flag("wait") ? null : Number(args.option("patience-ms") ?? ALONE_LIMIT_MS);
    const begun = await core.request("file.get", { room: room.id, id, writer, ...goal, ...(part ? { part } : {}) });
    const comesInWhole = part !== null && begun.part === null;
    if (isServed && comesInWhole) throw servedWithFolder(args.text("file"));
    // All of the folder is here, or on its way: what is wanted comes with it.
    if (comesInWhole) return await inWhole(core, { message, begun, part, patience, said });
    if (isServed) {
      await serve(shot, core, { message, begun, name: args.text("file"), bytes });
      return 0;
    }
    if (isStream) {
      await stream(core, message, bytes, patience);
      return 0;
    }
    const progress = new ProgressTalk(!shot.globals.json);
    const last = await untilHere(core, message, begun, patience, (transfer) => {
      if (shot.globals.json) printJson({ progress: transfer });
      else progress.show(progressLine(args.text("file"), transfer));
    });
    const path = await pathOf(core, message, { goal, wasHere: isEnd(begun), last });
    if (shot.globals.json) printJson({ path, bytes: last.of });
    else printLine(path);
    return 0;
  },
});

async function inWhole(
  core: RpcClient,
  {
    message,
    begun,
    part,
    patience,
    said,
  }: { message: MessageInfo; begun: TransferInfo; part: string; patience: number | null; said: string | null },
): Promise<number> {
  const { path } = await untilHere(core, message, begun, patience, () => {});
  const there = join(path ?? "", part);
  if (said === "-") await pipeline(createReadStream(there), process.stdout, { end: false });
  else if (said === null) printLine(there);
  else {
    throw new KeetError("user", "FILE_EXISTS", `It is here already: ${there}`, { hint: "Copy it from there." });
  }
  return 0;
}

/** Until Ctrl-C, or until the core has gone. It goes on coming meanwhile, and stays. */
async function serve(
  shot: OneShot,
  core: RpcClient,
  { message, begun, name, bytes }: { message: MessageInfo; begun: TransferInfo; name: string; bytes: number },
): Promise<void> {
  const server = await serveFile(core, {
    message,
    name: basename(message.file?.isFolder ? name : message.file!.name),
    bytes,
  });
  const stopped = Promise.withResolvers<void>();
  const signals = ["SIGINT", "SIGTERM"] as const;
  for (const signal of signals) process.once(signal, stopped.resolve);
  try {
    if (shot.globals.json) printJson({ url: server.url });
    else printLine(server.url);
    talk("Players on this machine can open it, until Ctrl-C.");
    const progress = new ProgressTalk(!shot.globals.json);
    const coming = follow(core, message, (transfer) => {
      progress.show(progressLine(name, transfer));
      return isEnd(transfer) ? "over" : "on";
    });
    const goesOn = coming.then((last) => {
      if (last.state === "failed") throw failedBy(last);
      if (!isEnd(begun) && last.path !== null) talk(`It is here: ${last.path}`);
      return stopped.promise;
    });
    // After Ctrl-C nobody asks what became of it.
    goesOn.catch(() => {});
    await Promise.race([stopped.promise, goesOn]);
  } finally {
    for (const signal of signals) process.off(signal, stopped.resolve);
    await server.close();
  }
}

/** Where it is; a further copy where it was here before, or was already on its way to somewhere else. */
async function pathOf(
  core: RpcClient,
  { room, id, writer }: MessageInfo,
  { goal, wasHere, last }: { goal: Goal; wasHere: boolean; last: TransferInfo },
): Promise<string> {
  if (!wasHere && last.path !== null && (await isAt(last.path, goal))) return last.path;
  return (await core.request("file.copy", { room, id, writer, ...goal }, { timeoutMs: 0 })).path;
}

async function isAt(path: string, { folder, to }: Goal): Promise<boolean> {
  const wanted = await realpath(to ?? folder).catch(() => null);
  return wanted === (to === undefined ? dirname(path) : path);
}

function servedWithFolder(name: string): KeetError {
  return new KeetError(
    "user",
    "USAGE",
    `All of the folder of "${name}" is fetched already, so it is not served alone.`,
    {
      hint: "Without --serve its path is printed as soon as it is here.",
    },
  );
}

function folderAsBytes(name: string): KeetError {
  return new KeetError("user", "USAGE", `"${name}" is a folder: it cannot be read as one file.`, {
    hint: "Without - and --serve it is fetched as a folder.",
  });
}

/** @throws TIMED_OUT where nobody had it for so long, DOWNLOAD_FAILED */
async function untilHere(
  core: RpcClient,
  message: MessageInfo,
  begun: TransferInfo,
  patienceMs: number | null,
  onProgress: (transfer: TransferInfo) => void,
): Promise<TransferInfo> {
  const patience = new Patience(patienceMs);
  try {
    let said: string | null = null;
    const isOver = (transfer: TransferInfo) => {
      onProgress(transfer);
      if (transfer.state === "paused" && transfer.reason !== said) talk(`waits: ${transfer.reason ?? ""}`);
      said = transfer.state === "paused" ? transfer.reason : null;
      patience.note(transfer);
      return transfer.state === "here" || transfer.state === "failed" ? "over" : "on";
    };
    patience.note(begun);
    const last = isEnd(begun) ? begun : await Promise.race([follow(core, message, isOver), patience.over]);
    if (last.state === "failed") throw failedBy(last);
    return last;
  } finally {
    patience.end();
  }
}

function failedBy({ reason }: TransferInfo): KeetError {
  return new KeetError("peer", "DOWNLOAD_FAILED", reason ?? "It could not be fetched.", {
    hint: "keet-tui file get tries again.",
  });
}

function isEnd({ state }: TransferInfo): boolean {
  return state === "here" || state === "shared" || state === "failed";
}

/** Ends the waiting when nothing came for that long. */
class Patience {
  readonly #limitMs: number | null;
  readonly over: Promise<never>;
  #fail: (error: KeetError) => void = () => {};
  #timer: NodeJS.Timeout | null = null;
  #bytes = -1;

  constructor(limitMs: number | null) {
    this.#limitMs = limitMs;
    this.over = new Promise((_, failed) => {
      this.#fail = failed;
    });
    this.over.catch(() => {});
  }

  note({ bytes }: TransferInfo): void {
    if (this.#limitMs === null || bytes === this.#bytes) return;
    this.#bytes = bytes;
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#fail(nobodyHere());
    }, this.#limitMs);
  }

  end(): void {
    if (this.#timer) clearTimeout(this.#timer);
  }
}

/** In order, each byte as soon as it and all before it are here. */
async function stream(core: RpcClient, message: MessageInfo, size: number, patienceMs: number | null): Promise<void> {
  const { room, id, writer } = message;
  if (size === 0) return;
  // The same file under another name once it is whole.
  const { handle, bytes } = await openPlace(core, { room, id, writer, offset: 0 }, patienceMs);
  try {
    let until = bytes;
    for (let at = 0; at < size; ) {
      if (at >= until) until = at + (await place(core, { room, id, writer, offset: at }, patienceMs)).bytes;
      const buffer = Buffer.alloc(Math.min(CHUNK_BYTES, until - at));
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, at);
      if (bytesRead === 0) throw new KeetError("storage", "CANNOT_READ", "The file ended before its end.");
      at += bytesRead;
      if (!process.stdout.write(buffer.subarray(0, bytesRead))) await once(process.stdout, "drain");
    }
  } finally {
    await handle.close();
  }
}
