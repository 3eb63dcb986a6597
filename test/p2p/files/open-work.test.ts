// What a device stays for: shares that no other one has yet, and those that somebody is getting from it.
import { readdirSync, writeFileSync } from "node:fs";
import crypto from "hypercore-crypto";
import t from "tap";
import type { TransferInfo } from "../../../src/p2p/files/held.js";
import { BLOCK_BYTES } from "../../../src/p2p/files/layout.js";
import { gate, type Person, people } from "../../helpers/file-mates.js";
import { until } from "../../helpers/rooms.js";

t.setTimeout(120_000);

t.test("a share of ours is open work until another device has all of it, which is remembered", async (t) => {
  const [ann, bob] = (await people(t, "ann", "bob")) as [Person, Person];
  const path = ann.write("tea.bin", crypto.randomBytes(3 * BLOCK_BYTES));
  const { message } = await ann.files.share(ann.mate.member, [path]);
  await until(() => ann.state(message.id)?.state === "shared");
  t.same(ann.openWork(), ["only-here"]);
  await ann.stop();
  await ann.start();
  t.same(ann.openWork(), ["only-here"], "also after a restart, while nobody asked");
  const { pass, open } = gate(2);
  await ann.holdBack(message.id, path, pass);
  await bob.get(message.id);
  await until(() => (bob.state(message.id)?.bytes ?? 0) >= 2 * BLOCK_BYTES);
  t.same(ann.openWork(), ["only-here"], "nor is a part of it enough");
  t.same(bob.openWork(), ["fetching"]);
  open();
  await bob.here(message.id);
  await until(() => ann.openWork().length === 0);
  t.same(bob.openWork(), []);
  await bob.stop();
  await ann.stop();
  await ann.start();
  t.same(ann.openWork(), [], "and it is known after a restart");
});

t.test("what is passed on is open work while somebody gets it, and no longer", async (t) => {
  const [ann, bob, cid] = (await people(t, "ann", "bob", "cid")) as [Person, Person, Person];
  const { wires } = ann.table;
  wires.link(bob.mate, cid.mate);
  const path = ann.write("tea.bin", crypto.randomBytes(4 * BLOCK_BYTES));
  const { message } = await ann.files.share(ann.mate.member, [path]);
  await bob.get(message.id);
  await bob.here(message.id);
  await cid.row(message.id);
  await wires.cut("ann–bob");
  await wires.cut("ann–cid");
  await ann.stop();
  const { pass, open } = gate(3);
  await bob.holdBack(message.id, path, pass);
  t.same(bob.openWork(), [], "nobody gets it");
  await cid.get(message.id);
  await until(() => (cid.state(message.id)?.bytes ?? 0) > 0);
  t.same(bob.openWork(), ["going-out"]);
  open();
  await cid.here(message.id);
  await until(() => bob.openWork().length === 0);
});

t.test("who left in the middle is nobody who gets it", async (t) => {
  const [ann, bob, cid] = (await people(t, "ann", "bob", "cid")) as [Person, Person, Person];
  const path = ann.write("tea.bin", crypto.randomBytes(4 * BLOCK_BYTES));
  const { message } = await ann.files.share(ann.mate.member, [path]);
  await cid.get(message.id);
  await cid.here(message.id);
  await until(() => ann.openWork().length === 0);
  await ann.holdBack(message.id, path, gate(3).pass);
  await ann.table.wires.cut("bob–cid");
  await bob.get(message.id);
  await until(() => ann.openWork().includes("going-out"));
  await bob.files.drop(bob.state(message.id)!.share);
  await until(() => ann.openWork().length === 0);
});

t.test("what was changed is waited for by nobody", async (t) => {
  const [ann, bob] = (await people(t, "ann", "bob")) as [Person, Person];
  const path = ann.write("tea.bin", crypto.randomBytes(2 * BLOCK_BYTES));
  const { message } = await ann.files.share(ann.mate.member, [path]);
  await until(() => ann.openWork().includes("only-here"));
  writeFileSync(path, "other");
  await bob.get(message.id);
  await until(() => ann.state(message.id)?.state === "failed");
  t.same(ann.openWork(), []);
});

t.test("what was taken back is given no more, fetched no more, and waited for by nobody", async (t) => {
  const [ann, bob] = (await people(t, "ann", "bob")) as [Person, Person];
  const path = ann.write("tea.bin", crypto.randomBytes(4 * BLOCK_BYTES));
  const { message } = await ann.files.share(ann.mate.member, [path]);
  await until(() => ann.openWork().includes("only-here"));
  await ann.holdBack(message.id, path, gate(3).pass);
  await bob.get(message.id);
  await until(() => (bob.state(message.id)?.bytes ?? 0) > 0);
  const told: TransferInfo[] = [];
  bob.files.on("transfer", (info: TransferInfo) => told.push(info));
  await ann.mate.member.unshare({ writer: message.writer, id: message.id });
  await until(() => ann.state(message.id) === null);
  t.same(ann.openWork(), []);
  await until(() => bob.state(message.id) === null);
  await until(() => told.at(-1)?.state === "failed");
  t.match(told.at(-1), { reason: "it was taken back" });
  t.same(readdirSync(bob.downloads), [], "nothing unfinished stays");
  t.same(bob.openWork(), []);
});

t.test("what was taken back while this device was away is dropped when it comes back", async (t) => {
  const [ann, bob] = (await people(t, "ann", "bob")) as [Person, Person];
  const { message } = await ann.files.share(ann.mate.member, [ann.write("tea.bin", crypto.randomBytes(100))]);
  await bob.get(message.id);
  await bob.here(message.id);
  await until(async () => (await bob.row(message.id)).file?.hash !== null);
  await bob.stop();
  const marked = new Promise((done) => bob.mate.member.once("marks", done));
  await ann.mate.member.unshare({ writer: message.writer, id: message.id });
  await marked;
  await until(async () => (await bob.row(message.id)).file?.unsharedBy !== null);
  await bob.start();
  await until(() => bob.state(message.id) === null);
  t.pass("it is passed on no more");
});

t.test("a folder of empty files is whole elsewhere when its list is there", async (t) => {
  const [ann, bob] = (await people(t, "ann", "bob")) as [Person, Person];
  const paths = ["one", "two", "three"].map((name) => ann.write(name, Buffer.alloc(0)));
  const { message } = await ann.files.share(ann.mate.member, paths);
  await until(() => ann.openWork().includes("only-here"));
  await bob.get(message.id);
  await bob.here(message.id);
  await until(() => ann.openWork().length === 0);
});
