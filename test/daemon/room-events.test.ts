// What is told of a room that changes faster than its rows can be read.
import { EventEmitter } from "node:events";
import t from "tap";
import { RoomEvents } from "../../src/daemon/room-events.js";
import type { CoreEvent } from "../../src/rpc/methods.js";
import { eventually, Town } from "../helpers/cores.js";

t.setTimeout(120_000);

t.test("what waits while rows are read is told as one: rows first, then what is said of them", async (t) => {
  const town = new Town(t);
  const id = await town.room(["ann"]);
  const member = town.member("ann", id);
  // The real rooms, but no change than the ones below.
  const core = Object.assign(new EventEmitter(), { room: () => town.core("ann").room(id) });
  for (const text of ["one", "two", "three"]) await member.send(text);
  const { total } = member.room;

  const told: CoreEvent[] = [];
  new RoomEvents(core, (event) => told.push(event));
  for (let at = 0; at < 50; at++) {
    core.emit("typing", id);
    core.emit("members", id);
    core.emit("late", id, [{ writer: member.room.writerKey.toString("hex"), count: 1, place: total - 1 - (at % 2) }]);
    core.emit("states", id, [{ id: "aa", state: at < 49 ? "sent" : "delivered", reason: null }]);
    core.emit("marks", id, [total - 1, total - 2]);
    core.emit("timeline", id, { from: total - 1 - (at % 2), total });
  }
  await eventually(() => told.some(({ type }) => type === "typing"));
  t.same(
    told.map(({ type }) => type),
    ["timeline", "changed", "states", "late", "members", "typing"],
  );
  const [timeline, changed, states] = told as [
    CoreEvent & { type: "timeline" },
    CoreEvent & { type: "changed" },
    CoreEvent & { type: "states" },
  ];
  t.equal(timeline.from, total - 2, "from the first of all rows that changed");
  t.same(
    timeline.messages?.map(({ text }) => text),
    ["two", "three"],
  );
  t.equal(changed.messages.length, 2);
  t.match(told[3], { type: "late", count: 50, position: total - 2 }, "all of one writer, from the first of them");
  t.same(states.states, [{ id: "aa", state: "delivered", reason: null }], "the latest state");

  told.length = 0;
  core.emit("timeline", id, { from: 0, total });
  await eventually(() => told.length > 0);
  core.emit("timeline", id, { from: total, total });
  await eventually(() => told.length > 1);
  t.equal(told.length, 2, "what comes after is told after");
});

t.test("three hundred messages at once need few looks at the room, and every one of them is told", async (t) => {
  const town = new Town(t);
  const id = await town.room(["ann"]);
  const core = town.core("ann");
  const member = town.member("ann", id);
  let looks = 0;
  let total = 0;
  core.on("timeline", (_room: string, change: { from: number; total: number }) => {
    looks += 1;
    total = change.total;
  });
  await Promise.all(Array.from({ length: 300 }, (_, at) => member.send(`${at}`)));
  await eventually(() => total >= 300 && total === member.room.total);
  t.comment(`${looks} looks`);
  t.ok(looks < 150, `${looks} looks`);
});
