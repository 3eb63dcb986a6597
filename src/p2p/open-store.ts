import { existsSync } from "node:fs";
import { join } from "node:path";
import Corestore from "corestore";
import CoreStorage from "hypercore-storage";
import Rache from "rache";
import { folderError, privateFolder } from "../config.js";
import { KeetError } from "../errors.js";

/** Two or three of them are in memory while much is written; the library's own are 64 MiB each. */
const WRITE_BUFFER_BYTES = 8 * 1024 * 1024;
/**
 * Decoded blocks of all views together, about 2 KB each. Left alone, hyperbee 2.27.3 keeps 65,536 of them for each view:
 * two hundred megabytes for a room of a hundred thousand messages, and again for the next one.
 */
const CACHED_BLOCKS = 16_384;
const LEAVE_IT = "Nothing was changed or deleted.";

/**
 * The one Corestore of a profile. Nothing is ever repaired or deleted here.
 * @throws KeetError `STORE_LOCKED`, `STORE_COPIED`, `STORE_DAMAGED`, `READ_ONLY`, `DISK_FULL`
 */
export async function openStore(folder: string): Promise<Corestore> {
  privateFolder(folder);
  const path = join(folder, "store");
  const isNew = !existsSync(path);
  privateFolder(path);
  let store: Corestore | undefined;
  try {
    const globalCache = new Rache({ maxSize: CACHED_BLOCKS });
    store = new Corestore(new CoreStorage(path, { writeBufferSize: WRITE_BUFFER_BYTES }), { globalCache });
    await store.ready();
    return store;
  } catch (cause) {
    store?.close().catch(() => {});
    throw explained(cause, path, isNew);
  }
}

function explained(cause: unknown, path: string, isNew: boolean): KeetError {
  const { code, message = String(cause) } = cause as NodeJS.ErrnoException;
  if (/could not be locked|lock hold|LOCK:/i.test(message)) {
    return new KeetError("storage", "STORE_LOCKED", `${path} is in use by another keet-tui.`, {
      hint: "Use that one, or stop it: keet-tui daemon stop.",
      cause,
    });
  }
  if (/moved unsafely|Invalid device file/i.test(message)) {
    return new KeetError("storage", "STORE_COPIED", `${path} is a copy of another store.`, {
      hint: `Two copies that write would damage every room they are in. Use the first one, or move this away and restore from your 24 words: keet-tui identity restore. ${LEAVE_IT}`,
      cause,
    });
  }
  if (
    code === "EACCES" ||
    code === "EROFS" ||
    code === "ENOSPC" ||
    /read-only|permission denied|No space left/i.test(message)
  ) {
    // The library's own errors say it in words, without a code.
    const known = code ?? (/No space left/i.test(message) ? "ENOSPC" : "EROFS");
    return folderError(path, Object.assign(new Error(message, { cause }), { code: known }));
  }
  const [file] = /[\w-]+\.(sst|log)|CURRENT|MANIFEST-?\d*|CORESTORE/.exec(message) ?? [];
  return new KeetError("storage", "STORE_DAMAGED", `${path} cannot be opened${file ? ` (${file})` : ""}: ${message}`, {
    hint: isNew
      ? LEAVE_IT
      : `Move the folder away, start again, and restore from your 24 words; the people in your rooms have the messages. ${LEAVE_IT}`,
    cause,
  });
}
