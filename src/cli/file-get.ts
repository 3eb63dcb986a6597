import { once } from "node:events";
import { createReadStream } from "node:fs";
import { open, realpath } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { downloadFolder } from "../config.js";
import { KeetError } from "../errors.js";
import type { RpcClient } from "../rpc/client.js";
import type { MessageInfo, TransferInfo } from "../rpc/methods.js";
import { defineCliCommand } from "./define.js";
import { findPart, follow, type Goal, goalOf, ProgressTalk, progressLine } from "./file-common.js";
import { findRoom, ROOM_ARGUMENT } from "./find-room.js";
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
    "patience-ms": { type: "text", describe: "How long nothing may come", hidden: true },
  },
  examples: [
    ["keet-tui file get tea notes.txt", "prints where it is"],
    ["keet-tui file get tea movie.mkv - | mpv -", "plays while it comes"],
    ["keet-tui file get tea trip/day1", "one folder of a shared folder"],
  ],
  async run(shot, args) {
    const core = await shot.person();
    const room = await findRoom(core, args.text("room"));
    const { message, part, isFolder, bytes } = await findPart(core, room.id, args.text("file"));
    const said = args.optionalText("to");
    const { id, writer } = message;
    const isStream = said === "-";
    if (isStream && isFolder) throw folderAsBytes(args.text("file"));
    await core.attach();
    const goal = isStream ? { folder: downloadFolder() } : await goalOf(said);
    const patience = args.flag("wait") ? null : Number(args.option("patience-ms") ?? ALONE_LIMIT_MS);
    const begun = await core.request("file.get", { room: room.id, id, writer, ...goal, ...(part ? { part } : {}) });
    // All of the folder is here, or on its way: what is wanted comes with it.
    if (part !== null && begun.part === null) return await inWhole(core, { message, begun, part, patience, said });
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

function folderAsBytes(name: string): KeetError {
  return new KeetError("user", "USAGE", `"${name}" is a folder: it cannot go to standard output.`, {
    hint: "Get it into a folder instead of -.",
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
    if (last.state === "failed") {
      throw new KeetError("peer", "DOWNLOAD_FAILED", last.reason ?? "It could not be fetched.", {
        hint: "keet-tui file get tries again.",
      });
    }
    return last;
  } finally {
    patience.end();
  }
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
  const first = size > 0 ? await place(core, { room, id, writer, offset: 0 }, patienceMs) : null;
  if (!first) return;
  // The same file under another name once it is whole.
  const handle = await open(first.path, "r");
  try {
    let until = first.bytes;
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

async function place(
  core: RpcClient,
  what: { room: string; id: string; writer: string; offset: number },
  patienceMs: number | null,
): Promise<{ path: string; bytes: number }> {
  try {
    return await core.request("file.read", what, { timeoutMs: patienceMs ?? 0 });
  } catch (error) {
    throw error instanceof KeetError && error.code === "TIMED_OUT" ? nobodyHere() : error;
  }
}

function nobodyHere(): KeetError {
  return new KeetError("peer", "TIMED_OUT", "Nobody who has it is here.", {
    hint: "It goes on by itself when somebody is; --wait waits for that here.",
  });
}
