// What of the views is kept decoded in memory has one limit for the whole profile, not one for each room.
import t from "tap";
import { Town } from "../helpers/cores.js";

t.setTimeout(120_000);

t.test("blocks of all rooms are kept in one cache with an end", async (t) => {
  const town = new Town(t);
  await town.room(["ann"]);
  const core = town.core("ann");
  const { globalCache } = core.parts.store;
  const sizes: number[] = [];
  for (const name of ["one", "two"]) {
    const { id } = await core.createRoom(name, "", "group");
    const member = core.room(id)!.member!;
    for (let at = 0; at < 50; at++) await member.send(`${at}`);
    t.equal((await member.messages(0, member.room.total)).length, member.room.total);
    sizes.push(globalCache!.globalSize);
  }
  t.ok(sizes[0]! > 50, `${sizes[0]} entries after one room`);
  t.ok(sizes[1]! > sizes[0]! + 50, `${sizes[1]} after two`);
  t.equal(globalCache!.maxSize, 16_384);
});
