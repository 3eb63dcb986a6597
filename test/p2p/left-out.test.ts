// What somebody said before they heard that they may not any more is in no view; it is kept, as not sent.
import { join } from "node:path";
import Corestore from "corestore";
import t, { type Test } from "tap";
import { hex } from "../../src/p2p/hex.js";
import { LocalStore } from "../../src/p2p/local-store.js";
import { Outbox } from "../../src/p2p/outbox.js";
import { newId } from "../../src/p2p/room.js";
import type { Op } from "../../src/p2p/spec/generated/types.js";
import { type Mate, Table } from "../helpers/mates.js";
import { until } from "../helpers/rooms.js";

t.setTimeout(120_000);

async function two(t: Test) {
  const table = new Table(t);
  const ann = await table.found("ann");
  const link = await ann.invite(1);
  const bob = await table.join("bob", ann.keys, link);
  table.wires.link(ann, bob);
  await until(() => bob.member.room.writable && ann.member.room.writers.size === 2, 20_000);
  return { table, ann, bob };
}

const notSent = ({ member }: Mate) => member.arriving.filter(({ mine, state }) => mine && state === "failed");
const texts = (mate: Mate) => notSent(mate).map(({ text }) => text);

/** Bob says something while Ann, who alone signs the order, does what takes his right to say it away. */
async function crossed(table: Table, ann: Mate, bob: Mate, text: string, op: Op): Promise<void> {
  await table.wires.cut("ann–bob");
  await bob.member.send(text);
  await ann.member.write(op);
  const { base } = ann.member.room;
  await until(() => base.signedLength === base.length, 20_000);
  table.wires.link(ann, bob);
  await until(() => texts(bob).includes(text), 30_000);
}

t.test(
  "removed elsewhere meanwhile: it is kept, also over a restart, and goes out when one is let in again",
  async (t) => {
    const { table, ann, bob } = await two(t);
    await crossed(table, ann, bob, "by the way", { type: "remove-member", identity: bob.identity.key });
    const [kept] = notSent(bob);
    t.match(kept!.reason, /may not write/);
    t.same(await ann.said(), [], "nobody else has it");

    await ann.member.write({ type: "set-role", identity: bob.identity.key, role: 1 });
    const link = await ann.invite(1);
    const back = await table.restart(bob, link);
    t.same(texts(back), ["by the way"]);
    table.wires.link(ann, back);
    await until(async () => (await ann.said()).includes("bob:by the way"), 30_000);
    await until(() => notSent(back).length === 0, 10_000);
  },
);

t.test("only some may post any more: what came too late is kept, and once taken away it stays away", async (t) => {
  const { table, ann, bob } = await two(t);
  await crossed(table, ann, bob, "too late", { type: "set-room", post: 2 });
  const [kept] = notSent(bob);
  await bob.member.act({ type: "delete-message", target: { writer: kept!.writer, id: kept!.id } });
  t.same(texts(bob), []);
  await ann.member.write({ type: "set-room", post: 1 });
  await until(() => bob.member.summary().canWrite, 20_000);
  const again = await table.restart(bob);
  table.wires.link(ann, again);
  await until(() => again.member.summary().canWrite, 20_000);
  await crossed(table, ann, again, "late again", { type: "set-room", post: 2 });
  t.same(texts(again), ["late again"]);
});

t.test("what waited to go out when one was removed is shown as not sent", async (t) => {
  const { table, ann, bob } = await two(t);
  await ann.member.write({ type: "remove-member", identity: bob.identity.key });
  await until(() => bob.member.summary().removed, 20_000);
  const { id } = bob.member;
  await table.leave(bob);
  // As a kill leaves it.
  const store = new Corestore(join(table.folder, "bob", "store"));
  const local = new LocalStore(store);
  await local.ready();
  const op: Op = { type: "post-message", text: "soon", action: false, replyTo: null, mentions: [] };
  await new Outbox(local, id).add({ id: hex(newId()), op, sentAt: Date.now(), failed: null });
  await local.close();
  await store.close();
  const again = await table.join("bob", ann.keys, "");
  await until(() => texts(again).includes("soon"), 10_000);
  t.match(notSent(again)[0]!.reason, /removed/);
  t.equal(again.member.hasWaiting, false);
});

t.test("sent while it closes: refused, so that whoever asked asks again, and nothing is kept by half", async (t) => {
  const { table, ann } = await two(t);
  await table.wires.cut("ann–bob");
  const sending = ann.member.send("just now");
  const closing = ann.member.close();
  await t.rejects(sending, { code: "CORE_GONE" });
  await closing;
  const again = await table.restart(ann);
  t.equal(again.member.hasWaiting, false);
  t.notOk((await again.said()).includes("ann:just now"));
});
