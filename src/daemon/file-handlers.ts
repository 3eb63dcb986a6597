/** What one does with files. Paths are this machine's: a front end runs where its core does. */
import { lstatSync } from "node:fs";
import { isAbsolute } from "node:path";
import { KeetError } from "../errors.js";
import { type Core, type FileSize, shareKey, type TransferInfo as Transfer } from "../p2p/index.js";
import type { Handlers } from "../rpc/backend.js";
import { findMessage, findRoom, memberOf } from "./find.js";
import { messageInfo, Shapes, transferInfo } from "./shapes.js";

/** Of the paths of one answer; a path is 4 kB at most. */
const MAX_PAGE_BYTES = 1024 * 1024;
const MAX_BYTES_A_CHAR = 3;
const ENTRY_BYTES = 40;

type Names =
  | "file.send"
  | "file.list"
  | "file.get"
  | "file.tree"
  | "file.copy"
  | "file.cancel"
  | "file.read"
  | "file.show"
  | "file.open";

export function fileHandlers(core: Core): Pick<Handlers, Names> {
  const found = async ({ room, id, writer }: { room: string; id: string; writer?: string | undefined }) => {
    const member = memberOf(findRoom(core, room));
    const message = await findMessage(member, id, writer ?? null);
    if (!message.file)
      throw new KeetError("user", "NO_SUCH_FILE", "That message is no file.", { hint: "/files lists them." });
    return { member, message, file: message.file, share: Shapes.hex(message.id) };
  };
  let lastTree: { readonly share: string; readonly files: readonly FileSize[] } | null = null;
  return {
    "file.send": async ({ room, paths, duration }) => {
      const { id, ...open } = findRoom(core, room);
      for (const path of paths) if (!isAbsolute(path)) throw notAbsolute(path);
      const { message, leftOut } = await core.files.share(memberOf({ id, ...open }), paths, duration);
      return { message: messageInfo(id, message), leftOut };
    },
    "file.list": async ({ room, limit, before }) => {
      const { id, ...open } = findRoom(core, room);
      const rows = await memberOf({ id, ...open }).files(before ?? Number.MAX_SAFE_INTEGER, limit);
      return rows.map((message) => messageInfo(id, message));
    },
    "file.get": async ({ folder, to, part, ...named }) => {
      const goal = goalOf(folder, to);
      const { member, message, share } = await found(named);
      if (wasTakenAway(core.files.transfer(share))) await core.files.drop(share);
      return transferInfo(await core.files.get(member, message, { ...goal, part: part ?? null }));
    },
    "file.tree": async ({ from, ...named }) => {
      const { member, message, share } = await found(named);
      // Whoever asks for what comes after has just had what comes before.
      const tree = from && lastTree?.share === share ? lastTree.files : await core.files.tree(member, message);
      const { more, page } = pageOf(tree, from ?? 0);
      lastTree = more === null ? null : { share, files: tree };
      return { entries: page.map(({ path, size }) => ({ path, bytes: size })), more };
    },
    "file.copy": async ({ folder, to, ...named }) => {
      const goal = goalOf(folder, to);
      const { member, share } = await found(named);
      return { path: await core.files.copy(member, share, goal) };
    },
    "file.cancel": async (named) => {
      const { member, message, share } = await found(named);
      const transfer = core.files.transfer(share);
      await core.files.drop(share);
      // Nobody can get the rest of it any more.
      if (transfer?.state === "reading") await member.unshare({ writer: message.writer, id: message.id });
      return null;
    },
    "file.read": async ({ offset, ...named }) => {
      const { share, file } = await found(named);
      if (offset >= file.size) throw new KeetError("user", "USAGE", `The file has ${file.size} bytes.`);
      return core.files.readable(share, offset);
    },
    "file.open": async (named) => {
      const { member, share } = await found(named);
      await core.openShare(member, share);
      return null;
    },
    "file.show": async (named) => {
      const { member, file } = await found(named);
      return {
        drive: Shapes.hex(file.drive),
        blobs: Shapes.hex(file.blobs),
        encryptionKey: Shapes.hex(shareKey(member.room.base.encryptionKey, file.id)),
      };
    },
  };
}

/** So many that they fit into a line of the wire. */
export function pageOf(
  files: readonly FileSize[],
  from: number,
  maxBytes = MAX_PAGE_BYTES,
): { readonly page: readonly FileSize[]; readonly more: number | null } {
  let to = from;
  for (let bytes = 0; to < files.length && bytes < maxBytes; to += 1) {
    bytes += JSON.stringify(files[to]!.path).length * MAX_BYTES_A_CHAR + ENTRY_BYTES;
  }
  return { page: files.slice(from, to), more: to < files.length ? to : null };
}

/** What was put in its place lies there no more: whoever asks for it now wants it again. */
function wasTakenAway(transfer: Transfer | null): boolean {
  const { state, path } = transfer ?? {};
  return state === "here" && path != null && lstatSync(path, { throwIfNoEntry: false }) === undefined;
}

function goalOf(folder: string, to: string | undefined): { folder: string; to: string | null } {
  for (const path of [folder, to]) if (path !== undefined && !isAbsolute(path)) throw notAbsolute(path);
  return { folder, to: to ?? null };
}

function notAbsolute(path: string): KeetError {
  return new KeetError("user", "USAGE", `"${path}" is no absolute path.`, { hint: "Paths begin at / here." });
}
