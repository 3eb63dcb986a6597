/** The last step of a download: from its unfinished name to its own, in a way that cannot replace anything. */
import { constants } from "node:fs";
import { copyFile, link, lstat, mkdir, open, rename, rmdir, unlink } from "node:fs/promises";
import { join } from "node:path";
import { alreadyThere, cannotWrite, codeOf, notOurs } from "./file-errors.js";
import { type HeldFolder, type Identity, isSameFile } from "./held-folder.js";
import { numberedName } from "./safe-name.js";

const MAX_NUMBER = 9_999;
/** What stands there now came after we had looked. */
const TAKEN = new Set(["EEXIST", "ENOTEMPTY", "ENOTDIR"]);

export interface Place {
  readonly folder: HeldFolder;
  readonly name: string;
  /** Asked for by this name: where it is taken nothing is written. Else `name (1)`, `name (2)`, … */
  readonly isExact: boolean;
}

export interface Unfinished {
  readonly folder: HeldFolder;
  readonly name: string;
  readonly identity: Identity;
}

/**
 * @returns the name it has there
 * @throws KeetError `FILE_EXISTS`, `CANNOT_WRITE`, `NOT_OURS`; an error with code `EXDEV` where that is another disk
 */
export async function placeFile(part: Unfinished, place: Place): Promise<string> {
  return underFreeName(place, false, async (path) => {
    const from = await part.folder.at(part.name);
    await checkPart(part, from);
    try {
      await link(from, path);
    } catch (error) {
      if (codeOf(error) === "EEXIST" || codeOf(error) === "EXDEV") throw error;
      // Some file systems have no links.
      return copyInto(from, path, part);
    }
    if (isSameFile(await lstat(path), part.identity)) return unlink(from);
    // Something else was put in the place of ours between the look and the link.
    await unlink(path);
    throw changed(part);
  });
}

async function copyInto(from: string, path: string, part: Unfinished): Promise<void> {
  await copyFile(from, path, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
  const handle = await open(path, "r+");
  await handle.sync().finally(() => handle.close());
  await checkPart(part, from).catch(async (error: unknown) => {
    await unlink(path);
    throw error;
  });
  await unlink(from);
}

/** As `placeFile`. */
export async function placeFolder(part: Unfinished, place: Place): Promise<string> {
  return underFreeName(place, true, async (path) => {
    const from = await part.folder.at(part.name);
    await checkPart(part, from);
    // Windows replaces no folder, and the others none that has something in it: an empty one of ours is let go.
    if (process.platform === "win32") return renameOnWindows(from, path);
    await mkdir(path, { mode: 0o700 });
    try {
      await rename(from, path);
    } catch (error) {
      // Ours, unless it was filled or replaced: then it stays.
      await rmdir(path).catch(() => {});
      throw error;
    }
  });
}

async function renameOnWindows(from: string, path: string): Promise<void> {
  const isThere = await lstat(path).then(
    () => true,
    () => false,
  );
  if (isThere) throw Object.assign(new Error("taken"), { code: "EEXIST" });
  await rename(from, path);
}

async function underFreeName(
  { folder, name, isExact }: Place,
  isFolder: boolean,
  give: (path: string) => Promise<void>,
): Promise<string> {
  for (let number = 0; number <= MAX_NUMBER; number += 1) {
    const free = numberedName(name, number, isFolder);
    const shown = join(folder.path, free);
    try {
      await give(await folder.at(free));
      await folder.sync();
      return free;
    } catch (error) {
      if (codeOf(error) === "EXDEV") throw error;
      if (!TAKEN.has(codeOf(error) ?? "")) throw cannotWrite(shown, error);
      if (isExact) throw alreadyThere(shown);
    }
  }
  throw alreadyThere(join(folder.path, name));
}

async function checkPart(part: Unfinished, path: string): Promise<void> {
  if (!isSameFile(await lstat(path), part.identity)) throw changed(part);
}

function changed({ folder, name }: Unfinished): Error {
  return notOurs(join(folder.path, name), "is no longer what was downloaded");
}
