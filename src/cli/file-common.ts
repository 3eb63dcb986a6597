/** What the file commands share: which file is meant, how far it is, and where it goes. */
import { type FileHandle, open, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { rateOf, sizeOf } from "../amounts.js";
import { downloadFolder } from "../config.js";
import { KeetError } from "../errors.js";
import type { RpcClient } from "../rpc/client.js";
import type { FileEntry, FileTree } from "../rpc/file-methods.js";
import type { MessageInfo, TransferInfo } from "../rpc/methods.js";
import type { PositionalSpec } from "./define.js";
import { findMessage } from "./find-message.js";
import { talk } from "./output.js";

const LATEST_FILES = 200;
const PROGRESS_MS = 1_000;
/** The core itself says sooner that nobody knows. */
const TREE_MS = 60_000;
/** Putting it in its place is a rename. */
const MOVED_MS = 20;
const MAX_OPEN_ATTEMPTS = 10;

export const FILE_ARGUMENT: PositionalSpec = {
  name: "file",
  describe: "Its name (the latest of that name), or the id of its message, or the first 4 or more digits",
};

/** @throws NO_SUCH_FILE */
export async function findFile(core: RpcClient, room: string, said: string): Promise<MessageInfo> {
  const files = await core.request("file.list", { room, limit: LATEST_FILES });
  const byName = files.find(({ file }) => file?.name === said && !file.unsharedBy);
  if (byName) return byName;
  if (/^[0-9a-f]{4,32}$/i.test(said)) {
    const message = await findMessage(core, room, said, null).catch(() => null);
    if (message?.file) return message;
  }
  throw new KeetError("user", "NO_SUCH_FILE", `There is no file "${said}" in this room.`, {
    hint: "keet-tui file list <room> lists them.",
  });
}

export interface Named {
  readonly message: MessageInfo;
  /** Path in the shared folder; null for all of it. */
  readonly part: string | null;
  readonly isFolder: boolean;
  readonly bytes: number;
}

/** A file, or with `folder/path` a part of a shared folder. @throws NO_SUCH_FILE */
export async function findPart(core: RpcClient, room: string, said: string): Promise<Named> {
  const [name = "", ...below] = said.replace(/\/+$/, "").split("/");
  const message = await findFile(core, room, name);
  const isFolder = message.file?.isFolder ?? false;
  if (below.length === 0) return { message, part: null, isFolder, bytes: message.file?.bytes ?? 0 };
  const part = below.join("/");
  const tree = isFolder ? await treeOf(core, message) : [];
  const inside = tree.filter(({ path }) => path === part || path.startsWith(`${part}/`));
  if (inside.length > 0) {
    const bytes = inside.reduce((sum, entry) => sum + entry.bytes, 0);
    return { message, part, isFolder: inside.every(({ path }) => path !== part), bytes };
  }
  throw new KeetError("user", "NO_SUCH_FILE", `There is no "${part}" in "${name}".`, {
    hint: `keet-tui file list <room> ${name} lists what is in it.`,
  });
}

/** All of it; a line of the wire holds only so much. */
export async function treeOf(core: RpcClient, { room, id, writer }: MessageInfo): Promise<readonly FileEntry[]> {
  const all: FileEntry[] = [];
  for (let from: number | null = 0; from !== null; ) {
    const page: FileTree = await core.request("file.tree", { room, id, writer, from }, { timeoutMs: TREE_MS });
    for (const entry of page.entries) all.push(entry);
    from = page.more;
  }
  return all;
}

export interface Goal {
  readonly folder: string;
  readonly to?: string;
}

/** A folder that is there, or a path that is not. */
export async function goalOf(said: string | null): Promise<Goal> {
  if (said === null) return { folder: downloadFolder() };
  const path = resolve(said);
  const isFolder = await stat(path).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
  if (isFolder) return { folder: path };
  return { folder: dirname(path), to: join(dirname(path), basename(path)) };
}

export function progressLine(name: string, { bytes, of, perSecond, sources, reason }: TransferInfo): string {
  const share = of > 0 ? Math.floor((bytes / of) * 100) : 100;
  const parts = [`${name}: ${share} %`, `${sizeOf(bytes)} of ${sizeOf(of)}`];
  if (perSecond > 0) parts.push(rateOf(perSecond));
  if (sources > 0) parts.push(sources === 1 ? "1 source" : `${sources} sources`);
  if (reason) parts.push(reason);
  return parts.join(" · ");
}

/** Hears how far one share is until `isOver` says that is the end of it. */
export async function follow(
  core: RpcClient,
  { room, id, writer }: MessageInfo,
  onChange: (transfer: TransferInfo) => "over" | "on",
): Promise<TransferInfo> {
  return new Promise((done, failed) => {
    const hear = (transfer: TransferInfo | null | undefined) => {
      if (transfer && onChange(transfer) === "over") done(transfer);
    };
    core.onClose(() =>
      failed(new KeetError("peer", "CORE_GONE", "The background part stopped", { hint: "Ask again: it goes on." })),
    );
    core.onEvent((event) => {
      if (event.type !== "transfers" || event.room !== room) return;
      for (const { id: other, transfer } of event.transfers) {
        if (other === id) hear(transfer);
      }
    });
    // It may have come to its end before anybody listened.
    core.request("message.get", { room, id, writer }).then(({ file }) => hear(file?.transfer), failed);
  });
}

/** Says it on standard error, at most once a second, where a person looks. */
export class ProgressTalk {
  readonly #isShown: boolean;
  #at = Number.NEGATIVE_INFINITY;

  constructor(isShown: boolean) {
    this.#isShown = isShown && process.stderr.isTTY === true;
  }

  show(line: string, isLast = false): void {
    const now = performance.now();
    if (!this.#isShown || (!isLast && now - this.#at < PROGRESS_MS)) return;
    this.#at = now;
    talk(line);
  }
}

/** Where that byte is, as soon as it is here. @throws TIMED_OUT where nobody had it for so long; null waits for ever */
export async function place(
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

/** The same, open: between the answer and the opening it may have been put in its place, under another name. */
export async function openPlace(
  core: RpcClient,
  what: Parameters<typeof place>[1],
  patienceMs: number | null,
): Promise<{ handle: FileHandle; bytes: number }> {
  for (let attempt = 1; ; attempt += 1) {
    const { path, bytes } = await place(core, what, patienceMs);
    try {
      return { handle: await open(path, "r"), bytes };
    } catch (error) {
      const hasMoved = (error as NodeJS.ErrnoException).code === "ENOENT" && attempt < MAX_OPEN_ATTEMPTS;
      if (!hasMoved) throw cannotRead(path, error);
      await pause(MOVED_MS);
    }
  }
}

function cannotRead(path: string, cause: unknown): KeetError {
  return new KeetError("storage", "CANNOT_READ", `${path} cannot be read.`, {
    hint: "Get it anew where it was moved or deleted: keet-tui file get.",
    cause,
  });
}

export function nobodyHere(): KeetError {
  return new KeetError("peer", "TIMED_OUT", "Nobody who has it is here.", {
    hint: "It goes on by itself when somebody is; --wait waits for that here.",
  });
}
