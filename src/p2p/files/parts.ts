/** A part of a shared folder in place of all of it. */
import { KeetError } from "../../errors.js";
import { safeLine } from "../../safe-text.js";
import type { RoomMessage, SharedFile } from "../messages.js";
import { type FileSize, partOf } from "./layout.js";
import type { KeptShare } from "./ledger.js";

/** @throws KeetError `NO_SUCH_FILE` */
export function fileOf({ file }: RoomMessage): SharedFile {
  if (!file) throw new KeetError("user", "NO_SUCH_FILE", "That message is no file.", { hint: "/files lists them." });
  if (file.unsharedBy) throw new KeetError("user", "NO_SUCH_FILE", "It was taken back by whoever shared it.");
  return file;
}

export function notInside(part: string, name: string): KeetError {
  return new KeetError("user", "NO_SUCH_FILE", `There is no ${safeLine(part)} in ${safeLine(name)}.`, {
    hint: "keet-tui file list <room> <folder> lists what is in it.",
  });
}

/**
 * Whether what is here, or on its way, is what is wanted. Where it is another part and whole, it is to be let go: its
 * files stay where they are.
 * @throws KeetError `BUSY` where another part is on its way
 */
export function covers({ state, part = null, ours }: KeptShare, wanted: string | null): boolean {
  if (state === "failed") return false;
  if (part === null || part === wanted || ours) return true;
  if (state === "whole") return false;
  throw new KeetError("user", "BUSY", `${safeLine(part)} of it is being fetched.`, {
    hint: "Wait until that is here, or cancel it first.",
  });
}

/** @throws KeetError `NO_SUCH_FILE` */
export function onlyPart(
  all: readonly FileSize[],
  part: string,
  folder: string,
): Pick<KeptShare, "name" | "isFolder" | "files" | "size"> {
  const found = partOf(all, part);
  if (!found) throw notInside(part, folder);
  return { ...found, size: found.files.reduce((sum, { size }) => sum + size, 0) };
}
