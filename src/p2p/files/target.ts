/**
 * Where a download goes: blocks into an unfinished file or folder, and when all are there, into its place. What is in
 * the way is never written to, and the disk is never filled. Then blocks are read from there, as from any original.
 */
import { EventEmitter } from "node:events";
import { lstat, realpath } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { KeetError } from "../../errors.js";
import { DiskSpace } from "./disk-space.js";
import {
  alreadyThere,
  badBlock,
  cannotWrite,
  codeOf,
  filesClosed,
  folderMoved,
  notWhole,
  sourceUnreadable,
  writeFailed,
} from "./file-errors.js";
import { HeldFolder, type Identity, makeFolder } from "./held-folder.js";
import { blocksOf, type Part, partAt } from "./layout.js";
import { readAt, writeAt } from "./open-files.js";
import { finishPlacing, PartFiles, placedAs } from "./part-files.js";
import { type Place, placeFile, placeFolder } from "./place.js";
import { safeName, uniquePaths } from "./safe-name.js";
import { type SourceFile, SourceFiles, stampOf } from "./source.js";

const LOOKS_AT_ONCE = 64;

export interface TargetOptions {
  /** Left free for messages. */
  readonly reserveBytes?: number;
  /** As in HeldFolder.open. */
  readonly isHeld?: boolean;
  /** What it was when a run before this one began to put it in its place; null where none did. */
  readonly placing?: Identity | null;
}

interface TargetEvents {
  /** Nothing can be written: once, until something was again. The error says what to do. */
  full: [error: KeetError];
  /** Of what lies in its place: as in SourceFiles. */
  changed: [path: string];
}

interface Placed {
  /** Of the file, or of the folder. */
  readonly path: string;
  readonly files: readonly SourceFile[];
  readonly blocks: SourceFiles;
}

export class TargetFiles extends EventEmitter<TargetEvents> {
  readonly parts: readonly Part[];
  readonly #id: string;
  readonly #isFolder: boolean;
  readonly #options: TargetOptions;
  readonly #folder: HeldFolder;
  /** As it was named, where a link may have led to it. */
  readonly #named: string;
  readonly #space: DiskSpace;
  /** Null once it is in its place. */
  #part: PartFiles | null = null;
  #placed: Placed | null = null;
  #isPlacing = false;
  #moving: Promise<void> | null = null;
  #isFull = false;
  #failures = 0;
  #isClosed = false;

  private constructor(
    folder: HeldFolder,
    named: string,
    id: string,
    parts: readonly Part[],
    isFolder: boolean,
    options: TargetOptions,
  ) {
    super();
    this.#folder = folder;
    this.#named = named;
    this.#id = id;
    this.parts = parts;
    this.#isFolder = isFolder;
    this.#options = options;
    this.#space = new DiskSpace(folder.path, () => folder.at("."), options.reserveBytes);
  }

  /**
   * Makes the unfinished file, or goes on with it.
   * @throws KeetError `NOT_OURS` where something else stands in its place, `CANNOT_WRITE`
   */
  static async open(
    folder: string,
    id: string,
    parts: readonly Part[],
    isFolder: boolean,
    options: TargetOptions = {},
  ): Promise<TargetFiles> {
    await makeFolder(folder).catch((error: unknown) => {
      throw cannotWrite(folder, error);
    });
    const held = await openDownloads(folder, options);
    const target = new TargetFiles(held, resolve(folder), id, parts, isFolder, options);
    try {
      await target.#openPart();
      return target;
    } catch (error) {
      await target.close();
      throw cannotWrite(folder, error);
    }
  }

