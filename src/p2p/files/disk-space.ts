/** Room on the disk that downloads leave for what matters more: messages, and the store they are in. */
import { statfs } from "node:fs/promises";
import { diskFull } from "./file-errors.js";

/** 64 MB for chat, and what other downloads may write between two looks of this one. */
export const RESERVE_BYTES = 80 * 1024 * 1024;
const LOOK_EVERY_BYTES = 4 * 1024 * 1024;

/** What a person without special rights may still write there. */
export async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

export class DiskSpace {
  readonly #shown: string;
  readonly #folder: () => Promise<string>;
  readonly #reserveBytes: number;
  /** Granted and not asked for yet. */
  #granted = 0;
  #looking: Promise<void> | null = null;

  constructor(shown: string, folder: () => Promise<string>, reserveBytes = RESERVE_BYTES) {
    this.#shown = shown;
    this.#folder = folder;
    this.#reserveBytes = reserveBytes;
  }

  /** @throws KeetError `WRITE_FAILED` where so much cannot be written without touching the reserve */
  async take(bytes: number): Promise<void> {
    while (this.#granted < bytes) {
      this.#looking ??= this.#look(bytes).finally(() => {
        this.#looking = null;
      });
      await this.#looking;
    }
    this.#granted -= bytes;
  }

  /** What may be written before downloads pause. */
  async left(): Promise<number> {
    return (await freeBytes(await this.#folder())) - this.#reserveBytes;
  }

  async #look(bytes: number): Promise<void> {
    const left = await this.left();
    if (left < bytes) throw diskFull(this.#shown, left + this.#reserveBytes, this.#reserveBytes);
    this.#granted = Math.min(left, Math.max(bytes, LOOK_EVERY_BYTES));
  }
}
