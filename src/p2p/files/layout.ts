/** Where the bytes of shared files lie among the blocks of one core: every file begins a block. */
import { KeetError } from "../../errors.js";
import { safeLine } from "../../safe-text.js";
import { MAX_PATH_BYTES } from "./safe-name.js";

export const BLOCK_BYTES = 256 * 1024;
export const MAX_FILES = 100_000;

export interface FileSize {
  /** In a folder with `/` between. */
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** Where it begins, in a part of a folder; else right behind the one before. */
  readonly firstBlock?: number;
}

export interface Part {
  readonly path: string;
  readonly size: number;
  readonly firstBlock: number;
  /** None for an empty file. */
  readonly blocks: number;
}

export interface Piece {
  /** Of the part. */
  readonly index: number;
  readonly part: Part;
  /** Bytes in the part's file. */
  readonly offset: number;
  readonly length: number;
}

export interface Totals {
  readonly files: number;
  readonly bytes: number;
  readonly blocks: number;
}

export function layOut(files: readonly FileSize[]): Part[] {
  let next = 0;
  return files.map(({ path, size, firstBlock = next }) => {
    const part = { path, size, firstBlock, blocks: Math.ceil(size / BLOCK_BYTES) };
    next = firstBlock + part.blocks;
    return part;
  });
}

/** Runs of blocks that belong together, the end not included. */
export function rangesOf(parts: readonly Part[]): { start: number; end: number }[] {
  const ranges: { start: number; end: number }[] = [];
  for (const { firstBlock, blocks } of parts) {
    if (blocks === 0) continue;
    const last = ranges.at(-1);
    if (last?.end === firstBlock) last.end += blocks;
    else ranges.push({ start: firstBlock, end: firstBlock + blocks });
  }
  return ranges;
}

export function* blocksOf(parts: readonly Part[]): Generator<number> {
  for (const { start, end } of rangesOf(parts)) for (let block = start; block < end; block++) yield block;
}

/**
 * What of a folder's files lies at that path in it: one file, or those of a folder below it.
 * @returns null where nothing does
 */
export function partOf(
  files: readonly FileSize[],
  path: string,
): { readonly name: string; readonly isFolder: boolean; readonly files: FileSize[] } | null {
  const parts = layOut(files).map(({ path: at, size, firstBlock }) => ({ path: at, size, firstBlock }));
  const name = path.split("/").at(-1)!;
  const one = parts.find((part) => part.path === path);
  if (one) return { name, isFolder: false, files: [{ ...one, path: name }] };
  const below = parts.filter((part) => part.path.startsWith(`${path}/`));
  if (below.length === 0) return null;
  return {
    name,
    isFolder: true,
    files: below.map((part) => ({ ...part, path: part.path.slice(path.length + 1) })),
  };
}

export function totalsOf(parts: readonly Part[]): Totals {
  const last = parts.at(-1);
  return {
    files: parts.length,
    bytes: parts.reduce((sum, { size }) => sum + size, 0),
    blocks: last ? last.firstBlock + last.blocks : 0,
  };
}

/** Null where there is no such block. */
export function partAt(parts: readonly Part[], block: number): Piece | null {
  let low = 0;
  let high = parts.length;
  // The last part that begins at or before the block: empty ones stand before it at the same block.
  while (low < high) {
    const middle = (low + high) >> 1;
    if (parts[middle]!.firstBlock <= block) low = middle + 1;
    else high = middle;
  }
  const part = parts[low - 1];
  if (!part || !(block < part.firstBlock + part.blocks)) return null;
  const offset = (block - part.firstBlock) * BLOCK_BYTES;
  return { index: low - 1, part, offset, length: Math.min(BLOCK_BYTES, part.size - offset) };
}

/**
 * Bounds for what a peer says is in a share, before anything is made of it.
 * @throws KeetError `BAD_SHARE`
 */
export function checkLayout(files: readonly FileSize[], declared?: Totals): void {
  if (files.length > MAX_FILES) throw badShare(`it has ${files.length} files, and ${MAX_FILES} is the most`);
  let bytes = 0;
  let blocks = 0;
  for (const { path, size } of files) {
    if (typeof path !== "string" || path === "" || path.length > MAX_PATH_BYTES * 4) {
      throw badShare("a file in it has no name, or one without end");
    }
    if (!Number.isSafeInteger(size) || size < 0) throw badShare(`${safeLine(path, { maxLength: 80 })} has no size`);
    bytes += size;
    blocks += Math.ceil(size / BLOCK_BYTES);
  }
  if (!Number.isSafeInteger(bytes)) throw badShare("it is larger than anything");
  if (declared && (declared.files !== files.length || declared.bytes !== bytes || declared.blocks !== blocks)) {
    throw badShare("what is in it is not what was announced");
  }
}

function badShare(why: string): KeetError {
  return new KeetError("peer", "BAD_SHARE", `This share cannot be taken: ${why}.`, {
    hint: "Ask whoever shared it to share it again.",
  });
}
