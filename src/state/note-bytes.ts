/** The bytes of a file that is here or on its way, in order, each as soon as it and all before it are here. */
import { type FileHandle, open } from "node:fs/promises";
import { KeetError } from "../errors.js";
import type { Request } from "./core-link.js";

const CHUNK_BYTES = 16 * 1024;

export interface NoteBytesOptions {
  readonly request: Request;
  readonly share: { readonly room: string; readonly id: string; readonly writer: string };
  readonly bytes: number;
}

export class NoteBytes implements AsyncIterator<Uint8Array> {
  readonly #options: NoteBytesOptions;
  /** The same file under another name once it is whole. */
  #handle: FileHandle | null = null;
  #at = 0;
  /** So far it is here. */
  #until = 0;
  #isClosed = false;

  constructor(options: NoteBytesOptions) {
    this.#options = options;
  }

  async next(): Promise<IteratorResult<Uint8Array>> {
    if (this.#isClosed || this.#at >= this.#options.bytes) return await this.return();
    if (this.#at >= this.#until) await this.#wait();
    if (this.#isClosed || !this.#handle) return await this.return();
    const buffer = Buffer.alloc(Math.min(CHUNK_BYTES, this.#until - this.#at));
    const { bytesRead } = await this.#handle.read(buffer, 0, buffer.length, this.#at);
    if (bytesRead === 0) throw new KeetError("storage", "CANNOT_READ", "The file ended before its end");
    this.#at += bytesRead;
    return { done: false, value: buffer.subarray(0, bytesRead) };
  }

  async return(): Promise<IteratorReturnResult<undefined>> {
    this.#isClosed = true;
    const handle = this.#handle;
    this.#handle = null;
    await handle?.close();
    return { done: true, value: undefined };
  }

  /** Whoever has it may come later. */
  async #wait(): Promise<void> {
    const { request, share } = this.#options;
    const { path, bytes } = await request("file.read", { ...share, offset: this.#at }, { timeoutMs: 0 });
    this.#until = this.#at + bytes;
    if (!this.#isClosed) this.#handle ??= await open(path, "r");
  }
}
