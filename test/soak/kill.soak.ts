import t from "tap";
import { killRounds } from "../helpers/kill-rounds.js";

t.test("a thousand kills of an indexer that sends", (t) => killRounds(t, 1_000, 5_000));
