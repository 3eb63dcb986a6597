// Files between members: real cores, real roads on loopback, real files.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import crypto from "hypercore-crypto";
import t from "tap";
import { BLOCK_BYTES } from "../../../src/p2p/files/layout.js";
import { hex } from "../../../src/p2p/hex.js";
import { gathered, type Person, people, sha, start } from "../../helpers/file-mates.js";
import { until } from "../../helpers/rooms.js";

t.setTimeout(120_000);

t.test("a file of several blocks arrives, and nothing of it is in a store", async (t) => {
  const [ann, bob] = (await people(t, "ann", "bob")) as [Person, Person];
  const content = crypto.randomBytes(5 * BLOCK_BYTES + 1_234);
  const { message } = await ann.files.share(ann.mate.member, [ann.write("tea.bin", content)]);
  t.equal(message.file?.name, "tea.bin");
  t.equal(message.file?.size, content.byteLength);
  await bob.get(message.id);
  await bob.here(message.id);
  const { path } = bob.state(message.id)!;
  t.equal(path, join(bob.downloads, "tea.bin"));
  t.equal(sha(readFileSync(path!)), sha(content));
  t.same(readdirSync(bob.downloads), ["tea.bin"], "and nothing beside it");
  await until(async () => (await bob.row(message.id)).file?.hash !== null);
  t.equal(ann.state(message.id)?.state, "shared");
});

t.test("a folder arrives whole, with empty files and folders in it", async (t) => {
  const [ann, bob] = (await people(t, "ann", "bob")) as [Person, Person];
  const folder = join(ann.table.folder, "trip");
  mkdirSync(join(folder, "day one"), { recursive: true });
  const files: { [path: string]: Buffer } = {
    "a.txt": Buffer.from("a"),
    "day one/big.bin": crypto.randomBytes(2 * BLOCK_BYTES + 5),
    empty: Buffer.alloc(0),
    z: crypto.randomBytes(100),
  };
  for (const [path, bytes] of Object.entries(files)) writeFileSync(join(folder, path), bytes);
  const { message } = await ann.files.share(ann.mate.member, [folder]);
  await bob.get(message.id);
  await bob.here(message.id);
  for (const [path, bytes] of Object.entries(files)) {
    t.equal(sha(readFileSync(join(bob.downloads, "trip", path))), sha(bytes), path);
  }
});

t.test("a folder can be looked into, and got in part: one file, one folder of it, another, all of it", async (t) => {
  const [ann, bob, cid] = (await people(t, "ann", "bob", "cid")) as [Person, Person, Person];
  ann.table.wires.link(bob.mate, cid.mate);
  const folder = join(ann.table.folder, "trip");
  const files: { [path: string]: Buffer } = {
    "a.bin": crypto.randomBytes(3 * BLOCK_BYTES),
    "one/b.bin": crypto.randomBytes(2 * BLOCK_BYTES + 5),
    "one/deep/c.bin": crypto.randomBytes(BLOCK_BYTES + 1),
    "two/d.bin": crypto.randomBytes(2 * BLOCK_BYTES),
  };
  for (const [path, bytes] of Object.entries(files)) {
    mkdirSync(join(folder, path, ".."), { recursive: true });
    writeFileSync(join(folder, path), bytes);
  }
  const isThere = (person: Person, below: string, path: string) =>
    t.equal(sha(readFileSync(join(person.downloads, below))), sha(files[path]!), path);
  const { message } = await ann.files.share(ann.mate.member, [folder]);
  const blocksAt = async (person: Person) => (await person.files.cores(person.mate.member, hex(message.id))).have;

  t.same((await bob.tree(message.id)).sort(), Object.keys(files).sort());
  t.equal(bob.state(message.id), null, "looking into it fetches nothing");
  await bob.get(message.id, "one");
  await bob.here(message.id);
  t.match(bob.state(message.id), { part: "one", name: "one", of: 3 * BLOCK_BYTES + 6, bytes: 3 * BLOCK_BYTES + 6 });
  isThere(bob, "one/b.bin", "one/b.bin");
  isThere(bob, "one/deep/c.bin", "one/deep/c.bin");
  t.same(readdirSync(bob.downloads), ["one"]);
  t.equal(await blocksAt(bob), 5, "blocks of that part, and no other");

  await ann.table.wires.cut("ann–cid");
  await cid.get(message.id, "one/deep/c.bin");
  await cid.here(message.id);
  isThere(cid, "c.bin", "one/deep/c.bin");
  t.equal((await cid.files.readable(hex(message.id), 0)).bytes, BLOCK_BYTES + 1);

  t.same((await bob.tree(message.id)).sort(), Object.keys(files).sort(), "also of one that is here in part");
  await bob.get(message.id, "two/d.bin");
  await bob.here(message.id);
  isThere(bob, "d.bin", "two/d.bin");
  t.equal(await blocksAt(bob), 2, "what lies elsewhere now is not given any more");
  await bob.get(message.id);
  await bob.here(message.id);
  for (const path of Object.keys(files)) isThere(bob, `trip/${path}`, path);
  t.equal((await bob.get(message.id, "one")).part, null, "with all of it every part is here");
});

