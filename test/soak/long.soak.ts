import t from "tap";
import { long } from "../helpers/long.js";

t.setTimeout(15 * 60_000);

t.test("the creator is gone for good: 5,000 messages later newcomers come in and have all", (t) => long(t, 5_000));
