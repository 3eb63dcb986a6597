import { join } from "node:path";
import Hypercore from "hypercore";
import { resolvePaths } from "../src/config.js";
import { ensureCore } from "../src/daemon/ensure.js";
import { cpuMs, figures, percentile, rssMb, scope, sleep, table, temporaryFolder } from "./harness.mjs";

export const title = "one core alone: appending, and opening a room of 2,000 messages";

const APPENDS = 200;
const MESSAGES = 2_000;
const OPENS = 5;

export async function run() {
  await scope(async (keep) => {
    const { folder } = keep(temporaryFolder());
    const floor = await bareAppends(join(folder, "bare"));
    const paths = resolvePaths({ home: join(folder, "home"), profile: "bench" });
    const start = () => ensureCore({ paths, bootstrap: ["127.0.0.1:9"], lan: false });
    let client = await start();
    keep({ close: () => stop(client) });
    await client.request("identity.create", { name: "maya" });
    const { id: room } = await client.request("room.create", { name: "tea" });
    const ping = await timed(APPENDS, () => client.request("status", {}));
    const one = await timed(APPENDS, (at) => client.request("message.send", { room, text: `one by one ${at}` }));
    const rest = MESSAGES - APPENDS;
    const begin = performance.now();
    for (let at = 0; at < rest; at += 50) {
      await Promise.all(
        Array.from({ length: Math.min(50, rest - at) }, (_, more) =>
          client.request("message.send", { room, text: `many at once ${at + more}` }),
        ),
      );
    }
    const each = (performance.now() - begin) / rest;
    table(
      [
        row("hypercore.append of 200 bytes, in process", floor),
        row("a request that does nothing", ping),
        row("message.send, one after the other", one),
        { what: "message.send, 50 at once (each)", n: rest, "p50 ms": each },
      ],
      { ratioOf: "p50 ms" },
    );
    console.log();

    const ready = [];
    const shown = [];
    const last = [];
    const older = [];
    const cpus = [];
    let memory = Number.NaN;
    for (let at = 0; at < OPENS; at += 1) {
      await stop(client);
      const asked = performance.now();
      client = await start();
      ready.push(performance.now() - asked);
      await client.request("room.list", {});
      const page = await one200(client, room);
      last.push(page.ms);
      shown.push(performance.now() - asked);
      if (page.total < MESSAGES) throw new Error(`only ${page.total} messages are there`);
      older.push((await one200(client, room, 1_000)).ms);
      const { pid } = await client.request("status", {});
      cpus.push(cpuMs(pid));
      memory = rssMb(pid);
    }
    table([
      row("no core → a core that serves", ready),
      row("… → the last 200 messages read", shown),
      row("a page of the last 200", last),
      row("a page of 200 from the middle, not read before", older),
      row("CPU of all that", cpus),
    ]);
    console.log(`  RSS of the core with that room: ${memory.toFixed(0)} MB`);
    const pages = await timed(20, () => one200(client, room));
    console.log(`  the same page read again: ${percentile(pages, 0.5).toFixed(1)} ms`);
  });
}

function row(what, values) {
  const { n, p50, p95, max } = figures(values);
  return { what, n, "p50 ms": p50, "p95 ms": p95, "max ms": max };
}

async function one200(client, room, before) {
  const begin = performance.now();
  const page = await client.request("message.list", { room, limit: 200, ...(before ? { before } : {}) });
  if (page.messages.length !== 200) throw new Error(`a page of ${page.messages.length}`);
  return { ms: performance.now() - begin, total: page.total };
}

async function timed(count, work) {
  const times = [];
  for (let at = 0; at < count; at += 1) {
    const begin = performance.now();
    await work(at);
    times.push(performance.now() - begin);
  }
  return times;
}

async function stop(client) {
  if (!client.isOpen) return;
  const gone = new Promise((done) => client.onClose(done));
  await client.request("stop", { force: true });
  await gone;
  await sleep(300);
}

async function bareAppends(folder) {
  const core = new Hypercore(folder);
  await core.ready();
  const block = Buffer.alloc(200, 7);
  const times = await timed(APPENDS, () => core.append(block));
  await core.close();
  return times;
}
