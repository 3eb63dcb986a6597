import t from "tap";
import { sitWithHostile } from "../helpers/hostile-sound.js";

t.setTimeout(20 * 60_000);

t.test("a million hostile packets beside somebody who talks", (t) => sitWithHostile(t, 1_000_000, 67));
