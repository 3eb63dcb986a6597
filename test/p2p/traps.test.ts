// Where the library alone goes wrong (docs/decisions), each with what we do about it. The first trap, a killed
// indexer, is kill.test.ts.
import { mkdirSync } from "node:fs";
import crypto from "hypercore-crypto";
import t from "tap";
import { signAdmission } from "../../src/p2p/admission.js";
import { type Core, openCore } from "../../src/p2p/index.js";
import { newId } from "../../src/p2p/room.js";
import {
  admit,
  connect,
  found,
  invite,
  openPerson,
  type Person,
  say,
  texts,
  until,
  viewHash,
  write,
} from "../helpers/rooms.js";

t.setTimeout(150_000);

type Tap = Pick<typeof t, "teardown">;

/** Persons and their connections, closed in the right order. */
function gather(t: Tap) {
  const people: Person[] = [];
  const cuts: (() => Promise<void>)[] = [];
  t.teardown(async () => {
    await Promise.all(cuts.map((cut) => cut()));
    await Promise.all(people.map((person) => person.close()));
  });
  return {
    with<T extends Person>(person: T): T {
      people.push(person);
      return person;
    },
    link(a: Person, b: Person) {
      const cut = connect(a, b);
      cuts.push(cut);
      return cut;
    },
  };
}

const keysOf = ({ room }: Person) => ({ key: room.key, encryptionKey: room.base.encryptionKey });

const promotion = (...people: Person[]) =>
  ({
    type: "set-indexers",
    indexers: people.map(({ room }) => ({ writer: room.writerKey, manifest: room.manifestBytes() })),
  }) as const;

t.test(
  "three indexers sign on with one of them away, one of whom joined by fast-forward and wrote nothing",
  async (t) => {
    const folder = t.testdir({});
    const all = gather(t);
    const ann = all.with(await found(`${folder}/ann`, "ann"));
    const door = await invite(ann);
    const bob = all.with(await openPerson(`${folder}/bob`, "bob", keysOf(ann)));
    const cutBob = all.link(ann, bob);
    await admit(ann, bob, door);
    await until(() => bob.room.writable);
    for (let i = 0; i < 60; i++) await say(ann, `${i}`);
    await until(async () => (await texts(bob)).length === 60);
    await until(() => ann.room.base.signedLength > 60);
    // Carol takes over the signed view and never meets bob's log, in which nothing was written since his join.
    const carol = all.with(await openPerson(`${folder}/carol`, "carol", keysOf(ann)));
    const cutCarol = all.link(ann, carol);
    await admit(ann, carol, door);
    await until(() => carol.room.writable && ann.room.writers.size === 3);
    await until(async () => (await texts(carol)).length === 60);
    await write(ann, promotion(ann, bob, carol));
    await until(() =>
      [ann, bob, carol].every(({ room }) => room.base.isIndexer && room.base.system?.indexers.length === 3),
    );
    await until(() => ann.room.base.signedLength > 60 && bob.room.base.signedLength > 60);
    // Their view cores are the same ones, or they would never sign together.
    await until(() => [bob, carol].every(({ room }) => room.base.core.key.equals(ann.room.base.core.key)));
    await Promise.all([cutBob(), cutCarol()]);
    all.link(bob, carol);
    const before = bob.room.base.signedLength;
    await say(bob, "without ann");
    await say(carol, "without her");
    await until(async () => (await texts(bob)).length === 62 && (await texts(carol)).length === 62);
    await until(() => bob.room.base.signedLength > before + 1 && carol.room.base.signedLength > before + 1);
    all.link(ann, bob);
    ann.room.hint(await bob.room.heads());
    await until(async () => (await viewHash(ann)) === (await viewHash(bob)), 30_000);
    t.same(await texts(ann), await texts(bob));
  },
);

