import t from "tap";
import { partitions } from "../helpers/partitions.js";

t.setTimeout(0);

/** `SEED=105 npm run soak -- partitions` runs that one alone, as many times as `TIMES` says. */
const one = Number(process.env.SEED);
const seeds = one
  ? Array<number>(Number(process.env.TIMES) || 1).fill(one)
  : Array.from({ length: 120 }, (_, at) => 100 + at);

for (const seed of seeds) {
  // Every third room gets three signers on the way.
  const promoteAfterMs = seed % 3 === 0 ? 2_000 : undefined;
  t.test(`five members cut, joined, let in, removed and restarted at random end with one order (seed ${seed})`, (t) => {
    t.setTimeout(400_000);
    return partitions(t, { seed, members: 5, steps: 240, ...(promoteAfterMs ? { promoteAfterMs } : {}) });
  });
}
