// A process of our own stays small: of new objects and of old ones, beside one that is left to itself.
import { spawnSync } from "node:child_process";
import t from "tap";

const MODULE = new URL("../src/small-heap.js", import.meta.url).href;

/** Makes much that is soon gone beside some that stays; prints the most bytes that new and old objects took. */
function churn(begin: string): { young: number; old: number } {
  const script = `
    import { getHeapSpaceStatistics } from "node:v8";
    import { keepHeapSmall, keepYoungSmall } from ${JSON.stringify(MODULE)};
    ${begin}
    const size = (name) => getHeapSpaceStatistics().find((space) => space.space_name === name).physical_space_size;
    const stays = Array.from({ length: 300_000 }, (_, i) => ({ i, of: [i] }));
    let some = [];
    let young = 0;
    let old = 0;
    for (let round = 0; round < 1_500; round++) {
      for (let i = 0; i < 2_000; i++) some.push({ q: [i, i, i], s: "y" + i });
      if (some.length > 60_000) some = [];
      if (round % 10 === 0) await new Promise((done) => setImmediate(done));
      young = Math.max(young, size("new_space"));
      old = Math.max(old, size("old_space"));
    }
    console.log(JSON.stringify({ young, old, stays: stays.length }));
  `;
  const { stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", script], { encoding: "utf8" });
  return JSON.parse(stdout || stderr);
}

t.test("room for new objects ends long before it would, that for old ones grows by half", async (t) => {
  const free = churn("");
  const young = churn("keepYoungSmall();");
  const both = churn("keepHeapSmall(); keepYoungSmall();");
  t.comment({ free, young, both });
  // It doubles, and once more before anybody is told: between 16 and 64 MiB, of 128.
  const most = (2 / 3) * free.young;
  t.ok(young.young < most, `${young.young} bytes for new objects, ${free.young} where nobody asked for less`);
  t.ok(both.young < most, `${both.young} bytes for new objects`);
  t.ok(both.old < young.old, `${both.old} bytes for old objects, ${young.old} without a wish`);
});

/** Sends large buffers through a queue, as a file that goes by; counts full collections. */
function stream(note: string): number {
  const script = `
    import { PerformanceObserver, constants } from "node:perf_hooks";
    import { DroppedBuffers, keepHeapSmall } from ${JSON.stringify(MODULE)};
    keepHeapSmall();
    const dropped = new DroppedBuffers();
    let full = 0;
    const observer = new PerformanceObserver((list) => {
      for (const { detail } of list.getEntries()) if (detail.kind === constants.NODE_PERFORMANCE_GC_MAJOR) full += 1;
    });
    observer.observe({ entryTypes: ["gc"] });
    const stays = Array.from({ length: 800_000 }, (_, i) => ({ i }));
    const queue = [];
    for (let at = 0; at < 4_000; at++) {
      queue.push(Buffer.allocUnsafeSlow(256 * 1024));
      if (queue.length > 48) queue.shift();
      ${note}
      if (at % 4 === 0) await new Promise((done) => setTimeout(done, 0));
    }
    await new Promise((done) => setTimeout(done, 50));
    console.log(JSON.stringify({ full, stays: stays.length }));
  `;
  const { stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", script], { encoding: "utf8" });
  return JSON.parse(stdout || stderr).full;
}

t.test("large buffers that are soon dropped cost few full collections where they are told of", async (t) => {
  const free = stream("");
  const told = stream("dropped.note(256 * 1024);");
  t.comment({ free, told });
  t.ok(free > 10, `${free} where nobody tells of them`);
  t.ok(told < free / 2, `${told} where they are told of`);
});
