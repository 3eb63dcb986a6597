/**
 * A download that is not whole: one file, or a folder of them, under a short name made of its id. It is ours alone and
 * stays what it was when it was opened; links and things of others are never written to.
 */
import { constants, type Stats } from "node:fs";
import { type FileHandle, lstat, mkdir, open, readdir, rm, unlink } from "node:fs/promises";
import { join } from "node:path";
import { codeOf, notOurs, notWhole } from "./file-errors.js";
import { HeldFolder, type Identity, isSameFile } from "./held-folder.js";
import type { Part } from "./layout.js";
import { NEVER_ELSEWHERE, OpenFiles } from "./open-files.js";
import type { Unfinished } from "./place.js";
import { uniquePaths } from "./safe-name.js";

const READ_WRITE = constants.O_RDWR | NEVER_ELSEWHERE;
const PART_ID = /^[0-9a-f]{16,64}$/;
const SYNCS_AT_ONCE = 8;

export interface PartFilesOptions {
  readonly folder: HeldFolder;
  /** Of the share, in hex. */
  readonly id: string;
  readonly parts: readonly Part[];
  readonly isFolder: boolean;
}

export function partName(id: string): string {
  if (!PART_ID.test(id)) throw new Error("the id of a share is 16 hex digits or more");
  return `.${id.slice(0, 16)}.part`;
}

export class PartFiles implements Unfinished {
  readonly folder: HeldFolder;
  readonly name: string;
  readonly identity: Identity;
  /** Nothing was here before. */
  readonly isNew: boolean;
  /** Safe names for the parts of a folder, with `/` between. */
  readonly paths: readonly string[];
  readonly open: OpenFiles;
  readonly #parts: readonly Part[];
  /** The folder itself; null for a single file. */
  readonly #root: HeldFolder | null;
  readonly #seen = new Map<number, Identity>();

