import t from "tap";
import { partitions } from "../helpers/partitions.js";

t.setTimeout(0);

/** `SEED=105 npm run soak -- partitions` runs that one alone, as many times as `TIMES` says; `SEED=105-110` these six. */
const [first = 100, last = process.env.SEED ? first : 219] = (process.env.SEED ?? "")
  .split("-")
  .filter(Boolean)
  .map(Number);
const times = Number(process.env.TIMES) || 1;
const seeds = Array.from({ length: (last - first + 1) * times }, (_, at) => first + Math.floor(at / times));

for (const seed of seeds) {
  // Every third room gets three signers on the way.
  const promoteAfterMs = seed % 3 === 0 ? 2_000 : undefined;
  t.test(`five members cut, joined, let in, removed and restarted at random end with one order (seed ${seed})`, (t) => {
    t.setTimeout(400_000);
    return partitions(t, { seed, members: 5, steps: 240, ...(promoteAfterMs ? { promoteAfterMs } : {}) });
  });
}
