import t from "tap";
import { partitions } from "../helpers/partitions.js";

t.setTimeout(0);

for (let seed = 100; seed < 220; seed++) {
  // Every third room gets three signers on the way.
  const promoteAfterMs = seed % 3 === 0 ? 2_000 : undefined;
  t.test(`five members cut, joined, let in, removed and restarted at random end with one order (seed ${seed})`, (t) => {
    t.setTimeout(400_000);
    return partitions(t, { seed, members: 5, steps: 240, ...(promoteAfterMs ? { promoteAfterMs } : {}) });
  });
}
