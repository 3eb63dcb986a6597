// A member who writes what it likes straight into its log, against two honest ones.
import crypto from "hypercore-crypto";
import t from "tap";
import { encodeRaw, MAX_OP_BYTES } from "../../src/p2p/decode.js";
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
  total,
  until,
  viewHash,
  write,
} from "../helpers/rooms.js";

t.setTimeout(240_000);

interface Three {
  readonly ann: Person;
  readonly bob: Person;
  readonly eve: Person;
  reopen(): Promise<{ ann: Person; bob: Person }>;
}

async function three(t: Tap): Promise<Three> {
  const folder = t.testdir({});
  const ann = await found(`${folder}/ann`, "ann");
  const keys = { key: ann.room.key, encryptionKey: ann.room.base.encryptionKey };
  const door = await invite(ann);
  const bob = await openPerson(`${folder}/bob`, "bob", keys);
  const eve = await openPerson(`${folder}/eve`, "eve", keys);
  let open = [ann, bob, eve];
  let cuts = [connect(ann, bob), connect(ann, eve), connect(bob, eve)];
  const shut = async () => {
    await Promise.all(cuts.map((cut) => cut()));
    await Promise.all(open.map((person) => person.close()));
  };
  t.teardown(shut);
  await admit(ann, bob, door);
  await admit(ann, eve, door);
  await until(() => bob.room.writable && eve.room.writable && ann.room.writers.size === 3);
  await agree(ann, bob, eve);
  return {
    ann,
    bob,
    eve,
    reopen: async () => {
      await shut();
      open = [await openPerson(`${folder}/ann`, "ann", keys), await openPerson(`${folder}/bob`, "bob", keys)];
      cuts = [connect(open[0]!, open[1]!)];
      return { ann: open[0]!, bob: open[1]! };
    },
  };
}

type Tap = Pick<typeof t, "testdir" | "teardown">;

/** Signed as eve's, whatever it says. */
function sealed(
  eve: Person,
  number: number,
  body: Uint8Array,
  options: { id?: Uint8Array; sentAt?: number; version?: number } = {},
) {
  const { room } = eve;
  return encodeRaw(
    number,
    body,
    {
      roomKey: room.key,
      writerKey: room.writerKey,
      secretKey: room.signingSecretKey,
      id: options.id ?? newId(),
      sentAt: options.sentAt ?? Date.now(),
    },
    options.version ?? 1,
  );
}

async function agree(...people: Person[]): Promise<void> {
  await until(async () => {
    const hashes = await Promise.all(people.map(viewHash));
    return hashes.every((hash) => hash === hashes[0]);
  });
}

t.test("garbage, unknown, oversize and mutated blocks close no room, and it opens again", async (t) => {
  const { ann, bob, eve, reopen } = await three(t);
  const good = eve.room.seal({ type: "post-message", text: "a good one" }, newId(), Date.now());
  const hostile: Uint8Array[] = [
    Buffer.alloc(1),
    Buffer.from("{not json"),
    Buffer.from('{"type":"post-message"}'),
    crypto.randomBytes(3_000),
  ];
  for (let i = 0; i < 750; i++) {
    const bytes = Buffer.from(good);
    for (let change = 0; change < 1 + (i % 4); change++)
      bytes[(i * 7 + change * 31) % bytes.byteLength] = (i * 13) & 0xff;
    hostile.push(i % 5 === 0 ? bytes.subarray(0, i % bytes.byteLength) : bytes);
  }
  hostile.push(Buffer.alloc(MAX_OP_BYTES + 1, 1));
  for (let i = 0; i < 256; i++) hostile.push(sealed(eve, i, crypto.randomBytes(40)));
  hostile.push(sealed(eve, 2, crypto.randomBytes(10), { version: 200 }));
  hostile.push(Buffer.alloc(900 * 1024, 7));
  for (let i = 0; i < hostile.length; i += 64) await eve.room.base.append(hostile.slice(i, i + 64));
  await say(eve, "after it");
  // What members tell each other on their channel: the library alone may stand still.
  const heads = await eve.room.heads();
  for (const { room } of [ann, bob]) room.hint(heads);
  await until(async () => (await texts(ann)).includes("after it") && (await texts(bob)).includes("after it"), 120_000);
  await say(ann, "ann goes on");
  await say(bob, "bob goes on");
  await until(async () => (await texts(ann)).includes("bob goes on") && (await texts(bob)).includes("ann goes on"));
  await agree(ann, bob, eve);
  const reasons = ann.room.leftOut;
  t.ok((reasons.unreadable ?? 0) > 100, `left out: ${JSON.stringify(reasons)}`);
  t.ok((reasons["too-long"] ?? 0) >= 2);
  t.equal(ann.room.stopReason, null);
  const before = await viewHash(ann);
  const again = await reopen();
  t.equal(await viewHash(again.ann), before, "the same after a restart");
  await say(again.ann, "back");
  await until(async () => (await texts(again.bob)).includes("back"));
});

t.test("an op of a later version keeps its place, unread and verifiable", async (t) => {
  const { ann, eve } = await three(t);
  const before = await total(ann);
  await eve.room.append(sealed(eve, 250, Buffer.from("later")));
  await until(async () => (await total(ann)) === before + 1);
  const row = (await ann.room.rows(0, before + 1)).find(({ op }) => op === null);
  t.match(row, { op: null, verified: true, name: "eve" });
});

