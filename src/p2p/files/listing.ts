/** What a shared folder holds, as its drive says it: foreign, and bounded before anything is made of it. */
import type Hyperdrive from "hyperdrive";
import { KeetError } from "../../errors.js";
import { checkLayout, type FileSize, layOut, MAX_FILES } from "./layout.js";
import { safePath, uniquePaths } from "./safe-name.js";

/** Of a drive's core, beside one for each entry. */
const MAX_OTHER_BLOCKS = 64;
/** Of all names in a list together, as they come. */
const MAX_NAMES_BYTES = 32 * 1024 * 1024;

export interface Declared {
  readonly size: number;
  readonly blocks: number;
  /** Of files. */
  readonly count: number;
}

interface Found extends FileSize {
  readonly firstBlock: number;
}

/** @throws KeetError `BAD_SHARE` where it is not what was announced */
export async function listOf(drive: Hyperdrive, declared: Declared): Promise<FileSize[]> {
  // Whoever has it may come later.
  while (drive.core.length < 2) {
    await drive.core.update({ wait: true });
    if (drive.core.length < 2) await new Promise((done) => drive.core.once("append", done));
  }
  // All at once: the tree asks for one after the other, and each would wait for its answer.
  const ahead = drive.core.download({ start: 0, end: Math.min(drive.core.length, MAX_FILES + MAX_OTHER_BLOCKS) });
  const found = await entriesOf(drive, Math.min(declared.count, MAX_FILES)).finally(() => ahead.destroy());
  // As they lie among the blocks; empty ones have no place and come last among equals.
  found.sort((a, b) => a.firstBlock - b.firstBlock || b.size - a.size);
  const paths = uniquePaths(found.map(({ path }) => safePath(path)));
  const files = found.map(({ size }, at) => ({ path: paths[at]!, size }));
  checkLayout(files, { files: declared.count, bytes: declared.size, blocks: declared.blocks });
  const isInPlace = layOut(files).every(
    ({ firstBlock, blocks }, at) => blocks === 0 || firstBlock === found[at]!.firstBlock,
  );
  if (!isInPlace) throw badList();
  return files;
}

async function entriesOf(drive: Hyperdrive, most: number): Promise<Found[]> {
  const found: Found[] = [];
  let left = MAX_NAMES_BYTES;
  for await (const { key, value } of drive.entries()) {
    left -= Buffer.byteLength(key);
    // Ours are plain files, and one too many is not what was announced.
    if (found.length >= most || left < 0 || !value || value.linkname) throw badList();
    const { blob } = value;
    found.push({ path: key.replace(/^\/+/, ""), size: blob?.byteLength ?? 0, firstBlock: blob?.blockOffset ?? 0 });
  }
  return found;
}

function badList(): KeetError {
  return new KeetError("peer", "BAD_SHARE", "This folder's list does not fit what was announced.", {
    hint: "Ask for it to be shared again.",
  });
}
