// A folder's list in pages, each of which fits into a line of the wire.
import t from "tap";
import { pageOf } from "../../src/daemon/file-handlers.js";
import { MAX_LINE_BYTES } from "../../src/rpc/methods.js";

t.test("all of a list comes, once and in order, and no page is longer than a line", async (t) => {
  const files = Array.from({ length: 100_000 }, (_, i) => ({ path: `${"ä\u0001日".repeat(40)}/${i}`, size: i }));
  const come: string[] = [];
  let pages = 0;
  for (let from: number | null = 0; from !== null; pages += 1) {
    const { page, more } = pageOf(files, from);
    const line = JSON.stringify(page.map(({ path, size }) => ({ path, bytes: size })));
    if (Buffer.byteLength(line) > MAX_LINE_BYTES - 1_000) t.fail(`a page of ${line.length} characters`);
    for (const { path } of page) come.push(path);
    from = more;
  }
  t.ok(pages > 1);
  t.equal(come.length, files.length);
  t.ok(come.every((path, i) => path === files[i]!.path));
});

t.test("an empty list, one that fits, one long name, and a place behind the end", async (t) => {
  t.same(pageOf([], 0), { page: [], more: null });
  const one = [{ path: "a".repeat(4_000_000), size: 1 }];
  t.same(pageOf(one, 0), { page: one, more: null });
  t.same(pageOf(one, 5), { page: [], more: null });
});
