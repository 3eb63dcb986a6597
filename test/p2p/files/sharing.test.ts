// Reading in what is shared: hashing is work, and a packet of sound is not to wait for much of it.
import t from "tap";
import { BLOCK_BYTES } from "../../../src/p2p/files/layout.js";
import { readIn, type SharingOptions } from "../../../src/p2p/files/sharing.js";
import { mostOfOne, Turns } from "../../helpers/turns.js";

const BLOCKS = 64;
const MOST_BYTES_A_TURN = 1024 * 1024;
const HASH = Buffer.alloc(32, 7);

t.test("no more than a mebibyte is hashed in one turn of the loop", async (t) => {
  const turns = new Turns();
  t.teardown(() => turns.close());
  const hashedIn: number[] = [];
  const blobs = {
    length: 0,
    append: async (blocks: readonly Buffer[]) => {
      for (const _ of blocks) hashedIn.push(turns.now);
      blobs.length += blocks.length;
    },
    treeHash: async () => HASH,
  };
  const hash = await readIn({
    cores: { blobs } as unknown as SharingOptions["cores"],
    source: { read: async () => Buffer.alloc(BLOCK_BYTES) } as unknown as SharingOptions["source"],
    blocks: BLOCKS,
    onProgress: () => {},
    isStopped: () => false,
  });
  t.equal(hash, HASH);
  t.equal(hashedIn.length, BLOCKS);
  const most = mostOfOne(hashedIn) * BLOCK_BYTES;
  t.ok(most <= MOST_BYTES_A_TURN, `${most} bytes in one turn`);
});
