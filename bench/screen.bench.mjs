import { spawnSync } from "node:child_process";
import { join } from "node:path";
import {
  BIN,
  cpuMs,
  figures,
  jittered,
  openScreen,
  Program,
  percentile,
  ROOT,
  rssMb,
  scope,
  sleep,
  startPerson,
  table,
  temporaryFolder,
  typeKeys,
} from "./harness.mjs";

export const title = "starting and typing, 120x40, the core running";

const STARTS = 9;
const LINES = 400;
const IDLE_MS = 60_000;
const LOAD_PER_SECOND = 100;

export async function run() {
  await scope(async (keep) => {
    const maya = keep(await startPerson("maya"));
    const { id: room } = await maya.client.request("room.create", { name: "tea" });
    for (let at = 0; at < LINES; at += 1)
      await maya.client.request("message.send", { room, text: `line ${at} of what was said here` });
    const last = `line ${LINES - 1} `;
    const raw = () => new Program(process.execPath, [join(ROOT, "bench/raw-echo.mjs")]);
    const bare = () => new Program(process.execPath, ["-e", "process.stdout.write('> up')"]);
    const version = () => new Program(process.execPath, [BIN, "--version"]);
    table(
      [
        await starts("raw escape sequences in Node", raw, /^> /m),
        await starts("node -e (the runtime alone)", bare, /> up/),
        await starts("keet-tui --version", version, /\d\.\d/),
        await starts("keet-tui: the screen is there", () => openScreen(maya), /^ *> /m),
        await starts("keet-tui: the room is on it", () => openScreen(maya), last),
        ...(await others((command, args) => starts(command, () => new Program(command, args), /\S/))),
      ],
      { ratioOf: "p50 ms", target: "the room on the screen p50 ≤ 200 ms" },
    );
    console.log();
    const rows = [];
    for (const [what, open, ready] of [
      ["raw escape sequences in Node", raw, "> "],
      ["keet-tui", () => openScreen(maya), last],
    ]) {
      const running = keep(open());
      await running.until(ready);
      await running.quiet(400);
      rows.push({ what, ...(await typeKeys(running)) });
      await running.kill();
    }
    rows.push(
      ...(await others(async (command, args) => {
        const running = keep(new Program(command, args));
        await running.quiet(800);
        return { what: command, ...(await typeKeys(running)) };
      })),
    );
    table(rows, { ratioOf: "p50 ms", target: "a key p50 ≤ 1.5 ms, ≤ 15 bytes; at least ≤ 3 ms, ≤ 33 bytes" });
    console.log();
    await underLoad(keep, maya, room, last);
    await otherWork(keep, maya, room, last);
    await idle(keep, maya, last);
    console.log(`  the core beside it: RSS ${rssMb(maya.profile.pid).toFixed(0)} MB`);
  });
}

/** Keys while a hundred messages a second come, as they come from a room: by the core. */
async function underLoad(keep, maya, room, last) {
  const running = keep(openScreen(maya));
  await running.until(last);
  await running.quiet(400);
  let sent = 0;
  const sending = setInterval(() => {
    sent += 1;
    maya.client.request("message.send", { room, text: `meanwhile ${sent}` }).catch(() => {});
  }, 1_000 / LOAD_PER_SECOND);
  const began = performance.now();
  const typed = await typeKeys(running, { keys: 300 });
  clearInterval(sending);
  const perSecond = (sent * 1_000) / (performance.now() - began);
  table([{ what: `keys while ${perSecond.toFixed(0)} messages a second come`, ...typed }], {
    target: "p50 ≤ 10 ms, p99 ≤ 50 ms",
  });
  await running.kill();
  console.log();
}

/** A message that comes, a page back, another size: how soon, and how many bytes. */
async function otherWork(keep, maya, room, last) {
  const running = keep(openScreen(maya));
  await running.until((text = running.text()) => text.includes("meanwhile") || text.includes(last));
  await running.quiet(400);
  const measured = async (times, work) => {
    const samples = [];
    for (let at = 0; at < times; at += 1) {
      await jittered(120);
      samples.push(await running.during(() => work(at), 250));
    }
    const figure = (name, share) => percentile(samples.map((sample) => sample[name]).filter(Number.isFinite), share);
    return { n: times, "p50 ms": figure("ms", 0.5), "p95 ms": figure("ms", 0.95), "bytes p50": figure("bytes", 0.5) };
  };
  const sizes = [
    [100, 30],
    [120, 40],
  ];
  const rows = [
    {
      what: "a message, until its first byte",
      ...(await measured(40, (at) => void maya.client.request("message.send", { room, text: `one ${at}` }))),
    },
    { what: "PgUp", ...(await measured(20, () => running.write("\x1b[5~"))) },
    { what: "another size", ...(await measured(20, (at) => running.resize(...sizes[at % 2]))) },
  ];
  table(rows, {});
  await running.kill();
  console.log();
}

/** Nothing happens: nothing is to be written, and next to nothing computed. */
async function idle(keep, maya, last) {
  const open = [["keet-tui", keep(openScreen(maya))]];
  open.push(...(await others((command, args) => [command, keep(new Program(command, args))], { stays: true })));
  await open[0][1].until((text = open[0][1].text()) => text.includes("one 39") || text.includes(last));
  for (const [, running] of open) await running.quiet(1_000);
  const before = open.map(([, running]) => [running.bytes, cpuMs(running.pid)]);
  const coreBefore = cpuMs(maya.profile.pid);
  await sleep(IDLE_MS);
  const rows = open.map(([what, running], at) => ({
    what: `${what}, ${IDLE_MS / 1_000} s of nothing`,
    bytes: running.bytes - before[at][0],
    "CPU %": ((cpuMs(running.pid) - before[at][1]) * 100) / IDLE_MS,
    "RSS MB": rssMb(running.pid),
  }));
  rows.push({ what: "its core", "CPU %": ((cpuMs(maya.profile.pid) - coreBefore) * 100) / IDLE_MS });
  table(rows, { target: "the screen: 0 bytes, < 0.2 % of a processor" });
  for (const [, running] of open) await running.kill();
}

async function starts(what, open, ready) {
  const firstBytes = [];
  const readies = [];
  const cpus = [];
  for (let at = 0; at < STARTS; at += 1) {
    const running = open();
    const holds = typeof ready === "string" ? ready : () => ready.test(running.text());
    const firstByte = running.until(() => running.bytes > 0);
    readies.push((await running.until(holds)) - running.startedAt);
    firstBytes.push((await firstByte) - running.startedAt);
    cpus.push(cpuMs(running.pid));
    await running.kill();
    await sleep(80);
  }
  const { p50, p95 } = figures(readies);
  return {
    what,
    n: STARTS,
    "first byte ms": figures(firstBytes).p50,
    "p50 ms": p50,
    "p95 ms": p95,
    "CPU ms": figures(cpus.filter(Number.isFinite)).p50,
  };
}

/** Of other chats only what is installed here. */
async function others(measure, { stays = false } = {}) {
  const found = [];
  for (const command of ["irssi", "weechat"]) {
    if (spawnSync("sh", ["-c", `command -v ${command}`]).status !== 0) continue;
    const { folder, close } = temporaryFolder();
    const args = command === "irssi" ? [`--home=${folder}`, "--noconnect"] : ["-d", folder, "-a"];
    found.push(await measure(command, args));
    // What goes on running still needs its folder.
    if (stays) process.once("exit", close);
    else close();
  }
  return found;
}
