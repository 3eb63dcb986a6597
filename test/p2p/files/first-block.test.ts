// The first block of what begins to come, from two who have it.
import { join } from "node:path";
import b4a from "b4a";
import Corestore from "corestore";
import type Hypercore from "hypercore";
import crypto from "hypercore-crypto";
import t, { type Test } from "tap";
import { keepBlocksIn } from "../../../src/p2p/files/block-files.js";
import { firstBlock } from "../../../src/p2p/files/first-block.js";
import { BLOCK_BYTES } from "../../../src/p2p/files/layout.js";
import { gate, type Person, people } from "../../helpers/file-mates.js";
import { until } from "../../helpers/rooms.js";

t.setTimeout(60_000);

const BLOCKS = 40;
const NEVER_MS = 600_000;
const encryptionKey = crypto.randomBytes(32);

/** Somebody's store, and the core in it. */
async function has(t: Test, name: string, key?: Uint8Array) {
  const store = new Corestore(join(t.testdirName, name));
  t.teardown(() => store.close());
  const core = store.get({ ...(key ? { key } : { name: "blobs" }), encryptionKey });
  await core.ready();
  return { store, core };
}

function wire(t: Test, a: { store: Corestore }, b: { store: Corestore }): void {
  const [left, right] = [a.store.replicate(true), b.store.replicate(false)];
  for (const stream of [left, right]) stream.on("error", () => {});
  left.pipe(right).pipe(left);
  t.teardown(() => void left.destroy());
}

/** Two who have all of it; what they are asked for is in `asked`, and those blocks go out only when `pass` lets them. */
async function twoGivers(t: Test, mayGo: (block: number) => Promise<void>) {
  t.testdir({});
  const content = Array.from({ length: BLOCKS }, (_, at) => b4a.from(`block ${at}`));
  const ann = await has(t, "ann");
  await ann.core.append(content);
  const bob = await has(t, "bob", ann.core.key!);
  wire(t, ann, bob);
  await bob.core.download({ start: 0, end: BLOCKS }).done();
  const asked: number[] = [];
  for (const giver of [ann, bob]) {
    keepBlocksIn(giver.core, {
      read: async (block, pad) => {
        asked.push(block);
        await mayGo(block);
        return b4a.concat([b4a.alloc(pad), content[block]!]);
      },
      write: null,
    });
  }
  const getter = await has(t, "cid", ann.core.key!);
  for (const giver of [ann, bob]) wire(t, giver, getter);
  const cid: Hypercore = getter.core;
  await until(() => cid.peers.filter(({ remoteLength }) => remoteLength === BLOCKS).length === 2);
  return { asked, cid };
}

t.test("it is asked for by itself, and of one device", async (t) => {
  const { pass, open } = gate();
  const { asked, cid } = await twoGivers(t, (block) => (block === 0 ? pass() : Promise.resolve()));
  const { done } = firstBlock(cid, 0, NEVER_MS);
  await until(() => asked.length > 0);
  // Both have answered something by then, which is when the library looks what else they could be asked for.
  const others = Array.from({ length: 12 }, (_, at) => BLOCKS - 1 - at);
  for (const block of others) await cid.get(block);
  t.same(asked, [0, ...others]);
  open();
  await done;
  t.ok(await cid.has(0));
  const { replicator } = cid.core as unknown as { replicator: object };
  t.notOk(Object.hasOwn(replicator, "_updateHotswap"), "the library goes by its own rules again");
});

t.test("where who is there does not give it, the others are not waited for", async (t) => {
  const { pass } = gate();
  const { cid } = await twoGivers(t, pass);
  await firstBlock(cid, 0, 20).done;
  t.notOk(await cid.has(0));
});

t.test("stopped before anybody is there, nothing waits", async (t) => {
  t.testdir({});
  const ann = await has(t, "ann");
  const { core: cid } = await has(t, "cid", ann.core.key!);
  const { done, destroy } = firstBlock(cid, 0, NEVER_MS);
  destroy();
  await done;
  t.equal(cid.listenerCount("peer-add"), 0);
});

t.test("a file begins to come with it", async (t) => {
  const [ann, cid] = (await people(t, "ann", "cid")) as [Person, Person];
  const path = ann.write("tea.bin", crypto.randomBytes(BLOCKS * BLOCK_BYTES));
  const { message } = await ann.files.share(ann.mate.member, [path]);
  const asked: number[] = [];
  await ann.holdBack(message.id, path, async (block) => void asked.push(block));
  await cid.get(message.id);
  await cid.here(message.id);
  t.equal(asked[0], 0);
});