  private constructor(
    { folder, id, parts, isFolder }: PartFilesOptions,
    opened: { identity: Identity; isNew: boolean; root: HeldFolder | null },
  ) {
    this.folder = folder;
    this.name = partName(id);
    this.identity = opened.identity;
    this.isNew = opened.isNew;
    this.paths = isFolder ? uniquePaths(parts.map(({ path }) => path)) : [];
    this.#parts = parts;
    this.#root = opened.root;
    if (!isFolder) this.#seen.set(0, opened.identity);
    this.open = new OpenFiles((index) => this.#openPart(index));
  }

  /** @throws KeetError `NOT_OURS` */
  static async open(options: PartFilesOptions): Promise<PartFiles> {
    const { folder, id, parts, isFolder } = options;
    if (!isFolder && parts.length !== 1) throw new Error("a single file is one part");
    const name = partName(id);
    const shown = join(folder.path, name);
    return new PartFiles(
      options,
      isFolder ? await openFolder(folder, name, shown) : await openFile(folder, name, shown, parts[0]!.size),
    );
  }

  get path(): string {
    return join(this.folder.path, this.name);
  }

  /** All of it is on the disk, also after a loss of power; empty files too, for which no block comes. */
  async sync(): Promise<void> {
    let next = 0;
    const syncOn = async () => {
      for (let index = next++; index < this.#parts.length; index = next++) await this.#syncPart(index);
    };
    await Promise.all(Array.from({ length: SYNCS_AT_ONCE }, syncOn));
    // Windows gives no other name to what is open.
    await this.open.closeUnused();
  }

  async #syncPart(index: number): Promise<void> {
    await this.open.use(index, async (handle) => {
      if ((await handle.stat()).size !== this.#parts[index]!.size) throw notWhole(this.#shown(index));
      await handle.sync();
    });
  }

  async remove(): Promise<void> {
    const path = await this.folder.at(this.name);
    const stats = await lstat(path).catch(() => null);
    if (!stats || !isSameFile(stats, this.identity)) return;
    if (this.#root) await rm(path, { recursive: true, force: true });
    else await unlink(path);
  }

  async close(): Promise<void> {
    await this.open.close();
    await this.#root?.close();
  }

  async #openPart(index: number): Promise<FileHandle> {
    const handle = this.#root
      ? await openBeneath(this.#root, this.paths[index]!.split("/"))
      : await open(await this.folder.at(this.name), READ_WRITE);
    try {
      const stats = await handle.stat();
      const known = this.#seen.get(index) ?? stats;
      if (!isSameFile(known, stats)) throw notOurs(this.#shown(index), "was replaced while it was downloaded");
      checkOurs(stats, this.#parts[index]!.size, this.#shown(index));
      this.#seen.set(index, { dev: stats.dev, ino: stats.ino });
      return handle;
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  #shown(index: number): string {
    return this.#root ? join(this.path, this.paths[index]!) : this.path;
  }
}

/** Step by step through folders held open: no link in place of one of them leads out. */
async function openBeneath(root: HeldFolder, segments: readonly string[]): Promise<FileHandle> {
  let folder = root;
  try {
    for (const segment of segments.slice(0, -1)) {
      const inside = await folder.made(segment);
      if (folder !== root) await folder.close();
      folder = inside;
    }
    return await open(await folder.at(segments.at(-1)!), READ_WRITE | constants.O_CREAT, 0o600);
  } finally {
    if (folder !== root) await folder.close();
  }
}

async function openFile(folder: HeldFolder, name: string, shown: string, size: number) {
  const { handle, isNew } = await openOrMake(await folder.at(name), shown);
  try {
    const stats = await handle.stat();
    checkOurs(stats, size, shown);
    await handle.chmod(0o600);
    return { identity: { dev: stats.dev, ino: stats.ino }, isNew, root: null };
  } finally {
    await handle.close();
  }
}

async function openOrMake(path: string, shown: string): Promise<{ handle: FileHandle; isNew: boolean }> {
  try {
    return { handle: await open(path, READ_WRITE | constants.O_CREAT | constants.O_EXCL, 0o600), isNew: true };
  } catch (error) {
    if (codeOf(error) !== "EEXIST") throw error;
  }
  // Not opened before it was looked at, or a pipe or device would be.
  if (!(await lstat(path)).isFile()) throw notOurs(shown, "is no file of ours");
  return { handle: await open(path, READ_WRITE), isNew: false };
}

async function openFolder(folder: HeldFolder, name: string, shown: string) {
  const isNew = await mkdir(await folder.at(name), { mode: 0o700 }).then(
    () => true,
    (error: unknown) => {
      if (codeOf(error) === "EEXIST") return false;
      throw error;
    },
  );
  const root = await folder.inside(name).catch((error: unknown) => {
    if (codeOf(error) === "ENOTDIR" || codeOf(error) === "ELOOP") throw notOurs(shown, "is no folder of ours");
    throw error;
  });
  const stats = await root.stat();
  if (!isOurs(stats) || (process.platform !== "win32" && (stats.mode & 0o077) !== 0)) {
    await root.close();
    throw notOurs(shown, "is open to other people");
  }
  return { identity: { dev: stats.dev, ino: stats.ino }, isNew, root };
}

function checkOurs(stats: Stats, size: number, shown: string): void {
  if (!stats.isFile()) throw notOurs(shown, "is no file of ours");
  if (!isOurs(stats)) throw notOurs(shown, "belongs to another user");
  // Under its other name it is somebody's file that must not change.
  if (stats.nlink !== 1) throw notOurs(shown, "has another name beside this one");
  if (stats.size > size) throw notOurs(shown, "is longer than what is downloaded");
}

function isOurs(stats: Stats): boolean {
  return process.getuid === undefined || stats.uid === process.getuid();
}

/**
 * The name of a file that was put in place just before a crash: it has both names then. The unfinished one is taken
 * away. Null where it has not come so far.
 */
export async function finishPlacing(folder: HeldFolder, id: string, size: number): Promise<string | null> {
  const part = await folder.at(partName(id));
  const stats = await lstat(part).catch(() => null);
  if (!stats?.isFile() || stats.nlink !== 2 || stats.size !== size || !isOurs(stats)) return null;
  const name = await otherNameOf(folder, id, stats);
  if (name !== null) await unlink(part);
  return name;
}

/**
 * The name of what was put in place just before a crash, and has lost its unfinished one.
 * @param identity what it was when it was unfinished
 * @param size of a file; null for a folder
 */
export async function placedAs(
  folder: HeldFolder,
  id: string,
  identity: Identity,
  size: number | null,
): Promise<string | null> {
  if (await lstat(await folder.at(partName(id))).catch(() => null)) return null;
  const name = await otherNameOf(folder, id, identity);
  const stats = name === null ? null : await lstat(await folder.at(name)).catch(() => null);
  if (!stats || !isOurs(stats)) return null;
  return (size === null ? stats.isDirectory() : stats.isFile() && stats.size === size) ? name : null;
}

async function otherNameOf(folder: HeldFolder, id: string, identity: Identity): Promise<string | null> {
  for (const name of await readdir(await folder.at("."))) {
    if (name === partName(id)) continue;
    const stats = await lstat(await folder.at(name)).catch(() => null);
    if (stats && isSameFile(stats, identity)) return name;
  }
  return null;
}

/** What a run that was killed left unfinished, if it is still that. */
export async function removeLeft(path: string, id: string, identity: Identity): Promise<void> {
  const folder = await HeldFolder.open(path);
  try {
    const part = await folder.at(partName(id));
    const stats = await lstat(part).catch(() => null);
    if (stats && isSameFile(stats, identity) && isOurs(stats)) await rm(part, { recursive: true, force: true });
  } finally {
    await folder.close();
  }
}
