/** A lock the kernel lets go of when its holder dies, so there is no such thing as a stale one. */
import { closeSync, constants, openSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { KeetError } from "../errors.js";

interface NativeLocks {
  tryLock(fd: number): boolean;
}

export interface Lock {
  release(): void;
}

/** Null where another process holds it. */
export function tryLock(profileDir: string): Lock | null {
  const path = join(profileDir, "lock");
  let fd: number;
  try {
    fd = openSync(path, constants.O_RDWR | constants.O_CREAT | (constants.O_NOFOLLOW ?? 0), 0o600);
  } catch (cause) {
    throw cannotWrite(path, cause);
  }
  const native = createRequire(import.meta.url)("fs-native-extensions") as NativeLocks;
  if (!native.tryLock(fd)) {
    closeSync(fd);
    return null;
  }
  let isHeld = true;
  return {
    release() {
      if (!isHeld) return;
      isHeld = false;
      closeSync(fd);
    },
  };
}

/** What to tell a person whose disk refuses one of our files. */
export function cannotWrite(path: string, cause: unknown): KeetError {
  const code = (cause as NodeJS.ErrnoException).code;
  if (code === "ENOSPC" || code === "EDQUOT") {
    return new KeetError("storage", "DISK_FULL", `The disk that holds ${path} is full`, {
      hint: "Free some space and start again. Nothing was changed.",
      cause,
    });
  }
  return new KeetError("storage", "READ_ONLY", `${path} cannot be written (${code ?? "no reason given"})`, {
    hint: "Check who owns it and how its disk is mounted, or name another folder with --home.",
    cause,
  });
}
