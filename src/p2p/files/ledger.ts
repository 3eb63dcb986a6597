/** What this device shares, fetches and holds of files: a file a share in `<profile>/files/`, replaced as a whole. */
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { privateFolder, replaceFile } from "../../config.js";
import { hex } from "../hex.js";
import type { MemberRoom } from "../member-room.js";
import type { RoomMessage, SharedFile } from "../messages.js";
import type { Identity } from "./held-folder.js";
import { type FileSize, layOut, totalsOf } from "./layout.js";
import type { Source } from "./look.js";
import type { SourceFile } from "./source.js";

export type ShareState =
  /** Ours, and still being read in; others can fetch what was read. */
  | "reading"
  | "fetching"
  /** All of it is here, and goes to whoever asks. */
  | "whole"
  /** It came to an end before it was whole: `reason`. */
  | "failed";

export interface KeptShare {
  /** Of the share, in hex. */
  readonly id: string;
  readonly room: string;
  /** Who shared it, in hex: with the id it names the row. */
  readonly writer: string;
  readonly ours: boolean;
  readonly state: ShareState;
  readonly reason: string | null;
  readonly name: string;
  readonly isFolder: boolean;
  /** Where in a folder that was shared this lies; null for all of it. `name`, `size` and `files` are of this part. */
  readonly part?: string | null;
  /** Core keys in hex. */
  readonly drive: string;
  readonly blobs: string;
  readonly size: number;
  readonly blocks: number;
  /** How many files it was said to have. */
  readonly count: number;
  /** Files of it in order; null while a folder's list is not here. */
  readonly files: readonly FileSize[] | null;
  /** Where each of them is and what it looked like; null while it is being fetched. */
  readonly at: readonly SourceFile[] | null;
  /** Where it is fetched to; null for what is ours. */
  readonly folder: string | null;
  /** Exactly where the person wants it; null for a safe form of its name in that folder. */
  readonly to: string | null;
  /** What is in the place it was put: a file, or a folder. */
  readonly path: string | null;
  /** What was about to be put in its place: a run that is cut off then may have done so. */
  readonly placing: Identity | null;
  /** Ours, and some other device had all of it once. */
  readonly isElsewhere: boolean;
}

/** Where something is to lie. */
export interface Goal {
  /** Path in a shared folder: that alone is wanted; null or none for all of it. */
  readonly part?: string | null;
  readonly folder: string;
  /** Exactly there; null for a safe form of its name in that folder. */
  readonly to: string | null;
}

/** About to be read in. */
export function shareOfOurs(member: MemberRoom, id: Uint8Array, { name, isFolder, files }: Source): KeptShare {
  const { bytes, blocks } = totalsOf(layOut(files));
  return {
    id: hex(id),
    room: member.id,
    writer: hex(member.room.writerKey),
    ours: true,
    state: "reading",
    reason: null,
    name,
    isFolder,
    drive: "",
    blobs: "",
    size: bytes,
    blocks,
    count: files.length,
    files: files.map(({ path, size }) => ({ path, size })),
    at: files,
    folder: null,
    to: null,
    path: isFolder ? null : files[0]!.absolute,
    placing: null,
    isElsewhere: false,
  };
}

/** About to be fetched. */
export function shareOfTheirs(member: MemberRoom, message: RoomMessage, file: SharedFile, goal: Goal): KeptShare {
  const { name, size, blocks, isFolder, drive, blobs } = file;
  return {
    id: hex(message.id),
    room: member.id,
    writer: hex(message.writer),
    ours: false,
    state: "fetching",
    reason: null,
    name,
    isFolder,
    drive: hex(drive),
    blobs: hex(blobs),
    size,
    blocks,
    count: file.files,
    files: filesKnown(file),
    at: null,
    part: goal.part ?? null,
    folder: goal.folder,
    to: goal.to,
    path: null,
    placing: null,
    isElsewhere: false,
  };
}

/** Of a folder with nothing in it no list would come. */
export function filesKnown({ name, size, files, isFolder }: SharedFile): FileSize[] | null {
  if (!isFolder) return [{ path: name, size }];
  return files === 0 ? [] : null;
}

const VERSION = 1;
const NAME = /^([0-9a-f]{32})\.json$/;
const COPY_NAME = /^copy-([0-9a-f]{16})\.json$/;

/** A further copy that is being made. */
export interface LeftCopy {
  readonly id: string;
  /** Where it lies until it is whole. */
  readonly folder: string;
  readonly identity: Identity;
}

export class Ledger {
  readonly #folder: string;

  constructor(profile: string) {
    this.#folder = join(profile, "files");
  }

  /** What cannot be read is left where it is, and told. */
  async load(warn: (error: unknown) => void): Promise<KeptShare[]> {
    const found: KeptShare[] = [];
    if (!existsSync(this.#folder)) return found;
    privateFolder(this.#folder);
    for (const name of readdirSync(this.#folder)) {
      if (!NAME.test(name)) continue;
      try {
        const { version, share } = JSON.parse(await readFile(join(this.#folder, name), "utf8"));
        if (version === VERSION) found.push(share as KeptShare);
      } catch (error) {
        warn(error);
      }
    }
    return found;
  }

  keep(share: KeptShare): void {
    privateFolder(this.#folder);
    replaceFile(this.#path(share.id), `${JSON.stringify({ version: VERSION, share })}\n`);
  }

  forget(id: string): void {
    rmSync(this.#path(id), { force: true });
  }

  noteCopy(copy: LeftCopy): void {
    replaceFile(this.#copyPath(copy.id), `${JSON.stringify(copy)}\n`);
  }

  forgetCopy(id: string): void {
    rmSync(this.#copyPath(id), { force: true });
  }

  /** Those that a run before this one did not bring to an end. */
  leftCopies(): LeftCopy[] {
    if (!existsSync(this.#folder)) return [];
    return readdirSync(this.#folder).flatMap((name) => {
      const id = COPY_NAME.exec(name)?.[1];
      try {
        return id ? [{ ...JSON.parse(readFileSync(join(this.#folder, name), "utf8")), id }] : [];
      } catch {
        return [];
      }
    });
  }

  #copyPath(id: string): string {
    return join(this.#folder, `copy-${id}.json`);
  }

  #path(id: string): string {
    return join(this.#folder, `${id}.json`);
  }
}
