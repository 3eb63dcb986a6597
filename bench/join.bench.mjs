import { join } from "node:path";
import { figures, ROOT, scope, sleep, startDht, startHelper, startPerson, table } from "./harness.mjs";

export const title = "from an invite to being in, each time somebody new";

const JOINS = 10;

export async function run() {
  await scope(async (keep) => {
    const dht = keep(await startDht());
    const rows = [row("a bare encrypted connection", await bareConnections(dht))];
    for (const [what, options] of [
      ["over a DHT on this machine", { bootstrap: dht.bootstrap }],
      ["over the beacon, no DHT", { lan: true }],
    ]) {
      const times = await scope(async (keepHere) => {
        const host = keepHere(await startPerson("host", options));
        const { id: room } = await host.client.request("room.create", { name: "tea" });
        const { link } = await host.client.request("room.invite", { room, uses: JOINS });
        const found = { start: [], join: [], greeted: [] };
        for (let at = 0; at < JOINS; at += 1) {
          const begin = performance.now();
          const guest = keepHere(await startPerson(`guest${at}`, options));
          found.start.push(performance.now() - begin);
          const asked = performance.now();
          await guest.client.request("room.join", { invite: link });
          found.join.push(performance.now() - asked);
          const { id } = await guest.client.request("message.send", { room, text: "hello" });
          await untilDelivered(guest.client, room, id);
          found.greeted.push(performance.now() - asked);
          await guest.close();
        }
        return found;
      });
      rows.push(row(`a new core is ready (${what})`, times.start));
      rows.push(row(`invite → joined, ${what}`, times.join));
      rows.push(row(`invite → a first line delivered, ${what}`, times.greeted));
    }
    table(rows, { ratioOf: "p50 ms" });
  });
}

/** By asking again: a message on its way into the order is for a moment in no list. */
async function untilDelivered(client, room, id) {
  for (const end = performance.now() + 20_000; performance.now() < end; await sleep(5)) {
    const { messages } = await client.request("message.list", { room, limit: 10 });
    if (messages.some((message) => message.id === id && message.state === "delivered")) return;
  }
  throw new Error("the line was not delivered within 20 s");
}

function row(what, values) {
  const { n, p50, p95, max } = figures(values);
  return { what, n, "p50 ms": p50, "p95 ms": p95, "max ms": max };
}

async function bareConnections(dht) {
  const script = join(ROOT, "bench/bare-pipe.mjs");
  return scope(async (keep) => {
    const there = keep(await startHelper(process.execPath, [script, "listen", dht.bootstrap]));
    const { line: key } = await there.next();
    const times = [];
    for (let at = 0; at < JOINS; at += 1) {
      const here = await startHelper(process.execPath, [script, "dial", dht.bootstrap, key]);
      times.push(Number((await here.next()).line));
      await here.close();
    }
    return times;
  });
}
