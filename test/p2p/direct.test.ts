// Rooms for two: asked, said yes or no to, asked by both at once, over restarts; and nobody else gets in.
import t from "tap";
import type { Core } from "../../src/p2p/index.js";
import type { OpenRoom } from "../../src/p2p/live-room.js";
import { eventually, Town } from "../helpers/cores.js";

t.setTimeout(300_000);

const requestsOf = (core: Core): OpenRoom[] => core.rooms().filter(({ isRequest }) => isRequest);
const directsOf = (core: Core): OpenRoom[] => core.rooms().filter(({ direct }) => direct !== null);
const isJoined = (core: Core, id: string) => core.room(id)?.waitsFor === null && core.room(id)?.member !== null;

async function ask(town: Town, from: string, to: string): Promise<string> {
  return (await town.core(from).openDirect(town.identity(to), to)).id;
}

t.test("asked, accepted: a room in which both are owners, and nobody is asked twice", async (t) => {
  const town = new Town(t);
  await town.room(["ann", "bob"]);
  const id = await ask(town, "ann", "bob");
  await town.core("ann").room(id)!.member!.send("are you there?");
  await eventually(() => requestsOf(town.core("bob")).length === 1);
  t.match(requestsOf(town.core("bob"))[0], { id, direct: { name: "ann" }, member: null, waitsFor: null });
  t.equal(await ask(town, "ann", "bob"), id, "asking again is the same room");
  await town.core("bob").acceptRequest(id);
  await eventually(() => isJoined(town.core("bob"), id));
  await town.core("bob").room(id)!.member!.send("I am");
  for (const name of ["ann", "bob"]) {
    await eventually(async () => (await town.texts(name, id)).length === 2);
    t.same(await town.texts(name, id), ["are you there?", "I am"]);
    const members = await town.member(name, id).members();
    t.same(
      members.map(({ role }) => role),
      ["owner", "owner"],
    );
    t.equal(directsOf(town.core(name)).length, 1);
    t.equal(town.core(name).room(id)!.direct?.name, name === "ann" ? "bob" : "ann");
  }
  await t.rejects(town.core("bob").acceptRequest(id), { code: "NOTHING_TO_DO" });
  t.equal(await ask(town, "bob", "ann"), id, "and bob's way to ann is this room");
});

t.test("asked while away and over restarts of both: it is there when both are", async (t) => {
  const town = new Town(t);
  await town.room(["ann", "bob"]);
  await town.close("bob");
  const id = await ask(town, "ann", "bob");
  await town.core("ann").room(id)!.member!.send("for when you are back");
  await town.close("ann");
  await town.open("bob");
  await town.open("ann");
  await eventually(() => requestsOf(town.core("bob")).length === 1);
  await town.close("bob");
  await town.open("bob");
  t.match(requestsOf(town.core("bob")), [{ id, direct: { name: "ann" } }], "a request is kept");
  // Says yes while nobody is there to open the door.
  await town.close("ann");
  await town.core("bob").acceptRequest(id);
  await town.close("bob");
  await town.open("bob");
  t.match(town.core("bob").room(id), { isRequest: false, waitsFor: /waiting for/ });
  await town.open("ann");
  await eventually(() => isJoined(town.core("bob"), id));
  await eventually(async () => (await town.texts("bob", id)).length === 1);
  t.same(await town.texts("bob", id), ["for when you are back"]);
});

t.test("declined: told to nobody, and the same request is not shown again", async (t) => {
  const town = new Town(t);
  const shared = await town.room(["ann", "bob", "carl"]);
  const id = await ask(town, "ann", "bob");
  await eventually(() => requestsOf(town.core("bob")).length === 1);
  await town.core("bob").declineRequest(id);
  t.equal(town.core("bob").room(id), null);
  for (const name of ["ann", "bob"]) {
    await town.close(name);
    await town.open(name);
    // On the new connection bob is told the same once more.
    await new Promise((resolve) => town.member("bob", shared).once("offer", resolve));
  }
  // Somebody else who asks after that is shown; so ann would be by now.
  const other = await ask(town, "carl", "bob");
  await eventually(() => requestsOf(town.core("bob")).some((room) => room.id === other));
  t.same(
    requestsOf(town.core("bob")).map((room) => room.id),
    [other],
  );
  t.equal(town.core("ann").room(id)!.member!.summary().members, 1);
});

