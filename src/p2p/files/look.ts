/** What there is to share at a path: looked at, never opened. Whatever is no plain file or folder is left out and named. */
import type { Stats } from "node:fs";
import { constants } from "node:fs";
import { access, lstat, readdir, realpath } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { codeOf, notToShare, whyOf } from "./file-errors.js";
import { HeldFolder } from "./held-folder.js";
import { MAX_FILES } from "./layout.js";
import { MAX_DEPTH, safePath, uniquePaths } from "./safe-name.js";
import { type SourceFile, stampOf } from "./source.js";

const LOOKS_AT_ONCE = 64;

export interface LeftOut {
  /** In the share, with `/` between. */
  readonly path: string;
  readonly why: string;
}

export interface Source {
  readonly name: string;
  readonly isFolder: boolean;
  /** By path. */
  readonly files: readonly SourceFile[];
  readonly leftOut: readonly LeftOut[];
}

/**
 * Several paths make one share, as if they lay in one folder. A link that a person names is followed, one in a
 * folder is not.
 * @throws KeetError `NO_SUCH_FILE`, `NOT_A_FILE`, `CANNOT_READ`, `TOO_MANY_FILES`
 */
export async function looksAt(paths: string | readonly string[]): Promise<Source> {
  const list = typeof paths === "string" ? [paths] : paths;
  const sources: Source[] = [];
  for (const path of list) sources.push(await lookAtOne(path));
  const [first, ...others] = sources;
  if (!first) throw notToShare("Nothing", "NO_SUCH_FILE", "no path was named", "Name a file or a folder.");
  return others.length === 0 ? first : together(first, others);
}

function together(first: Source, others: readonly Source[]): Source {
  const sources = [first, ...others];
  const names = uniqueNames(sources);
  const under = (index: number, path: string) => `${names[index]}/${path}`;
  const files = sources.flatMap(({ files, isFolder }, index) =>
    files.map((file) => ({ ...file, path: isFolder ? under(index, file.path) : names[index]! })),
  );
  if (files.length > MAX_FILES) throw tooMany(first.name);
  return {
    name: `${first.name} and ${others.length} more`,
    isFolder: true,
    files: files.sort(byPath),
    leftOut: sources.flatMap(({ leftOut }, index) =>
      leftOut.map(({ path, why }) => ({ path: under(index, path), why })),
    ),
  };
}

/** Files of one name may come from two folders. */
function uniqueNames(sources: readonly Source[]): string[] {
  return uniquePaths(sources.map(({ name }) => name));
}

async function lookAtOne(path: string): Promise<Source> {
  const { absolute, stats } = await find(path);
  const name = basename(resolve(path)) || "files";
  if (stats.isDirectory()) return { name, isFolder: true, ...(await walked(path, absolute)) };
  if (!stats.isFile()) {
    const hint = "Only files and folders can be shared.";
    throw notToShare(path, "NOT_A_FILE", `it is ${kindOf(stats)}`, hint);
  }
  await access(absolute, constants.R_OK).catch((error: unknown) => {
    throw cannotRead(path, error);
  });
  return { name, isFolder: false, files: [sourceFile(name, absolute, stats)], leftOut: [] };
}

async function find(path: string): Promise<{ absolute: string; stats: Stats }> {
  try {
    const absolute = await realpath(path);
    return { absolute, stats: await lstat(absolute) };
  } catch (error) {
    const isMissing = codeOf(error) === "ENOENT" || codeOf(error) === "ENOTDIR";
    if (!isMissing) throw cannotRead(path, error);
    throw notToShare(path, "NO_SUCH_FILE", "there is no such file", "Check the path; Tab completes it.", error);
  }
}

async function walked(path: string, absolute: string): Promise<Pick<Source, "files" | "leftOut">> {
  const walk: Walk = { shown: path, files: [], leftOut: [] };
  const folder = await HeldFolder.open(absolute).catch((error: unknown) => {
    throw cannotRead(path, error);
  });
  await walkInto(walk, folder, []);
  return { files: walk.files.sort(byPath), leftOut: walk.leftOut };
}

