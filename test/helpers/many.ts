/** Many people in one room, and many rooms of one person. Figures are told, not asserted. */
import { type ChildProcess, fork } from "node:child_process";
import { mkdirSync } from "node:fs";
import createTestnet from "hyperdht/testnet.js";
import type { Test } from "tap";
import { openCore } from "../../src/p2p/index.js";
import { until } from "./rooms.js";
import { openNamed } from "./wired-cores.js";

const LIMIT_MS = 240_000;
const PROCESSES = 3;
const SETTLE_MS = 12_000;
const CHILD = new URL("./many-child.js", import.meta.url);

/** The next thing of that kind that it tells. */
function told(child: ChildProcess, what: string): Promise<Record<string, unknown>> {
  return new Promise((resolve, reject) => {
    const onMessage = (message: Record<string, unknown>) => {
      if (!(what in message)) return;
      child.off("message", onMessage).off("exit", onExit);
      resolve(message);
    };
    const onExit = (code: number | null) => reject(new Error(`it ended with ${code} before it told ${what}`));
    child.on("message", onMessage).on("exit", onExit);
  });
}

/** @param members in all, the founder among them */
export async function manyPeople(t: Test, members: number): Promise<void> {
  const folder = t.testdir({});
  const net = await createTestnet(3, { host: "127.0.0.1" });
  const { bootstrap } = net;
  mkdirSync(`${folder}/founder`, { mode: 0o700 });
  const founder = await openCore({ folder: `${folder}/founder`, bootstrap, lan: false });
  const children: ChildProcess[] = [];
  t.teardown(async () => {
    for (const child of children) child.kill("SIGKILL");
    await founder.close();
    await net.destroy();
  });
  await founder.createIdentity("founder");
  const { id } = await founder.createRoom("tea", "", "group");
  const { link } = await founder.makeInvite(id, { uses: members });
  const names = Array.from({ length: members - 1 }, (_, i) => `p${i}`);
  const startedAt = performance.now();
  for (let i = 0; i < PROCESSES; i++) {
    const own = names.filter((_, at) => at % PROCESSES === i);
    const given = JSON.stringify({ folder, names: own, bootstrap, link });
    children.push(fork(CHILD, [given], { execArgv: [] }));
  }
  await Promise.all(children.map((child) => told(child, "joined")));
  const { room } = founder.room(id)!.member!;
  await until(() => room.writers.size === members, LIMIT_MS);
  const known = children.map((child) => told(child, "members"));
  for (const child of children) child.send({ members });
  const peers = (await Promise.all(known)).flatMap((answer) => answer.peers as number[]);
  t.comment(`${members} people in after ${Math.round(performance.now() - startedAt)} ms`);
  // Counted again a moment after the last one is in.
  await until(() => founder.room(id)!.member!.summary().members === members, 20_000);
  t.ok(Math.max(...peers) <= members - 1, `one connection a person at the most: ${peers.join(" ")}`);

  for (const [text, by] of [
    ["from the founder", null],
    ["from one of them", children[1]!],
  ] as const) {
    const saidAt = performance.now();
    const heard = children.map((child) => told(child, "heard"));
    for (const child of children) child.send({ hear: text, ...(child === by ? { say: text, by: 0 } : {}) });
    if (!by) await founder.room(id)!.member!.send(text);
    await Promise.all(heard);
    await until(() => room.total > members, LIMIT_MS);
    t.comment(`a message ${text} is with all ${members} after ${Math.round(performance.now() - saidAt)} ms`);
  }
  await until(() => room.total === members + 2, LIMIT_MS);
  t.pass("everybody heard both");
  const ended = children.map((child) => new Promise((done) => child.once("exit", done)));
  for (const child of children) child.send({ end: true });
  await Promise.all(ended);
}

/** @param idleMs how long nothing is done */
export async function manyRooms(t: Test, count: number, idleMs: number): Promise<void> {
  const folder = t.testdir({});
  let ann = await openNamed(folder, "ann");
  const bob = await openNamed(folder, "bob");
  t.teardown(() => Promise.all([ann.close(), bob.close()]));
  const ids: string[] = [];
  for (let i = 0; i < count; i++) {
    const { id } = await ann.createRoom(`room ${i}`, "", "group");
    ids.push(id);
    await bob.joinRoom((await ann.makeInvite(id, {})).link!);
    await until(() => bob.room(id)?.waitsFor === null, LIMIT_MS);
  }
  await ann.close();
  const openedAt = performance.now();
  ann = await openNamed(folder, "ann");
  t.comment(`${count} rooms open after ${Math.round(performance.now() - openedAt)} ms`);
  const roomsOf = (core: typeof ann) => ids.map((id) => core.room(id)!.member!);
  await until(() => roomsOf(ann).every(({ peers }) => peers.provenCount === 1), LIMIT_MS);
  t.equal(ann.networkState().peers, 1, "one connection");
  t.equal(bob.networkState().peers, 1);
  await Promise.all(roomsOf(ann).map((member, i) => member.send(`hello ${i}`)));
  await until(() => roomsOf(bob).every(({ room }) => room.total === 3), LIMIT_MS);
  for (const [i, member] of roomsOf(bob).entries()) {
    const texts = (await member.messages(0, 3)).map(({ text }) => text);
    t.ok(texts.includes(`hello ${i}`), `room ${i}`);
  }
  // What was just said is still acknowledged and compared for a while.
  if (idleMs >= 10_000) await new Promise((done) => setTimeout(done, SETTLE_MS));
  const before = process.cpuUsage();
  await new Promise((done) => setTimeout(done, idleMs));
  const { user, system } = process.cpuUsage(before);
  // Two cores are in this process.
  t.comment(
    `idle, a core with ${count} rooms takes ${(((user + system) / 1_000 / idleMs / 2) * 100).toFixed(1)} % of one processor`,
  );
}
