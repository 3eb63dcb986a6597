/** A room goes on for long without the one who made it and alone signed its order. Figures are told, not asserted. */
import type { Test } from "tap";
import { makeHandlers } from "../../src/daemon/handlers.js";
import type { Core, RoomMessage } from "../../src/p2p/index.js";
import { until } from "./rooms.js";
import { openNamed } from "./wired-cores.js";

const LIMIT_MS = 120_000;
const AT_ONCE = 50;
const PAGE = 200;

export async function long(t: Test, messages: number): Promise<void> {
  const folder = t.testdir({});
  const cores = new Map<string, Core>();
  const open = async (name: string) => {
    const core = await openNamed(folder, name);
    cores.set(name, core);
    return core;
  };
  t.teardown(() => Promise.all([...cores.values()].map((core) => core.close())));
  const ann = await open("ann");
  let bob = await open("bob");
  const carol = await open("carol");
  const { id: room } = await ann.createRoom("tea", "", "group");
  const memberOf = (core: Core) => core.room(room)!.member!;
  const join = async (core: Core, link: string) => {
    await core.joinRoom(link);
    await until(() => core.room(room)?.waitsFor === null, LIMIT_MS);
  };
  const { link } = await ann.makeInvite(room, { uses: 2 });
  await join(bob, link!);
  await join(carol, link!);
  await until(() => [ann, bob, carol].every((core) => memberOf(core).room.writers.size === 3), LIMIT_MS);
  const { risk } = await makeHandlers(bob)["room.show"]({ room });
  t.match(risk, /signed by one device, ann's\. If that is gone for good/, "told before it happens");
  await ann.close();

  const startedAt = performance.now();
  for (let i = 0; i < messages; i += AT_ONCE) {
    const by = (i / AT_ONCE) % 2 === 0 ? bob : carol;
    await Promise.all(Array.from({ length: AT_ONCE }, (_, at) => memberOf(by).send(`${i + at}`)));
  }
  let expected = messages + 3;
  await until(() => [bob, carol].every((core) => memberOf(core).room.total === expected), LIMIT_MS);
  t.comment(`${messages} messages are with both after ${Math.round(performance.now() - startedAt)} ms`);

  // One comes by an invite of bob's, one after his restart by one of carol's.
  const newcomers: Core[] = [];
  for (const [name, host] of [
    ["dave", () => bob],
    ["erin", () => carol],
  ] as const) {
    const { link: theirs } = await host().makeInvite(room, {});
    const comingAt = performance.now();
    const newcomer = await open(name);
    newcomers.push(newcomer);
    await join(newcomer, theirs!);
    expected += 1;
    await until(() => memberOf(newcomer).room.total === expected, LIMIT_MS);
    t.comment(`${name} is in and has all after ${Math.round(performance.now() - comingAt)} ms`);
    if (name === "dave") {
      await bob.close();
      const openedAt = performance.now();
      bob = await open("bob");
      await memberOf(bob).messages(expected - 60, expected);
      t.comment(`open with a page read after ${Math.round(performance.now() - openedAt)} ms`);
    }
  }
  await memberOf(newcomers[1]!).send("the last one to come");
  await until(() => [bob, carol, ...newcomers].every((core) => memberOf(core).room.total === expected + 1), LIMIT_MS);
  const said = async (core: Core) => {
    const all: RoomMessage[] = [];
    // By pages, as everybody reads: one read has two seconds.
    for (let from = 0; from <= expected; from += PAGE) {
      all.push(...(await memberOf(core).messages(from, Math.min(from + PAGE, expected + 1))));
    }
    t.ok(all.every(({ verified }) => verified));
    return all.map(({ name, text }) => `${name}:${text}`).join("\n");
  };
  const orders = await Promise.all([bob, carol, ...newcomers].map(said));
  t.equal(new Set(orders).size, 1, "one order");
  t.match(orders[0], /bob:0\n/);
  t.match(orders[0], /erin:the last one to come$/);
}
