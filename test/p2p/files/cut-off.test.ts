// A run that was cut off at the worst moment: what the next one makes of what it left.
import { existsSync, linkSync, mkdirSync, readdirSync, readFileSync, unlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import crypto from "hypercore-crypto";
import t from "tap";
import { BLOCK_BYTES } from "../../../src/p2p/files/layout.js";
import { hex } from "../../../src/p2p/hex.js";
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

t.test("a copy that was cut off is taken away at the next start, and nothing else", async (t) => {
  const [ann] = (await people(t, "ann")) as [Person];
  const content = crypto.randomBytes(2 * BLOCK_BYTES);
  const { message } = await ann.files.share(ann.mate.member, [ann.write("tea", content)]);
  await until(() => ann.state(message.id)?.state === "shared");
  const to = { folder: ann.downloads, to: null };
  mkdirSync(ann.downloads);
  const [ledger, part] = [
    ann.ledger(Buffer.alloc(8, 7)).replace(/[0-9a-f]+\.json$/, "copy-$&"),
    ".0707070707070707.part",
  ];
  const left = (file: string) => {
    writeFileSync(join(ann.downloads, file), "unfinished");
    const identity = ann.identityOf(join(ann.downloads, file));
    writeFileSync(ledger, JSON.stringify({ id: "0707070707070707", folder: ann.downloads, identity }));
  };
  for (const [file, stays] of [
    [part, []],
    ["mine", ["mine"]],
  ] as const) {
    left(file);
    writeFileSync(join(ann.downloads, ".0808080808080808.part"), "somebody else's");
    await ann.stop();
    await ann.start();
    t.same(readdirSync(ann.downloads).sort(), [".0808080808080808.part", ...stays], file);
    t.equal(existsSync(ledger), false, "and is forgotten");
  }
  // One that is not what we left stands under the name of ours.
  left("mine");
  writeFileSync(join(ann.downloads, part), "another one");
  await ann.stop();
  await ann.start();
  t.ok(existsSync(join(ann.downloads, part)));
  const path = await ann.files.copy(ann.mate.member, hex(message.id), to);
  t.ok(readFileSync(path).equals(content));
  t.equal(
    readdirSync(dirname(ledger)).filter((name) => name.startsWith("copy-")).length,
    0,
    "one that ended leaves no note",
  );
});

t.test("a copy is noted while it is made", async (t) => {
  const [ann] = (await people(t, "ann")) as [Person];
  const path = ann.write("tea", crypto.randomBytes(2 * BLOCK_BYTES));
  const { message } = await ann.files.share(ann.mate.member, [path]);
  await until(() => ann.state(message.id)?.state === "shared");
  const copying = ann.files.copy(ann.mate.member, hex(message.id), { folder: ann.downloads, to: null });
  const notes = () => readdirSync(dirname(ann.ledger(message.id))).filter((name) => name.startsWith("copy-"));
  let seen = 0;
  const look = setInterval(() => {
    seen = Math.max(seen, notes().length);
  }, 0);
  t.teardown(() => clearInterval(look));
  await copying;
  t.same([seen, notes().length], [1, 0]);
});
