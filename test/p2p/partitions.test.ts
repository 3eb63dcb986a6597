import t from "tap";
import { partitions } from "../helpers/partitions.js";

t.setTimeout(150_000);

const CASES = [
  { seed: 1, members: 4, steps: 120 },
  { seed: 2, members: 4, steps: 120 },
  // Here a member takes over a signed view and is cut off before it has it: its log waits, and nothing may be lost.
  { seed: 101, members: 5, steps: 300 },
];

for (const options of CASES) {
  t.test(`${options.members} members cut and joined at random end with one order (seed ${options.seed})`, (t) => {
    t.setTimeout(100_000);
    return partitions(t, options);
  });
}
