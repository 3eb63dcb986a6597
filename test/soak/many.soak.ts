import t from "tap";
import { manyPeople, manyRooms } from "../helpers/many.js";

t.setTimeout(15 * 60_000);

t.test("30 people in one room, in four processes: a message reaches all", (t) => manyPeople(t, 30));

t.test("20 rooms in one core: idle for ten seconds", (t) => manyRooms(t, 20, 10_000));