t.test("nobody can write in another's name", async (t) => {
  const { ann, bob, eve } = await three(t);
  const { room } = eve;
  const place = { roomKey: room.key, writerKey: bob.room.writerKey, id: newId(), sentAt: Date.now() };
  // In bob's name and place, with eve's key; and bob's own words from another room, written down again.
  await room.append(encodeRaw(2, Buffer.from([2, 104, 105, 0]), { ...place, secretKey: room.signingSecretKey }));
  const stolen = encodeRaw(2, Buffer.from([3, 111, 119, 101, 0]), {
    ...place,
    roomKey: crypto.randomBytes(32),
    secretKey: bob.room.signingSecretKey,
    id: newId(),
  });
  await room.append(stolen);
  await until(async () => (await texts(ann)).length === 2);
  const rows = (await ann.room.rows(0, 99)).filter(({ op }) => op?.type === "post-message");
  t.same(
    rows.map(({ name, verified }) => [name, verified]),
    [
      ["eve", false],
      ["eve", false],
    ],
    "shown as what the writer of the log wrote, and as not verifiable",
  );
  // Bob's whole join, proof and all, as eve's second one.
  const join = ann.room.writers.get(Buffer.from(bob.room.writerKey).toString("hex"))!.joinBytes;
  await room.append(join);
  await say(eve, "done");
  await until(async () => (await texts(ann)).includes("done"));
  t.equal((await ann.room.persons()).length, 3);
  const last = (await ann.room.rows(0, 99)).find(({ op }) => op?.type === "post-message" && op.text === "done");
  t.match(last, { name: "eve", verified: true });
});

t.test("an id is taken once by each writer: the first in order stands", async (t) => {
  const { ann, bob, eve } = await three(t);
  const id = newId();
  await write(bob, { type: "post-message", text: "bob's" });
  await bob.room.append(bob.room.seal({ type: "post-message", text: "bob with this id" }, id, Date.now()));
  await eve.room.append(eve.room.seal({ type: "post-message", text: "eve with the same" }, id, Date.now()));
  await eve.room.append(eve.room.seal({ type: "post-message", text: "eve once more" }, id, Date.now()));
  await eve.room.append(eve.room.seal({ type: "post-message", text: "eve once more" }, id, Date.now()));
  await say(eve, "done");
  await until(async () => (await texts(ann)).includes("done"));
  t.same((await texts(ann)).sort(), ["bob with this id", "bob's", "done", "eve with the same"]);
});

t.test("times from the year 0 to 10889 order nothing and break nothing", async (t) => {
  const { ann, eve } = await three(t);
  for (const sentAt of [0, 1, 2 ** 48 - 1, Date.now() + 3_650 * 86_400_000]) {
    await eve.room.append(eve.room.seal({ type: "post-message", text: `at ${sentAt}` }, newId(), sentAt));
  }
  await until(async () => (await texts(ann)).length === 4);
  await say(ann, "the last word");
  t.equal((await texts(ann)).at(-1), "the last word");
});

t.test("what only owners may do is refused from a member, and from a stranger everything", async (t) => {
  const { ann, bob, eve } = await three(t);
  const before = await viewHash(ann);
  const indexers = ann.room.base.system!.indexers.length;
  await write(eve, { type: "set-room", name: "mine now" });
  await write(eve, {
    type: "set-indexers",
    indexers: [{ writer: eve.room.writerKey, manifest: eve.room.manifestBytes() }],
  });
  const door = crypto.randomBytes(32);
  await write(ann, { type: "add-invite", invite: door, publicKey: crypto.keyPair().publicKey, uses: 1, expiresAt: 1 });
  await write(eve, { type: "revoke-invite", invite: door });
  await say(eve, "done");
  await until(async () => (await texts(ann)).includes("done") && (await texts(bob)).includes("done"));
  t.equal((await ann.room.room())?.name, "tea");
  t.equal(ann.room.base.system!.indexers.length, indexers);
  t.equal((await ann.room.invite(door))?.revoked, false);
  t.not(await viewHash(ann), before);
  // A stranger with the room's key and no admission writes optimistically.
  const folder = t.testdir({ more: {} });
  const mallory = await openPerson(`${folder}/mallory`, "mallory", {
    key: ann.room.key,
    encryptionKey: ann.room.base.encryptionKey,
  });
  const cut = connect(ann, mallory);
  t.teardown(async () => {
    await cut();
    await mallory.close();
  });
  ann.room.expect(mallory.room.writerKey);
  const forged = mallory.room.joinOp({ invite: door, admitter: ann.room.writerKey, signature: crypto.randomBytes(64) });
  await mallory.room.append(mallory.room.seal(forged, newId(), Date.now()), true).catch(() => {});
  await mallory.room
    .append(mallory.room.seal({ type: "post-message", text: "let me in" }, newId(), Date.now()), true)
    .catch(() => {});
  await say(bob, "still three");
  await until(async () => (await texts(ann)).includes("still three"));
  t.equal((await ann.room.persons()).length, 3);
  t.notOk((await texts(ann)).includes("let me in"));
});
