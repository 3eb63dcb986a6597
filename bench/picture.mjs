// What the picture in the README shows: several real cores, a small talk, and the real screen of one of them.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { hueOf } from "../src/state/timeline.js";
import { writeWav } from "../test/helpers/sound.js";
import { BIN, openScreen, Program, scope, sleep, startDht, startPerson, temporaryFolder } from "./harness.mjs";

const ROOMS = [
  { name: "tea", topic: "green, black, and what goes with it" },
  { name: "dev", topic: "the bench and the build" },
  { name: "日本", topic: "" },
];

const BEFORE = [
  ["alice", "morning! the first flush is here, 2 kg of it"],
  ["bob", "how long do you steep it?"],
  ["alice", "two minutes at 70 °C, not longer. I wrote it down:"],
  ["alice", "```\nconst cup = await steep(leaves, { minutes: 2 });\nif (cup.isBitter) cup.addWater();\n```"],
  ["дмитрий", "у меня самовар, 95 °C и никаких минут"],
  ["maya", "I will bring the 煎茶 from Uji, and the small pot"],
  ["bob", "煎茶: https://en.wikipedia.org/wiki/Sencha"],
  ["дмитрий", "warms the pot", true],
  ["maya", "four o'clock at the usual place?"],
];

const UNREAD = [
  ["alice", "four is good, I am still weighing"],
  ["bob", "@maya bring the cups too? ours went to the 幅広い shelf and nobody can reach it any more"],
  ["дмитрий", "иду, буду через полчаса"],
];

/** `show` gets the terminal's buffer when all is on it. */
export async function draw({ columns, rows, show }) {
  await scope(async (keep) => {
    const { people, tea } = await stage(keep);
    const screen = await openMaya(keep, people, { columns, rows });
    await screen.type("cups and the small p");
    await screen.until("> cups and the small p");
    await people.get("alice").client.request("room.typing", { room: tea });
    await screen.until("alice is typing");
    await screen.quiet(300);
    await show(screen.term.buffer.active);
  });
}

/** Pages, and what is typed to see each: to look at what was changed, in all sizes and colours. */
const PAGES = {
  room: [],
  list: ["/list\r"],
  "go-to": ["\x07", "te"],
  who: ["/who\r"],
  whois: ["/whois bob\r"],
  roomshow: ["/room\r"],
  rights: ["/room rights\r"],
  roles: ["/role\r"],
  invite: ["/invite\r"],
  invites: ["/invites\r"],
  identity: ["/identity\r"],
  network: ["/network\r"],
  verify: ["/verify\r"],
  search: ["/search tea\r"],
  pins: ["/pins\r"],
  files: ["/files\r"],
  log: ["/log\r"],
  set: ["/set\r"],
  keys: ["/keys\r"],
  help: ["/help\r"],
  "help-command": ["/help send\r"],
  debug: ["/debug\r"],
  bare: ["/bare\r"],
  select: ["\x1b[1;5A", "\x1b[A"],
  reply: ["\x1b[1;5A", "r", "and that"],
  react: ["\x1b[1;5A", "+"],
  complete: ["/re\t"],
  emoji: ["a :te\t"],
  refused: ["/topic what else\r"],
  leave: ["/leave\r"],
  long: [`${"a long line that wraps and wraps ".repeat(8)}`],
};

/** Seconds of a voice that nobody has: louder and softer, as a microphone in place of one. */
function hum(path) {
  const samples = Int16Array.from({ length: 48_000 * 4 }, (_, at) => {
    const loudness = 0.1 + 0.3 * Math.abs(Math.sin((at / 48_000) * 4));
    return 32_767 * loudness * Math.sin((at / 48_000) * 2 * Math.PI * 180);
  });
  writeWav(path, samples);
  return path;
}

/** Calls, and what is done before each is looked at. */
const CALLS = [
  { name: "call-row", typed: [], sees: "/call joins" },
  { name: "call-strip", typed: ["/call\r"], sees: "▁" },
  { name: "call-rings", typed: [], sees: "Enter answers", rings: true },
];

async function drawCalls(keep, people, { sizes, themes, only, show }) {
  const { folder } = keep(temporaryFolder());
  const sound = hum(join(folder, "hum.wav"));
  const [alice, maya] = [people.get("alice"), people.get("maya")];
  const me = await maya.client.request("identity.show", {});
  const direct = await alice.client.request("direct.open", { person: me.id });
  let asked = null;
  for (const end = performance.now() + 20_000; !asked && performance.now() < end; await sleep(50)) {
    asked = (await maya.client.request("room.list", {})).find(({ state }) => state === "request");
  }
  await maya.client.request("direct.accept", { room: asked.id });
  let number = 0;
  const file = () => `file:${join(folder, `heard-${++number}.wav`)}`;
  for (const [columns, rows] of sizes) {
    for (const theme of themes) {
      for (const { name, typed, sees, rings } of CALLS) {
        if (only && !only.includes(name)) continue;
        const screen = await openMaya(keep, people, { columns, rows, theme, goes: "/go tea" });
        for (const set of [`mic loop:${sound}`, `speaker ${file()}`]) {
          await screen.type(`/set ${set}`);
          await screen.during(() => screen.write("\r"), 200);
          await screen.quiet(200);
        }
        const call = ["call", "join", rings ? direct.id : "tea", "--mic", `loop:${sound}`, "--speaker", file()];
        const other = keep(new Program(process.execPath, [BIN, "--home", alice.home, ...call]));
        if (!rings) await screen.until("/call joins");
        for (const keys of typed) {
          await screen.type(keys.trimEnd());
          await screen.during(() => screen.write("\r"), 200);
        }
        await screen.until(sees);
        await sleep(4_000);
        await show({ name, columns, rows, theme, cursor: true, buffer: screen.term.buffer.active });
        await screen.kill();
        await other.kill();
        await sleep(5_000);
      }
    }
  }
}

