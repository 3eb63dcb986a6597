// A file from several devices at once, each with a slow disk.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import crypto from "hypercore-crypto";
import t, { type Test } from "tap";
import { BLOCK_BYTES } from "../../../src/p2p/files/layout.js";
import { hex } from "../../../src/p2p/hex.js";
import { gate, type Person, people, sha } from "../../helpers/file-mates.js";
import { until } from "../../helpers/rooms.js";

t.setTimeout(120_000);

const BLOCKS = 160;
const SLOW_MS = 5;

/** One block after the other. */
function slowly(): () => Promise<void> {
  let disk = Promise.resolve();
  return () => {
    disk = disk.then(() => setTimeout(SLOW_MS));
    return disk;
  };
}

/** ann and bob have all of it, and cid is about to get it from both; nothing goes out until it is opened. */
async function twoSeeders(t: Test) {
  const [ann, bob, cid] = (await people(t, "ann", "bob", "cid")) as [Person, Person, Person];
  ann.table.wires.link(bob.mate, cid.mate);
  const content = crypto.randomBytes(BLOCKS * BLOCK_BYTES);
  const path = ann.write("tea.bin", content);
  const { message } = await ann.files.share(ann.mate.member, [path]);
  await bob.get(message.id);
  await bob.here(message.id);
  const { pass, open } = gate();
  /** What went over the wire. */
  const given: { ann: number[]; bob: number[] } = { ann: [], bob: [] };
  for (const person of [ann, bob]) {
    const wait = slowly();
    await person.holdBack(message.id, path, () => pass().then(wait));
    const { blobs } = await person.files.cores(person.mate.member, hex(message.id));
    blobs.on("upload", (block: number) => given[person.mate.name as "ann" | "bob"].push(block));
  }
  await cid.get(message.id);
  await until(() => cid.state(message.id)?.sources === 2);
  return { ann, bob, cid, id: message.id, content, given, open };
}

t.test("two who are slow give a fair part of it each, and hardly a block twice", async (t) => {
  const { cid, id, content, given, open } = await twoSeeders(t);
  const came: number[] = [];
  const { blobs } = await cid.files.cores(cid.mate.member, hex(id));
  blobs.on("download", (block: number) => came.push(block));
  open();
  await cid.here(id);
  t.equal(sha(readFileSync(join(cid.downloads, "tea.bin"))), sha(content));
  const { ann, bob } = given;
  t.comment(`${ann.length} blocks from one, ${bob.length} from the other`);
  for (const part of [ann, bob]) t.ok(part.length >= 0.3 * BLOCKS, `${part.length} of ${BLOCKS}`);
  t.equal(new Set(came).size, BLOCKS);
  // When nothing else is left the library asks one for what the other is late with; a block may cross with the word that it came.
  const early = came.slice(0, BLOCKS / 2);
  t.equal(new Set(early).size, early.length, "none comes twice while there is anything else to ask for");
  t.ok(ann.length + bob.length <= 1.05 * BLOCKS, `${ann.length + bob.length} went out`);
});

t.test("one of them leaves in the middle, and the other gives the rest", async (t) => {
  const { ann, cid, id, content, given, open } = await twoSeeders(t);
  open();
  await until(() => given.ann.length > BLOCKS / 8 && (cid.state(id)?.bytes ?? 0) > 0);
  await ann.table.wires.cutFrom(ann.mate);
  await ann.stop();
  const had = cid.state(id)!.bytes;
  t.ok(had < content.byteLength, `${had} bytes of ${content.byteLength} are here when they go`);
  await cid.here(id);
  t.equal(sha(readFileSync(join(cid.downloads, "tea.bin"))), sha(content));
  t.ok(given.bob.length > given.ann.length, `${given.bob.length} blocks from who stayed`);
});