t.test("who is no member is promoted by nobody, and two indexers are never set", async (t) => {
  const folder = t.testdir({});
  const all = gather(t);
  const ann = all.with(await found(`${folder}/ann`, "ann"));
  const bob = all.with(await openPerson(`${folder}/bob`, "bob", keysOf(ann)));
  const carol = all.with(await openPerson(`${folder}/carol`, "carol", keysOf(ann)));
  all.link(ann, bob);
  await admit(ann, bob, await invite(ann));
  await until(() => bob.room.writable);
  await write(ann, promotion(ann, bob, carol));
  t.match(ann.room.leftOut, { "not-a-member": 1 });
  t.throws(() => ann.room.seal(promotion(ann, bob), newId(), 1), RangeError);
  t.equal(ann.room.base.system!.indexers.length, 1);
  await say(ann, "and it goes on");
  await until(async () => (await texts(bob)).includes("and it goes on"));
});

t.test("joined by fast-forward and then alone: all history is here, and one's own words go in", async (t) => {
  const folder = t.testdir({});
  const all = gather(t);
  const ann = all.with(await found(`${folder}/ann`, "ann"));
  const door = await invite(ann);
  const said = Array.from({ length: 300 }, (_, i) => `${i}`);
  for (const text of said) await say(ann, text);
  await until(() => ann.room.base.signedLength > 280);
  const bob = all.with(await openPerson(`${folder}/bob`, "bob", keysOf(ann)));
  let forwarded = 0;
  bob.room.base.on("fast-forward", () => {
    forwarded += 1;
  });
  const cut = all.link(ann, bob);
  await admit(ann, bob, door);
  await until(() => bob.room.writable && forwarded > 0);
  await until(() => bob.room.total === 302 && bob.room.fetched === null);
  const { core } = bob.room.base.view;
  await until(async () => core.has(0, core.signedLength));
  await cut();
  t.same(await texts(bob), said, "every row is readable with nobody there");
  await say(bob, "alone");
  t.equal((await texts(bob)).at(-1), "alone");
});

async function openNamed(folder: string, name: string): Promise<Core> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const core = await openCore({ folder, bootstrap: [], lan: true });
  if (!core.identity) await core.createIdentity(name);
  return core;
}

t.test("a member that restarted passes on what another one wrote who is away", async (t) => {
  const folder = t.testdir({});
  let ann = await openNamed(`${folder}/ann`, "ann");
  let bob = await openNamed(`${folder}/bob`, "bob");
  t.teardown(async () => Promise.all([ann.close(), bob.close()]));
  const { id } = await ann.createRoom("tea", "", "group");
  const { link } = await ann.makeInvite(id, { uses: 2 });
  await bob.joinRoom(link!);
  await until(() => bob.room(id)?.waitsFor === null);
  await ann.close();
  const carol = await openNamed(`${folder}/carol`, "carol");
  await carol.joinRoom(link!);
  await until(() => carol.room(id)?.waitsFor === null);
  await carol.room(id)!.member!.send("from carol");
  await until(() => bob.room(id)!.member!.room.total === 4);
  await carol.close();
  await bob.close();
  bob = await openNamed(`${folder}/bob`, "bob");
  ann = await openNamed(`${folder}/ann`, "ann");
  await until(() => ann.room(id)!.member!.room.total === 4);
  await until(() => ann.room(id)!.member!.summary().members === 3);
  t.match(await ann.room(id)!.member!.messages(3, 4), [{ name: "carol", verified: true }]);
});

