// Who gets what is said from whom.
import fc from "fast-check";
import t from "tap";
import { MAX_LISTENERS } from "../../../src/p2p/calls/sound-datagram.js";
import { type Listener, MAX_COPIES, planSound } from "../../../src/p2p/calls/sound-plan.js";

const backwards = (writer: string) => String(999 - Number(writer.slice(1)));
const all = (count: number, copies = 7): Listener[] =>
  Array.from({ length: count }, (_, at) => ({ writer: `w${at}`, copies, wantsDirect: false }));

t.test("eight in a call send straight", async (t) => {
  const { direct, via } = planSound(all(7), backwards);
  t.equal(direct.length, 7);
  t.equal(via.size, 0);
});

t.test("more than eight: seven copies, and as few as will do pass them on", async (t) => {
  for (const [count, passing] of [
    [8, 1],
    [14, 1],
    [15, 2],
    [20, 2],
    [49, 6],
  ] as const) {
    const { direct, via } = planSound(all(count), backwards);
    t.equal(via.size, passing, `${count} others`);
    t.equal(direct.length + via.size, MAX_COPIES);
  }
});

t.test("whoever speaks chooses others to pass it on", async (t) => {
  const [one] = [...planSound(all(9), (writer) => writer).via.keys()];
  const [other] = [...planSound(all(9), backwards).via.keys()];
  t.not(one, other);
});

t.test("everybody is reached once, by those who would, straight where that is wanted", async () => {
  const listener = fc.record({ copies: fc.constantFrom(0, 1, 3, 7, 255), wantsDirect: fc.boolean() });
  fc.assert(
    fc.property(fc.array(listener, { maxLength: 50 }), (made) => {
      const listeners = made.map((one, at) => ({ ...one, writer: `w${at}` }));
      const { direct, via } = planSound(listeners, backwards);
      const reached = [...direct, ...via.keys(), ...[...via.values()].flat()];
      if (reached.length !== listeners.length || new Set(reached).size !== listeners.length) return false;
      const able = new Map(listeners.map((one) => [one.writer, one]));
      const isOver = [...via].some(
        ([writer, to]) =>
          to.length === 0 ||
          to.length > Math.min(MAX_LISTENERS, able.get(writer)!.copies) ||
          able.get(writer)!.wantsDirect,
      );
      const isAgainstWish = [...via.values()].flat().some((writer) => able.get(writer)!.wantsDirect);
      const room = listeners.filter((one) => !one.wantsDirect).reduce((sum, one) => sum + Math.min(7, one.copies), 0);
      const isTooMany =
        listeners.every((one) => !one.wantsDirect && one.copies >= 7) && direct.length + via.size > MAX_COPIES;
      return !isOver && !isAgainstWish && !(isTooMany && room > 0);
    }),
    { numRuns: 500 },
  );
});