interface Walk {
  readonly shown: string;
  readonly files: SourceFile[];
  readonly leftOut: LeftOut[];
}

/** Held open, so that a link put in a folder's place meanwhile takes nothing from outside along. Closes it. */
async function walkInto(walk: Walk, folder: HeldFolder, segments: readonly string[]): Promise<void> {
  try {
    const names = (await readdir(await folder.at("."))).sort();
    // A Hyperdrive has no folders but those that files lie in.
    if (names.length === 0 && segments.length > 0) leaveOut(walk, segments, "it is an empty folder");
    for (let from = 0; from < names.length; from += LOOKS_AT_ONCE) {
      const some = names.slice(from, from + LOOKS_AT_ONCE);
      const looks = await Promise.all(some.map((name) => lookInside(folder, name)));
      for (const [index, look] of looks.entries()) await sort(walk, folder, [...segments, some[index]!], look);
    }
  } catch (error) {
    if (codeOf(error) === "TOO_MANY_FILES") throw error;
    if (segments.length === 0) throw cannotRead(walk.shown, error);
    leaveOut(walk, segments, whyOf(error));
  } finally {
    await folder.close();
  }
}

type Look = { readonly stats: Stats } | { readonly why: string };

async function lookInside(folder: HeldFolder, name: string): Promise<Look> {
  try {
    const path = await folder.at(name);
    const stats = await lstat(path);
    if (stats.isFile()) await access(path, constants.R_OK);
    return { stats };
  } catch (error) {
    // Node reads names as UTF-8; a name of other bytes cannot be asked for again.
    return { why: name.includes("\ufffd") ? "its name is no text" : whyOf(error) };
  }
}

async function sort(walk: Walk, folder: HeldFolder, segments: readonly string[], look: Look): Promise<void> {
  const path = segments.join("/");
  if ("why" in look) return leaveOut(walk, segments, look.why);
  const { stats } = look;
  if (stats.isDirectory()) return goInto(walk, folder, segments);
  if (!stats.isFile()) return leaveOut(walk, segments, `it is ${kindOf(stats)}`);
  if (!isShort(path)) return leaveOut(walk, segments, "its path is too long");
  count(walk);
  walk.files.push(sourceFile(path, join(folder.path, segments.at(-1)!), stats));
}

async function goInto(walk: Walk, folder: HeldFolder, segments: readonly string[]): Promise<void> {
  if (segments.length >= MAX_DEPTH) return leaveOut(walk, segments, `it lies more than ${MAX_DEPTH} folders deep`);
  const inside = await folder
    .inside(segments.at(-1)!)
    .catch((error: unknown) => leaveOut(walk, segments, whyOf(error)));
  if (inside) await walkInto(walk, inside, segments);
}

function isShort(path: string): boolean {
  try {
    safePath(path);
    return true;
  } catch {
    return false;
  }
}

function leaveOut(walk: Walk, segments: readonly string[], why: string): void {
  count(walk);
  walk.leftOut.push({ path: segments.join("/"), why });
}

function count(walk: Walk): void {
  if (walk.files.length + walk.leftOut.length >= MAX_FILES) throw tooMany(walk.shown);
}

function sourceFile(path: string, absolute: string, stats: Stats): SourceFile {
  return { path, absolute, size: stats.size, stamp: stampOf(stats) };
}

function byPath(one: SourceFile, other: SourceFile): number {
  return one.path < other.path ? -1 : 1;
}

function kindOf(stats: Stats): string {
  if (stats.isSymbolicLink()) return "a link";
  if (stats.isFIFO()) return "a pipe";
  if (stats.isSocket()) return "a socket";
  return "a device";
}

function cannotRead(path: string, cause: unknown): Error {
  return notToShare(path, "CANNOT_READ", whyOf(cause), "Make it readable for you, and share it again.", cause);
}

function tooMany(path: string): Error {
  const hint = "Pack it into an archive and share that.";
  return notToShare(path, "TOO_MANY_FILES", `it has more than ${MAX_FILES} files`, hint);
}
