// A crowd of messages at once, as a script sends them: all come in, in order, and nothing else waits for the last one.
import { setImmediate as nextTurn } from "node:timers/promises";
import t, { type Test } from "tap";
import { LocalStore } from "../../src/p2p/local-store.js";
import { newId } from "../../src/p2p/room.js";
import { Sending } from "../../src/p2p/sending.js";
import { found, texts } from "../helpers/rooms.js";
import { mostOfOne, Turns } from "../helpers/turns.js";

const CROWD = 100;

t.test("a crowd of messages takes a turn of the loop each, and keeps its order", async (t) => {
  const { olive, sending, say } = await sender(t);
  const turns = new Turns();
  t.teardown(() => turns.close());
  const begunIn: number[] = [];
  const known = new Set<string>();
  sending.on("waiting", ({ id }: { id: string }) => {
    if (!known.has(id)) begunIn.push(turns.now);
    known.add(id);
  });
  const said = Array.from({ length: CROWD }, (_, at) => `number ${at}`);
  await Promise.all(said.map(say));
  t.equal(begunIn.length, CROWD);
  t.ok(mostOfOne(begunIn) <= 1, `at most ${mostOfOne(begunIn)} in one turn`);
  t.same(await texts(olive), said);
});

/** What went into the log together, append by append. */
function watchAppends({ room }: Awaited<ReturnType<typeof found>>): number[] {
  const appends: number[] = [];
  const { base } = room;
  const append = base.append.bind(base);
  base.append = (values, options) => {
    appends.push(Array.isArray(values) ? values.length : 1);
    return append(values, options);
  };
  return appends;
}

async function sender(t: Test) {
  const olive = await found(t.testdir(), "olive");
  t.teardown(() => olive.close());
  const local = new LocalStore(olive.store);
  await local.ready();
  t.teardown(() => local.close());
  const sending = new Sending({ room: olive.room, local, now: () => Date.now(), push: () => {} });
  await sending.load();
  const say = (text: string) => sending.send({ type: "post-message", text }, newId(), async () => {});
  return { olive, local, sending, say, appends: watchAppends(olive) };
}

t.test("a storm goes into the log in few appends, each answered only when it is there", async (t) => {
  const { olive, sending, say, appends } = await sender(t);
  const said = Array.from({ length: CROWD }, (_, at) => `storm ${at}`);
  let answered = 0;
  const waits: Promise<unknown>[] = [];
  for (const text of said) {
    waits.push(
      say(text).then(async () => {
        answered += 1;
        const until = answered;
        t.ok((await texts(olive)).length >= until, `${until} are in the log`);
      }),
    );
    await nextTurn();
  }
  await Promise.all(waits);
  t.same(await texts(olive), said);
  t.equal(
    appends.reduce((sum, ops) => sum + ops, 0),
    CROWD,
  );
  t.ok(appends.length <= CROWD / 5, `${appends.length} appends`);
  t.same(sending.all, [], "none waits");
});

t.test("after a crowd, one that comes alone waits a moment for another", async (t) => {
  const { olive, appends } = await sender(t);
  const { room } = olive;
  const append = (text: string) => room.append(room.seal({ type: "post-message", text }, newId(), Date.now()));
  // On a machine that takes longer for an append than anybody waits, once more.
  do await Promise.all(["one", "two", "three"].map(append));
  while (!room.isGathering);
  appends.length = 0;
  const first = append("alone");
  for (let i = 0; i < 5; i++) await nextTurn();
  await Promise.all([first, append("company")]);
  t.same(appends, [2]);
});

t.test("who says one thing after the other is never made to wait for company", async (t) => {
  const { olive, say, appends } = await sender(t);
  for (let i = 0; i < 10; i++) {
    await say(`one ${i}`);
    t.notOk(olive.room.isGathering);
  }
  t.same(
    appends,
    Array.from({ length: 10 }, () => 1),
  );
});

t.test("what is sent in a storm and cannot go into the log is on disk when it is answered", async (t) => {
  const { olive, local, sending, say } = await sender(t);
  await Promise.all(Array.from({ length: 5 }, (_, at) => say(`before ${at}`)));
  const { room } = olive;
  Object.defineProperty(room, "isGathering", { value: true });
  Object.defineProperty(room, "writable", { value: false });
  await say("kept");
  const again = new Sending({ room, local, now: () => Date.now(), push: () => {} });
  await again.load();
  t.same(
    again.all.map(({ op }) => op.type === "post-message" && op.text),
    ["kept"],
  );
  t.equal(sending.all.length, 1);
});
