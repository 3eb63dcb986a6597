// What a person decides for themselves alone: kept over restarts, told to nobody, gone with the room.
import t from "tap";
import { eventually, Town } from "../helpers/cores.js";

t.setTimeout(300_000);

t.test("muted, archived, favourite and unread are kept, each on its own, and end with their time", async (t) => {
  let now = 1_700_000_000_000;
  const town = new Town(t, { now: () => now });
  const core = await town.open("ann");
  const { id } = await core.createRoom("tea", "", "group");
  const other = await core.createRoom("coffee", "", "group");
  const none = { mutedUntil: null, archived: false, favourite: false, unread: false };
  t.same(core.room(id)!.prefs, none);
  const told: string[] = [];
  core.on("room", (room: string) => told.push(room));
  const hour = now + 3_600_000;
  t.same((await core.setPrefs(id, { mutedUntil: hour })).prefs, { ...none, mutedUntil: hour });
  t.same((await core.setPrefs(id, { favourite: true })).prefs, { ...none, mutedUntil: hour, favourite: true });
  await core.setPrefs(other.id, { archived: true, unread: true, mutedUntil: "forever" });
  t.ok(told.includes(id) && told.includes(other.id), "whoever looks is told");

  await town.close("ann");
  const again = await town.open("ann");
  t.same(again.room(id)!.prefs, { ...none, mutedUntil: hour, favourite: true });
  t.same(again.room(other.id)!.prefs, { ...none, archived: true, unread: true, mutedUntil: "forever" });
  now = hour - 1;
  t.equal(again.room(id)!.prefs.mutedUntil, hour);
  now = hour;
  t.equal(again.room(id)!.prefs.mutedUntil, null, "over at its moment");
  now += 100 * 365 * 86_400_000;
  t.equal(again.room(other.id)!.prefs.mutedUntil, "forever");
  await again.setPrefs(other.id, { mutedUntil: null });
  t.equal(again.room(other.id)!.prefs.mutedUntil, null);
  t.match(again.room(other.id)!.prefs, { archived: true, unread: true }, "and the rest stays");
});

t.test("a room that is left takes them with it, and who comes back starts anew", async (t) => {
  const town = new Town(t);
  const id = await town.room(["ann", "bob"]);
  const { link } = await town.core("ann").makeInvite(id, { uses: 2 });
  await town.core("bob").setPrefs(id, { mutedUntil: "forever", favourite: true });
  await town.core("bob").leaveRoom(id);
  await town.core("bob").joinRoom(link!);
  await eventually(() => town.core("bob").room(id)?.waitsFor === null);
  t.match(town.core("bob").room(id)!.prefs, { mutedUntil: null, favourite: false });
});

t.test("whom one blocked is nobody's business, and oneself cannot be blocked", async (t) => {
  const town = new Town(t);
  const id = await town.room(["ann", "bob"]);
  await town.core("ann").block(town.identity("bob"), "bob");
  await town.core("ann").block(town.identity("bob"), "bobby");
  await t.rejects(town.core("ann").block(town.identity("ann"), "ann"), { code: "BAD_ARGUMENT" });
  t.same(
    town.core("ann").blocked.map(({ name }) => name),
    ["bobby"],
    "once, by the name of the last time",
  );
  await town.member("bob", id).send("do you hear me?");
  await eventually(async () => (await town.texts("ann", id)).length === 1);
  await eventually(() => town.member("bob", id).hasUndelivered === false);
  t.pass("what bob writes is delivered as before");
  await town.close("ann");
  await town.open("ann");
  t.same(
    town.core("ann").blocked.map(({ name }) => name),
    ["bobby"],
  );
  await town.core("ann").block(town.identity("bob"), null);
  t.same(town.core("ann").blocked, []);
  await town.close("ann");
  await town.open("ann");
  t.same(town.core("ann").blocked, [], "also after a restart");
  const own: string[] = [];
  for await (const { op } of town.member("ann", id).room.ownOps()) own.push(op.type);
  t.same(own, ["add-invite", "set-room", "join-room"], "nothing of it was written into the room");
});
