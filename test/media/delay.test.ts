// How long sound waits for its packet after the machine, or the network, stood still.
import t from "tap";
import { DelayTracker } from "../../src/media/delay.js";

const FRAME_MS = 20;

interface Standstill {
  readonly from: number;
  readonly ms: number;
}

/** Packets up to that moment, each on time, but for those that have to wait for the end of a standstill. */
function tracker(untilMs: number, standstills: readonly Standstill[]): DelayTracker {
  const delay = new DelayTracker();
  for (let said = 0; said < untilMs; said += FRAME_MS) {
    const held = standstills.find(({ from, ms }) => said >= from && said < from + ms);
    delay.note(said, held ? held.from + held.ms : said);
  }
  return delay;
}

const every = (period: number, ms: number, untilMs: number): Standstill[] =>
  Array.from({ length: Math.ceil(untilMs / period) }, (_, at) => ({ from: 2_000 + at * period, ms }));

t.test("one standstill of a third of a second makes nothing later", async (t) => {
  const { targetMs } = tracker(11_000, [{ from: 10_000, ms: 340 }]);
  t.ok(targetMs <= 25, `waits ${targetMs} ms`);
});

t.test("standstills that come again and again are waited for", async (t) => {
  const { targetMs } = tracker(20_000, every(1_000, 100, 20_000));
  t.ok(targetMs >= 90, `waits ${targetMs} ms`);
});

t.test("how slowly a call begins is no sign of its network", async (t) => {
  const { targetMs } = tracker(1_500, [
    { from: 20, ms: 400 },
    { from: 500, ms: 200 },
  ]);
  t.ok(targetMs <= 45, `waits ${targetMs} ms`);
});