t.test("both ask at once: one room on both sides, with what both wrote in it", async (t) => {
  const town = new Town(t);
  await town.room(["ann", "bob"]);
  await town.close("bob");
  const first = await ask(town, "ann", "bob");
  await town.close("ann");
  await town.open("bob");
  const second = await ask(town, "bob", "ann");
  t.not(first, second);
  await town.open("ann");
  const [one] = [first, second].sort() as [string, string];
  const isOne = (name: string) => {
    const [room, ...more] = directsOf(town.core(name));
    return more.length === 0 && room?.id === one && isJoined(town.core(name), one);
  };
  await eventually(() => isOne("ann") && isOne("bob"));
  t.same([...requestsOf(town.core("ann")), ...requestsOf(town.core("bob"))], [], "nobody has to say yes to it");
  await town.core("ann").room(one)!.member!.send("you too?");
  await eventually(async () => (await town.texts("bob", one)).length === 1);
  for (const name of ["ann", "bob"]) t.equal(town.core(name).room(one)!.member!.summary().members, 2);
});

t.test("a third one with the link gets neither keys nor in, before and after the right one", async (t) => {
  const town = new Town(t);
  await town.room(["ann", "bob", "eve"]);
  await town.close("bob");
  const id = await ask(town, "ann", "bob");
  const link = (await town.core("ann").invites(id))[0]!.link!;
  await town.core("ann").room(id)!.member!.send("for bob alone");

  const eve = town.core("eve");
  const outcome = new Promise<string>((resolve) => {
    eve.once("join-failed", (_id, { code }) => resolve(code));
    eve.once("joined", () => resolve("joined"));
    eventually(() => Boolean(eve.room(id)?.member)).then(
      () => resolve("has keys"),
      () => {},
    );
  });
  await eve.joinRoom(link);
  t.equal(await outcome, "INVITE_REVOKED", "it says that it is for somebody else");
  t.equal(eve.room(id), null, "and gave her nothing");
  await town.open("bob");
  await eventually(() => requestsOf(town.core("bob")).length === 1);
  await town.core("bob").acceptRequest(id);
  await eventually(() => isJoined(town.core("bob"), id));
  const membersOf = async (name: string) => (await town.member(name, id).members()).map((one) => one.name).sort();
  for (const name of ["ann", "bob"]) await eventually(async () => (await membersOf(name)).length === 2);

  // One of the two opens the door to her: the room takes nobody more all the same.
  const door = await town.core("bob").makeInvite(id, { expiresMs: 3_600_000, uses: 5 });
  await eve.joinRoom(door.link!);
  const leftOut = (name: string) => town.member(name, id).room.leftOut["not-allowed"] ?? 0;
  await eventually(() => leftOut("ann") + leftOut("bob") > 0);
  await town.member("bob", id).send("still the two of us");
  await eventually(async () => (await town.texts("ann", id)).length === 2);
  for (const name of ["ann", "bob"]) t.same(await membersOf(name), ["ann", "bob"]);
  t.not(eve.room(id)?.waitsFor ?? null, null, "she is not in");
});

t.test("a request leads to a room for two and to nothing else", async (t) => {
  const town = new Town(t);
  const shared = await town.room(["ann", "eve"]);
  const eve = town.core("eve");
  const group = await eve.createRoom("a trap", "", "group");
  const { link } = await eve.makeInvite(group.id, { uses: 5 });
  for (const peer of town.member("eve", shared).peers.hereWriters().values())
    peer.sendOffer({ kind: "direct", link: link! });
  await eventually(() => requestsOf(town.core("ann")).length === 1);
  await town.core("ann").acceptRequest(group.id);
  await eventually(() => isJoined(town.core("ann"), group.id));
  t.equal(town.core("ann").room(group.id)?.direct, null, "a group is shown as what it is");
  const real = await ask(town, "ann", "eve");
  t.not(real, group.id, "and a talk with eve is another room");
});
