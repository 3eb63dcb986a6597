import t from "tap";
import { Store } from "../../src/state/store.js";

t.test("ten thousand updates are one render, and the last of them is seen", async (t) => {
  const store = new Store(0);
  const heard: number[] = [];
  store.subscribe(() => heard.push(store.getSnapshot()));
  for (let count = 1; count <= 10_000; count += 1) store.set(count);
  t.same(heard, [1], "the first at once");
  await new Promise((done) => setTimeout(done, 50));
  t.same(heard, [1, 10_000]);
});

t.test("without a window every change is heard at once, and the same value is no change", (t) => {
  const store = new Store({ a: 1 }, { windowMs: 0 });
  let heard = 0;
  const undo = store.subscribe(() => {
    heard += 1;
  });
  store.update((value) => value);
  store.set({ a: 2 });
  store.set({ a: 3 });
  undo();
  store.set({ a: 4 });
  t.equal(heard, 2);
  t.end();
});
