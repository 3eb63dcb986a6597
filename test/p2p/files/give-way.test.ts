// Files give way to a call: how much of a processor they leave, and that nothing is held back where there is enough.
import { readdirSync, readFileSync } from "node:fs";
import crypto from "hypercore-crypto";
import t from "tap";
import { GiveWay, givingWay } from "../../../src/p2p/files/give-way.js";
import { BLOCK_BYTES } from "../../../src/p2p/files/layout.js";
import { hex } from "../../../src/p2p/hex.js";
import { type Person, people, sha } from "../../helpers/file-mates.js";
import { until } from "../../helpers/rooms.js";

/** A processor whose clock only goes on where the test says so. */
class Processor {
  at = 0;
  workedMs = 0;
  rests: number[] = [];
  hasCall = true;
  readonly giveWay: GiveWay;

  constructor() {
    this.giveWay = new GiveWay({
      isWanted: () => this.hasCall,
      used: () => ({ at: this.at, workedMs: this.workedMs }),
      rest: async (ms) => {
        this.rests.push(ms);
        this.at += ms;
      },
    });
  }

  work(ms: number): void {
    this.at += ms;
    this.workedMs += ms;
  }

  async blocks(count: number, { workMs, waitMs = 0 }: { workMs: number; waitMs?: number }): Promise<void> {
    for (let i = 0; i < count; i += 1) {
      await this.giveWay.turn();
      this.work(workMs);
      this.at += waitMs;
    }
  }
}

t.test("files take four tenths of a processor, with short rests between blocks", async (t) => {
  const processor = new Processor();
  await processor.blocks(1_000, { workMs: 2 });
  const share = processor.workedMs / processor.at;
  t.ok(share > 0.38 && share < 0.42, `${share} of it used`);
  t.ok(Math.max(...processor.rests) <= 5, `${Math.max(...processor.rests)} ms at once`);
});

t.test("what waits for its network anyway is never held back", async (t) => {
  const processor = new Processor();
  await processor.blocks(1_000, { workMs: 2, waitMs: 3 });
  t.same(processor.rests, []);
});

t.test("without a call nothing is", async (t) => {
  const processor = new Processor();
  processor.hasCall = false;
  await processor.blocks(1_000, { workMs: 2 });
  t.same(processor.rests, []);
});

t.test("a time with nothing to do is not saved up, and no long work is rested for without end", async (t) => {
  const processor = new Processor();
  processor.at += 60_000;
  await processor.blocks(100, { workMs: 2 });
  t.ok(processor.rests.length > 50, `${processor.rests.length} rests`);
  processor.work(60_000);
  processor.rests = [];
  await processor.blocks(10, { workMs: 0 });
  t.same(processor.rests, [50]);
});

t.test("blocks that wait at the same time go one after the other, in order", async (t) => {
  const processor = new Processor();
  const went: [string, number][] = [];
  const place = givingWay(
    {
      read: async (block) => {
        went.push(["read", block]);
        processor.work(4);
        return Buffer.alloc(1);
      },
      write: async (block) => {
        went.push(["write", block]);
        processor.work(4);
      },
    },
    processor.giveWay,
  );
  await Promise.all([
    place.read(1, 0),
    place.write!(2, Buffer.alloc(1)),
    place.read(3, 0),
    place.write!(4, Buffer.alloc(1)),
  ]);
  t.same(went, [
    ["read", 1],
    ["write", 2],
    ["read", 3],
    ["write", 4],
  ]);
  t.ok(processor.rests.length >= 2, "with rests between");
  t.equal(givingWay({ read: place.read, write: null }, processor.giveWay).write, null);
});

t.test("between two who are in a call a file comes whole, and one that is cancelled is gone", async (t) => {
  const [ann, bob] = (await people(t, "ann", "bob")) as [Person, Person];
  ann.hasCall = true;
  bob.hasCall = true;
  const bytes = crypto.randomBytes(40 * BLOCK_BYTES);
  const path = ann.write("tea", bytes);
  const { message } = await ann.files.share(ann.mate.member, [path]);
  await until(() => ann.state(message.id)?.state === "shared", 60_000);
  await bob.get(message.id);
  await until(() => (bob.state(message.id)?.bytes ?? 0) > 0, 60_000);
  await bob.files.drop(hex(message.id));
  t.equal(bob.state(message.id), null);
  t.same(readdirSync(bob.downloads), []);
  await bob.get(message.id);
  await bob.here(message.id);
  t.equal(sha(readFileSync(bob.state(message.id)!.path!)), sha(bytes));
});