t.test("a part that is not there, a part of a file, and a second part at once are refused", async (t) => {
  const [ann, bob] = (await people(t, "ann", "bob")) as [Person, Person];
  const folder = join(ann.table.folder, "trip");
  mkdirSync(folder);
  for (const name of ["a", "b"]) writeFileSync(join(folder, name), crypto.randomBytes(BLOCK_BYTES));
  const { message } = await ann.files.share(ann.mate.member, [folder]);
  const { message: single } = await ann.files.share(ann.mate.member, [ann.write("tea.bin", crypto.randomBytes(9))]);
  await t.rejects(bob.get(single.id, "x"), { code: "NO_SUCH_FILE" });
  t.same(await bob.tree(single.id), ["tea.bin"]);
  await bob.get(message.id, "../a");
  await until(() => bob.state(message.id)?.state === "failed", 20_000);
  t.match(bob.state(message.id)?.reason, /no ..\/a in trip/);
  await bob.row(message.id);
  await ann.table.wires.cut("ann–bob");
  await bob.get(message.id, "a");
  await t.rejects(bob.get(message.id, "b"), { code: "BUSY" });
  await t.rejects(bob.get(message.id), { code: "BUSY" });
  ann.table.wires.link(ann.mate, bob.mate);
  await bob.here(message.id);
  t.same(readdirSync(bob.downloads), ["a"]);
});

t.test("a folder with nothing in it arrives, and empty folders in one are named as left out", async (t) => {
  const [ann, bob] = (await people(t, "ann", "bob")) as [Person, Person];
  const folder = join(ann.table.folder, "trip");
  mkdirSync(join(folder, "none"), { recursive: true });
  const { message, leftOut } = await ann.files.share(ann.mate.member, [folder]);
  t.same(leftOut, [{ path: "none", why: "it is an empty folder" }]);
  await bob.get(message.id);
  await bob.here(message.id);
  t.same(readdirSync(join(bob.downloads, "trip")), []);
});

t.test("who has it gives it when who shared it is gone; who comes back goes on from what is there", async (t) => {
  const [ann, bob, cid] = (await people(t, "ann", "bob", "cid")) as [Person, Person, Person];
  const { wires } = ann.table;
  wires.link(bob.mate, cid.mate);
  const content = crypto.randomBytes(12 * BLOCK_BYTES);
  const { message } = await ann.files.share(ann.mate.member, [ann.write("tea.bin", content)]);
  await bob.get(message.id);
  await bob.here(message.id);
  await cid.row(message.id);
  await wires.cut("ann–bob");
  await wires.cut("ann–cid");
  await ann.stop();
  await cid.get(message.id);
  await cid.here(message.id);
  t.equal(sha(readFileSync(join(cid.downloads, "tea.bin"))), sha(content));
});

t.test("nobody who has it is here: it says so, and goes on by itself", async (t) => {
  const [ann, bob] = (await people(t, "ann", "bob")) as [Person, Person];
  const content = crypto.randomBytes(3 * BLOCK_BYTES);
  const { message } = await ann.files.share(ann.mate.member, [ann.write("tea.bin", content)]);
  await bob.row(message.id);
  await ann.table.wires.cut("ann–bob");
  await bob.get(message.id);
  await until(() => bob.state(message.id)?.state === "paused", 10_000);
  t.match(bob.state(message.id)?.reason, /nobody who has it is here/);
  ann.table.wires.link(ann.mate, bob.mate);
  await bob.here(message.id);
  t.equal(sha(readFileSync(join(bob.downloads, "tea.bin"))), sha(content));
});

t.test("a file that is changed after it was shared is not given as it is now", async (t) => {
  const [ann, bob] = (await people(t, "ann", "bob")) as [Person, Person];
  const path = ann.write("tea.bin", crypto.randomBytes(3 * BLOCK_BYTES));
  const { message } = await ann.files.share(ann.mate.member, [path]);
  await until(() => ann.state(message.id)?.state === "shared");
  writeFileSync(path, crypto.randomBytes(3 * BLOCK_BYTES));
  await bob.get(message.id);
  await until(() => ann.state(message.id)?.state === "failed", 20_000);
  await until(() => bob.state(message.id)?.state === "paused", 20_000);
  t.match(bob.state(message.id)?.reason, /changed/);
});

t.test("no road leads there: it comes over the connection that is there, and so does the next one", async (t) => {
  const [ann, bob] = (await gathered(t, ["ann", "bob"])) as [Person, Person];
  ann.isBarred = true;
  bob.isBarred = true;
  await start(t, [ann, bob]);
  for (const name of ["one", "two"]) {
    const content = crypto.randomBytes(2 * BLOCK_BYTES);
    const { message } = await ann.files.share(ann.mate.member, [ann.write(name, content)]);
    await bob.get(message.id);
    await bob.here(message.id);
    t.equal(sha(readFileSync(join(bob.downloads, name))), sha(content));
  }
});

t.test("who offers roads that are none is let go", async (t) => {
  const [, bob] = (await people(t, "ann", "bob")) as [Person, Person];
  const [peer] = bob.mate.member.peers.proven;
  const closed = new Promise((done) => peer!.connection.once("close", done));
  for (let i = 0; i < 60; i++) peer!.sendFiles(Buffer.concat([Buffer.of(1), Buffer.alloc(300, 0xff)]));
  await closed;
  t.equal(peer!.connection.destroyed, true);
});
