// What this device alone keeps: what is put later is seen at once, is on disk when it says so, and is not lost at the end.
import Corestore from "corestore";
import t, { type Test } from "tap";
import { LocalStore } from "../../src/p2p/local-store.js";

async function opened(t: Test, folder = t.testdir({})) {
  const store = new Corestore(folder);
  t.teardown(() => store.close());
  const local = new LocalStore(store);
  await local.ready();
  return { store, local, folder };
}

const listed = async (local: LocalStore) => (await local.list("a/")).map(({ key, value }) => [key, value]);

t.test("later writes wait for each other, and go with the first that is in a hurry", async (t) => {
  const { store, local } = await opened(t);
  t.teardown(() => local.close());
  await local.put("a/0", "zero");
  const core = store.get({ name: "keet-tui/local" });
  await core.ready();
  t.teardown(() => core.close());
  let flushes = 0;
  core.on("append", () => {
    flushes += 1;
  });
  const written = local.putLater("a/1", "one");
  t.equal(await local.get("a/1"), "one", "seen before it is on disk");
  // No turn of the loop since, so that it is no question of how quick this machine is.
  void local.putLater("a/2", "two");
  await local.put("a/3", "three");
  t.equal(flushes, 1, "all in one flush");
  t.same(await listed(local), [
    ["a/0", "zero"],
    ["a/1", "one"],
    ["a/2", "two"],
    ["a/3", "three"],
  ]);
  await written;
});

t.test("by themselves they are on disk when they say so; the last word counts", async (t) => {
  const { local } = await opened(t);
  t.teardown(() => local.close());
  await local.put("a/1", "before");
  void local.putLater("a/1", "later");
  void local.putLater("a/2", "never");
  await local.putLater("a/2", null);
  t.same(await listed(local), [["a/1", "later"]]);
});

t.test("whoever closes has them on disk", async (t) => {
  const first = await opened(t);
  void first.local.putLater("a/1", "one");
  await first.local.close();
  await first.store.close();
  const second = await opened(t, first.folder);
  t.teardown(() => second.local.close());
  t.equal(await second.local.get("a/1"), "one");
});
