/**
 * One member brings thousands of messages at once, written while it was away. Asserted is the order of what happens,
 * not how long it takes: another one's own message is in, here and at a third member, before half of the flood is.
 */
import type { Test } from "tap";
import { makeHandlers } from "../../src/daemon/handlers.js";
import type { Core } from "../../src/p2p/index.js";
import { newId } from "../../src/p2p/room.js";
import { endOf, Wires } from "./mates.js";
import { until } from "./rooms.js";
import { gather, openNamed } from "./wired-cores.js";

const LIMIT_MS = 60_000;
const ASK_EVERY_MS = 50;

export async function flood(t: Test, messages: number): Promise<void> {
  const folder = t.testdir({});
  const id = await gather(folder, ["ann", "bob", "eve"]);
  const wires = new Wires();
  const [ann, bob, eve] = (await Promise.all(["ann", "bob", "eve"].map((name) => openNamed(folder, name, false)))) as [
    Core,
    Core,
    Core,
  ];
  t.teardown(async () => {
    await wires.close();
    await Promise.all([ann, bob, eve].map((core) => core.close()));
  });
  const roomOf = (core: Core) => core.room(id)!.member!.room;
  const { room } = eve.room(id)!.member!;
  const seal = (i: number) => room.seal({ type: "post-message", text: `flood ${i}` }, newId(), Date.now());
  await Promise.all(Array.from({ length: messages }, (_, i) => room.append(seal(i))));
  const before = roomOf(ann).total;
  const isIn = (core: Core) => roomOf(core).total - before;

  const answers = await asking(ann, id);
  wires.link(endOf(ann), endOf(bob));
  wires.link(endOf(bob), endOf(eve));
  wires.link(endOf(ann), endOf(eve));
  await until(() => isIn(ann) > 0, LIMIT_MS);
  const atStart = isIn(ann);
  const sentAt = performance.now();
  const sent = await ann.room(id)!.member!.send("and I say");
  const own = roomOf(ann).writerKey;
  await until(() => roomOf(ann).has(own, sent.id), LIMIT_MS);
  const atSent = isIn(ann);
  const sentMs = Math.round(performance.now() - sentAt);
  await until(() => roomOf(bob).has(own, sent.id), LIMIT_MS);
  const atBob = isIn(bob);
  const heardMs = Math.round(performance.now() - sentAt);
  t.ok(atStart < messages / 2, `it began early enough: ${atStart} of ${messages} were in`);
  t.ok(atSent < messages / 2, `in the own log when ${atSent} of ${messages} were in`);
  t.ok(atBob < messages / 2, `at a third member when ${atBob} of ${messages} were in`);
  await until(() => [ann, bob, eve].every((core) => isIn(core) === messages + 1), 4 * LIMIT_MS);
  const allMs = Math.round(performance.now() - sentAt);
  const { count, worstMs } = answers.end();
  t.ok(count > 0);
  t.comment(
    `${messages} messages: own one in after ${sentMs} ms, at a third after ${heardMs} ms, all everywhere after ${allMs} ms; ` +
      `${count} requests answered meanwhile, the slowest in ${worstMs} ms`,
  );
  const hashes = await Promise.all(
    [ann, bob, eve].map(async (core) => (await roomOf(core).viewHash())?.toString("hex")),
  );
  t.equal(new Set(hashes).size, 1, "and one view everywhere");
}

/** Goes on asking for what a screen asks for. */
async function asking(core: Core, room: string): Promise<{ end(): { count: number; worstMs: number } }> {
  const handlers = makeHandlers(core);
  let count = 0;
  let worstMs = 0;
  let isOver = false;
  const ask = async () => {
    while (!isOver) {
      const began = performance.now();
      await handlers["room.list"]({});
      await handlers["message.list"]({ room, limit: 50 });
      if (isOver) return;
      count += 1;
      worstMs = Math.max(worstMs, Math.round(performance.now() - began));
      await new Promise((done) => setTimeout(done, ASK_EVERY_MS));
    }
  };
  void ask();
  return {
    end: () => {
      isOver = true;
      return { count, worstMs };
    },
  };
}
