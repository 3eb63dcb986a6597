import t, { type Test } from "tap";
import { PushToTalk } from "../../src/state/push-to-talk.js";
import { HandClock } from "../helpers/hand-clock.js";

function open(_: Test) {
  const clock = new HandClock();
  const told: boolean[] = [];
  const talking = new PushToTalk({
    now: () => clock.now(),
    after: (ms, act) => clock.after(ms, act),
    onHeld: (isHeld) => told.push(isHeld),
  });
  /** As a keyboard repeats a key that is held. */
  const repeat = (times: number, tellsRelease: boolean) => {
    for (let time = 0; time < times; time += 1) {
      clock.pass(30);
      talking.press(tellsRelease);
    }
  };
  return { clock, told, talking, repeat };
}

t.test("held while it is held, where the terminal tells of the release", (t) => {
  const { clock, told, talking, repeat } = open(t);
  talking.press(true);
  clock.pass(500);
  repeat(100, true);
  t.same(told, [true], "however long");
  talking.release();
  t.same(told, [true, false]);
  clock.pass(5_000);
  t.same(told, [true, false], "and nothing comes after it");
  t.end();
});

t.test("a release that never comes ends it within a second of the last repeat", (t) => {
  for (const tellsRelease of [true, false]) {
    const { clock, told, talking, repeat } = open(t);
    talking.press(tellsRelease);
    clock.pass(500);
    repeat(20, tellsRelease);
    t.equal(told.at(-1), true);
    clock.pass(800);
    t.equal(told.at(-1), true, "a line that stalls for a moment is not the end");
    clock.pass(200);
    t.equal(told.at(-1), false);
  }
  t.end();
});

t.test("elsewhere a press begins and the next one ends it", (t) => {
  const { clock, told, talking } = open(t);
  talking.press(false);
  clock.pass(60_000);
  t.same(told, [true], "it goes on without the key");
  talking.press(false);
  t.same(told, [true, false]);
  t.end();
});

t.test("where nobody looks any more it ends, whichever way it began", (t) => {
  for (const tellsRelease of [true, false]) {
    const { told, talking } = open(t);
    talking.press(tellsRelease);
    talking.release();
    talking.release();
    t.same(told, [true, false], "once");
  }
  t.end();
});
