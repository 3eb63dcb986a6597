// Blocks in plain files: a stock Hyperdrive fetches what nobody copied, and what is fetched is in a plain file too.
import { open, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import b4a from "b4a";
import Corestore from "corestore";
import crypto from "hypercore-crypto";
import Hyperdrive from "hyperdrive";
import t, { type Test } from "tap";
import { type BlockPlace, keepBlocksIn } from "../../../src/p2p/files/block-files.js";
import { until } from "../../helpers/rooms.js";

t.setTimeout(60_000);

const BLOCK = 65_536;

/** One file, a block after the other. */
async function placeIn(t: Test, path: string, writable: boolean): Promise<BlockPlace> {
  const handle = await open(path, writable ? "w+" : "r");
  t.teardown(() => handle.close());
  return {
    read: async (block, pad) => {
      const buffer = b4a.alloc(BLOCK + pad);
      const { bytesRead } = await handle.read(buffer, pad, BLOCK, block * BLOCK);
      return buffer.subarray(0, bytesRead + pad);
    },
    write: writable
      ? async (block, bytes) => void (await handle.write(bytes, 0, bytes.byteLength, block * BLOCK))
      : null,
  };
}

async function shared(t: Test, size: number) {
  const folder = t.testdir({});
  const encryptionKey = crypto.randomBytes(32);
  const content = crypto.randomBytes(size);
  const path = join(folder, "original");
  await writeFile(path, content);
  const store = new Corestore(join(folder, "a"));
  t.teardown(() => store.close());
  const drive = new Hyperdrive(store, null, { encryptionKey });
  await drive.ready();
  const { core } = await drive.getBlobs();
  keepBlocksIn(core, await placeIn(t, path, false));
  const blob = { blockOffset: 0, blockLength: Math.ceil(size / BLOCK), byteOffset: 0, byteLength: size };
  await drive.putEntry("/original", { blob });
  for (let at = 0; at < size; at += BLOCK) await core.append(content.subarray(at, at + BLOCK));
  return { folder, encryptionKey, content, path, store, drive, core };
}

function wire(a: Corestore, b: Corestore, t: Test) {
  const [left, right] = [a.replicate(true), b.replicate(false)];
  for (const stream of [left, right]) stream.on("error", () => {});
  left.pipe(right).pipe(left);
  t.teardown(() => void left.destroy());
}

t.test("a stock Hyperdrive reads a file that lies where it always lay", async (t) => {
  const { folder, encryptionKey, content, store, drive, core } = await shared(t, 5 * BLOCK + 77);
  t.same(await drive.get("/original"), content, "also here");
  const other = new Corestore(join(folder, "b"));
  t.teardown(() => other.close());
  const plain = new Hyperdrive(other, drive.key, { encryptionKey });
  await plain.ready();
  wire(store, other, t);
  await until(async () => (await plain.entry("/original")) !== null);
  t.same(await plain.get("/original"), content);
  t.same(await core.treeHash(), await (await plain.getBlobs()).core.treeHash());
  const inStore = await readAll(core);
  t.same(inStore, 0, "no block is in the store");
});

t.test("what is fetched lies in a plain file, is known after a restart, and is passed on from there", async (t) => {
  const { folder, encryptionKey, content, store, core } = await shared(t, 3 * BLOCK);
  const target = join(folder, "target");
  let mine = new Corestore(join(folder, "b"));
  const openMine = async () => {
    const fetched = mine.get({ key: core.key, encryptionKey });
    await fetched.ready();
    return fetched;
  };
  let fetched = await openMine();
  keepBlocksIn(fetched, await placeIn(t, target, true));
  wire(store, mine, t);
  await fetched.download({ start: 0, end: 3 }).done();
  t.same(await readFile(target), content);
  await fetched.close();
  await mine.close();
  mine = new Corestore(join(folder, "b"));
  t.teardown(() => mine.close());
  fetched = await openMine();
  keepBlocksIn(fetched, await placeIn(t, join(folder, "original"), false));
  t.equal(await fetched.has(0, 3), true);
  const third = new Corestore(join(folder, "c"));
  t.teardown(() => third.close());
  const theirs = third.get({ key: core.key, encryptionKey });
  await theirs.ready();
  wire(mine, third, t);
  t.same(await theirs.get(2), content.subarray(2 * BLOCK));
});

t.test("a disk that takes nothing more: nothing counts as here, and it goes on when there is room", async (t) => {
  const { folder, encryptionKey, content, store, core } = await shared(t, 3 * BLOCK);
  const target = join(folder, "target");
  const mine = new Corestore(join(folder, "b"));
  t.teardown(() => mine.close());
  const fetched = mine.get({ key: core.key, encryptionKey });
  await fetched.ready();
  const place = await placeIn(t, target, true);
  let isFull = true;
  let tries = 0;
  keepBlocksIn(fetched, {
    read: place.read,
    write: async (block, bytes) => {
      tries += 1;
      if (isFull) throw Object.assign(new Error("No space left on device"), { code: "WRITE_FAILED" });
      await place.write!(block, bytes);
    },
  });
  wire(store, mine, t);
  const download = fetched.download({ start: 0, end: 3 });
  await until(() => tries > 0);
  t.equal(await fetched.has(0), false);
  isFull = false;
  wire(store, mine, t);
  await download.done();
  t.same(await readFile(target), content);
  t.ok(tries < 20, `${tries} writes for 3 blocks: no busy asking`);
});

/** Blocks in the store itself. */
async function readAll(core: Awaited<ReturnType<typeof shared>>["core"]): Promise<number> {
  const { storage } = (core as unknown as { core: { storage: { createBlockStream(): AsyncIterable<unknown> } } }).core;
  let count = 0;
  for await (const _ of storage.createBlockStream()) count += 1;
  return count;
}
