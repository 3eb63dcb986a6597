/**
 * What a person shares, where it lies: looked at before it is opened, and read block by block for as long as it is
 * what it was. Nothing is copied.
 */
import { EventEmitter } from "node:events";
import type { Stats } from "node:fs";
import { constants } from "node:fs";
import { type FileHandle, lstat, open } from "node:fs/promises";
import type { KeetError } from "../../errors.js";
import { badBlock, codeOf, sourceChanged, sourceUnreadable } from "./file-errors.js";
import { type Identity, isSameFile } from "./held-folder.js";
import { type FileSize, layOut, type Part, partAt } from "./layout.js";
import { NEVER_ELSEWHERE, OpenFiles, readAt } from "./open-files.js";

/** A file with another stamp is another file. */
export interface Stamp extends Identity {
  readonly size: number;
  readonly mtimeMs: number;
}

export interface SourceFile extends FileSize {
  readonly absolute: string;
  readonly stamp: Stamp;
}

export function stampOf({ dev, ino, size, mtimeMs }: Stats): Stamp {
  return { dev, ino, size, mtimeMs };
}

function isSameStamp(one: Stamp, other: Stamp): boolean {
  return isSameFile(one, other) && one.size === other.size && one.mtimeMs === other.mtimeMs;
}

interface SourceEvents {
  /** Once for each file: its path in the share. */
  changed: [path: string];
}

/** Blocks out of the original files, which are only ever read. */
export class SourceFiles extends EventEmitter<SourceEvents> {
  readonly parts: readonly Part[];
  readonly write = null;
  readonly #files: readonly SourceFile[];
  readonly #open: OpenFiles;
  readonly #changed = new Set<number>();

  constructor(files: readonly SourceFile[], options: { idleMs?: number } = {}) {
    super();
    this.#files = files;
    this.parts = layOut(files);
    this.#open = new OpenFiles((index) => this.#openOriginal(index), options);
  }

  /**
   * A new buffer: `pad` bytes left free, then the block.
   * @throws KeetError `SOURCE_CHANGED`, `SOURCE_UNREADABLE`
   */
  async read(block: number, pad: number): Promise<Buffer> {
    const piece = partAt(this.parts, block);
    if (!piece) throw badBlock(block);
    return this.#open.use(piece.index, async (handle) => {
      const bytes = await readAt(handle, piece, pad).catch((error: unknown) => {
        throw sourceUnreadable(piece.part.path, error);
      });
      // Whoever wrote before or while we read has changed the stamp by now.
      await this.#check(piece.index, handle);
      return bytes ?? this.#fail(piece.index, "it ends too early");
    });
  }

  async close(): Promise<void> {
    await this.#open.close();
  }

  async #check(index: number, handle: FileHandle): Promise<void> {
    const stats = await handle.stat();
    if (!stats.isFile() || !isSameStamp(stampOf(stats), this.#files[index]!.stamp)) this.#fail(index, "it was changed");
  }

  async #openOriginal(index: number): Promise<FileHandle> {
    const { absolute, path, stamp } = this.#files[index]!;
    try {
      // A device may do something when it is opened, so what took the file's place is not.
      if (!isSameStamp(stampOf(await lstat(absolute)), stamp)) this.#fail(index, "it was changed or replaced");
      const handle = await open(absolute, constants.O_RDONLY | NEVER_ELSEWHERE);
      await this.#check(index, handle).catch(async (error: unknown) => {
        await handle.close();
        throw error;
      });
      return handle;
    } catch (error) {
      const code = codeOf(error);
      if (code === "SOURCE_CHANGED") throw error;
      if (code === "ENOENT" || code === "ENOTDIR" || code === "ELOOP") this.#fail(index, "it is gone", error);
      throw sourceUnreadable(path, error);
    }
  }

  #fail(index: number, why: string, cause?: unknown): never {
    const { path } = this.#files[index]!;
    const error: KeetError = sourceChanged(path, why, cause);
    if (!this.#changed.has(index)) {
      this.#changed.add(index);
      this.emit("changed", path);
    }
    throw error;
  }
}