  async #openPart(): Promise<void> {
    const name = await this.#placedName();
    if (name !== null) return this.#lookAt(this.#folder, name, uniquePaths(this.parts.map(({ path }) => path)));
    this.#part = await PartFiles.open({
      folder: this.#folder,
      id: this.#id,
      parts: this.parts,
      isFolder: this.#isFolder,
    });
  }

  /** Where a run before this one put it, just before it was cut off. */
  async #placedName(): Promise<string | null> {
    const size = this.#isFolder ? null : (this.parts[0]?.size ?? 0);
    const name = size === null ? null : await finishPlacing(this.#folder, this.#id, size);
    const { placing } = this.#options;
    return name ?? (placing ? await placedAs(this.#folder, this.#id, placing, size) : null);
  }

  /** What is unfinished; null once it is in its place. */
  get identity(): Identity | null {
    return this.#part?.identity ?? null;
  }

  /** Nothing was on the disk before: blocks that were here once are gone. */
  get isNew(): boolean {
    return this.#part?.isNew ?? false;
  }

  /** Where it lies until then. */
  get partPath(): string {
    return this.#part?.path ?? this.#placed!.path;
  }

  /** Where it lies, once it is in its place. */
  get path(): string | null {
    return this.#placed?.path ?? null;
  }

  /** What lies in its place, to be kept and given to SourceFiles at the next start; none before. */
  get files(): readonly SourceFile[] {
    return this.#placed?.files ?? [];
  }

  /** Nothing could be written the last time. */
  get isFull(): boolean {
    return this.#isFull;
  }

  /** Bytes that can be written before it pauses. */
  spaceLeft(): Promise<number> {
    return this.#space.left();
  }

  /**
   * @throws KeetError `WRITE_FAILED` where it cannot be written now, `BAD_BLOCK` where it is not as long as announced
   */
  async write(block: number, bytes: Uint8Array): Promise<void> {
    const piece = partAt(this.parts, block);
    if (!piece || bytes.byteLength !== piece.length) throw badBlock(block);
    const failures = this.#failures;
    try {
      const part = this.#unfinished();
      if (this.#isPlacing) throw filesClosed();
      await this.#space.take(piece.length);
      await part.open.use(piece.index, (handle) => writeAt(handle, bytes, piece.offset));
      // One that was let through before the disk was full says nothing of what is now.
      if (failures === this.#failures) this.#isFull = false;
    } catch (error) {
      throw this.#cannotWrite(error);
    }
  }

  #unfinished(): PartFiles {
    if (!this.#part || this.#isClosed) throw filesClosed();
    return this.#part;
  }

  #cannotWrite(cause: unknown): KeetError {
    const error = writeFailed(this.#part?.path ?? this.#folder.path, cause);
    if (codeOf(cause) === "FILES_CLOSED") return error;
    const isNews = !this.#isFull;
    this.#failures += 1;
    this.#isFull = true;
    if (isNews) this.emit("full", error);
    return error;
  }

  /**
   * A new buffer: `pad` bytes left free, then the block, which was written before.
   * @throws KeetError `NOT_WHOLE`, `NOT_OURS`, `SOURCE_UNREADABLE`; once it is in its place as SourceFiles does
   */
  async read(block: number, pad: number): Promise<Buffer> {
    // Between its two names it is under neither.
    await this.#moving?.catch(() => {});
    if (this.#placed) return this.#placed.blocks.read(block, pad);
    const piece = partAt(this.parts, block);
    if (!piece) throw badBlock(block);
    const part = this.#unfinished();
    const bytes = await part.open
      .use(piece.index, (handle) => readAt(handle, piece, pad))
      .catch((error: unknown) => {
        throw error instanceof KeetError ? error : sourceUnreadable(part.path, error);
      });
    if (!bytes) throw notWhole(part.path);
    return bytes;
  }

  /**
   * Under a safe form of that name, or `name (1)` where it is taken.
   * @returns where it lies
   * @throws KeetError `NOT_WHOLE`, `FOLDER_MOVED`, `CANNOT_WRITE`, `NOT_OURS`; it stays unfinished then
   */
  putInPlace(folder: string, name: string): Promise<string> {
    return this.#put(folder, safeName(name), false);
  }

  /**
   * Exactly there, by a name that a person chose.
   * @throws KeetError `FILE_EXISTS` where there is anything, and as `putInPlace`
   */
  async putAt(path: string): Promise<string> {
    const target = resolve(path);
    await checkIsFree(target);
    return this.#put(dirname(target), basename(target), true);
  }

  async #put(folder: string, name: string, isExact: boolean): Promise<string> {
    const part = this.#unfinished();
    if (!(await this.#folder.isWhereItWas())) throw folderMoved(this.#folder.path);
    // Not looked up again: by now that name may lead elsewhere.
    const held = resolve(folder) === this.#named ? this.#folder : await openDownloads(folder, this.#options);
    this.#isPlacing = true;
    try {
      await part.sync();
      await this.#give(part, { folder: held, name, isExact });
    } catch (error) {
      throw cannotWrite(join(folder, name), error);
    } finally {
      this.#isPlacing = false;
      if (held !== this.#folder) await held.close();
    }
    return this.#placed!.path;
  }

  async #give(part: PartFiles, place: Place): Promise<void> {
    this.#moving = this.#move(part, place).finally(() => {
      this.#moving = null;
    });
    try {
      await this.#moving;
    } catch (error) {
      if (codeOf(error) !== "EXDEV") throw error;
      await this.#giveToOtherDisk(part, place);
    }
    this.#part = null;
    await part.close();
  }

  async #move(part: PartFiles, place: Place): Promise<void> {
    const name = await (this.#isFolder ? placeFolder : placeFile)(part, place);
    await this.#lookAt(place.folder, name, part.paths);
  }

  /** Block by block into an unfinished one over there, which is then put in its place. */
  async #giveToOtherDisk(part: PartFiles, { folder, name, isExact }: Place): Promise<void> {
    const other = await TargetFiles.open(folder.path, this.#id, this.parts, this.#isFolder, this.#options);
    try {
      for (const block of blocksOf(this.parts)) {
        const piece = partAt(this.parts, block)!;
        const bytes = await part.open.use(piece.index, (handle) => readAt(handle, piece, 0));
        await other.write(block, bytes!);
      }
      await other.#put(folder.path, name, isExact);
      this.#take(other.#placed!);
    } catch (error) {
      await other.remove();
      throw error;
    }
    await part.remove();
  }

  async #lookAt(folder: HeldFolder, name: string, paths: readonly string[]): Promise<void> {
    const path = join(folder.path, name);
    const files = this.#isFolder
      ? await this.#filesIn(folder, name, paths)
      : [{ ...placed(this.parts[0]!), path: name, absolute: path, stamp: stampOf(await lstat(await folder.at(name))) }];
    this.#take({ path, files, blocks: new SourceFiles(files) });
  }

  async #filesIn(folder: HeldFolder, name: string, paths: readonly string[]): Promise<SourceFile[]> {
    const root = await folder.inside(name);
    const files: SourceFile[] = [];
    try {
      for (let from = 0; from < paths.length; from += LOOKS_AT_ONCE) {
        const some = paths.slice(from, from + LOOKS_AT_ONCE);
        const stats = await Promise.all(some.map(async (path) => lstat(await root.at(path))));
        for (const [index, path] of some.entries()) {
          files.push({
            ...placed(this.parts[from + index]!),
            path,
            absolute: join(root.path, path),
            stamp: stampOf(stats[index]!),
          });
        }
      }
      return files;
    } finally {
      await root.close();
    }
  }

  #take(placed: Placed): void {
    this.#placed = placed;
    placed.blocks.on("changed", (path) => this.emit("changed", path));
  }

  /** Deletes what is unfinished, and nothing else. */
  async remove(): Promise<void> {
    this.#isClosed = true;
    await this.#part?.open.close();
    await this.#part?.remove();
    await this.close();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#part?.close();
    await this.#placed?.blocks.close();
    await this.#folder.close();
  }
}

/** @throws KeetError `FILE_EXISTS` where there is anything, a link that leads nowhere too */
export async function checkIsFree(path: string): Promise<void> {
  try {
    await lstat(path);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return;
    throw cannotWrite(path, error);
  }
  throw alreadyThere(path);
}

function placed({ size, firstBlock }: Part): { readonly size: number; readonly firstBlock: number } {
  return { size, firstBlock };
}

async function openDownloads(folder: string, { isHeld }: TargetOptions): Promise<HeldFolder> {
  try {
    return await HeldFolder.open(await realpath(folder), isHeld === undefined ? {} : { isHeld });
  } catch (error) {
    throw cannotWrite(folder, error);
  }
}