/** `show` gets each page's name, size, theme, buffer, and whether the cursor is in sight. */
export async function drawAll({ sizes, themes, only, show }) {
  await scope(async (keep) => {
    const { people } = await stage(keep);
    for (const [columns, rows] of sizes) {
      for (const theme of themes) {
        for (const [name, typed] of Object.entries(PAGES)) {
          if (only && !only.includes(name)) continue;
          const screen = await openMaya(keep, people, { columns, rows, theme });
          // A draft of the page before is kept for this one.
          for (const keys of ["\x15", ...typed]) {
            await screen.during(() => screen.write(keys), 200);
            await screen.quiet(200);
          }
          const cursor = !screen.term._core.coreService.isCursorHidden;
          await show({ name, columns, rows, theme, cursor, buffer: screen.term.buffer.active });
          await screen.kill();
        }
      }
    }
    if (!only || CALLS.some(({ name }) => only.includes(name)))
      await drawCalls(keep, people, { sizes, themes, only, show });
  });
}

/** One file that is fetched, and one that is not. */
async function share(keep, from, to, room) {
  const { folder } = keep(temporaryFolder());
  const send = async (name, bytes) => {
    writeFileSync(join(folder, name), Buffer.alloc(bytes, 1));
    const { message } = await from.client.request("file.send", { room, paths: [join(folder, name)] });
    await untilThere(to.client, room, message.id, false);
    return message;
  };
  const { id, writer } = await send("first flush.pdf", 2_400_000);
  await to.client.request("file.get", { room, id, writer, folder });
  await send("茶.png", 70_000);
  for (const end = performance.now() + 20_000; performance.now() < end; await sleep(20)) {
    const { file } = await to.client.request("message.get", { room, id, writer });
    if (file.transfer?.state === "here") return;
  }
  throw new Error("the file did not come");
}

async function openMaya(keep, people, { columns, rows, theme = "dark", goes = null }) {
  const more = theme === "none" ? { NO_COLOR: "1" } : {};
  const screen = keep(openScreen(people.get("maya"), { columns, rows, env: { TZ: "UTC", ...more } }));
  // What its background is, as a terminal says it.
  screen.term.parser.registerOscHandler(11, (data) => {
    const shade = theme === "light" ? "fbfb" : "1616";
    if (data === "?") screen.write(`\x1b]11;rgb:${shade}/${shade}/${shade}\x1b\\`);
    return true;
  });
  if (goes !== null) {
    await screen.until("alice");
    await screen.quiet(300);
    await screen.type(goes);
    await screen.during(() => screen.write("\r"), 200);
  }
  await screen.until("cups too?");
  await screen.quiet(300);
  return screen;
}

/** Rooms with people who said something. */
async function stage(keep) {
  const { bootstrap } = keep(await startDht());
  const host = keep(await startPerson("alice", { bootstrap }));
  const people = new Map([["alice", host]]);
  people.set("maya", keep(await startPerson("maya", { bootstrap })));
  // Who one is decides the colour: ask until everybody has one of their own.
  const taken = new Set([await hueOfPerson(host)]);
  for (const name of ["bob", "дмитрий"]) {
    for (;;) {
      const person = await startPerson(name, { bootstrap });
      const hue = await hueOfPerson(person);
      if (!taken.has(hue)) {
        taken.add(hue);
        people.set(name, keep(person));
        break;
      }
      await person.close();
    }
  }
  const maya = people.get("maya");
  const rooms = [];
  for (const { name, topic } of ROOMS) {
    const { id } = await host.client.request("room.create", { name, ...(topic ? { topic } : {}) });
    const { link } = await host.client.request("room.invite", { room: id, uses: 10 });
    for (const person of people.values()) {
      if (person !== host) await person.client.request("room.join", { invite: link });
    }
    rooms.push(id);
  }
  const [tea, dev, japan] = rooms;
  const say = async (room, [name, text, action = false]) => {
    const { client } = people.get(name);
    const { id } = await client.request("message.send", { room, text, action });
    // Everybody has it in its place before the next one speaks.
    for (const other of people.values()) await untilThere(other.client, room, id, name === other.name);
  };
  for (const line of BEFORE) await say(tea, line);
  await share(keep, host, maya, tea);
  for (const room of rooms) await maya.client.request("room.read", { room });
  await say(japan, ["alice", "新茶の季節ですね"]);
  await say(dev, ["bob", "the build is green again"]);
  await say(dev, ["alice", "which one"]);
  for (const line of UNREAD) await say(tea, line);
  return { people, tea };
}

/** Those that look alike count as one. */
async function hueOfPerson({ client, name }) {
  const { id } = await client.request("identity.show", {});
  return hueOf({ authorId: id, author: name }) % 6;
}

async function untilThere(client, room, id, isOwn) {
  for (const end = performance.now() + 20_000; performance.now() < end; await sleep(10)) {
    const { messages } = await client.request("message.list", { room, limit: 5 });
    const message = messages.find((one) => one.id === id);
    if (message && message.position !== null && (!isOwn || message.state === "delivered")) return;
  }
  throw new Error("a line did not arrive");
}
