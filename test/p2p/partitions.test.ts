import t from "tap";
import { partitions } from "../helpers/partitions.js";

t.setTimeout(120_000);

for (const seed of [1, 2, 3]) {
  t.test(`four members cut and joined at random end with one order (seed ${seed})`, (t) =>
    partitions(t, { seed, members: 4, steps: 120 }),
  );
}
