// Rooms that go on in another one: who is taken along, who is not, and who would like to mislead the others.
import BlindPairing from "blind-pairing";
import t from "tap";
import { linkOf } from "../../src/p2p/invite-link.js";
import { eventually, Town } from "../helpers/cores.js";

t.setTimeout(300_000);

const isIn = (town: Town, name: string, id: string) =>
  town.core(name).room(id)?.waitsFor === null && (town.core(name).room(id)?.member?.summary().role ?? null) !== null;

t.test(
  "those who were not removed go on in the new room with their roles, also who was away, also without the owner",
  async (t) => {
    const town = new Town(t);
    const id = await town.room(["olive", "mo", "meg", "ada", "rex"]);
    const olive = town.member("olive", id);
    await olive.write({ type: "set-role", identity: town.identity("mo"), role: 2 });
    await olive.write({ type: "set-role", identity: town.identity("ada"), role: 3 });
    await olive.write({ type: "set-room", topic: "green", share: 2, call: 3 });
    await olive.send("said in the old room");
    await olive.write({ type: "remove-member", identity: town.identity("rex") });
    await eventually(() => town.member("rex", id).summary().removed);
    await eventually(async () => (await town.member("meg", id).room.room())?.call === "owner");
    await town.close("meg");

    await t.rejects(town.core("mo").renewRoom(id), { code: "NOT_ALLOWED" });
    const { id: next } = await town.core("olive").renewRoom(id);
    for (const name of ["mo", "ada"]) await eventually(() => isIn(town, name, next));
    const roles = async (name: string) =>
      Object.fromEntries((await town.member(name, next).members()).map((one) => [one.name, one.role]));
    await eventually(async () => (await roles("mo")).mo === "moderator" && (await roles("mo")).ada === "owner");

    // Meg comes back when the owner is gone: the others take her along.
    await town.agree(next, ["olive", "mo", "ada"]);
    await town.close("olive");
    await town.open("meg");
    await eventually(() => town.core("meg").room(next) !== null && isIn(town, "meg", next));
    const sent = await town.member("meg", next).send("here I am");
    await eventually(async () => (await town.texts("ada", next)).includes("here I am"));
    t.equal(sent.verified, true);
    t.same(await roles("ada"), { olive: "owner", ada: "owner", mo: "moderator", meg: "member" });
    t.match(await town.member("meg", next).room.room(), {
      name: "tea",
      topic: "green",
      post: "member",
      share: "moderator",
      call: "owner",
      predecessor: Buffer.from(id, "hex"),
      successor: null,
    });
    t.same(await town.texts("meg", next), ["here I am"], "what was said does not come along");

    // The old one is there to read, and to nothing else.
    t.match(await town.member("meg", id).room.room(), { successor: Buffer.from(next, "hex") });
    t.same(await town.texts("meg", id), ["said in the old room"]);
    await t.rejects(town.member("meg", id).send("into the old one"), {
      code: "NOT_ALLOWED",
      message: /goes on in another/,
    });
    await town.force("meg", id, { type: "post-message", text: "into the old one" });
    await eventually(() => (town.member("ada", id).room.leftOut["not-allowed"] ?? 0) > 0);
    t.same(await town.texts("ada", id), ["said in the old room"]);
    // Rex was not taken along, and has no way in though he hears of the room's name.
    t.equal(town.core("rex").room(next), null);
    const { link } = (await town.core("ada").invites(next)).find(({ record }) => record.only.byteLength > 0)!;
    t.equal(link, null, "nor is the link by which the others came shown to anybody but the one who made it");
  },
);

t.test(
  "a link that some member offers is followed only where the room's own log says so, and a false one loses to the true one",
  async (t) => {
    const town = new Town(t);
    const id = await town.room(["olive", "meg", "eve"]);
    const trap = await town.core("eve").createRoom("trap", "", "group");
    const { link } = await town.core("eve").makeInvite(trap.id, { uses: 5 });
    const offer = (link: string) => {
      for (const peer of town.member("eve", id).peers.hereWriters().values())
        peer.sendOffer({ kind: "successor", link });
    };
    const heard: string[] = [];
    town.member("meg", id).on("offer", (_identity, { link }) => heard.push(link));
    offer(link!);
    await eventually(() => heard.length > 0);
    t.equal(town.core("meg").room(trap.id), null);

    // Many more of them, and one that names the right room with a seed that opens nothing.
    const others = await Promise.all(
      Array.from({ length: 10 }, (_, i) => town.core("eve").createRoom(`trap ${i}`, "", "group")),
    );
    for (const other of others) offer((await town.core("eve").makeInvite(other.id, {})).link!);
    await eventually(() => heard.length > 10);
    await town.close("meg");
    const { id: next } = await town.core("olive").renewRoom(id);
    await eventually(() => isIn(town, "eve", next));
    const wrong = linkOf(BlindPairing.createInvite(town.member("eve", next).room.key).invite);
    await town.close("olive");
    await town.open("meg");
    const again: string[] = [];
    town.member("meg", id).on("offer", (_identity, { link }) => again.push(link));
    await eventually(() => town.member("eve", id).peers.hereIdentities().size > 0);
    offer(wrong);
    await eventually(() => again.includes(wrong));
    await town.close("eve");
    await town.open("olive");
    await eventually(() => town.core("meg").room(next) !== null && isIn(town, "meg", next));
    for (const room of [trap, ...others]) t.equal(town.core("meg").room(room.id), null);
    t.pass("meg is in the room that olive made");
  },
);

t.test("two owners renew at once: all end in the one that the old room's order names", async (t) => {
  const town = new Town(t);
  const id = await town.room(["olive", "ada", "meg"]);
  await town.member("olive", id).write({ type: "set-role", identity: town.identity("ada"), role: 3 });
  await eventually(() => town.member("ada", id).summary().role === "owner");
  const made = await Promise.all(["olive", "ada"].map((name) => town.core(name).renewRoom(id)));
  const ids = made.map((room) => room.id);
  const named = async (name: string) => {
    const successor = (await town.member(name, id).room.room())?.successor;
    return successor ? Buffer.from(successor).toString("hex") : "";
  };
  const names = ["olive", "ada", "meg"];
  await eventually(async () => {
    const found = new Set(await Promise.all(names.map(named)));
    const [one] = found;
    return found.size === 1 && ids.includes(one!) && names.every((name) => isIn(town, name, one!));
  });
  const next = await named("meg");
  await eventually(async () => (await town.member("meg", next).members()).length === 3);
  await town.member("meg", next).send("all three of us");
  for (const name of names) await eventually(async () => (await town.texts(name, next)).length === 1);
  t.pass("and talk there");
});