t.test(
  "of two who used one invite apart, one is in; the other is told, and its words wait for a new invite",
  async (t) => {
    const folder = t.testdir({});
    const ann = await openNamed(`${folder}/ann`, "ann");
    const bob = await openNamed(`${folder}/bob`, "bob");
    t.teardown(async () => Promise.all([ann.close(), bob.close()]));
    const { id } = await ann.createRoom("tea", "", "group");
    await bob.joinRoom((await ann.makeInvite(id, {})).link!);
    await until(() => bob.room(id)?.waitsFor === null);
    const { link } = await ann.makeInvite(id, {});
    await until(async () => (await bob.invites(id)).length === 2);
    await ann.close();
    const carol = await openNamed(`${folder}/carol`, "carol");
    await carol.joinRoom(link!);
    await until(() => carol.room(id)?.waitsFor === null);
    await carol.room(id)!.member!.send("carol was let in by bob");
    await Promise.all([carol.close(), bob.close()]);
    // The other half of the network: ann lets dave in by the same invite.
    const annAgain = await openNamed(`${folder}/ann`, "ann");
    const dave = await openNamed(`${folder}/dave`, "dave");
    await dave.joinRoom(link!);
    await until(() => dave.room(id)?.waitsFor === null);
    await dave.room(id)!.member!.send("dave was let in by ann");
    // They meet.
    const bobAgain = await openNamed(`${folder}/bob`, "bob");
    const carolAgain = await openNamed(`${folder}/carol`, "carol");
    const all = [annAgain, bobAgain, carolAgain, dave];
    t.teardown(async () => Promise.all(all.map((core) => core.close())));
    const notices: string[] = [];
    for (const core of [carolAgain, dave]) core.on("notice", (_room, text) => notices.push(text));
    const roleOf = (core: Core) => core.room(id)!.member!.summary().role;
    await until(() => [roleOf(carolAgain), roleOf(dave)].filter((role) => role === null).length === 1, 40_000);
    const loser = roleOf(carolAgain) === null ? carolAgain : dave;
    await until(() => notices.length > 0, 20_000);
    t.match(notices[0], /Somebody else used your invite/);
    const waiting = loser.room(id)!.member!.arriving;
    t.equal(waiting.length, 1, "what it wrote is kept");
    t.equal(waiting[0]!.state, "failed");
    // A new invite, and it goes out.
    await loser.joinRoom((await annAgain.makeInvite(id, {})).link!);
    await until(() => loser.room(id)?.waitsFor === null && roleOf(loser) === "member", 30_000);
    const sees = async (core: Core) =>
      (await core.room(id)!.member!.messages(0, 99))
        .flatMap(({ op }) => (op?.type === "post-message" ? [op.text] : []))
        .sort();
    await until(async () => (await sees(annAgain)).length === 2 && (await sees(bobAgain)).length === 2, 30_000);
    t.same(await sees(annAgain), ["carol was let in by bob", "dave was let in by ann"]);
  },
);

t.test("hints of writers nobody knows make no core", async (t) => {
  const folder = t.testdir({});
  const all = gather(t);
  const ann = all.with(await found(`${folder}/ann`, "ann"));
  let opened = 0;
  ann.store.on("core-open", () => {
    opened += 1;
  });
  const strangers = Array.from({ length: 10_000 }, () => ({ key: crypto.randomBytes(32), length: 1 }));
  ann.room.base.hintWakeup(strangers);
  await say(ann, "still quick");
  t.ok(opened < 10, `${opened} cores opened`);
  t.equal([...ann.room.base.activeWriters].length, 1);
});

t.test("an admission is for one newcomer, one invite and one room", async (t) => {
  const folder = t.testdir({});
  const all = gather(t);
  const ann = all.with(await found(`${folder}/ann`, "ann"));
  const door = await invite(ann);
  const bob = all.with(await openPerson(`${folder}/bob`, "bob", keysOf(ann)));
  const eve = all.with(await openPerson(`${folder}/eve`, "eve", keysOf(ann)));
  all.link(ann, bob);
  all.link(ann, eve);
  const forBob = { roomKey: ann.room.key, invite: door, writerKey: bob.room.writerKey, identity: bob.identity.key };
  const signature = signAdmission(forBob, ann.room.signingSecretKey);
  ann.room.expect(eve.room.writerKey);
  const stolen = eve.room.joinOp({ invite: door, admitter: ann.room.writerKey, signature });
  await eve.room.append(eve.room.seal(stolen, newId(), Date.now()), true).catch(() => {});
  await admit(ann, bob, door);
  await until(() => bob.room.writable && ann.room.writers.size === 2);
  await say(bob, "in");
  await until(async () => (await texts(ann)).includes("in"));
  t.equal(eve.room.writable, false);
  t.equal((await ann.room.persons()).length, 2);
  t.equal((await ann.room.invite(door))?.used, 1);
});
