import { mkdirSync } from "node:fs";
import t from "tap";
import type { KeetError } from "../../src/errors.js";
import { type Core, openCore } from "../../src/p2p/index.js";
import { parseLink } from "../../src/p2p/invite-link.js";
import { until } from "../helpers/rooms.js";

t.setTimeout(120_000);

const DAY_MS = 86_400_000;

async function open(
  t: { teardown(run: () => unknown): void },
  folder: string,
  name: string,
  now = Date.now,
): Promise<Core> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const core = await openCore({ folder, bootstrap: [], lan: true, now });
  t.teardown(() => core.close());
  if (!core.identity) await core.createIdentity(name);
  return core;
}

/** What becomes of a join: the room's id, or the code of why not. */
function outcome(core: Core, link: string): Promise<string> {
  return new Promise((resolve, reject) => {
    core.once("joined", resolve);
    core.once("join-failed", (_id: string, error: KeetError) => resolve(error.code));
    core.joinRoom(link).catch(reject);
  });
}

t.test(
  "an invite admits as often as it says, until it ends or is taken back, and each refusal says which",
  async (t) => {
    const folder = t.testdir({});
    let shiftMs = 0;
    const now = () => Date.now() + shiftMs;
    const ann = await open(t, `${folder}/ann`, "ann", now);
    const { id } = await ann.createRoom("tea", "", "group");
    const once = await ann.makeInvite(id, {});
    const twice = await ann.makeInvite(id, { uses: 2, expiresMs: 30 * DAY_MS });
    const revoked = await ann.makeInvite(id, {});
    const short = await ann.makeInvite(id, { expiresMs: 3_600_000 });
    await ann.revokeInvite(id, revoked.link!);
    const inside = [ann];
    const stranger = async (name: string, link: string) => {
      const core = await open(t, `${folder}/${name}`, name, now);
      const got = await outcome(core, link);
      if (got === id) inside.push(core);
      return got;
    };
    // Any member admits by what it knows; one that has not heard yet that an invite is used up would still let in.
    const allSeeUsed = ({ id: inviteId }: { id: Uint8Array }) =>
      until(async () => {
        const seen = await Promise.all(inside.map((core) => core.invites(id)));
        return seen.every((invites) => invites.some((some) => some.id.equals(inviteId) && some.state === "used"));
      });
    t.equal(await stranger("b1", once.link!), id);
    await allSeeUsed(once);
    t.equal(await stranger("b2", once.link!), "INVITE_USED");
    t.equal(await stranger("b3", twice.link!), id);
    t.equal(await stranger("b4", twice.link!), id);
    await allSeeUsed(twice);
    t.equal(await stranger("b5", twice.link!), "INVITE_USED");
    t.equal(await stranger("b6", revoked.link!), "INVITE_REVOKED");
    shiftMs = 2 * 3_600_000;
    t.equal(await stranger("b7", short.link!), "INVITE_EXPIRED");
    const states = new Map((await ann.invites(id)).map((invite) => [invite.link, invite.state]));
    t.same(
      [once, twice, revoked, short].map(({ link }) => states.get(link)),
      ["used", "used", "revoked", "expired"],
    );
    t.equal(ann.room(id)!.member!.summary().members, 4);
  },
);

t.test("an invite revoked by another member, while the one who made it was away, admits nobody", async (t) => {
  const folder = t.testdir({});
  const ann = await open(t, `${folder}/ann`, "ann");
  const bob = await open(t, `${folder}/bob`, "bob");
  const { id } = await ann.createRoom("tea", "", "group");
  t.equal(await outcome(bob, (await ann.makeInvite(id, {})).link!), id);
  const byBob = await bob.makeInvite(id, {});
  await until(async () => (await ann.invites(id)).some((invite) => invite.id.equals(byBob.id)));
  await bob.close();
  const revoked = await ann.revokeInvite(id, byBob.id.toString("hex").slice(0, 16));
  t.equal(revoked.state, "revoked");
  t.equal(await outcome(await open(t, `${folder}/carol`, "carol"), byBob.link!), "INVITE_REVOKED");
});

