import t from "tap";
import { flood } from "../helpers/flood.js";

t.setTimeout(20 * 60_000);

t.test("while 10,000 messages of one member come in, others are heard and answered", (t) => flood(t, 10_000));
