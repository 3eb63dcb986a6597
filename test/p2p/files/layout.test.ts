import fc from "fast-check";
import t from "tap";
import { BLOCK_BYTES, checkLayout, layOut, MAX_FILES, partAt, totalsOf } from "../../../src/p2p/files/layout.js";

const file = (path: string, size: number) => ({ path, size });

t.test("each file begins a block, and empty ones take none", async (t) => {
  const parts = layOut([file("a", 0), file("b", 1), file("c", BLOCK_BYTES), file("d", 0), file("e", BLOCK_BYTES + 1)]);
  t.same(
    parts.map(({ firstBlock, blocks }) => [firstBlock, blocks]),
    [
      [0, 0],
      [0, 1],
      [1, 1],
      [2, 0],
      [2, 2],
    ],
  );
  t.same(totalsOf(parts), { files: 5, bytes: 2 * BLOCK_BYTES + 2, blocks: 4 });
  t.same(totalsOf([]), { files: 0, bytes: 0, blocks: 0 });
  t.match(partAt(parts, 0), { index: 1, offset: 0, length: 1 });
  t.match(partAt(parts, 3), { index: 4, offset: BLOCK_BYTES, length: 1 });
  t.equal(partAt(layOut([file("a", 1), file("b", 0)]), 1), null, "after the last, where an empty one ends it");
});

t.test("blocks cover every byte of every file once, in order, and nothing else", async () => {
  const size = fc.oneof(fc.constantFrom(0, 1, BLOCK_BYTES - 1, BLOCK_BYTES, BLOCK_BYTES + 1), fc.nat(BLOCK_BYTES * 4));
  fc.assert(
    fc.property(fc.array(size, { maxLength: 30 }), (sizes) => {
      const parts = layOut(sizes.map((bytes, index) => file(String(index), bytes)));
      const covered = sizes.map(() => 0);
      const { blocks } = totalsOf(parts);
      for (let block = 0; block < blocks; block += 1) {
        const piece = partAt(parts, block)!;
        if (piece.offset !== covered[piece.index] || piece.length < 1 || piece.length > BLOCK_BYTES) return false;
        covered[piece.index]! += piece.length;
      }
      const isNowhere = [-1, blocks, blocks + 1, 0.5 + blocks, Number.NaN, 2 ** 53].every((at) => !partAt(parts, at));
      return isNowhere && covered.every((bytes, index) => bytes === sizes[index]);
    }),
  );
});

t.test("A62: what a peer says of a share has bounds", async (t) => {
  const refuses = (files: unknown, why: RegExp, declared?: Parameters<typeof checkLayout>[1]) =>
    t.throws(() => checkLayout(files as never, declared), { family: "peer", code: "BAD_SHARE", message: why });
  checkLayout([]);
  checkLayout([file("a", 0), file("b", Number.MAX_SAFE_INTEGER)]);
  checkLayout(Array.from({ length: MAX_FILES }, () => file("a", 1)));
  refuses(
    Array.from({ length: MAX_FILES + 1 }, () => file("a", 1)),
    /100001 files/,
  );
  for (const size of [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, "1", null, 1n]) {
    refuses([{ path: "a", size }], /has no size/);
  }
  refuses([file("a", Number.MAX_SAFE_INTEGER), file("b", 1)], /larger than anything/);
  for (const path of ["", "x".repeat(5_000), null, 7]) refuses([{ path, size: 1 }], /no name/);
  const declared = { files: 1, bytes: BLOCK_BYTES, blocks: 1 };
  checkLayout([file("a", BLOCK_BYTES)], declared);
  refuses([file("a", BLOCK_BYTES + 1)], /not what was announced/, declared);
  refuses([file("a", BLOCK_BYTES), file("b", 0)], /not what was announced/, declared);
  refuses([file("a", BLOCK_BYTES - 1)], /not what was announced/, declared);
});
