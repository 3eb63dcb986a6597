import t from "tap";
import { admit, connect, found, invite, openPerson, say, texts, until, viewHash } from "../helpers/rooms.js";

t.test("two people write, and both see all of it in one order, verified", async (t) => {
  const folder = t.testdir({ ann: {}, bob: {} });
  const ann = await found(`${folder}/ann`, "ann");
  t.teardown(() => ann.close());
  const door = await invite(ann);
  await say(ann, "hello");
  const bob = await openPerson(`${folder}/bob`, "bob", {
    key: ann.room.key,
    encryptionKey: ann.room.base.encryptionKey,
  });
  t.teardown(() => bob.close());
  const cut = connect(ann, bob);
  t.teardown(cut);
  await admit(ann, bob, door);
  await until(() => bob.room.writable);
  await say(bob, "hello ann");
  await until(async () => (await texts(ann)).length === 2 && (await texts(bob)).length === 2);
  t.same(await texts(ann), ["hello", "hello ann"]);
  t.same(await texts(bob), await texts(ann));
  t.equal(await viewHash(bob), await viewHash(ann));
  const rows = await ann.room.rows(0, 10);
  t.same(
    rows.map(({ name, verified }) => [name, verified]),
    [
      ["ann", true],
      ["ann", true],
      ["bob", true],
      ["bob", true],
    ],
  );
  t.same((await ann.room.persons()).map(({ value }) => [value.name, value.role]).sort(), [
    ["ann", "owner"],
    ["bob", "member"],
  ]);
});
