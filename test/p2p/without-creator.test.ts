import { mkdirSync } from "node:fs";
import t from "tap";
import { hex } from "../../src/p2p/hex.js";
import { type Core, openCore } from "../../src/p2p/index.js";
import { until } from "../helpers/rooms.js";

t.setTimeout(170_000);

const TIMES = 20;

const open = async (folder: string, name: string): Promise<Core> => {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const core = await openCore({ folder, bootstrap: [], lan: true });
  if (!core.identity) await core.createIdentity(name);
  return core;
};

const roomOf = (core: Core, id: string) => core.room(id)!.member!;

const rowsOf = async (core: Core, id: string) => {
  const member = roomOf(core, id);
  const messages = await member.messages(0, member.room.total);
  return messages.map(({ id: message, writer, verified }) => `${hex(writer)}:${hex(message)}:${verified}`);
};

async function join(core: Core, link: string): Promise<string> {
  const { id } = await core.joinRoom(link);
  await until(() => core.room(id)?.waitsFor === null);
  return id;
}

t.test(
  "the creator goes away; a member lets others in by its own invite, restarts, and everyone ends with one order",
  async (t) => {
    const folder = t.testdir({});
    let ann = await open(`${folder}/ann`, "ann");
    let bob = await open(`${folder}/bob`, "bob");
    t.teardown(async () => Promise.all([ann.close(), bob.close()]));
    const { id } = await ann.createRoom("tea", "", "group");
    for (let i = 0; i < 20; i++) await roomOf(ann, id).send(`ann ${i}`);
    await join(bob, (await ann.makeInvite(id, {})).link!);
    await until(() => roomOf(bob, id).room.total === 22);
    await ann.close();

    // B admits C by B's own invite; C sees all of A's, verified, and writes.
    const byBob = (await bob.makeInvite(id, { uses: TIMES + 1 })).link!;
    const carol = await open(`${folder}/carol`, "carol");
    await join(carol, byBob);
    await until(() => roomOf(carol, id).room.total === 23);
    t.ok(
      (await rowsOf(carol, id)).every((row) => row.endsWith(":true")),
      "all verified",
    );
    await roomOf(carol, id).send("carol was here");
    await until(() => roomOf(bob, id).room.total === 24);
    await carol.close();

    // B writes 400 more, restarts, and at once lets newcomers in, each of whom has all of it soon.
    await Promise.all(Array.from({ length: 400 }, (_, i) => roomOf(bob, id).send(`bob ${i}`)));
    let expected = 424;
    await until(() => roomOf(bob, id).room.total === expected);
    const took: number[] = [];
    for (let i = 0; i < TIMES; i++) {
      await bob.close();
      bob = await open(`${folder}/bob`, "bob");
      const newcomer = await open(`${folder}/new-${i}`, `new ${i}`);
      try {
        const startedAt = performance.now();
        await join(newcomer, byBob);
        expected += 1;
        await until(() => roomOf(newcomer, id).room.total === expected);
        took.push(Math.round(performance.now() - startedAt));
        await until(() => roomOf(bob, id).room.total === expected);
      } finally {
        await newcomer.close();
      }
    }
    t.equal(took.length, TIMES);
    t.comment(`join → all ${expected} rows, ms: ${took.join(" ")}`);

    // A comes back and gets what C wrote through B.
    ann = await open(`${folder}/ann`, "ann");
    await until(() => roomOf(ann, id).room.total === expected, 60_000);
    const carolAgain = await open(`${folder}/carol`, "carol");
    t.teardown(() => carolAgain.close());
    await until(() => roomOf(carolAgain, id).room.total === expected, 60_000);
    await until(async () => {
      const [a, b, c] = await Promise.all([ann, bob, carolAgain].map((core) => rowsOf(core, id)));
      return a!.join() === b!.join() && b!.join() === c!.join();
    });
    t.ok((await rowsOf(ann, id)).every((row) => row.endsWith(":true")));
  },
);
