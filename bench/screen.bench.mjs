import { spawnSync } from "node:child_process";
import { join } from "node:path";
import {
  BIN,
  cpuMs,
  figures,
  openScreen,
  Program,
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
const LINES = 60;

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
      { ratioOf: "p50 ms", target: "the room on the screen p50 ≤ 300 ms" },
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
    table(rows, { ratioOf: "p50 ms", target: "a key p50 ≤ 5 ms, ≤ 60 bytes" });
    console.log(`  the core beside it: RSS ${rssMb(maya.profile.pid).toFixed(0)} MB`);
  });
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
async function others(measure) {
  const found = [];
  for (const command of ["irssi", "weechat"]) {
    if (spawnSync("sh", ["-c", `command -v ${command}`]).status !== 0) continue;
    const { folder, close } = temporaryFolder();
    const args = command === "irssi" ? [`--home=${folder}`, "--noconnect"] : ["-d", folder, "-a"];
    found.push(await measure(command, args));
    close();
  }
  return found;
}
