import { createHash, randomFillSync } from "node:crypto";
import { once } from "node:events";
import { createReadStream, createWriteStream, mkdirSync, writeFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { Sshd, withoutSshd } from "../test/helpers/sshd.js";
import { figures, jittered, rssMb, scope, sleep, startDht, startPair, table, temporaryFolder } from "./harness.mjs";
import { streamRows } from "./streams.mjs";

const MIB = 1024 * 1024;
const FILE_MIB = Number(process.env.MIB ?? 1_024);
const FLOOR_BYTES = 256 * MIB;
const SMALL_FILES = 5_000;
const SMALL_BYTES = 4_000;
const FLOORS = ["raw TCP", "raw UDX", "hyperswarm connection", "plain hyperdrive"];
const now = () => performance.now();
const named = ({ room, id, writer }) => ({ room, id, writer });

export const title = `a file of ${FILE_MIB} MiB from one core to another`;

export async function run() {
  await scope(async (keep) => {
    const floors = await streamRows({ bytes: FLOOR_BYTES, rounds: 3, names: FLOORS });
    const { folder } = keep(temporaryFolder());
    const path = join(folder, "large.bin");
    const hash = await makeFile(path, FILE_MIB);
    const scp = await byScp(keep, path, join(folder, "by-scp.bin"));
    const dht = keep(await startDht());
    const pair = await startPair(keep, dht);
    const whole = await fetchWhole(pair, path, join(folder, "got.bin"));
    const got = await hashOf(join(folder, "got.bin"));
    const early = await fetchWhileRead(pair, folder);
    const small = await fetchSmall(pair, folder);
    const mbs = (seconds, bytes = FILE_MIB * MIB) => bytes / 1e6 / seconds;
    table(
      [
        ...floors.map(({ what, "MB/s": rate }) => ({ what: `${what}, 256 MiB`, "MB/s": rate })),
        { what: "scp", "MB/s": scp === null ? null : mbs(scp) },
        { what: "keet-tui: read in by the sender", "MB/s": mbs(whole.readIn) },
        { what: "keet-tui: fetched, from file.get to its place", "MB/s": mbs(whole.seconds) },
        {
          what: `keet-tui: a folder of ${SMALL_FILES} files of ${SMALL_BYTES} bytes`,
          "MB/s": mbs(small, SMALL_FILES * SMALL_BYTES),
        },
      ],
      { ratioOf: "MB/s", target: "0.9 of the hyperswarm connection, more than plain hyperdrive; past scp" },
    );
    console.log(`  the folder took ${small.toFixed(1)} s; the hash is ${got === hash ? "right" : "WRONG"}`);
    table([
      { what: "file.get → first byte", ms: whole.firstByte, wanted: "≤ 250" },
      { what: "file.get → first MiB", ms: whole.firstMib, wanted: "≤ 1,000" },
      { what: "… while the sender still reads it in: first byte", ms: early.firstByte, wanted: "≤ 250" },
      { what: "… first MiB", ms: early.firstMib, wanted: "≤ 1,000" },
      { what: `a line said meanwhile → delivered, ${whole.chat.n} lines, p50`, ms: whole.chat.p50 },
      { what: "… p95", ms: whole.chat.p95, wanted: "≤ 500" },
      { what: "… the worst", ms: whole.chat.max },
    ]);
    const most = (name) => `${whole.rss[name].toFixed(0)} MB`;
    console.log(`  most RSS: the sender's core ${most("alice")}, the getter's ${most("bob")} (wanted ≤ 300)`);
  });
}

async function makeFile(path, mebibytes) {
  const file = createWriteStream(path);
  const hash = createHash("sha256");
  for (let at = 0; at < mebibytes; at += 1) {
    const chunk = randomFillSync(Buffer.allocUnsafe(MIB));
    hash.update(chunk);
    if (!file.write(chunk)) await once(file, "drain");
  }
  file.end();
  await once(file, "close");
  // On the disk: else what waits to be written there is what the first bytes wait for.
  const written = await open(path, "r+");
  await written.sync();
  await written.close();
  return hash.digest("hex");
}

async function hashOf(path) {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path, { highWaterMark: MIB })) hash.update(chunk);
  return hash.digest("hex");
}

async function byScp(keep, from, to) {
  if (withoutSshd) return null;
  const closing = [];
  keep({ close: () => Promise.all(closing.map((close) => close())) });
  const sshd = await Sshd.start({ teardown: (close) => closing.push(close) });
  const begin = now();
  await sshd.copy(from, to);
  return (now() - begin) / 1_000;
}

