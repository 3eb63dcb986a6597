import t from "tap";
import { long } from "../helpers/long.js";

t.setTimeout(200_000);

t.test("the creator is gone for good: 800 messages later newcomers come in and have all, and it opens again", (t) =>
  long(t, 800),
);
