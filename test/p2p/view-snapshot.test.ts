// All reads of a view that has not changed share one snapshot, and none sees anything but the view it began with.
import Corestore from "corestore";
import Hyperbee from "hyperbee";
import type Hypercore from "hypercore";
import t, { type Test } from "tap";
import type { Source } from "../../src/p2p/view.js";
import { ViewSnapshot } from "../../src/p2p/view-snapshot.js";
import { until } from "../helpers/rooms.js";

type Internals = Hypercore & {
  state: { moveTo(core: Hypercore, length: number): Promise<void> };
  session(options: { name?: string; writable: boolean }): Internals;
};

const ENCODINGS = { keyEncoding: "binary", valueEncoding: "binary", extension: false } as const;
const ROWS = 40;
const keyOf = (row: number) => Buffer.from(`row ${String(row).padStart(3, "0")}`);

async function put(core: Hypercore, value: string, rows = ROWS): Promise<void> {
  const bee = new Hyperbee(core, ENCODINGS);
  await bee.ready();
  for (let i = 0; i < rows; i++) await bee.put(keyOf(i), Buffer.from(`${value} ${i}`));
}

async function values(source: Source): Promise<string[]> {
  const found: string[] = [];
  for await (const { value } of source.createReadStream({})) found.push(String(value));
  return found;
}

const expected = (value: string, rows = ROWS) => Array.from({ length: rows }, (_, i) => `${value} ${i}`);

async function batchOf(store: Corestore, name: string): Promise<Internals> {
  const core = store.get({ name });
  await core.ready();
  return (core as Internals).session({ name: "batch", writable: true });
}

async function filledBee(t: Test, name = "view") {
  const store = new Corestore(t.testdir({}));
  t.teardown(() => store.close());
  const core = await batchOf(store, name);
  await put(core, "old");
  const bee = new Hyperbee(core.session({ writable: false }), ENCODINGS);
  await bee.ready();
  const opened: { isClosed: boolean }[] = [];
  const make = bee.core.snapshot.bind(bee.core);
  bee.core.snapshot = () => {
    const snapshot = make();
    const one = { isClosed: false };
    opened.push(one);
    snapshot.once("close", () => {
      one.isClosed = true;
    });
    return snapshot;
  };
  return { store, core, bee, opened };
}

t.test("many reads of a view that stands still open one snapshot, which is let go when nobody reads", async (t) => {
  const { bee, opened } = await filledBee(t);
  const view = new ViewSnapshot(bee);
  t.teardown(() => view.close());
  const reads = Array.from({ length: 50 }, (_, at) => view.read((source) => source.get(keyOf(at % ROWS))));
  const found = await Promise.all(reads);
  t.same(
    found.map((entry) => String(entry?.value)),
    Array.from({ length: 50 }, (_, at) => `old ${at % ROWS}`),
  );
  for (let i = 0; i < 5; i++) t.same(await view.read(values), expected("old"));
  t.equal(opened.length, 1);
  await until(() => opened[0]?.isClosed === true);
  t.same(await view.read(values), expected("old"), "and opened anew for the next one");
  t.equal(opened.length, 2);
});

t.test("a read that is under way sees what it began with; the next one sees what came", async (t) => {
  const { core, bee, opened } = await filledBee(t);
  const view = new ViewSnapshot(bee);
  t.teardown(() => view.close());
  let goOn = () => {};
  const paused = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  const slow = view.read(async (source) => {
    const before = String((await source.get(keyOf(0)))?.value);
    await paused;
    return [before, ...(await values(source))];
  });
  await view.read(values);
  await put(core, "new");
  t.same(await view.read(values), expected("new"));
  t.equal(opened[0]?.isClosed, false, "nothing is closed under a read");
  goOn();
  t.same(await slow, ["old 0", ...expected("old")]);
  await view.close();
  t.ok(
    opened.every(({ isClosed }) => isClosed),
    "none is left",
  );
});

t.test("a view that is moved to another core of the same length is read anew", async (t) => {
  const { store, core, bee } = await filledBee(t);
  const view = new ViewSnapshot(bee);
  t.teardown(() => view.close());
  await view.read((source) => source.get(keyOf(0)));
  const other = await batchOf(store, "other");
  await put(other, "other");
  t.equal(other.length, core.length);
  await core.state.moveTo(other, other.length);
  // The bee's own cache is emptied elsewhere: stale-blocks.
  const { _keyCache: keys, _nodeCache: nodes } = bee as unknown as Record<string, { clear(): void }>;
  keys?.clear();
  nodes?.clear();
  t.same(await view.read(values), expected("other"));
});
