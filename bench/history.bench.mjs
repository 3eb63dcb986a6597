import { readFileSync } from "node:fs";
import {
  figures,
  openScreen,
  percentile,
  rssMb,
  scope,
  sleep,
  startDht,
  startPair,
  startPerson,
  table,
} from "./harness.mjs";

const MESSAGES = Number(process.env.HISTORY ?? 100_000);
const AT_ONCE = 128;
const PAGES = Math.min(400, Math.floor(MESSAGES / 60));
const WORDS = "tea kettle leaf cup green black oolong steam pour wait morning window rain quiet table".split(" ");

export const title = `a room of ${MESSAGES.toLocaleString("en")} messages`;

export async function run() {
  await scope(async (keep) => {
    const dht = keep(await startDht());
    const { alice, room, link } = await startPair(keep, dht, "old");
    const floor = await readFloor();
    const wrote = await fill(alice.client, room);
    console.log(`  written: ${(MESSAGES / wrote).toFixed(0)} a second; RSS of the core ${rss(alice)} MB`);
    await alice.client.request("message.send", { room, text: "the véry last one" });

    const { startedAt, screen } = await open(keep, alice);
    const usable = screen.lastAt - startedAt;
    const pages = await pageUp(screen);
    const frontEnd = rssMb(screen.pid);
    await screen.kill();

    const first = await timed(() => search(alice.client, room, "nowhere-to-be-found"));
    const rare = await many(() => search(alice.client, room, "NÉEDLE"));
    const common = await many(() => search(alice.client, room, "green tea"));
    const everywhere = await many(() => search(alice.client, undefined, "needle"));

    const carol = keep(await startPerson("carol", { bootstrap: dht.bootstrap }));
    const joinedAt = performance.now();
    await carol.client.request("room.join", { invite: link });
    const isIn = performance.now() - joinedAt;
    await until(async () => {
      const page = await carol.client.request("message.list", { room, limit: 50 });
      return page.messages.some(({ text }) => text === "the véry last one");
    });
    const lastPage = performance.now() - joinedAt;
    await until(async () => {
      const { fetched, length } = await carol.client.request("room.show", { room });
      return fetched === null && length > MESSAGES;
    });
    const whole = performance.now() - joinedAt;
    const carolRss = rss(carol);
    await alice.close();
    const offline = await timed(() => carol.client.request("message.list", { room, limit: 200, from: 1_000 }));

    table(
      [
        { what: "a file of as many lines read and scanned, raw Node", ms: floor },
        { what: "screen: start → last page of the room", ms: usable, wanted: "≤ 2,000" },
        { what: `PgUp → its frame, ${pages.n} pages, p50`, ms: pages.p50 },
        { what: "… p95", ms: pages.p95, wanted: "≤ 50" },
        { what: "… the worst", ms: pages.max },
        { what: "search, first one after the room grew", ms: first },
        { what: "search, a word that is there five times", ms: rare, wanted: "≤ 300" },
        { what: "search, words that are everywhere", ms: common, wanted: "≤ 300" },
        { what: "search in all rooms", ms: everywhere, wanted: "≤ 300" },
        { what: "newcomer: invite → in", ms: isIn },
        { what: "newcomer: invite → last page read", ms: lastPage, wanted: "≤ 5,000" },
        { what: "newcomer: invite → all history is here", ms: whole },
        { what: "newcomer alone: 200 old messages", ms: offline },
      ],
      { ratioOf: "ms" },
    );
    console.log(
      `  RSS: front end ${frontEnd.toFixed(0)} MB (wanted ≤ 200), the newcomer's core ${carolRss} MB (wanted ≤ 400)`,
    );
  });
}

/** As many short lines, read from a warm file and looked through. */
async function readFloor() {
  const { mkdtempSync, writeFileSync, rmSync } = await import("node:fs");
  const folder = mkdtempSync("/tmp/keet-tui-floor-");
  const path = `${folder}/lines`;
  writeFileSync(path, Array.from({ length: MESSAGES }, (_, at) => textOf(at)).join("\n"));
  const begin = performance.now();
  readFileSync(path, "utf8")
    .split("\n")
    .filter((line) => line.includes("needle"));
  const ms = performance.now() - begin;
  rmSync(folder, { recursive: true });
  return ms;
}

function textOf(at) {
  const word = (step) => WORDS[(at * step) % WORDS.length];
  return `${at} ${word(1)} ${word(7)} and ${word(11)}${at % Math.ceil(MESSAGES / 5) === 7 ? " needle" : ""}`;
}

async function fill(client, room) {
  const begin = performance.now();
  for (let at = 0; at < MESSAGES; at += AT_ONCE) {
    const some = Array.from({ length: Math.min(AT_ONCE, MESSAGES - at) }, (_, more) => textOf(at + more));
    await Promise.all(some.map((text) => client.request("message.send", { room, text })));
  }
  return (performance.now() - begin) / 1_000;
}

async function open(keep, person) {
  const startedAt = performance.now();
  const screen = keep(openScreen(person, { columns: 120, rows: 40 }));
  await screen.until("the véry last one", 30_000);
  return { startedAt, screen };
}

async function pageUp(screen) {
  const samples = [];
  for (let at = 0; at < PAGES; at += 1) {
    const before = screen.text();
    const begin = performance.now();
    screen.write("\x1b[5~");
    const at_ = await screen.until(() => screen.text() !== before, 10_000);
    samples.push(at_ - begin);
    await sleep(5);
  }
  return figures(samples);
}

function search(client, room, text) {
  return client.request("message.search", { text, limit: 50, ...(room ? { room } : {}) });
}

async function timed(run) {
  const begin = performance.now();
  await run();
  return performance.now() - begin;
}

async function many(run) {
  const samples = [];
  for (let at = 0; at < 10; at += 1) samples.push(await timed(run));
  return percentile(samples, 0.5);
}

async function until(holds, limitMs = 600_000) {
  const end = performance.now() + limitMs;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error("it did not come");
    await sleep(20);
  }
}

function rss(person) {
  return rssMb(person.profile.pid).toFixed(0);
}
