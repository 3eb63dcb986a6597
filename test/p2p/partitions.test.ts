import t from "tap";
import { partitions } from "../helpers/partitions.js";

t.setTimeout(600_000);

for (let seed = 1; seed <= 10; seed++) {
  t.test(`five members cut, joined, let in, removed and restarted at random end with one order (seed ${seed})`, (t) => {
    t.setTimeout(200_000);
    return partitions(t, { seed, members: 5, steps: 60 });
  });
}
