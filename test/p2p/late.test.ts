import t, { type Test } from "tap";
import type { Late } from "../../src/p2p/index.js";
import { inOneRoom, Person } from "../helpers/met-cores.js";
import { until } from "../helpers/rooms.js";

t.setTimeout(180_000);

const MINUTE_MS = 60_000;

async function people(t: Test): Promise<{ maya: Person; bob: Person }> {
  const folder = t.testdir({});
  const [maya, bob] = [new Person(t, folder, "maya"), new Person(t, folder, "bob")];
  await Promise.all([maya.come(), bob.come()]);
  return { maya, bob };
}

t.test("C13: what was written apart counts as unread, is told as late, and says when it came", async (t) => {
  const { maya, bob } = await people(t);
  // Of a room of hers she alone signs the order, so that her lines come before all that is not signed yet.
  const id = await inOneRoom("tea", [maya, bob]);
  await maya.come({ near: false });
  maya.shiftMs = -30 * MINUTE_MS;
  await maya.room(id).send("one at ten");
  await maya.room(id).send("two at ten");
  await maya.leave();
  bob.shiftMs = -28 * MINUTE_MS;
  const lines = Array.from({ length: 50 }, (_, index) => `line ${index}`);
  for (const line of lines) await bob.room(id).send(line);
  t.equal(bob.room(id).summary().unread, 0);

  [maya.shiftMs, bob.shiftMs] = [0, 0];
  const heard: Late[] = [];
  bob.core.on("late", (_room: string, late: readonly Late[]) => heard.push(...late));
  await maya.come();
  await until(async () => (await bob.texts(id)).length === 52 && (await maya.texts(id)).length === 52, 60_000);
  await until(() => bob.room(id).summary().unread >= 2);
  t.equal(bob.room(id).summary().unread, 2);
  const all = await bob.messages(id);
  const ofMaya = all.filter(({ mine }) => !mine);
  t.same(
    ofMaya.map(({ text }) => text),
    ["one at ten", "two at ten"],
  );
  for (const { sentAt, receivedAt } of ofMaya) t.ok(receivedAt! - sentAt > 29 * MINUTE_MS, "it says when it came");
  t.same(
    all.filter(({ mine }) => mine).map(({ text }) => text),
    lines,
  );
  t.match(heard, [{ count: 2, place: ofMaya[0]!.place }]);
  t.equal(heard.length, 1, "told once");
  t.equal(maya.room(id).summary().unread, 50, "and nothing of hers counts for her");
});

t.test("C13: the other way round, where the order was signed meanwhile, nothing is above what was there", async (t) => {
  const { maya, bob } = await people(t);
  const id = await inOneRoom("tea", [bob, maya]);
  await maya.come({ near: false });
  maya.shiftMs = -30 * MINUTE_MS;
  await maya.room(id).send("one at ten");
  await maya.leave();
  for (let index = 0; index < 25; index++) await bob.room(id).send(`line ${index}`);
  const before = await bob.texts(id);
  maya.shiftMs = 0;
  bob.core.on("late", () => t.fail("it is at the end, where it is seen"));
  await maya.come();
  await until(() => bob.room(id).summary().unread === 1, 60_000);
  t.same(await bob.texts(id), [...before, "one at ten"]);
});

t.test("C18: after hours away unread adds up, without what another device of one's own wrote", async (t) => {
  const { maya, bob } = await people(t);
  const rooms: string[] = [];
  for (const name of ["tea", "dev", "ops"]) rooms.push(await inOneRoom(name, [maya, bob]));
  const [tea, dev, ops] = rooms as [string, string, string];
  await bob.core.setPrefs(ops, { mutedUntil: "forever" });
  const second = await bob.secondDevice();
  const me = bob.core.identity!.key;
  await until(() => bob.room(tea).room.writers.size === 3);
  await bob.leave();
  for (let index = 0; index < 10; index++) await second.room(tea).send(`mine ${index}`);
  const says = async (id: string, count: number, mention: (index: number) => boolean = () => false) => {
    for (let index = 0; index < count; index++) {
      await maya.room(id).send(`line ${index}`, { mentions: mention(index) ? [me] : [] });
    }
  };
  await Promise.all([says(tea, 90), says(dev, 100, (index) => index % 50 === 7), says(ops, 100)]);
  await until(async () => (await maya.texts(tea)).length === 100);
  await second.leave();

  const counts = () => rooms.map((id) => [bob.room(id).summary().unread, bob.room(id).summary().mentions]);
  const expected = [
    [90, 0],
    [100, 2],
    [100, 0],
  ];
  await bob.come();
  await until(() => JSON.stringify(counts()) === JSON.stringify(expected), 60_000).catch(() => {});
  t.same(counts(), expected);
  t.equal(bob.core.room(ops)!.prefs.mutedUntil, "forever");

  await bob.come();
  await until(() => rooms.every((id) => bob.room(id).summary().peers === 1), 40_000);
  await until(async () => (await bob.texts(tea)).length === 100);
  t.same(counts(), expected, "and coming back once more adds nothing");
  await bob.room(dev).markRead();
  await bob.come();
  t.same(counts()[1], [0, 0], "what was read stays read");
});
