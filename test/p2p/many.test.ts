import t from "tap";
import { manyPeople, manyRooms } from "../helpers/many.js";

t.setTimeout(400_000);

t.test("ten people in one room, in four processes: a message reaches all", (t) => manyPeople(t, 10));

t.test("20 rooms in one core: one connection a person, and all of them work", (t) => manyRooms(t, 20, 2_000));
