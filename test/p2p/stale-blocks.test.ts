// A view that is moved to another core, as the library does it: what was read before is not shown any more.
import Corestore from "corestore";
import Hyperbee from "hyperbee";
import type Hypercore from "hypercore";
import t from "tap";
import { StaleBlocks } from "../../src/p2p/stale-blocks.js";

type Internals = Hypercore & {
  state: { moveTo(core: Hypercore, length: number): Promise<void> };
  session(options: { name?: string; writable: boolean }): Internals;
};

const ENCODINGS = { keyEncoding: "utf-8", valueEncoding: "utf-8", extension: false } as const;

async function batchOf(store: Corestore, name: string): Promise<Internals> {
  const core = store.get({ name });
  await core.ready();
  return (core as Internals).session({ name: "batch", writable: true });
}

async function filled(core: Hypercore, value: string, rows: number): Promise<void> {
  const bee = new Hyperbee(core, ENCODINGS);
  await bee.ready();
  for (let i = 0; i < rows; i++) await bee.put(Buffer.from(`row ${i}`), Buffer.from(`${value} ${i}`));
}

async function values(bee: Hyperbee): Promise<string[]> {
  const found: string[] = [];
  for await (const { value } of bee.createReadStream({})) found.push(String(value));
  return found;
}

for (const [before, after] of [
  [6, 6],
  [6, 4],
  [4, 6],
] as const) {
  t.test(`${before} rows read, and moved to a core with ${after} other ones`, async (t) => {
    const store = new Corestore(t.testdir({}));
    t.teardown(() => store.close());
    const batch = await batchOf(store, "one");
    await filled(batch, "old", before);

    const bee = new Hyperbee(batch.session({ writable: false }), ENCODINGS);
    await bee.ready();
    const underWay = new Set<Promise<unknown>>();
    const stale = new StaleBlocks(bee, () => [...underWay]);
    t.equal((await values(bee)).length, before);

    const signed = await batchOf(store, "two");
    await filled(signed, "new", after);
    let end = () => {};
    underWay.add(
      new Promise<void>((resolve) => {
        end = resolve;
      }),
    );
    await batch.state.moveTo(signed, signed.length);
    stale.dropIfMoved();
    const expected = Array.from({ length: after }, (_, i) => `new ${i}`);
    t.same(await values(bee), expected);

    // A read from before the move ends now and puts what it found into the cache.
    const { _nodeCache } = bee as unknown as {
      _nodeCache: { set(seq: number, node: unknown): void; get(seq: number): unknown };
    };
    _nodeCache.set(bee.core.length - 1, _nodeCache.get(1));
    end();
    await Promise.allSettled(underWay);
    await new Promise(setImmediate);
    t.same(await values(bee), expected, "and that is dropped too");
  });
}
