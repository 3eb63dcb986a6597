import t from "tap";
import { partitions } from "../helpers/partitions.js";

for (let seed = 100; seed < 140; seed++) {
  t.test(`five members cut and joined at random end with one order (seed ${seed})`, (t) =>
    partitions(t, { seed, members: 5, steps: 300 }),
  );
}
