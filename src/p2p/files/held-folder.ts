/**
 * A folder held open, so that what is in it is found although its name leads elsewhere meanwhile: somebody else may
 * write where downloads go, and may put a link in the place of a folder at any moment. Node has no openat(2); on Linux
 * a name below /proc/self/fd does the same. Elsewhere the folder is looked at again before each step.
 */
import type { Stats } from "node:fs";
import { constants, existsSync } from "node:fs";
import { type FileHandle, lstat, mkdir, open } from "node:fs/promises";
import { dirname, join } from "node:path";
import { codeOf, folderMoved } from "./file-errors.js";

const HANDLES = "/proc/self/fd";
const CAN_HOLD = process.platform === "linux" && existsSync(HANDLES);
const FOLDER_ONLY = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

export interface Identity {
  readonly dev: number;
  readonly ino: number;
}

export class HeldFolder {
  /** Where it was when it was opened. */
  readonly path: string;
  readonly #handle: FileHandle | null;
  readonly #identity: Identity;

  private constructor(path: string, handle: FileHandle | null, identity: Identity) {
    this.path = path;
    this.#handle = handle;
    this.#identity = identity;
  }

  /** Rejects with ENOTDIR or ELOOP where that is a link. `isHeld: false` does it as it is done off Linux. */
  static open(path: string, options: { isHeld?: boolean } = {}): Promise<HeldFolder> {
    return HeldFolder.#openAt(path, path, options.isHeld ?? CAN_HOLD);
  }

  static async #openAt(at: string, path: string, isHeld: boolean): Promise<HeldFolder> {
    if (!isHeld) {
      const stats = await lstat(at);
      if (!stats.isDirectory()) throw Object.assign(new Error(`no folder: ${path}`), { code: "ENOTDIR" });
      return new HeldFolder(path, null, stats);
    }
    const handle = await open(at, FOLDER_ONLY);
    try {
      return new HeldFolder(path, handle, await handle.stat());
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  /**
   * What system calls take for this name in it; `.` for the folder itself.
   * @throws KeetError `FOLDER_MOVED`
   */
  async at(name: string): Promise<string> {
    if (this.#handle) return `${HANDLES}/${this.#handle.fd}/${name}`;
    if (!(await this.isWhereItWas())) throw folderMoved(this.path);
    return join(this.path, name);
  }

  async inside(name: string): Promise<HeldFolder> {
    return HeldFolder.#openAt(await this.at(name), join(this.path, name), this.#handle !== null);
  }

  /** As `inside`; made, for its owner alone, where it is not there. */
  async made(name: string): Promise<HeldFolder> {
    try {
      await mkdir(await this.at(name), { mode: 0o700 });
    } catch (error) {
      if (codeOf(error) !== "EEXIST") throw error;
    }
    return this.inside(name);
  }

  async isWhereItWas(): Promise<boolean> {
    try {
      return isSameFile(await lstat(this.path), this.#identity);
    } catch {
      return false;
    }
  }

  async stat(): Promise<Stats> {
    return this.#handle ? this.#handle.stat() : lstat(await this.at("."));
  }

  /** So that the names in it are there after a loss of power. */
  async sync(): Promise<void> {
    // Some file systems refuse to sync a folder.
    await this.#handle?.sync().catch(() => {});
  }

  async close(): Promise<void> {
    await this.#handle?.close();
  }
}

/**
 * With those above it, for their owner alone. Not by mkdir's own `recursive`: Node 24 goes on for ever where a folder is
 * there and nothing can be made in it for a reason of its own, as in /proc.
 */
export async function makeFolder(path: string): Promise<void> {
  const make = () =>
    mkdir(path, { mode: 0o700 }).catch((error: unknown) => {
      if (codeOf(error) !== "EEXIST") throw error;
    });
  try {
    await make();
  } catch (error) {
    if (codeOf(error) !== "ENOENT" || dirname(path) === path) throw error;
    await makeFolder(dirname(path));
    await make();
  }
}

export function isSameFile(one: Identity, other: Identity): boolean {
  return one.dev === other.dev && one.ino === other.ino;
}
