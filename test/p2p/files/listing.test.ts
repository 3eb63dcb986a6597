// A folder's list as a drive says it that somebody hostile made.
import Corestore from "corestore";
import Hyperdrive, { type Blob, type DriveEntry } from "hyperdrive";
import t, { type Test } from "tap";
import { BLOCK_BYTES } from "../../../src/p2p/files/layout.js";
import { listOf } from "../../../src/p2p/files/listing.js";

t.setTimeout(58_000);

type Entry = readonly [name: string, blob: Blob | null, linkname?: string];

async function drive(t: Test, entries: readonly Entry[]): Promise<Hyperdrive> {
  const store = new Corestore(t.testdir({}));
  const made = new Hyperdrive(store, null);
  t.teardown(() => made.close());
  await made.ready();
  const batch = made.batch();
  for (const [name, blob, linkname] of entries) await batch.putEntry(name, linkname ? { blob, linkname } : { blob });
  await batch.flush();
  return made;
}

const blob = (blockOffset: number, byteLength: number): Blob => ({
  blockOffset,
  blockLength: Math.ceil(byteLength / BLOCK_BYTES),
  byteOffset: 0,
  byteLength,
});
/** Entries that the library itself would not write. */
function saying(made: Hyperdrive, entries: () => Iterable<DriveEntry>): Hyperdrive {
  Object.defineProperty(made, "entries", { value: entries });
  return made;
}

const declared = (size: number, blocks: number, count: number) => ({ size, blocks, count });

t.test("an honest list, in the order of its blocks", async (t) => {
  const made = await drive(t, [
    ["/b", blob(0, BLOCK_BYTES + 1)],
    ["/a/x", blob(2, 5)],
    ["/empty", null],
  ]);
  t.same(await listOf(made, declared(BLOCK_BYTES + 6, 3, 3)), [
    { path: "b", size: BLOCK_BYTES + 1 },
    { path: "empty", size: 0 },
    { path: "a/x", size: 5 },
  ]);
});

t.test("names that are long without end are not gathered", async (t) => {
  let told = 0;
  const made = saying(await drive(t, [["/a", null]]), function* () {
    for (; told < 1_000; told++) yield { key: `/${"x".repeat(2 ** 20)}${told}`, value: { blob: blob(told, 1) } };
  });
  await t.rejects(listOf(made, declared(1_000, 1_000, 1_000)), { code: "BAD_SHARE" });
  t.ok(told < 64, `${told} MiB of names were looked at`);
});

t.test("names that lead out of the folder, or are one to some disk, stay inside and apart", async (t) => {
  const names = ["/../../etc/passwd", "/..\\..\\boot.ini", "/C:\\x", "/.ssh/authorized_keys", "/Tea", "/tea", "/con"];
  const made = saying(await drive(t, [["/a", null]]), function* () {
    for (const [at, key] of names.entries()) yield { key, value: { blob: blob(at, 1) } };
  });
  const files = await listOf(made, declared(names.length, names.length, names.length));
  t.equal(files.length, names.length);
  for (const { path } of files) {
    t.notMatch(path, /(^|\/)\.|[\\:]|^\//, path);
    t.notMatch(path, /^con$/i);
  }
  t.equal(new Set(files.map(({ path }) => path.toLowerCase())).size, names.length, "apart in any case");
});

const refused: readonly (readonly [string, readonly Entry[], ReturnType<typeof declared>])[] = [
  [
    "more files than announced",
    [
      ["/a", blob(0, 1)],
      ["/b", null],
      ["/c", null],
    ],
    declared(1, 1, 1),
  ],
  ["fewer", [["/a", blob(0, 1)]], declared(1, 1, 2)],
  ["more bytes", [["/a", blob(0, 9)]], declared(1, 1, 1)],
  ["fewer bytes", [["/a", blob(0, 1)]], declared(9, 1, 1)],
  ["more blocks", [["/a", blob(0, 1)]], declared(1, 2, 1)],
  [
    "a gap between blocks",
    [
      ["/a", blob(0, 1)],
      ["/b", blob(7, 1)],
    ],
    declared(2, 2, 2),
  ],
  [
    "two files in one block",
    [
      ["/a", blob(0, 1)],
      ["/b", blob(0, 1)],
    ],
    declared(2, 2, 2),
  ],
  ["a size beyond all numbers", [["/a", blob(0, 2 ** 53)]], declared(2 ** 53, 2 ** 35, 1)],
  [
    "a link",
    [
      ["/a", blob(0, 1)],
      ["/l", null, "/etc/passwd"],
    ],
    declared(1, 1, 2),
  ],
  ["a name without end", [[`/${"a".repeat(5_000)}`, blob(0, 1)]], declared(1, 1, 1)],
  ["folders without end", [[`/${"d/".repeat(40)}x`, blob(0, 1)]], declared(1, 1, 1)],
];
for (const [what, entries, said] of refused) {
  t.test(`refused: ${what}`, async (t) => {
    await t.rejects(listOf(await drive(t, entries), said), { code: "BAD_SHARE" });
  });
}

t.test("a list without end is read no further than what was announced", async (t) => {
  let read = 0;
  const made = saying(await drive(t, [["/a", null]]), function* () {
    for (;;) yield { key: `/${read++}`, value: { blob: null } };
  });
  await t.rejects(listOf(made, declared(0, 0, 3)), { code: "BAD_SHARE" });
  t.equal(read, 4);
});
