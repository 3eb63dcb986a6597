// Two histories under one writer's key: both sides are told, soon, and go on; who only says so is named as who says so.
import { chmodSync, cpSync, rmSync } from "node:fs";
import t, { type Test } from "tap";
import type { Divergence } from "../../src/p2p/divergence.js";
import { eventually, Town } from "../helpers/cores.js";

t.setTimeout(300_000);

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
const alarms = (town: Town, name: string, id: string): readonly Divergence[] => town.member(name, id).summary().alarms;

/**
 * Ann and bob, each of whom eve told another end of her log.
 * @param toBob how many things eve said to bob where she said one to ann
 */
async function parted(t: Test, toBob: number): Promise<{ town: Town; id: string; eves: string; who: string }> {
  const town = new Town(t);
  const id = await town.room(["ann", "bob", "eve"]);
  await town.member("eve", id).send("the same for all");
  for (const name of ["ann", "bob"]) await eventually(async () => (await town.texts(name, id)).length === 1);
  await town.agree(id, ["ann", "bob", "eve"]);
  const eves = hex(town.member("eve", id).room.writerKey);
  const who = hex(town.identity("eve"));
  await town.close("eve");
  cpSync(`${town.folder}/eve`, `${town.folder}/twin`, { recursive: true });
  // By this the library knows a copy.
  rmSync(`${town.folder}/twin/store/CORESTORE`);
  for (const folder of ["twin", "twin/store"]) chmodSync(`${town.folder}/${folder}`, 0o700);
  chmodSync(`${town.folder}/twin/identity`, 0o600);

  await town.close("bob");
  await town.open("eve");
  await town.member("eve", id).send("for ann: yes");
  await eventually(async () => (await town.texts("ann", id)).includes("for ann: yes"));
  await town.close("eve");
  await town.close("ann");
  await town.open("bob");
  await town.open("twin");
  await town.member("twin", id).send("for bob: no");
  for (let i = 1; i < toBob; i++) await town.member("twin", id).send(`for bob: no ${i}`);
  await eventually(async () => (await town.texts("bob", id)).length === 1 + toBob);
  await town.close("twin");

  await town.open("ann");
  for (const name of ["ann", "bob"]) await eventually(() => alarms(town, name, id).length > 0);
  return { town, id, eves, who };
}

async function isToldOnBothSides(t: Test, { town, id, eves, who }: Awaited<ReturnType<typeof parted>>): Promise<void> {
  for (const [name, other] of [
    ["ann", "bob"],
    ["bob", "ann"],
  ] as const) {
    const alarm = alarms(town, name, id).find(({ writer }) => writer === eves);
    t.match(alarm, { writer: eves, told: hex(town.identity(other)) }, `${name}: eve's log, told by ${other}`);
    t.not(alarm?.here, alarm?.there);
    const author = await town.member(name, id).room.author(Buffer.from(alarm!.writer, "hex"));
    t.equal(hex(author.identity), who);
  }
  const [mine, theirs] = ["ann", "bob"].map((name) => alarms(town, name, id).find(({ writer }) => writer === eves)!);
  t.equal(mine!.length, theirs!.length);
  t.same([mine!.here, mine!.there], [theirs!.there, theirs!.here], "the same two, the other way round");
}

t.test("one who shows others another history is found out on both sides, and they go on", async (t) => {
  const all = await parted(t, 1);
  const { town, id } = all;
  await isToldOnBothSides(t, all);
  for (const name of ["ann", "bob"]) t.equal(town.member(name, id).summary().stopReason, null);
  await town.member("ann", id).send("do you see this, bob?");
  await eventually(async () => (await town.texts("bob", id)).includes("do you see this, bob?"));
  await town.member("bob", id).send("I do");
  await eventually(async () => (await town.texts("ann", id)).includes("I do"));
  await town.close("ann");
  await town.open("ann");
  t.equal(alarms(town, "ann", id).length > 0, true, "and it is kept");
  await town.member("ann", id).send("again");
  await eventually(async () => (await town.texts("bob", id)).includes("again"));
});

t.test("found out on both sides, too, where one of the two histories is longer than the other", async (t) => {
  const all = await parted(t, 2);
  const { town, id } = all;
  // What bob tells of its end, ann cannot compare; what ann tells, bob can, and he tells her.
  await isToldOnBothSides(t, all);
  for (const name of ["ann", "bob"]) t.equal(town.member(name, id).summary().stopReason, null);
  // What bob says from here on stands on blocks that ann can get from nobody: then only a new room helps.
  await town.member("ann", id).send("do you see this, bob?");
  await eventually(async () => (await town.texts("bob", id)).includes("do you see this, bob?"));
  const { id: next } = await town.core("ann").renewRoom(id);
  await eventually(() => (town.core("bob").room(next)?.member?.summary().role ?? null) !== null);
  await town.member("bob", next).send("here we can talk");
  await eventually(async () => (await town.texts("ann", next)).includes("here we can talk"));
});

t.test("a false hash is kept as what somebody said, and is no alarm anywhere else", async (t) => {
  const town = new Town(t);
  const id = await town.room(["ann", "bob", "eve"]);
  await town.member("ann", id).send("all is well");
  await eventually(async () => (await town.texts("bob", id)).length === 1);
  await town.agree(id, ["ann", "bob", "eve"]);
  const { room } = town.member("ann", id);
  const writer = room.writerKey;
  const peers = [...town.member("eve", id).peers.hereWriters()];
  const strangers = Array.from({ length: 50 }, (_, i) => ({ writer: Buffer.alloc(32, i + 1), length: 1 }));
  for (const [, peer] of peers) {
    peer.sendHashes([
      { writer, length: 1, hash: Buffer.alloc(32, 1) },
      { writer, length: 1_000_000, hash: Buffer.alloc(32, 1) },
      ...strangers.map((stranger) => ({ ...stranger, hash: Buffer.alloc(32, 1) })),
      { writer, length: 0, hash: Buffer.alloc(32, 1) },
    ]);
  }
  await eventually(() => alarms(town, "bob", id).length > 0 && alarms(town, "ann", id).length > 0);
  for (const name of ["ann", "bob"]) {
    t.match(alarms(town, name, id), [{ writer: hex(writer), length: 1, told: hex(town.identity("eve")) }]);
    t.equal(alarms(town, name, id).length, 1, "only what can be compared");
  }
  // All three programs tell the truth in their turn: no word of ann's or bob's is an alarm, and eve's is over.
  const seen = new Set<string>();
  for (const name of ["ann", "bob"]) {
    town.member(name, id).divergences.on("changed", () => {
      for (const { told } of alarms(town, name, id)) seen.add(told);
    });
  }
  await eventually(() => alarms(town, "ann", id).length + alarms(town, "bob", id).length === 0);
  t.same(
    [...seen].filter((told) => told !== hex(town.identity("eve"))),
    [],
  );
  await town.member("bob", id).send("and it goes on");
  await eventually(async () => (await town.texts("ann", id)).length === 2);
});
