import { mkdirSync } from "node:fs";
import t from "tap";
import { type Core, openCore } from "../../src/p2p/index.js";
import { until } from "../helpers/rooms.js";

async function open(t: { teardown(run: () => unknown): void }, folder: string, name: string): Promise<Core> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const core = await openCore({ folder, bootstrap: [], lan: true });
  t.teardown(() => core.close());
  if (!core.identity) await core.createIdentity(name);
  return core;
}

const textsOf = async (core: Core, id: string) => {
  const member = core.room(id)!.member!;
  const messages = await member.messages(0, member.room.total);
  return messages.flatMap(({ op }) => (op?.type === "post-message" ? [op.text] : []));
};

t.test("with no DHT at all, an invite brings two cores on one machine together and they talk", async (t) => {
  const folder = t.testdir({});
  const ann = await open(t, `${folder}/ann`, "ann");
  const room = await ann.createRoom("tea", "green", "group");
  const { link } = await ann.makeInvite(room.id, {});
  await ann.room(room.id)!.member!.send("hello");
  const bob = await open(t, `${folder}/bob`, "bob");
  const joined = await bob.joinRoom(link!);
  t.equal(joined.id, room.id);
  await until(() => bob.room(room.id)?.waitsFor === null);
  const sent = await bob.room(room.id)!.member!.send("hello ann");
  t.equal(sent.state, "sent");
  await until(async () => (await textsOf(ann, room.id)).length === 2);
  t.same(await textsOf(bob, room.id), ["hello", "hello ann"]);
  await until(async () => (await bob.room(room.id)!.member!.message(sent.id))[0]?.state === "delivered");
  t.equal(ann.room(room.id)!.member!.summary().unread, 1);
  t.equal(bob.room(room.id)!.member!.summary().unread, 0, "history before one's own join is not unread");
});

t.test("what is sent at once comes in the order it was sent, and again by the same id is nothing new", async (t) => {
  const ann = await open(t, `${t.testdir({})}/ann`, "ann");
  const { id } = await ann.createRoom("tea", "", "group");
  const member = ann.room(id)!.member!;
  const lines = Array.from({ length: 40 }, (_, i) => `line ${i}`);
  const sent = await Promise.all(lines.map((text) => member.send(text)));
  t.same(await textsOf(ann, id), lines);
  t.ok(sent.every(({ state }) => state === "sent"));
  const again = await Promise.all([
    member.send("other words", { id: sent[3]!.id }),
    member.send("x", { id: sent[3]!.id }),
  ]);
  t.match(
    again.map(({ op }) => op),
    [{ text: "line 3" }, { text: "line 3" }],
  );
  t.equal((await textsOf(ann, id)).length, lines.length);
});

t.test("rooms made at once keep their order, and a new name is told to everybody", async (t) => {
  const folder = t.testdir({});
  const ann = await open(t, `${folder}/ann`, "ann");
  await Promise.all(["one", "two", "three"].map((name) => ann.createRoom(name, "", "group")));
  t.equal(new Set(ann.rooms().map(({ order }) => order)).size, 3);
  const bob = await open(t, `${folder}/bob`, "bob");
  const [room] = ann.rooms();
  await bob.joinRoom((await ann.makeInvite(room!.id, {})).link!);
  await until(() => bob.room(room!.id)?.waitsFor === null);
  const namesOf = async (core: Core) => (await core.room(room!.id)!.member!.members()).map(({ name }) => name).sort();
  await until(async () => (await namesOf(bob)).length === 2);
  let told = 0;
  ann.on("members", () => {
    told += 1;
  });
  await bob.rename("robert");
  await until(async () => told > 0 && (await namesOf(ann)).includes("robert"));
  t.pass("both know it");
});
