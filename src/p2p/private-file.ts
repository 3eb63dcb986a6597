import {
  chmodSync,
  closeSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { KeetError } from "../errors.js";

/** Makes the folder for its owner alone, or refuses one that others can look into (as ssh does). */
export function privateFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw cannotWrite(path, cause);
  }
  const { mode, uid } = lstatSync(path);
  if (process.platform === "win32") return;
  if (uid !== process.getuid?.()) {
    throw new KeetError("storage", "STORE_NOT_YOURS", `${path} belongs to another user.`, {
      hint: "Use another folder with --home, or change its owner.",
    });
  }
  if ((mode & 0o077) !== 0) {
    throw tooOpen(path, "-R go=");
  }
}

function tooOpen(path: string, how: string): KeetError {
  return new KeetError("storage", "STORE_TOO_OPEN", `Others on this machine can read ${path}.`, {
    hint: `Close it with: chmod ${how} ${quoted(path)}`,
  });
}

/**
 * Replaces a file as a whole or not at all: new file, fsync, rename. A full disk leaves the old one as it was.
 * @throws KeetError `DISK_FULL`, `STORE_READ_ONLY`
 */
export function writePrivateFile(path: string, content: string): void {
  const next = `${path}.new`;
  try {
    try {
      unlinkSync(next);
    } catch {
      // usually there is none
    }
    const file = openSync(next, "wx", 0o600);
    try {
      writeSync(file, content);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    chmodSync(next, 0o600);
    renameSync(next, path);
  } catch (cause) {
    throw cannotWrite(dirname(path), cause);
  }
}

/** The file's text, or null where there is none. */
export function readPrivateFile(path: string): string | null {
  try {
    const { mode } = lstatSync(path);
    if (process.platform !== "win32" && (mode & 0o077) !== 0) throw tooOpen(path, "go=");
    return readFileSync(path, "utf8");
  } catch (cause) {
    if (cause instanceof KeetError) throw cause;
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw new KeetError("storage", "STORE_UNREADABLE", `${path} cannot be read.`, {
      hint: "Look at its owner and mode; nothing was changed.",
      cause,
    });
  }
}

export function cannotWrite(path: string, cause: unknown): KeetError {
  const code = (cause as NodeJS.ErrnoException | undefined)?.code;
  if (code === "ENOSPC" || code === "EDQUOT") {
    return new KeetError("storage", "DISK_FULL", `The disk that holds ${path} is full.`, {
      hint: "Free some space and start again; nothing was lost.",
      cause,
    });
  }
  return new KeetError("storage", "STORE_READ_ONLY", `Nothing can be written in ${path}.`, {
    hint: "Look at its owner and mode, or use another folder with --home. Nothing was changed.",
    cause,
  });
}

function quoted(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
