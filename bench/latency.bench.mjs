import { join } from "node:path";
import {
  figures,
  jittered,
  openScreen,
  ROOT,
  scope,
  sleep,
  startDht,
  startHelper,
  startPair,
  table,
} from "./harness.mjs";

export const title = "from one person to the other, two cores on one machine";

const SAMPLES = 100;

export async function run() {
  await scope(async (keep) => {
    const dht = keep(await startDht());
    const floor = await barePipe(keep, dht);
    const pair = await startPair(keep, dht);
    const { arrived, ordered, delivered } = await byRpc(pair);
    const screens = await byScreens(keep, pair);
    const row = (what, values) => {
      const { n, p50, p95, max } = figures(values);
      return { what, n, "p50 ms": p50, "p95 ms": p95, "max ms": max };
    };
    table(
      [
        row("a bare encrypted pipe, two processes", floor),
        row("message.send → arriving at the other core's client", arrived),
        row("message.send → in its order there", ordered),
        row("message.send → known to be delivered", delivered),
        row("Enter on one screen → on the other screen", screens.other),
        row("Enter on one screen → on the same screen", screens.same),
      ],
      { ratioOf: "p50 ms", target: "Enter → other screen p50 ≤ 15 ms, p95 ≤ 60 ms" },
    );
  });
}

async function barePipe(keep, dht) {
  const script = join(ROOT, "bench/bare-pipe.mjs");
  const there = keep(await startHelper(process.execPath, [script, "listen", dht.bootstrap]));
  const { line: key } = await there.next();
  const here = keep(await startHelper(process.execPath, [script, "dial", dht.bootstrap, key]));
  await here.next();
  const samples = [];
  for (let at = 0; at < SAMPLES; at += 1) {
    const begin = performance.now();
    here.say(`line ${at}`);
    samples.push((await there.next()).at - begin);
    await jittered(20);
  }
  return samples;
}

async function byRpc({ alice, bob, room }) {
  const times = { arrived: [], ordered: [], delivered: [] };
  for (let at = 0; at < SAMPLES; at += 1) {
    const text = `by rpc ${at}`;
    const seen = Promise.withResolvers();
    const found = {};
    const note = (what) => {
      found[what] ??= performance.now();
      if (found.arrived && found.ordered && found.delivered) seen.resolve();
    };
    let id = null;
    const undoBob = bob.client.onEvent((event) => {
      const messages =
        event.type === "arriving" ? [event.message] : event.type === "timeline" ? (event.messages ?? []) : [];
      const message = messages.find((one) => one.text === text);
      if (!message) return;
      note("arrived");
      if (message.position !== null) note("ordered");
    });
    const undoAlice = alice.client.onEvent((event) => {
      const states = event.type === "states" ? event.states : [];
      if (id !== null && states.some((one) => one.id === id && one.state === "delivered")) note("delivered");
    });
    const begin = performance.now();
    id = Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString("hex");
    await alice.client.request("message.send", { room, text, id });
    await Promise.race([seen.promise, sleep(5_000)]);
    undoBob();
    undoAlice();
    for (const what of Object.keys(times)) if (found[what]) times[what].push(found[what] - begin);
    await jittered(30);
  }
  return times;
}

async function byScreens(keep, { alice, bob }) {
  const here = keep(openScreen(alice));
  const there = keep(openScreen(bob));
  await Promise.all([here, there].map((screen) => screen.until(`by rpc ${SAMPLES - 1}`)));
  await Promise.all([here.quiet(300), there.quiet(300)]);
  const times = { other: [], same: [] };
  for (let at = 0; at < SAMPLES; at += 1) {
    const text = `sample-${at}.`;
    await here.type(text);
    await here.until(`> ${text}`);
    await jittered(60);
    const begin = performance.now();
    const isSaid = () => here.text().includes(` ${text}`) && !here.text().includes(`> ${text}`);
    const [same, other] = await (async () => {
      const both = Promise.all([here.until(isSaid), there.until(text)]);
      here.write("\r");
      return both;
    })();
    times.same.push(same - begin);
    times.other.push(other - begin);
    await jittered(80);
  }
  return times;
}