t.test("a member takes back only invites of its own making", async (t) => {
  const folder = t.testdir({});
  const ann = await open(t, `${folder}/ann`, "ann");
  const bob = await open(t, `${folder}/bob`, "bob");
  const { id } = await ann.createRoom("tea", "", "group");
  const link = (await ann.makeInvite(id, { uses: 5 })).link!;
  t.equal(await outcome(bob, link), id);
  await t.rejects(bob.revokeInvite(id, link), { code: "NOT_ALLOWED" });
  const own = await bob.makeInvite(id, {});
  t.equal((await bob.revokeInvite(id, own.link!)).state, "revoked");
});

t.test("joining twice, by one invite or by two, is one room and one use", async (t) => {
  const folder = t.testdir({});
  const ann = await open(t, `${folder}/ann`, "ann");
  const bob = await open(t, `${folder}/bob`, "bob");
  const { id } = await ann.createRoom("tea", "", "group");
  const { link } = await ann.makeInvite(id, { uses: 3 });
  const other = await ann.makeInvite(id, { uses: 3 });
  const rooms = await Promise.all([bob.joinRoom(link!), bob.joinRoom(link!), bob.joinRoom(link!)]);
  t.same(
    rooms.map((room) => room.id),
    [id, id, id],
  );
  await until(() => bob.room(id)?.waitsFor === null);
  t.equal((await bob.joinRoom(other.link!)).id, id);
  t.equal(bob.rooms().length, 1);
  const used = async () => (await ann.invites(id)).map(({ record }) => record.used).sort();
  await until(async () => (await used())[1] === 1);
  t.same(await used(), [0, 1]);
});

t.test("a join goes on over a restart of the one who joins", async (t) => {
  const folder = t.testdir({});
  const ann = await open(t, `${folder}/ann`, "ann");
  const { id } = await ann.createRoom("tea", "", "group");
  const { link } = await ann.makeInvite(id, {});
  await ann.close();
  const early = await open(t, `${folder}/bob`, "bob");
  await early.joinRoom(link!);
  t.match(early.room(id), { waitsFor: /waiting for somebody/ });
  await early.close();
  const bob = await open(t, `${folder}/bob`, "bob");
  t.match(bob.room(id), { waitsFor: /waiting for somebody/ });
  await open(t, `${folder}/ann`, "ann");
  await until(() => bob.room(id)?.waitsFor === null);
  t.equal(bob.room(id)!.member!.summary().record?.name, "tea");
});

t.test("leaving a room and coming back writes on in the same log", async (t) => {
  const folder = t.testdir({});
  const ann = await open(t, `${folder}/ann`, "ann");
  const bob = await open(t, `${folder}/bob`, "bob");
  const { id } = await ann.createRoom("tea", "", "group");
  const { link } = await ann.makeInvite(id, { uses: 2 });
  await bob.joinRoom(link!);
  await until(() => bob.room(id)?.waitsFor === null);
  await bob.room(id)!.member!.send("before");
  await bob.leaveRoom(id);
  t.equal(bob.room(id), null);
  const other = await bob.createRoom("dev", "", "group");
  await bob.room(other.id)!.member!.send("a room made after leaving one works");
  await bob.joinRoom(link!);
  await until(() => bob.room(id)?.waitsFor === null);
  t.equal((await bob.room(id)!.member!.send("after")).state, "sent");
  await until(() => ann.room(id)!.member!.room.total === 4);
  t.equal(ann.room(id)!.member!.summary().members, 2);
});

t.test("what is no invite of ours says what it is", async (t) => {
  const code = (text: string) => {
    try {
      parseLink(text);
      return "taken";
    } catch (error) {
      return (error as KeetError).code;
    }
  };
  t.equal(code("keet://yfooabc"), "FOREIGN_INVITE");
  t.equal(code("pear://keet/yfoo"), "FOREIGN_INVITE");
  t.equal(code("https://keet.io/join/xyz"), "FOREIGN_INVITE");
  for (const text of [
    "",
    "hello",
    "-rf",
    "keet-tui://join/",
    "keet-tui://join/yry",
    `keet-tui://join/${"y".repeat(400)}`,
    "x".repeat(1e6),
    "keet-tui://join/\u001b[2J",
    "http://a/b",
    "__proto__",
  ]) {
    t.equal(code(text), "BAD_INVITE", JSON.stringify(text.slice(0, 40)));
  }
});
