import t from "tap";
import { killRounds } from "../helpers/kill-rounds.js";

t.setTimeout(280_000);

t.test("an indexer killed while it sends loses nothing it acknowledged, doubles nothing, and signs on", (t) =>
  killRounds(t, 40, 300),
);
