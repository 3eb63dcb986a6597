// Downloads onto a small disk of its own, and says as JSON how it went. argv: folder on that disk, folder on another.
import { createHash, randomBytes } from "node:crypto";
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { freeBytes } from "../../src/p2p/files/disk-space.js";
import { BLOCK_BYTES, layOut } from "../../src/p2p/files/layout.js";
import { TargetFiles, type TargetOptions } from "../../src/p2p/files/target.js";

const [disk, elsewhere] = process.argv.slice(2) as [string, string];
const MIB = 2 ** 20;

const bytesOf = (size: number) => Array.from({ length: size / BLOCK_BYTES }, () => randomBytes(BLOCK_BYTES));
const hashOf = (blocks: readonly Uint8Array[]) => {
  const hash = createHash("sha256");
  for (const block of blocks) hash.update(block);
  return hash.digest("hex");
};

/** Until it pauses; then with space again to its end. */
async function fill(id: string, size: number, options: TargetOptions) {
  const blocks = bytesOf(size);
  const filler = join(disk, "filler");
  writeFileSync(filler, Buffer.alloc(40 * MIB));
  const target = await TargetFiles.open(disk, id, layOut([{ path: "f", size }]), false, options);
  let told = 0;
  target.on("full", () => {
    told += 1;
  });
  const missing: number[] = [];
  const codes = new Set<string>();
  await Promise.all(
    blocks.map((block, index) =>
      target.write(index, block).catch((error) => {
        missing.push(index);
        codes.add(`${error.family} ${error.code}: ${error.message} ${error.hint}`);
      }),
    ),
  );
  const freeWhenFull = await freeBytes(disk);
  const wasFull = target.isFull;
  rmSync(filler);
  for (const index of missing) await target.write(index, blocks[index]!);
  const path = await target.putInPlace(disk, "f");
  await target.close();
  const isRight = createHash("sha256").update(readFileSync(path)).digest("hex") === hashOf(blocks);
  rmSync(path);
  return { missing: missing.length, codes: [...codes], told, wasFull, isFull: target.isFull, freeWhenFull, isRight };
}

async function toOtherDisk(isFolder: boolean) {
  const files = [
    { path: "a/big", size: 2 * BLOCK_BYTES },
    { path: "a/none", size: 0 },
    { path: "b", size: BLOCK_BYTES },
  ].slice(0, isFolder ? 3 : 1);
  const blocks = bytesOf((isFolder ? 3 : 2) * BLOCK_BYTES);
  const target = await TargetFiles.open(disk, "00000000000000aa", layOut(files), isFolder, { reserveBytes: 0 });
  for (const [index, block] of blocks.entries()) await target.write(index, block);
  const path = await target.putAt(join(elsewhere, isFolder ? "folder" : "file"));
  const isRight = (await Promise.all(blocks.map(async (block, i) => (await target.read(i, 0)).equals(block)))).every(
    Boolean,
  );
  await target.close();
  return {
    path,
    isRight,
    isOtherDisk: statSync(path).dev !== statSync(disk).dev,
    left: [...readdirSync(disk), ...readdirSync(elsewhere).filter((name) => name.startsWith("."))],
    tree: isFolder ? readdirSync(path, { recursive: true }).sort() : [],
  };
}

process.stdout.write(
  JSON.stringify({
    reserve: await fill("0000000000000001", 60 * MIB, {}),
    noReserve: await fill("0000000000000002", 128 * MIB, { reserveBytes: 0 }),
    file: await toOtherDisk(false),
    folder: await toOtherDisk(true),
  }),
);
