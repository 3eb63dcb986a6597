/** A file of ours in a folder of the person's: whole or not at all, and never in the place of another. */
import { constants } from "node:fs";
import { copyFile, link, lstat, open, unlink } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, extname, join, resolve } from "node:path";
import { KeetError } from "../errors.js";
import { safeLine } from "../safe-text.js";

const MAX_STEM_BYTES = 100;
const MAX_TRIES = 1_000;
const FORBIDDEN = /[/\\:*?"<>|\x00-\x1f\x7f]+/g;

export interface NewFile {
  readonly folder: string;
  readonly name: string;
  /** Asked for by this name: where it is taken nothing is written. Else `name (1)`, `name (2)`, … */
  readonly isExact: boolean;
}

/** `room-2026-11-24.txt`, of any name; the day is that of this machine. */
export function datedName(name: string, at: number, ending: string): string {
  const date = new Date(at);
  const day = [date.getFullYear(), date.getMonth() + 1, date.getDate()].map((part) => String(part).padStart(2, "0"));
  return `${stemOf(name)}-${day.join("-")}.${ending}`;
}

function stemOf(name: string): string {
  let stem = "";
  for (const character of name.replace(FORBIDDEN, "-").replace(/^[.\-\s]+|[.\-\s]+$/g, "")) {
    if (Buffer.byteLength(stem + character) > MAX_STEM_BYTES) break;
    stem += character;
  }
  return stem === "" ? "room" : stem;
}

/** `path` as a person writes it, `~` too; where it is a folder, `name` goes into it. */
export async function newFileAt(path: string | null, name: string): Promise<NewFile> {
  if (path === null) return { folder: process.cwd(), name, isExact: false };
  const target = resolve(path.replace(/^~(?=$|\/)/, homedir()));
  const found = await lstatOrNull(target);
  if (found?.isDirectory()) return { folder: target, name, isExact: false };
  if (found) throw taken(target);
  return { folder: dirname(target), name: target.slice(dirname(target).length).replace(/^[/\\]/, ""), isExact: true };
}

async function lstatOrNull(path: string) {
  try {
    return await lstat(path);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return null;
    throw cannotWrite(path, error);
  }
}

/**
 * @returns where it is
 * @throws FILE_EXISTS, CANNOT_WRITE; and whatever `parts` throws. Nothing is left behind then.
 */
export async function writeNew({ folder, name, isExact }: NewFile, parts: AsyncIterable<string>): Promise<string> {
  // Under a name that nobody looks for, so that what is half done is taken for nothing.
  const half = join(folder, `.keet-tui-${Buffer.from(crypto.getRandomValues(new Uint8Array(6))).toString("hex")}`);
  const file = await open(half, "wx", 0o600).catch((error: unknown) => {
    throw cannotWrite(join(folder, name), error);
  });
  try {
    try {
      for await (const part of parts) await write(part);
      await file.sync();
    } finally {
      await file.close();
    }
    return await place(half, folder, name, isExact);
  } finally {
    await unlink(half).catch(() => {});
  }

  async function write(part: string): Promise<void> {
    try {
      await file.writeFile(part);
    } catch (error) {
      throw cannotWrite(join(folder, name), error);
    }
  }
}

async function place(half: string, folder: string, name: string, isExact: boolean): Promise<string> {
  const ending = extname(name);
  const stem = name.slice(0, name.length - ending.length);
  for (let number = 0; number < MAX_TRIES; number += 1) {
    const path = join(folder, number === 0 ? name : `${stem} (${number})${ending}`);
    try {
      await giveName(half, path);
      return path;
    } catch (error) {
      if (codeOf(error) !== "EEXIST") throw cannotWrite(path, error);
      if (isExact) throw taken(path);
    }
  }
  throw taken(join(folder, name));
}

/** Neither way replaces what is there. */
async function giveName(half: string, path: string): Promise<void> {
  try {
    await link(half, path);
  } catch (error) {
    // Some file systems have no links.
    if (codeOf(error) === "EEXIST") throw error;
    await copyFile(half, path, constants.COPYFILE_EXCL);
  }
}

function taken(path: string): KeetError {
  return new KeetError("user", "FILE_EXISTS", `${safeLine(path)} is there already; nothing was written`, {
    hint: "Choose another name.",
  });
}

const WHY: Readonly<Record<string, string>> = {
  ENOENT: "there is no such folder",
  ENOTDIR: "there is no such folder",
  EACCES: "you may not write there",
  EPERM: "you may not write there",
  EROFS: "nothing can be written there",
  ENOSPC: "the disk is full",
  ENAMETOOLONG: "the name is too long",
};

function cannotWrite(path: string, error: unknown): KeetError {
  const why = WHY[codeOf(error) ?? ""] ?? (error instanceof Error ? error.message : String(error));
  return new KeetError("user", "CANNOT_WRITE", `${safeLine(path)} was not written: ${safeLine(why)}`, {
    hint: "Name another folder, or none for the one keet-tui was started in.",
    cause: error,
  });
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException | null)?.code;
}
