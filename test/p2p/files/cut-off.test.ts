// A run that was cut off at the worst moment: what the next one makes of what it left.
import { linkSync, readdirSync, readFileSync, unlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import crypto from "hypercore-crypto";
import t from "tap";
import { BLOCK_BYTES } from "../../../src/p2p/files/layout.js";
import { hex } from "../../../src/p2p/room.js";
import { type Person, people } from "../../helpers/file-mates.js";
import { until } from "../../helpers/rooms.js";

t.setTimeout(120_000);

/** The ledger of bob as it was while that share was being put in its place. */
function asWhilePlacing(ledger: string, identity: object): void {
  const { version, share } = JSON.parse(readFileSync(ledger, "utf8"));
  const before = { ...share, state: "fetching", path: null, at: null, placing: identity };
  writeFileSync(ledger, JSON.stringify({ version, share: before }));
}

for (const isFolder of [false, true]) {
  t.test(`${isFolder ? "a folder" : "a file"} that was put in place and not noted does not come again`, async (t) => {
    const [ann, bob] = (await people(t, "ann", "bob")) as [Person, Person];
    const paths = ["one", "two"].map((name) => ann.write(name, crypto.randomBytes(2 * BLOCK_BYTES)));
    const { message } = await ann.files.share(ann.mate.member, isFolder ? paths : paths.slice(0, 1));
    await bob.get(message.id);
    await bob.here(message.id);
    const { path } = bob.state(message.id)!;
    await bob.stop();
    await ann.stop();
    asWhilePlacing(bob.ledger(message.id), bob.identityOf(path!));
    await bob.start();
    await bob.here(message.id);
    t.equal(bob.state(message.id)!.path, path, "found where it is, though nobody is here to give it again");
    t.equal(readdirSync(bob.downloads).length, 1);
  });
}

t.test("a file that has both names after a crash is whole, and keeps one", async (t) => {
  const [ann, bob] = (await people(t, "ann", "bob")) as [Person, Person];
  const { message } = await ann.files.share(ann.mate.member, [ann.write("tea", crypto.randomBytes(BLOCK_BYTES))]);
  await bob.get(message.id);
  await bob.here(message.id);
  const { path } = bob.state(message.id)!;
  await bob.stop();
  asWhilePlacing(bob.ledger(message.id), bob.identityOf(path!));
  linkSync(path!, join(bob.downloads, `.${hex(message.id).slice(0, 16)}.part`));
  await bob.start();
  await bob.here(message.id);
  t.same(readdirSync(bob.downloads), ["tea"]);
});

t.test("what stands there now and is another file is left alone, and it comes again", async (t) => {
  const [ann, bob] = (await people(t, "ann", "bob")) as [Person, Person];
  const { message } = await ann.files.share(ann.mate.member, [ann.write("tea", crypto.randomBytes(BLOCK_BYTES))]);
  await bob.get(message.id);
  await bob.here(message.id);
  const { path } = bob.state(message.id)!;
  await bob.stop();
  asWhilePlacing(bob.ledger(message.id), bob.identityOf(path!));
  // The old one is kept until the new one is there, so that it is another file.
  linkSync(path!, join(ann.table.folder, "aside"));
  unlinkSync(path!);
  writeFileSync(path!, "mine");
  await bob.start();
  await until(() => bob.state(message.id)?.state === "here");
  t.equal(readFileSync(path!, "utf8"), "mine");
  t.same(readdirSync(bob.downloads).sort(), ["tea", "tea (1)"]);
});
