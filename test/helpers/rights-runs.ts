/**
 * Thousands of runs over the rules of a room, in a thread of its own: what tap hooks into every promise would double
 * their time. Answers with one line a kind of run: how many there were, and what was wrong.
 */
import { parentPort, workerData } from "node:worker_threads";
import fc from "fast-check";
import type { Act, Deed } from "./cast.js";
import { ACTORS, DEVICES, deeds, events, openStages, type Stage } from "./stage.js";

export interface Wanted {
  readonly folder: string;
  readonly seed: number;
  readonly pairs: number;
  readonly programs: number;
}

export interface Runs {
  readonly what: string;
  readonly runs: number;
  /** With the seed and the smallest case; null where nothing was. */
  readonly wrong: string | null;
}

const { folder, seed, pairs, programs } = workerData as Wanted;
const stages = await openStages(folder);
const count = () => stages.reduce((sum, { runs }) => sum + runs, 0);

async function must(stage: Stage, orders: readonly (readonly Act[])[], sizes?: readonly number[]): Promise<void> {
  const wrong = await stage.wrongIn(orders, sizes);
  if (wrong) throw new Error(wrong);
}

async function run<T>(what: string, property: fc.IAsyncProperty<T>, numRuns: number): Promise<void> {
  const before = count();
  const details = await fc.check(property, { seed, numRuns });
  const wrong = details.failed
    ? `${(details.errorInstance as Error).message}\n${fc.defaultReportMessage(details)}`
    : null;
  parentPort!.postMessage({ what, runs: count() - before, wrong } satisfies Runs);
}

/** Every deed by everybody, before and after every event, whichever of the two was heard of first. */
const EVENTS = events();
const DEEDS = deeds();
const pair = fc.record({
  stage: fc.nat(stages.length - 1),
  event: fc.nat(EVENTS.length - 1),
  actor: fc.constantFrom(...ACTORS),
  deed: fc.nat(DEEDS.length - 1),
});
await run(
  "pairs",
  fc.asyncProperty(pair, async ({ stage: at, event, actor, deed }) => {
    const stage = stages[at]!;
    const [by, what] = EVENTS[event]!;
    const acts = [stage.cast.act(by, what), stage.cast.act(actor, DEEDS[deed]!)] as const;
    const [first, second] = acts;
    await must(stage, [
      [second, first],
      [first, second],
    ]);
    await must(stage, [
      [first, second],
      [second, first],
    ]);
    stage.cast.forget(acts);
  }),
  pairs,
);

/** Whatever touches the same thing, each after each other, without leaving any out by chance. */
const by = (writers: readonly string[], deeds: readonly Deed[]) =>
  writers.flatMap((writer) => deeds.map((deed) => [writer, deed] as const));
