import { randomBytes } from "node:crypto";
import * as fsPromises from "node:fs/promises";
import type { Test } from "tap";
import { type FileSize, layOut, partAt, totalsOf } from "../../src/p2p/files/layout.js";
import { TargetFiles, type TargetOptions } from "../../src/p2p/files/target.js";

export const SHARE_ID = "0123456789abcdef0123456789abcdef";
/** The unfinished one of that share. */
export const PART = ".0123456789abcdef.part";

/** What a peer shares, with the bytes of each block. */
export class Share {
  readonly parts;
  readonly isFolder: boolean;
  readonly blocks: Buffer[] = [];

  constructor(files: readonly FileSize[], isFolder = files.length > 1) {
    this.parts = layOut(files);
    this.isFolder = isFolder;
    for (let block = 0; block < totalsOf(this.parts).blocks; block += 1) {
      this.blocks.push(randomBytes(partAt(this.parts, block)!.length));
    }
  }

  async target(t: Test, folder: string, options: TargetOptions = {}, id = SHARE_ID): Promise<TargetFiles> {
    const target = await TargetFiles.open(folder, id, this.parts, this.isFolder, { reserveBytes: 0, ...options });
    t.teardown(() => target.close());
    return target;
  }

  /** The last block first. */
  async fill(target: TargetFiles): Promise<void> {
    for (let block = this.blocks.length - 1; block >= 0; block -= 1) await target.write(block, this.blocks[block]!);
  }

  bytesOf(index: number): Buffer {
    const { firstBlock, blocks } = this.parts[index]!;
    return Buffer.concat(this.blocks.slice(firstBlock, firstBlock + blocks));
  }

  async isReadFrom(files: Pick<TargetFiles, "read">): Promise<boolean> {
    const read = await Promise.all(this.blocks.map((_, block) => files.read(block, 16)));
    return read.every((bytes, block) => bytes.subarray(16).equals(this.blocks[block]!));
  }
}

/** The target, put in its place with some system calls that are the test's own. */
export async function withCalls(t: Test, calls: Partial<typeof fsPromises>): Promise<typeof TargetFiles> {
  // By their addresses: tap would look for them beside the test as it was before it was compiled.
  const place = new URL("../../src/p2p/files/place.js", import.meta.url).href;
  const target = new URL("../../src/p2p/files/target.js", import.meta.url).href;
  const mocked = await t.mockImport(place, { "node:fs/promises": { ...fsPromises, ...calls } });
  return ((await t.mockImport(target, { [place]: mocked })) as { TargetFiles: typeof TargetFiles }).TargetFiles;
}