/** Resolves when the share is in that state at that person's core. */
async function untilIs({ client }, { room, id, writer }, state) {
  for (const end = now() + 600_000; now() < end; await sleep(10)) {
    const transfer = (await client.request("message.get", { room, id, writer })).file?.transfer;
    if (transfer?.state === state) return;
    if (transfer?.state === "failed") throw new Error(transfer.reason);
  }
  throw new Error(`the file was not ${state} in ten minutes`);
}

async function untilRow({ client }, { room, id, writer }) {
  for (const end = now() + 20_000; now() < end; await sleep(5)) {
    if (await client.request("message.get", { room, id, writer }).catch(() => null)) return;
  }
  throw new Error("the row did not come");
}

/** Asked for, and when its first byte and its first MiB were there; answers as soon as they are. */
async function beginFetch({ bob }, { room, id, writer }, goal) {
  const begin = now();
  await bob.client.request("file.get", { room, id, writer, ...goal });
  await bob.client.request("file.read", { room, id, writer, offset: 0 }, { timeoutMs: 60_000 });
  const firstByte = now() - begin;
  await bob.client.request("file.read", { room, id, writer, offset: MIB - 1 }, { timeoutMs: 60_000 });
  return { begin, firstByte, firstMib: now() - begin };
}

async function fetchWhole(pair, path, to) {
  const { alice, bob, room } = pair;
  const sentAt = now();
  const { message } = await alice.client.request("file.send", { room, paths: [path] }, { timeoutMs: 600_000 });
  await untilIs(alice, message, "shared");
  const readIn = (now() - sentAt) / 1_000;
  await untilRow(bob, message);
  const rss = { alice: 0, bob: 0 };
  const samples = setInterval(() => {
    for (const who of [alice, bob]) rss[who.name] = Math.max(rss[who.name], rssMb(who.profile.pid));
  }, 100);
  const isOver = { now: false };
  const chat = talkMeanwhile(pair, isOver);
  const { begin, ...first } = await beginFetch(pair, message, { folder: join(to, ".."), to });
  await untilIs(bob, message, "here");
  const seconds = (now() - begin) / 1_000;
  isOver.now = true;
  clearInterval(samples);
  return { readIn, seconds, ...first, rss, chat: figures(await chat) };
}

/** The getter says a line again and again; how long until it is known to be delivered. */
async function talkMeanwhile({ bob, room }, isOver) {
  const times = [];
  const saidAt = new Map();
  const undo = bob.client.onEvent((event) => {
    for (const { id, state } of event.type === "states" ? event.states : []) {
      if (state !== "delivered" || !saidAt.has(id)) continue;
      times.push(now() - saidAt.get(id));
      saidAt.delete(id);
    }
  });
  while (!isOver.now) {
    const id = randomFillSync(Buffer.alloc(16)).toString("hex");
    saidAt.set(id, now());
    await bob.client.request("message.send", { room, text: "while it comes", id });
    await jittered(50);
  }
  for (const end = now() + 10_000; saidAt.size > 0 && now() < end; ) await sleep(10);
  undo();
  return [...times, ...[...saidAt.values()].map((at) => now() - at)];
}

async function fetchWhileRead(pair, folder) {
  const { alice, bob, room } = pair;
  const path = join(folder, "read-in.bin");
  await makeFile(path, FILE_MIB);
  const { message } = await alice.client.request("file.send", { room, paths: [path] }, { timeoutMs: 600_000 });
  await untilRow(bob, message);
  const first = await beginFetch(pair, message, { folder, to: join(folder, "read-in-got.bin") });
  const { state } = (await alice.client.request("message.get", named(message))).file.transfer;
  if (state !== "reading") console.log("  (the sender had read it in before the first MiB was there)");
  await bob.client.request("file.cancel", named(message));
  await alice.client.request("file.cancel", named(message));
  return first;
}

async function fetchSmall(pair, folder) {
  const { alice, bob, room } = pair;
  const tree = join(folder, "small");
  for (let at = 0; at < SMALL_FILES; at += 1) {
    const sub = join(tree, `part ${Math.floor(at / 100)}`);
    if (at % 100 === 0) mkdirSync(sub, { recursive: true });
    writeFileSync(join(sub, `${at}.txt`), randomFillSync(Buffer.alloc(SMALL_BYTES)));
  }
  const { message } = await alice.client.request("file.send", { room, paths: [tree] }, { timeoutMs: 600_000 });
  await untilIs(alice, message, "shared");
  await untilRow(bob, message);
  const begin = now();
  await bob.client.request("file.get", { ...named(message), folder, to: join(folder, "small-got") });
  await untilIs(bob, message, "here");
  return (now() - begin) / 1_000;
}
