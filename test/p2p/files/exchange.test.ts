// What goes between two members' devices when one of them comes back, is removed, or gives and gets at once.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import crypto from "hypercore-crypto";
import t from "tap";
import { BLOCK_BYTES } from "../../../src/p2p/files/layout.js";
import { hex } from "../../../src/p2p/hex.js";
import { gate, type Person, people, sha } from "../../helpers/file-mates.js";
import { until } from "../../helpers/rooms.js";

t.setTimeout(120_000);

t.test("who comes back gets a new road, though the other side takes the one of before for open", async (t) => {
  const [ann, bob] = (await people(t, "ann", "bob")) as [Person, Person];
  const content = crypto.randomBytes(4 * BLOCK_BYTES);
  const path = ann.write("tea.bin", content);
  const { message } = await ann.files.share(ann.mate.member, [path]);
  const { pass, open } = gate(2);
  await ann.holdBack(message.id, path, pass);
  await bob.get(message.id);
  await until(() => (bob.state(message.id)?.bytes ?? 0) > 0);
  const { before, goOn } = bob.falterSilently();
  await ann.table.wires.cut("ann–bob");
  await bob.stop();
  t.ok(before.length > 0 && before.every(({ stream }) => !stream.destroyed), "nothing told ann that they are gone");
  await bob.start();
  ann.table.wires.link(ann.mate, bob.mate);
  open();
  await bob.here(message.id);
  t.equal(sha(readFileSync(join(bob.downloads, "tea.bin"))), sha(content));
  goOn();
});

t.test("both give each other something at once", async (t) => {
  const [ann, bob] = (await people(t, "ann", "bob")) as [Person, Person];
  const contents = [ann, bob].map(() => crypto.randomBytes(3 * BLOCK_BYTES));
  const shares = await Promise.all(
    [ann, bob].map(async (person, at) => {
      const path = person.write(`from-${person.mate.name}`, contents[at]!);
      return (await person.files.share(person.mate.member, [path])).message.id;
    }),
  );
  const [fromAnn, fromBob] = shares as [Buffer, Buffer];
  await Promise.all([bob.row(fromAnn), ann.row(fromBob)]);
  await Promise.all([bob.get(fromAnn), ann.get(fromBob)]);
  await Promise.all([bob.here(fromAnn), ann.here(fromBob)]);
  t.equal(sha(readFileSync(join(bob.downloads, "from-ann"))), sha(contents[0]!));
  t.equal(sha(readFileSync(join(ann.downloads, "from-bob"))), sha(contents[1]!));
});

for (const isBarred of [false, true]) {
  const over = isBarred ? "the chat's connection" : "a road";
  t.test(`who is removed gets no block more over ${over}`, async (t) => {
    const [ann, bob, cid] = (await people(t, "ann", "bob", "cid")) as [Person, Person, Person];
    for (const { roads } of [ann, bob]) roads.isBarred = isBarred;
    const content = crypto.randomBytes(6 * BLOCK_BYTES);
    const path = ann.write("tea.bin", content);
    const { message } = await ann.files.share(ann.mate.member, [path]);
    const { blobs } = await ann.files.cores(ann.mate.member, hex(message.id));
    const isBob = (key: Uint8Array) => hex(key) === hex(bob.mate.identity.noiseKeyPair.publicKey);
    const { pass, open } = gate(2);
    await ann.holdBack(message.id, path, pass);
    await bob.get(message.id);
    await until(() => (bob.state(message.id)?.bytes ?? 0) > 0);
    const toBob = ann.mate.member.peers.proven.find(({ remoteKey }) => isBob(remoteKey))!;
    await ann.mate.member.write({ type: "remove-member", identity: bob.mate.identity.key });
    await until(() => ann.mate.member.peers.standing(bob.mate.identity.noiseKeyPair.publicKey) === "removed");
    await until(() => !blobs.peers.some(({ remotePublicKey }) => isBob(remotePublicKey)));
    const had = bob.state(message.id)!.bytes;
    open();
    await cid.get(message.id);
    await cid.here(message.id);
    t.ok(bob.state(message.id)!.bytes < content.byteLength, `${had} bytes came before`);
    t.equal(sha(readFileSync(join(cid.downloads, "tea.bin"))), sha(content), "who is in gets it");
    t.ok(ann.mate.member.peers.proven.includes(toBob), "though they are connected, as before");
  });
}
