/** A recording on the disk, written as it is made. */
import { open as openFile, rm } from "node:fs/promises";
import { folderError } from "../config.js";
import type { KeetError } from "../errors.js";

type Handle = Awaited<ReturnType<typeof openFile>>;

export class VoiceNoteFile {
  readonly path: string;
  readonly #handle: Handle;
  readonly #onError: (error: KeetError) => void;
  #writing: Promise<void> = Promise.resolve();
  #bytes = 0;
  #keptMs = 0;
  #error: KeetError | null = null;

  private constructor(path: string, handle: Handle, onError: (error: KeetError) => void) {
    this.path = path;
    this.#handle = handle;
    this.#onError = onError;
  }

  /**
   * Closed to others, and never one that is there.
   * @throws DISK_FULL, READ_ONLY
   */
  static async create(path: string, onError: (error: KeetError) => void): Promise<VoiceNoteFile> {
    try {
      return new VoiceNoteFile(path, await openFile(path, "wx", 0o600), onError);
    } catch (cause) {
      throw folderError(path, cause);
    }
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** How much of the recording is in it. */
  get keptMs(): number {
    return this.#keptMs;
  }

  /** @param untilMs where in the recording these bytes end */
  write(bytes: Uint8Array, untilMs: number): void {
    this.#writing = this.#writing.then(() => this.#write(bytes, untilMs));
  }

  async close(): Promise<void> {
    await this.#writing;
    try {
      await this.#handle.close();
    } catch (cause) {
      this.#fail(cause);
    }
  }

  async remove(): Promise<void> {
    await this.close();
    await rm(this.path, { force: true });
  }

  /** After the first piece that did not get in none does: a gap would be worse than an end. */
  async #write(bytes: Uint8Array, untilMs: number): Promise<void> {
    if (this.#error) return;
    try {
      await this.#handle.writev([bytes], this.#bytes);
      this.#bytes += bytes.length;
      this.#keptMs = untilMs;
    } catch (cause) {
      await this.#handle.truncate(this.#bytes).catch(() => {});
      this.#fail(cause);
    }
  }

  #fail(cause: unknown): void {
    if (this.#error) return;
    this.#error = folderError(this.path, cause);
    this.#onError(this.#error);
  }
}
