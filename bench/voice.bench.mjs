import { loadavg } from "node:os";
import { join } from "node:path";
import {
  openScreen,
  percentile,
  ROOT,
  scope,
  sleep,
  startDht,
  startPair,
  startPerson,
  table,
  temporaryFolder,
} from "./harness.mjs";
import { copy, delays, devicesOf, openCard, record, speak, withoutVoice } from "./voice-card.mjs";
import { share, startFetching, startStorm } from "./voice-load.mjs";
import { Caller, Costs, inRoom, startBarred } from "./voice-people.mjs";

/** Of each row. */
const MEASURED_MS = 1_000 * Number(process.env.MEASURED_SECONDS ?? 30);
/** In which a buffer learns its network. */
const LEARN_MS = 6_000;
const COST_MS = 15_000;
const CROWDS = [2, 4, 8];
const NAMES = ["alice", "bob"];
const SPEECH = join(ROOT, "test/fixtures/speech.wav");
const PARTS = { idle: quiet, load: underLoad, screen: drawn, cost: costs };

export const title = "from mouth to ear, and what a call costs";

/** `VOICE=idle,load` measures some parts only. */
export async function run() {
  if (withoutVoice) {
    console.log(`  not measured: ${withoutVoice}`);
    return;
  }
  const wanted = process.env.VOICE?.split(",") ?? Object.keys(PARTS);
  await scope(async (keep) => {
    const { folder } = keep(temporaryFolder());
    const card = await openCard(keep, NAMES);
    speak(keep, card, folder);
    const dht = keep(await startDht());
    for (const part of wanted) {
      await PARTS[part]({ keep, card, dht, folder });
      console.log(`  (load ${loadavg()[0].toFixed(1)})\n`);
    }
  });
}

function soundOf({ env: { PULSE_SERVER, XDG_RUNTIME_DIR } }) {
  return { PULSE_SERVER, XDG_RUNTIME_DIR };
}

async function call(keep, card, { alice, bob, room }, options = {}) {
  const callers = [alice, bob].map((person) =>
    keep(new Caller(person, { room, ...devicesOf(person.name), env: soundOf(card), ...options })),
  );
  for (const caller of callers) await caller.meets(1);
  await sleep(LEARN_MS);
  return callers;
}

/** Mouth to ear while `work` goes on, and what each of the two paid for it. */
async function row(keep, card, what, { ear, people = [] }) {
  const before = ear?.counts();
  const told = [];
  const timer = setInterval(() => told.push(ear?.delayMs), 500);
  const paid = new Costs(people);
  const { n, p50, p95, max, unheard } = delays(await record(keep, card, () => sleep(MEASURED_MS)));
  clearInterval(timer);
  const after = ear?.counts();
  const lost = (name) => (ear ? after[name] - before[name] : null);
  return {
    ...{ what, n, "p50 ms": p50, "p95 ms": p95, "max ms": max, unheard },
    ...{ "told ms": ear ? percentile(told, 0.5) : null, late: lost("late"), guessed: lost("guessed") },
    ...{ "CPU % alice": paid.percent(0), bob: paid.percent(1) },
  };
}

async function quiet({ keep, card, dht }) {
  const rows = [];
  await scope(async (k) => {
    await copy(k, card, ...NAMES);
    rows.push(await row(k, card, "parec straight into pacat", {}));
  });
  const pair = await startPair(keep, dht);
  for (const frameMs of [20, 10]) {
    await scope(async (k) => {
      const people = await call(k, card, pair, { frameMs });
      rows.push(await row(k, card, `keet-tui call join, frames of ${frameMs} ms`, { ear: people[1], people }));
    });
  }
  table(rows, { ratioOf: "p50 ms", target: "p50 < 100 ms; told is what the screen says of it without the devices" });
}

/** Rows of one call: alone, while messages and a file come, and while both do. */
async function loads({ keep, card, pair, message, folder, ear, people, how }) {
  const rows = [];
  const { alice, bob, room } = pair;
  for (const [what, hasStorm, hasFile] of [
    ["idle", false, false],
    ["100 messages a second", true, false],
    ["a file", false, true],
    ["both", true, true],
  ]) {
    if (hasFile && !message) continue;
    const storm = hasStorm ? startStorm(alice, room) : null;
    const file = hasFile ? startFetching(bob, message, folder) : null;
    await sleep(2_000);
    const measured = await row(keep, card, `${how}: ${what}`, { ear, people });
    const perSecond = storm?.stop() ?? null;
    rows.push({ ...measured, "messages/s": perSecond, "MB/s": (await file?.stop()) ?? null });
    await sleep(3_000);
  }
  return rows;
}

const WANTED = "p95 within 40 ms of idle";

async function underLoad({ card, dht, folder }) {
  for (const [how, start] of [
    ["on a road", startPerson],
    ["on the call's connection", startBarred],
  ]) {
    await scope(async (k) => {
      const pair = await inRoom(k, start, NAMES, dht);
      const message = await share(pair.alice, pair.room, folder, `${how}.bin`);
      const people = await call(k, card, pair);
      table(await loads({ keep: k, card, pair, message, folder, ear: people[1], people, how }), { target: WANTED });
    });
  }
}

/** The listener's is the real screen, which draws all that comes. */
async function drawn({ card, dht, folder }) {
  await scope(async (k) => {
    const pair = await inRoom(k, startBarred, NAMES, dht);
    const message = await share(pair.alice, pair.room, folder, "screen.bin");
    const screen = k(openScreen(pair.bob, { columns: 120, rows: 40, env: soundOf(card) }));
    await screen.until("tea");
    const { microphone, speaker } = devicesOf("bob");
    card.pactl("set-default-source", microphone);
    card.pactl("set-default-sink", speaker);
    await screen.quiet();
    await screen.type("/call\r");
    const alice = k(new Caller(pair.alice, { room: pair.room, ...devicesOf("alice"), env: soundOf(card) }));
    await alice.meets(1);
    await sleep(LEARN_MS);
    const people = [alice, { pid: screen.pid, person: pair.bob }];
    const rows = await loads({ keep: k, card, pair, message, folder, ear: null, people, how: "heard in the screen" });
    table(rows, { target: WANTED });
  });
}

/** With files for devices, in real time. */
async function costs({ dht, folder }) {
  for (const size of CROWDS) {
    const rows = [];
    const names = Array.from({ length: size }, (_, at) => `person ${at}`);
    for (const talking of [size, 1]) {
      await scope(async (k) => {
        const { people, room } = await inRoom(k, startPerson, names, dht);
        const callers = people.map((person, at) =>
          k(
            new Caller(person, {
              ...{ room, microphone: `loop:${SPEECH}`, isMuted: at >= talking },
              speaker: `file:${folder}/${size} ${talking} ${at}.wav`,
            }),
          ),
        );
        for (const caller of callers) await caller.meets(size - 1);
        await sleep(LEARN_MS);
        const paid = new Costs(callers);
        await sleep(COST_MS);
        const parts = paid.parts();
        const mean = (name) => parts.reduce((sum, part) => sum + part[name], 0) / size;
        rows.push({
          ...{ people: size, talking, "CPU % of a core each": mean("front") + mean("core") },
          ...{ "front end and ffmpeg": mean("front"), core: mean("core") },
          "the most": Math.max(...parts.map(({ front, core }) => front + core)),
        });
      });
    }
    table(rows);
  }
}
