// Who signs a room's order: one at first, three as soon as three may, never two; and never those who are away.
import t from "tap";
import { type Device, nextSigners, REPLACE_AFTER_MS } from "../../src/p2p/promotion.js";
import { eventually, Town } from "../helpers/cores.js";

t.setTimeout(300_000);

const AFTER_MS = 1_000;

const device = (writer: string, rest: Partial<Device> = {}): Device => ({
  writer,
  identity: `person of ${writer}`,
  role: "member",
  here: true,
  totalMs: AFTER_MS,
  absentMs: 0,
  ...rest,
});
const next = (signers: string[], devices: Device[], own = signers[0]!) =>
  nextSigners({ signers, own, devices, afterMs: AFTER_MS });

t.test("one becomes three, in one step", async (t) => {
  const [a, b, c, d] = [device("a"), device("b"), device("c"), device("d")];
  t.same(next(["a"], [a, b, c])?.sort(), ["a", "b", "c"]);
  t.equal(next(["a"], [a, b]), null, "two are not enough");
  t.equal(next(["a"], [a]), null);
  t.equal(next(["a"], [a, b, device("c", { here: false })]), null, "an absent one signs nothing");
  t.equal(next(["a"], [a, b, device("c", { totalMs: AFTER_MS - 1 })]), null, "nor one that just came");
  t.equal(next(["a"], [a, b, device("c", { identity: b.identity })]), null, "two devices of one person count once");
  t.equal(next(["a"], [a, b, device("c", { identity: a.identity })]), null, "of the one that signs, too");
  t.equal(
    nextSigners({ signers: ["a"], own: "b", devices: [a, b, c], afterMs: AFTER_MS }),
    null,
    "only a signer proposes",
  );
  const ranked = [a, b, c, device("o", { role: "owner" }), device("m", { role: "moderator" })];
  t.same(next(["a"], ranked), ["a", "o", "m"], "owners first, then moderators");
  t.same(next(["a"], [a, b, c, device("d", { totalMs: 99_999 })]), ["a", "d", "b"], "then who was here for longer");
  t.same(next(["a"], [d, c, b, a]), next(["a"], [a, b, c, d]), "whatever order they are listed in");
});

t.test("one of three that is gone for long is replaced; with two gone nothing can be done", async (t) => {
  const long = { here: false, absentMs: REPLACE_AFTER_MS + 1 };
  const [a, b, c, d] = [device("a"), device("b"), device("c"), device("d")];
  t.equal(next(["a", "b", "c"], [a, b, c, d]), null, "all is well");
  t.equal(
    next(["a", "b", "c"], [a, b, device("c", { here: false, absentMs: REPLACE_AFTER_MS }), d]),
    null,
    "not long enough",
  );
  t.same(next(["a", "b", "c"], [a, b, device("c", long), d])?.sort(), ["a", "b", "d"]);
  t.same(next(["a", "b", "c"], [a, b, d])?.sort(), ["a", "b", "d"], "one that is no member any more is gone");
  t.equal(next(["a", "b", "c"], [a, b, device("c", long)]), null, "nobody to take its place");
  t.equal(
    next(["a", "b", "c"], [a, device("b", { here: false, absentMs: 5 }), device("c", long), d]),
    null,
    "the other has to agree",
  );
  t.equal(
    next(["a", "b", "c"], [a, device("b", long), device("c", long), d, device("e")]),
    null,
    "no majority is left",
  );
});

const signersOf = (town: Town, name: string, id: string) =>
  town
    .member(name, id)
    .room.signers()
    .map((key) => key.toString("hex"));

t.test("three sign once three are here, and go on without the founder, also for a newcomer", async (t) => {
  const town = new Town(t, { promoteAfterMs: 500 });
  const id = await town.room(["ann", "bob"]);
  const counts = new Set<number>();
  const look = (names: readonly string[]) => {
    for (const name of names) counts.add(signersOf(town, name, id).length);
  };
  // Only what stands: while the one op is applied, they are set one after the other.
  for (const name of ["ann", "bob"]) town.member(name, id).room.base.on("update", () => look([name]));
  for (let i = 0; i < 5; i++) await town.member("ann", id).send(`${i}`);
  const { link } = await town.core("ann").makeInvite(id, { uses: 5 });
  await eventually(() => (town.member("ann", id).peers.hereIdentities().size ?? 0) === 1);
  t.equal(signersOf(town, "ann", id).length, 1, "two would stop with either one");
  await town.join("carol", id, link!);
  const names = ["ann", "bob", "carol"];
  await eventually(() => names.every((name) => signersOf(town, name, id).length === 3));
  look(names);
  t.same([...counts].sort(), [1, 3], "never two");
  for (const name of names) {
    t.equal((await town.member(name, id).signers()).length, 3);
    // While the order is put anew the library has none for a moment.
    await eventually(() => signersOf(town, name, id).includes(town.member(name, id).room.writerKey.toString("hex")));
  }
  const byBob = await town.core("bob").makeInvite(id, { uses: 5 });
  await town.agree(id, names);

  await town.close("ann");
  const signed = () => Math.min(...["bob", "carol"].map((name) => town.member(name, id).room.base.signedLength));
  const before = signed();
  for (let i = 0; i < 40; i++) await town.member(i % 2 ? "bob" : "carol", id).send(`without ann ${i}`);
  // They go on talking meanwhile, as people do: the library acknowledges what is new, and once it did not.
  let saidAt = performance.now();
  await eventually(async () => {
    if (performance.now() - saidAt > 2_000) {
      saidAt = performance.now();
      await town.member("bob", id).send("still here");
    }
    return signed() > before + 20;
  });
  const rows = town.member("bob", id).room.total;
  await town.open("dave");
  let forwarded = 0;
  const core = town.core("dave");
  await core.joinRoom(byBob.link!);
  await eventually(() => {
    const member = core.room(id)?.member;
    if (member && member.room.base.listenerCount("fast-forward") < 2) {
      member.room.base.on("fast-forward", () => {
        forwarded += 1;
      });
    }
    return core.room(id)?.waitsFor === null;
  });
  await eventually(() => town.member("dave", id).room.total >= rows);
  await town.agree(id, ["bob", "carol", "dave"]);
  t.ok(forwarded > 0, "took the signed order over");
  t.ok((await town.texts("dave", id)).includes("without ann 39"));
  await town.open("ann");
  await town.agree(id, ["ann", "bob", "carol", "dave"]);
  t.equal(signersOf(town, "ann", id).length, 3);
});

t.test("a room for two keeps one that signs", async (t) => {
  const town = new Town(t, { promoteAfterMs: 500 });
  await town.room(["ann", "bob"]);
  const { id } = await town.core("ann").openDirect(town.identity("bob"), "bob");
  await eventually(() =>
    town
      .core("bob")
      .rooms()
      .some(({ isRequest }) => isRequest),
  );
  await town.core("bob").acceptRequest(id);
  await eventually(() => town.core("bob").room(id)?.waitsFor === null);
  const [ann, bob] = [town.member("ann", id).room, town.member("bob", id).room];
  const op = { type: "set-indexers", indexers: [{ writer: bob.writerKey, manifest: bob.manifestBytes() }] } as const;
  await t.rejects(town.member("ann", id).write(op), { code: "NOT_ALLOWED", message: /room for two/ });
  await town.force("bob", id, op);
  await town.member("bob", id).send("done");
  await eventually(async () => (await town.texts("ann", id)).length === 1);
  t.same(signersOf(town, "ann", id), [ann.writerKey.toString("hex")]);
});
