// A crowd of messages at once, as a script sends them: all come in, in order, and nothing else waits for the last one.
import t from "tap";
import { LocalStore } from "../../src/p2p/local-store.js";
import { newId } from "../../src/p2p/room.js";
import { Sending } from "../../src/p2p/sending.js";
import { found, texts } from "../helpers/rooms.js";
import { mostOfOne, Turns } from "../helpers/turns.js";

const CROWD = 100;

t.test("a crowd of messages takes a turn of the loop each, and keeps its order", async (t) => {
  const olive = await found(t.testdir(), "olive");
  t.teardown(() => olive.close());
  const local = new LocalStore(olive.store);
  await local.ready();
  t.teardown(() => local.close());
  const sending = new Sending({ room: olive.room, local, now: () => Date.now(), push: () => {} });
  await sending.load();
  const turns = new Turns();
  t.teardown(() => turns.close());
  const begunIn: number[] = [];
  const known = new Set<string>();
  sending.on("waiting", ({ id }: { id: string }) => {
    if (!known.has(id)) begunIn.push(turns.now);
    known.add(id);
  });
  const said = Array.from({ length: CROWD }, (_, at) => `number ${at}`);
  await Promise.all(said.map((text) => sending.send({ type: "post-message", text }, newId(), async () => {})));
  t.equal(begunIn.length, CROWD);
  t.ok(mostOfOne(begunIn) <= 1, `at most ${mostOfOne(begunIn)} in one turn`);
  t.same(await texts(olive), said);
});
