/**
 * Where voice notes lie that are recorded here, each in a folder of its own, closed to others. One that is being recorded
 * is this program's, which its folder's name says; one that was sent is the core's, which shares it from there and
 * removes it when it is shared no more.
 */
import { randomBytes } from "node:crypto";
import { renameSync, rmSync } from "node:fs";
import { readdir, rm, stat } from "node:fs/promises";
import { hostname } from "node:os";
import { basename, dirname, join } from "node:path";
import { privateFolder } from "../config.js";

const RECORDING = /^recording-(\d+)-([0-9a-z]*)-[0-9a-f]{8}$/;
/** On a home that several machines share, what runs on another one is not seen. */
const MAX_AGE_MS = 7 * 86_400_000;
const MAX_HOST_CHARS = 32;

export class NoteFolder {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** A new place: `…/voice-2026-12-01-1432.opus`. @throws DISK_FULL, READ_ONLY, FOLDER_NOT_PRIVATE */
  fresh(at: number): string {
    privateFolder(this.#folder);
    const folder = join(this.#folder, `recording-${process.pid}-${here()}-${randomBytes(4).toString("hex")}`);
    privateFolder(folder);
    return join(folder, nameAt(at));
  }

  /** From now on it is the core's. @returns where it lies now */
  handOver(path: string): string {
    return moved(path, join(this.#folder, randomBytes(8).toString("hex")));
  }

  /** The core did not take it. */
  takeBack(path: string): string {
    return moved(path, join(this.#folder, `recording-${process.pid}-${here()}-${randomBytes(4).toString("hex")}`));
  }

  async remove(path: string): Promise<void> {
    await rm(dirname(path), { recursive: true, force: true });
  }

  /** Of a program that may be gone the next moment. */
  removeNow(path: string): void {
    try {
      rmSync(dirname(path), { recursive: true, force: true });
    } catch {
      // Windows keeps what is open; it goes with the next start.
    }
  }

  /** What programs have left that are gone. */
  async clean(): Promise<void> {
    const names = await readdir(this.#folder).catch(() => []);
    for (const name of names) {
      if (await isLeft(name, join(this.#folder, name))) await rm(join(this.#folder, name), { recursive: true });
    }
  }
}

function moved(path: string, folder: string): string {
  renameSync(dirname(path), folder);
  return join(folder, basename(path));
}

async function isLeft(name: string, path: string): Promise<boolean> {
  const [, pid, host] = RECORDING.exec(name) ?? [];
  if (pid === undefined) return false;
  if (host === here()) return !isRunning(Number(pid));
  const { mtimeMs } = await stat(path);
  return Date.now() - mtimeMs > MAX_AGE_MS;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function here(): string {
  return hostname()
    .toLowerCase()
    .replace(/[^0-9a-z]/g, "")
    .slice(0, MAX_HOST_CHARS);
}

/** By the clock on this person's wall. */
function nameAt(at: number): string {
  const date = new Date(at);
  const two = (number: number) => String(number).padStart(2, "0");
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join("-");
  return `voice-${day}-${two(date.getHours())}${two(date.getMinutes())}.opus`;
}
