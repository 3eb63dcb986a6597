/** What goes wrong with files on the disk, in words that say what to do. */
import { KeetError } from "../../errors.js";
import { safeLine } from "../../safe-text.js";

const WHY: Readonly<Record<string, string>> = {
  ENOENT: "it is not there",
  ENOTDIR: "it is not there",
  ELOOP: "a link is in the way",
  EACCES: "you have no right to it",
  EPERM: "you have no right to it",
  EROFS: "nothing can be written there",
  ENOSPC: "the disk is full",
  EDQUOT: "your share of the disk is used up",
  EIO: "the disk does not answer as it should",
  ENAMETOOLONG: "the name is too long for that disk",
  EFBIG: "that disk takes no file of this size",
  EMFILE: "too many files are open",
  ENFILE: "too many files are open",
};

export function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException | null)?.code;
}

export function whyOf(error: unknown): string {
  const known = WHY[codeOf(error) ?? ""];
  return known ?? safeLine(error instanceof Error ? error.message : String(error), { maxLength: 200 });
}

export function notToShare(path: string, code: string, why: string, hint: string, cause?: unknown): KeetError {
  return new KeetError("user", code, `${safeLine(path)} cannot be shared: ${why}`, { hint, cause });
}

/** What is read out of it now is not what was shared. */
export function sourceChanged(path: string, why: string, cause?: unknown): KeetError {
  return new KeetError("user", "SOURCE_CHANGED", `${safeLine(path)} is not what was shared: ${why}`, {
    hint: "When it is as it should be, share it again.",
    cause,
  });
}

export function sourceUnreadable(path: string, cause: unknown): KeetError {
  return new KeetError("user", "SOURCE_UNREADABLE", `${safeLine(path)} cannot be read: ${whyOf(cause)}`, {
    hint: "Make it readable; it goes on by itself then.",
    cause,
  });
}

/** The code is hypercore's word: whoever sent the block is asked for no more, and not blamed. */
export function writeFailed(path: string, cause: unknown): KeetError {
  if (cause instanceof KeetError && cause.code === "WRITE_FAILED") return cause;
  const isWorded = cause instanceof KeetError;
  return new KeetError(
    "storage",
    "WRITE_FAILED",
    `${safeLine(path)} waits: ${isWorded ? cause.message : whyOf(cause)}`,
    {
      hint: (isWorded && cause.hint) || "Put that right; what has come is kept.",
      cause,
    },
  );
}

export function diskFull(path: string, freeBytes: number, reserveBytes: number): KeetError {
  return new KeetError(
    "storage",
    "WRITE_FAILED",
    `${safeLine(path)} waits: the disk has ${mebibytes(freeBytes)} left`,
    {
      hint: `Free some space: ${mebibytes(reserveBytes)} are kept for messages. What has come is kept.`,
      data: { freeBytes, reserveBytes },
    },
  );
}

function mebibytes(bytes: number): string {
  return `${Math.floor(bytes / 2 ** 20)} MiB`;
}

export function badBlock(block: number): KeetError {
  return new KeetError("peer", "BAD_BLOCK", `Block ${block} is not as long as it was announced.`, {
    hint: "Ask whoever shared it to share it again.",
  });
}

export function notOurs(path: string, what: string): KeetError {
  return new KeetError("user", "NOT_OURS", `${safeLine(path)} ${what}; nothing was written to it`, {
    hint: "Look at what it is and move it away, then get the file again.",
  });
}

export function folderMoved(path: string): KeetError {
  return new KeetError("user", "FOLDER_MOVED", `${safeLine(path)} is no longer the folder it was`, {
    hint: "Put it back where it was, or get the file again.",
  });
}

export function notWhole(path: string): KeetError {
  return new KeetError("user", "NOT_WHOLE", `${safeLine(path)} is not as long as it should be`, {
    hint: "Get the file again; what is there can be deleted.",
  });
}

export function alreadyThere(path: string): KeetError {
  return new KeetError("user", "FILE_EXISTS", `${safeLine(path)} is there already; nothing was written`, {
    hint: "Choose another name.",
  });
}

/** What is no fault of the disk stays as it is. */
export function cannotWrite(path: string, cause: unknown): unknown {
  if (cause instanceof KeetError || codeOf(cause) === undefined) return cause;
  return new KeetError("user", "CANNOT_WRITE", `${safeLine(path)} was not written: ${whyOf(cause)}`, {
    hint: "Name another folder.",
    cause,
  });
}

export function filesClosed(): KeetError {
  return new KeetError("peer", "FILES_CLOSED", "This share is closed.", { hint: "Open its room again." });
}

export function noSuchFile(reason: string | null = null): KeetError {
  return new KeetError("user", "NO_SUCH_FILE", reason ?? "Nothing of that file is here.", {
    hint: "/files lists them.",
  });
}

export function listLate(): KeetError {
  return new KeetError("peer", "TIMED_OUT", "Nobody who knows what is in that folder is here.", {
    hint: "Ask again when somebody is.",
  });
}

export function folderAsFile(): KeetError {
  return new KeetError("user", "USAGE", "A folder cannot be read as one file.", { hint: "Get it as a whole." });
}
