// Members cut from each other and joined again at random, by a seed; in the end all have one order.
import type { Test } from "tap";
import { admit, connect, found, invite, openPerson, type Person, say, texts, total, until, viewHash } from "./rooms.js";

/** mulberry32: small, even, and the same everywhere. */
function randomBy(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const STUCK_MS = 3_000;

export interface PartitionOptions {
  readonly seed: number;
  readonly members: number;
  readonly steps: number;
}

export async function partitions(t: Test, { seed, members, steps }: PartitionOptions): Promise<void> {
  const random = randomBy(seed);
  const pick = (count: number) => Math.floor(random() * count);
  const folder = t.testdir({});
  const first = await found(`${folder}/0`, "0");
  const keys = { key: first.room.key, encryptionKey: first.room.base.encryptionKey };
  const people: Person[] = [first];
  const links = new Map<string, () => Promise<void>>();
  t.teardown(async () => {
    await Promise.all([...links.values()].map((cut) => cut()));
    await Promise.all(people.map((person) => person.close()));
  });
  const link = (a: number, b: number) => {
    const name = `${Math.min(a, b)}-${Math.max(a, b)}`;
    if (a !== b && !links.has(name)) links.set(name, connect(people[a]!, people[b]!));
  };
  const cut = async (name: string) => {
    const undo = links.get(name);
    links.delete(name);
    await undo?.();
  };
  /** What the members tell each other on their channel: how far they know the logs. */
  const tell = async () => {
    for (const name of links.keys()) {
      const [a, b] = name.split("-").map((index) => people[Number(index)]!) as [Person, Person];
      // While a member takes over a signed view there is nothing to tell for a moment.
      a.room.hint(await b.room.heads().catch(() => []));
      b.room.hint(await a.room.heads().catch(() => []));
    }
  };
  const door = await invite(first, members);
  for (let i = 1; i < members; i++) {
    const person = await openPerson(`${folder}/${i}`, String(i), keys);
    people.push(person);
    link(0, i);
    await admit(first, person, door);
    await until(() => person.room.writable);
  }
  await until(() => people.every(({ room }) => room.writers.size === members), 30_000);

  let said = 0;
  for (let step = 0; step < steps; step++) {
    const what = random();
    if (what < 0.6) {
      // Cut off in the middle of taking over a signed view, a log waits; what was said goes in later.
      await say(people[pick(members)]!, `${seed}.${said++}`).catch((error) => {
        if (error.code !== "NOT_NOW") throw error;
      });
    } else if (what < 0.8 && links.size > 0) await cut([...links.keys()][pick(links.size)]!);
    else link(pick(members), pick(members));
    if (random() < 0.2) await tell();
  }
  for (let i = 0; i < members; i++) link(i, (i + 1) % members);
  // As RoomPeers does it: where nothing moves for a while, a new connection.
  let seen = "";
  let since = performance.now();
  await until(async () => {
    await tell();
    const rows = await Promise.all(people.map((person) => total(person).catch(() => -1)));
    if (rows.join() !== seen) {
      seen = rows.join();
      since = performance.now();
    } else if (performance.now() - since > STUCK_MS) {
      since = performance.now();
      for (const name of [...links.keys()]) await cut(name);
      for (let i = 0; i < members; i++) link(i, (i + 1) % members);
    }
    return rows.every((count) => count === said + members);
  }, 90_000);
  await until(
    async () =>
      new Set(await Promise.all(people.map((person) => viewHash(person).catch(() => Math.random())))).size === 1,
    30_000,
  );
  const orders = await Promise.all(people.map(texts));
  t.equal(new Set(orders.map((order) => order.join())).size, 1, `seed ${seed}: one order of ${said} messages`);
  t.equal(new Set(orders[0]).size, said, "and each of them once");
}