const TOUCHING = [
  by(
    ["meg1", "mo1"],
    [
      { do: "edit", on: "by-meg1" },
      { do: "delete", on: "by-meg1" },
      { do: "pin", on: "by-meg1" },
      { do: "unpin", on: "by-meg1" },
      { do: "react", on: "by-meg1", emoji: "👍" },
      { do: "unreact", on: "by-meg1", emoji: "👍\ufe0f" },
    ],
  ),
  by(
    ["meg1", "mo1"],
    [
      { do: "finish", on: "file-meg1" },
      { do: "unshare", on: "file-meg1" },
      { do: "pin", on: "file-meg1" },
      { do: "unpin", on: "file-meg1" },
      { do: "react", on: "file-meg1", emoji: "👍" },
      { do: "share" },
      { do: "call" },
    ],
  ),
  by(
    ["olive1", "mo1", "meg1"],
    [
      { do: "role", who: "meg", role: "owner" },
      { do: "role", who: "meg", role: "member" },
      { do: "remove", who: "meg" },
      { do: "revoke", invite: "of-meg" },
    ],
  ),
  by(
    ["nell1", "ned1", "meg1"],
    ["of-meg", "of-mo", "for-nell", "open"].map((invite) => ({ do: "join", invite, by: "mo1" })),
  ),
  by(
    ["olive1", "otto1", "mo1"],
    [
      { do: "role", who: "otto", role: "member" },
      { do: "role", who: "olive", role: "moderator" },
      { do: "signers", writers: ["olive1", "otto1", "meg1"] },
      { do: "signers", writers: ["meg1", "otto1", "mo1"] },
      { do: "remove", who: "otto" },
      { do: "remove", who: "olive" },
      { do: "room", goesOn: "elsewhere" },
      { do: "room", goesOn: "here", topic: "green" },
    ],
  ),
];
const before = count();
const wrong: string[] = [];
for (const stage of stages) {
  for (const all of TOUCHING) {
    for (const [first, second] of all.flatMap((one) => all.map((other) => [one, other] as const))) {
      const acts = [stage.cast.act(...first), stage.cast.act(...second)] as const;
      const found = await stage.wrongIn([[acts[1], acts[0]], acts]);
      if (found) wrong.push(found);
      stage.cast.forget(acts);
    }
  }
}
parentPort!.postMessage({ what: "touching", runs: count() - before, wrong: wrong[0] ?? null } satisfies Runs);

const WRITERS = Object.values(DEVICES).flat();
const step = fc.record({
  writer: fc.constantFrom(...WRITERS),
  deed: fc.nat(DEEDS.length - 1),
  /** On something said in this very program in place of what was said before it. */
  onNew: fc.option(fc.nat(9), { nil: null }),
  /** Which of the ten acts before it its writer had seen. */
  seen: fc.nat(1023),
  again: fc.boolean(),
});
const program = fc.record({
  stage: fc.nat(stages.length - 1),
  steps: fc.array(step, { minLength: 2, maxLength: 12 }),
  orders: fc.array(fc.array(fc.nat(1_000), { minLength: 12, maxLength: 12 }), { minLength: 1, maxLength: 3 }),
  sizes: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 4 }),
});

/** One order of all, each act after what its writer had seen; the lower number goes first where there is a choice. */
function extension(acts: readonly Act[], seen: readonly (readonly number[])[], numbers: readonly number[]): Act[] {
  const done = new Set<number>();
  while (done.size < acts.length) {
    const ready = acts.map((_, i) => i).filter((i) => !done.has(i) && seen[i]!.every((j) => done.has(j)));
    ready.sort((a, b) => numbers[a]! - numbers[b]! || a - b);
    done.add(ready[0]!);
  }
  return [...done].map((i) => acts[i]!);
}

await run(
  "programs",
  fc.asyncProperty(program, async ({ stage: at, steps, orders, sizes }) => {
    const stage = stages[at]!;
    const acts: Act[] = [];
    const seen: number[][] = [];
    for (const [i, { writer, deed: which, onNew, seen: bits, again }] of steps.entries()) {
      const deed = DEEDS[which]!;
      const on = onNew === null ? null : acts[onNew];
      // A name that was used before is the first one's.
      const about: Deed = "on" in deed && on ? { ...deed, on: on.sameAs ?? on.label } : deed;
      // Now and then under a name that it used before.
      const same = again ? acts.findLast((act) => act.writer === writer && act.deed.do !== "invite") : undefined;
      const isNamed = same && deed.do !== "invite" && deed.do !== "post" && deed.do !== "share" && deed.do !== "call";
      acts.push(stage.cast.act(writer, about, isNamed ? { sameAs: same.sameAs ?? same.label } : {}));
      seen.push(acts.slice(0, i).flatMap((act, j) => (act.writer === writer || (bits >> (i - j - 1)) & 1 ? [j] : [])));
    }
    const extensions = orders.map((numbers) => extension(acts, seen, numbers));
    await must(stage, extensions, sizes);
    stage.cast.forget(acts);
  }),
  programs,
);
