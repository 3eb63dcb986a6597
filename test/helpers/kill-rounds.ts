import { spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import b4a from "b4a";
import type { Test } from "tap";
import { hex } from "../../src/p2p/hex.js";
import { openCore } from "../../src/p2p/index.js";
import { admit, connect, invite, openPerson, say, texts, until, viewHash } from "./rooms.js";

const child = fileURLToPath(new URL("kill-child.js", import.meta.url));

/** One life of the sender, ended by SIGKILL at a random moment after it opened. */
async function round(
  folder: string,
  roomId: string,
  number: number,
  longestMs: number,
): Promise<{ openMs: number; acknowledged: string[] }> {
  const sender = spawn(process.execPath, [child, folder, roomId, String(number)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const acknowledged: string[] = [];
  let openMs = -1;
  for await (const line of createInterface({ input: sender.stdout })) {
    const [word, value] = line.split(" ") as [string, string];
    if (word === "open") {
      openMs = Number(value);
      setTimeout(() => sender.kill("SIGKILL"), 20 + Math.random() * longestMs);
    } else acknowledged.push(value);
  }
  return { openMs, acknowledged };
}

/** Ends an indexer that sends, again and again, and looks at what is left: at it, and at two who join afterwards. */
export async function killRounds(t: Test, rounds: number, minAcknowledged: number): Promise<void> {
  const folder = t.testdir({});
  const home = `${folder}/ann`;
  mkdirSync(home, { mode: 0o700 });
  const core = await openCore({ folder: home, bootstrap: [], lan: false });
  await core.createIdentity("ann");
  const { id } = await core.createRoom("tea", "", "group");
  const { room } = core.room(id)!.member!;
  const keys = { key: b4a.from(room.key), encryptionKey: b4a.from(room.base.encryptionKey) };
  await core.close();

  const acknowledged: string[] = [];
  let slowestOpenMs = 0;
  for (let number = 0; number < rounds || acknowledged.length < minAcknowledged; number++) {
    // On a busy machine little is sent in a quarter of a second.
    const isBehind = acknowledged.length < (number / rounds) * minAcknowledged;
    const life = await round(home, id, number, isBehind ? 1_500 : 250);
    t.ok(life.openMs >= 0, `round ${number} opened`);
    slowestOpenMs = Math.max(slowestOpenMs, life.openMs);
    acknowledged.push(...life.acknowledged);
  }
  t.comment(`${acknowledged.length} acknowledged, slowest open ${slowestOpenMs} ms`);
  t.ok(slowestOpenMs < 3_000, `opens again in under 3 s (${slowestOpenMs} ms)`);

  const after = await openCore({ folder: home, bootstrap: [], lan: false });
  t.teardown(() => after.close());
  const ann = after.room(id)!.member!;
  await until(() => !ann.hasWaiting);
  const said = (await ann.messages(0, ann.room.total)).flatMap(({ op }) =>
    op?.type === "post-message" ? [op.text] : [],
  );
  t.equal(new Set(said).size, said.length, "nothing is there twice");
  const here = new Set(said);
  t.same(
    acknowledged.filter((text) => !here.has(text)),
    [],
    "nothing acknowledged is missing",
  );
  const rows = ann.room.base.view.core;
  t.comment(`${said.length} messages, view of ${rows.length} blocks`);

  // Who replays every block and who takes over the signed view see the same.
  const sender = {
    name: "ann",
    identity: after.identity!,
    ...after.parts,
    room: ann.room,
    folder: home,
    close: async () => {},
  };
  const door = await invite(sender);
  const replay = await openPerson(`${folder}/bob`, "bob", keys, { fastForward: false });
  const forward = await openPerson(`${folder}/carol`, "carol", keys);
  t.teardown(async () => Promise.all([replay.close(), forward.close()]));
  const cuts = [connect(sender, replay), connect(sender, forward)];
  t.teardown(async () => Promise.all(cuts.map((cut) => cut())));
  await admit(sender, replay, door);
  await admit(sender, forward, door);
  await until(() => replay.room.writable && forward.room.writable, 120_000);
  const signedBefore = ann.room.base.signedLength;
  await say(replay, "still here");
  await until(
    async () => (await texts(forward)).includes("still here") && (await texts(sender)).includes("still here"),
  );
  await until(() => ann.room.base.signedLength > signedBefore && forward.room.base.signedLength > signedBefore);
  t.pass("the signed length goes on");
  await until(
    async () =>
      (await viewHash(replay)) === (await viewHash(sender)) && (await viewHash(forward)) === (await viewHash(sender)),
  );
  t.same(await texts(replay), await texts(sender));
  t.same(await texts(forward), await texts(sender));
  await until(async () => replay.room.base.signedLength === forward.room.base.signedLength);
  const length = Math.min(...[sender, replay, forward].map(({ room }) => room.base.view.core.signedLength));
  const trees = await Promise.all(
    [sender, replay, forward].map(async ({ room }) => hex(await room.base.view.core.treeHash(length))),
  );
  t.same(trees, [trees[0], trees[0], trees[0]], "and the same signed view, block by block");
}
