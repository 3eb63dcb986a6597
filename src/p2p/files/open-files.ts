/** The files of one share that are open now: never more than a few, the least used closed first, all after a pause. */
import { constants } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { filesClosed } from "./file-errors.js";

const MAX_OPEN = 16;
const IDLE_CLOSE_MS = 10_000;

/** A pipe that took the file's place would wait for a writer, a link would lead elsewhere. Windows has neither flag. */
export const NEVER_ELSEWHERE = (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

interface Kept {
  readonly handle: Promise<FileHandle>;
  users: number;
}

export class OpenFiles {
  readonly #open: (index: number) => Promise<FileHandle>;
  readonly #idleMs: number;
  /** The least recently used first. */
  readonly #kept = new Map<number, Kept>();
  /** On their way to be closed, and open until they are. */
  #closing = 0;
  #waiting: (() => void)[] = [];
  #idle: NodeJS.Timeout | null = null;
  #isClosed = false;

  constructor(open: (index: number) => Promise<FileHandle>, options: { idleMs?: number } = {}) {
    this.#open = open;
    this.#idleMs = options.idleMs ?? IDLE_CLOSE_MS;
  }

  /** The handle stays open until `run` has ended. */
  async use<T>(index: number, run: (handle: FileHandle) => Promise<T>): Promise<T> {
    const kept = await this.#take(index);
    try {
      return await run(await kept.handle);
    } finally {
      kept.users -= 1;
      this.#wake();
      if (this.#isUnused()) this.#closeSoon();
    }
  }

  async #take(index: number): Promise<Kept> {
    for (;;) {
      if (this.#isClosed) throw filesClosed();
      const known = this.#kept.get(index);
      if (known || this.#kept.size + this.#closing < MAX_OPEN) return this.#keep(index, known ?? this.#opened(index));
      const unused = [...this.#kept].find(([, { users }]) => users === 0);
      if (unused) await this.#drop(...unused);
      else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  #opened(index: number): Kept {
    const kept = { handle: this.#open(index), users: 0 };
    kept.handle.catch(() => {
      if (this.#kept.get(index) === kept) this.#kept.delete(index);
    });
    return kept;
  }

  #keep(index: number, kept: Kept): Kept {
    this.#kept.delete(index);
    this.#kept.set(index, kept);
    kept.users += 1;
    if (this.#idle) clearTimeout(this.#idle);
    this.#idle = null;
    return kept;
  }

  async #drop(index: number, kept: Kept): Promise<void> {
    this.#kept.delete(index);
    this.#closing += 1;
    await kept.handle.then((handle) => handle.close()).catch(() => {});
    this.#closing -= 1;
    this.#wake();
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }

  #isUnused(): boolean {
    return [...this.#kept.values()].every(({ users }) => users === 0);
  }

  #closeSoon(): void {
    if (this.#isClosed || this.#idle) return;
    this.#idle = setTimeout(() => {
      this.#idle = null;
      void this.closeUnused();
    }, this.#idleMs);
    this.#idle.unref();
  }

  /** Those nobody uses; they are opened again when somebody does. */
  async closeUnused(): Promise<void> {
    const unused = [...this.#kept].filter(([, { users }]) => users === 0);
    await Promise.all(unused.map((entry) => this.#drop(...entry)));
  }

  /** Waits for what is under way; whoever comes later is refused. */
  async close(): Promise<void> {
    this.#isClosed = true;
    if (this.#idle) clearTimeout(this.#idle);
    this.#wake();
    while (!this.#isUnused()) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    await this.closeUnused();
  }
}

/** A new buffer: `pad` bytes left free, then what is there; null where the file ends before. */
export async function readAt(
  handle: FileHandle,
  { offset, length }: { readonly offset: number; readonly length: number },
  pad: number,
): Promise<Buffer | null> {
  const buffer = Buffer.allocUnsafe(pad + length).fill(0, 0, pad);
  for (let got = 0; got < length; ) {
    const { bytesRead } = await handle.read(buffer, pad + got, length - got, offset + got);
    if (bytesRead === 0) return null;
    got += bytesRead;
  }
  return buffer;
}

export async function writeAt(handle: FileHandle, bytes: Uint8Array, offset: number): Promise<void> {
  for (let put = 0; put < bytes.byteLength; ) {
    put += (await handle.write(bytes, put, bytes.byteLength - put, offset + put)).bytesWritten;
  }
}
