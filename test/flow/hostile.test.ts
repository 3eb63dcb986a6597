// Somebody in the room writes what it likes into every field there is. The honest one's terminal must not notice.
import { mkdirSync } from "node:fs";
import t, { type Test } from "tap";
import { type Core, openCore } from "../../src/p2p/index.js";
import type { Op } from "../../src/p2p/spec/generated/types.js";
import { type Payload, payloads } from "../helpers/payloads.js";
import type { Pty } from "../helpers/pty.js";
import { Desk, enter, giveName, KEY, part, sees, still, type, until } from "./desks.js";

t.setTimeout(110_000);

const LINUX = { skip: process.platform !== "linux" && "needs /proc" };
const COLUMNS = 120;
const ROWS = 40;

/** Whoever this is has a real core and a real place in the room, and no manners. */
async function hostileCore(t: Test, folder: string): Promise<Core> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const core = await openCore({ folder, bootstrap: [{ host: "127.0.0.1", port: 9 }], lan: true });
  t.teardown(() => core.close());
  await core.createIdentity("eve");
  return core;
}

/** As many whole characters as fit into so many bytes. */
function fitting(text: string, bytes: number): string {
  let fits = "";
  for (const char of text) {
    if (Buffer.byteLength(fits + char) > bytes) break;
    fits += char;
  }
  return fits;
}

/** What UTF-8 makes of it: halves of characters cannot be sent. */
const asSent = (text: string) => Buffer.from(text).toString();

// --- an independent reader of what a terminal is sent

interface Foreign {
  readonly what: string;
  readonly around: string;
}

const PRIVATE_MODES = new Set(["25", "1004", "1007", "1049", "2004", "2026"]);

/** Everything that is neither text nor one of the sequences this program has a use for. */
function foreignIn(raw: string, { columns, rows }: { columns: number; rows: number }): Foreign[] {
  const found: Foreign[] = [];
  let at = 0;
  const report = (what: string) =>
    found.push({ what, around: JSON.stringify(raw.slice(Math.max(0, at - 30), at + 40)) });
  while (at < raw.length) {
    const code = raw.charCodeAt(at);
    if (code === 0x1b) {
      const sequence = sequenceAt(raw, at);
      const why = sequence === null ? "unfinished" : whyForeign(sequence, columns, rows);
      if (why) report(why);
      at += sequence?.length ?? 1;
      continue;
    }
    // Every row is gone to by its number, so not even a line end is sent.
    if (code < 0x20) report(`C0 ${code.toString(16)}`);
    else if (code >= 0x7f && code < 0xa0) report(`C1 ${code.toString(16)}`);
    else if (/[\u061c\u200e\u200f\u2028-\u202e\u2066-\u206f\ufff9-\ufffb]/.test(raw[at]!)) report("direction control");
    at += 1;
  }
  return found;
}

function sequenceAt(raw: string, at: number): string | null {
  const rest = raw.slice(at, at + 20_000);
  const scroll = /^\x1b\[(\d+);(\d+)r\x1b\[\d+[ST]\x1b\[r/.exec(rest);
  if (scroll) return scroll[0];
  const shapes = [/^\x1b\[[0-?]*[ -/]*[@-~]/, /^\x1b[\]PX^_k][^\x07\x1b]*(?:\x07|\x1b\\)/, /^\x1b[ -/]*[0-Z`-~\\]/];
  for (const shape of shapes) {
    const match = shape.exec(rest);
    if (match) return match[0];
  }
  return null;
}

function whyForeign(sequence: string, columns: number, rows: number): string | null {
  const quoted = JSON.stringify(sequence.slice(0, 60));
  const scroll = /^\x1b\[(\d+);(\d+)r\x1b\[(\d+)[ST]\x1b\[r$/.exec(sequence);
  if (scroll) return Number(scroll[2]) <= rows && Number(scroll[3]) < rows ? null : quoted;
  const csi = /^\x1b\[([?>=<]?)([\d;]*)(\$?)([@-~])$/.exec(sequence);
  if (csi) {
    const [, mark = "", body = "", dollar = "", end = ""] = csi;
    const numbers = body.split(";").map(Number);
    const fits = numbers.length <= 2 && numbers[0]! <= Math.max(columns, rows) && (numbers[1] ?? 0) <= columns;
    if (mark === "?" && (end === "h" || end === "l") && body.split(";").every((mode) => PRIVATE_MODES.has(mode))) {
      return null;
    }
    if (mark === "?" && dollar === "$" && end === "p" && body === "2026") return null;
    if ((mark === "?" || mark === "<") && end === "u" && body === "") return null;
    if (mark === ">" && end === "u" && body === "1") return null;
    if (mark === ">" && end === "q" && body === "") return null;
    if (mark !== "" || dollar !== "") return `CSI ${quoted}`;
    if (end === "m") return isColour(body) ? null : quoted;
    if (end === "H") return fits ? null : `far away: ${quoted}`;
    if ("ABCDGX".includes(end)) return numbers.length === 1 && fits ? null : `far away: ${quoted}`;
    if (end === "K" || end === "J") return body === "" ? null : quoted;
    if (end === "c") return body === "" ? null : quoted;
    if (end === "t") return body === "22;2" || body === "23;2" ? null : quoted;
    return `CSI ${quoted}`;
  }
  if (/^\x1b\]2;(?:[^\x00-\x1f\x7f-\x9f]* · )?keet-tui\x1b\\$/.test(sequence)) return null;
  if (/^\x1b\]8;(?:;|id=[\da-z]+;https?:\/\/[\x21-\x7e]+)\x1b\\$/.test(sequence)) return null;
  if (sequence === "\x1b]11;?\x1b\\") return null;
  return quoted;
}

/** Nothing that blinks or hides; of the 5 in `38;5;167` nobody blinks. */
function isColour(body: string): boolean {
  const numbers = body
    .replace(/(?:^|;)38;5;\d{1,3}(?=;|$)/g, "")
    .split(";")
    .map(Number);
  return numbers.length <= 12 && !numbers.some((number) => [5, 6, 8].includes(number));
}

/** Lines of a program: no control of any kind but their ends and, between columns, tabs. */
function controlsIn(text: string): string[] {
  return text.match(/[^\P{Cc}\n\t]|[\u061c\u200e\u200f\u2028-\u202e\u2066-\u206f\ufff9-\ufffb]/gu) ?? [];
}

t.test("the reader itself finds what is foreign", async (t) => {
  const size = { columns: COLUMNS, rows: ROWS };
  t.same(
    foreignIn(
      "\x1b[?1049h\x1b[1;1Hé 幅\x1b[0;1;7;36mx\x1b[K\x1b[2;37r\x1b[1S\x1b[r\x1b]2;tea · keet-tui\x1b\\\x1b[?2026l",
      size,
    ),
    [],
  );
  // What this program sends itself cannot be told by its shape; those are counted where it is looked for.
  const missed = payloads.slice(0, 88).filter(({ text }) => foreignIn(`x${text}y`, size).length === 0);
  t.same(
    missed.map(({ name }) => name),
    [
      "CSI H home",
      "CSI c question",
      "CSI >q version question",
      "CSI ?1049h alternate screen",
      "CSI ?1049l main screen",
      "CSI ?2004l paste marks off",
      "CSI ?2026h frozen output",
      "CSI ?25l cursor off",
    ],
  );
});

t.test("every payload in every field, on the screen of an honest one", LINUX, async (t) => {
  const dir = t.testdir({ maya: {} });
  const maya = new Desk(t, `${dir}/maya`);
  const eve = await hostileCore(t, `${dir}/eve`);
  const room = await eve.createRoom("tea", "", "group");
  const other = await eve.createRoom("another", "", "group");
  const [link, otherLink] = [await eve.makeInvite(room.id, {}), await eve.makeInvite(other.id, {})].map(
    (invite) => invite.link!,
  );
  const member = eve.room(room.id)!.member!;
  const pty = maya.open([link!], { columns: COLUMNS, rows: ROWS });
  await giveName(pty, "maya");
  await pty.waitFor("You are in tea.", { timeoutMs: 20_000 });
  await enter(pty, `/join ${otherLink}`);
  await pty.waitFor("You are in another.", { timeoutMs: 20_000 });
  pty.write(KEY.altUp);
  await pty.waitFor((screen) => screen.text()[0]!.startsWith(" tea"));

  const write = (op: Op, to = member) => to.write(op);
  const sent: string[] = [];
  const say = async (text: string) => {
    const id = (await member.send(fitting(text, 8_000))).id;
    sent.push(asSent(fitting(text, 8_000)));
    return id;
  };
  const everywhere = async ({ text }: Payload) => {
    const name = fitting(text, 60);
    await write({ type: "set-profile", name });
    await write({ type: "set-room", name, topic: fitting(text, 250) });
    await write({ type: "set-room", name: `x${fitting(name, 50)}` }, eve.room(other.id)!.member!);
    await say(text);
    await member.send(`${fitting(text, 500)} said by me`, { action: true });
  };

  await part(t, "while somebody looks", async (t) => {
    for (const [index, payload] of payloads.entries()) {
      await everywhere(payload);
      await say(`mark ${index}.`);
      await pty.waitFor(`mark ${index}.`);
    }
    await still(pty);
    t.same(foreignIn(pty.raw(), { columns: COLUMNS, rows: ROWS }), [], `${payloads.length} payloads in 6 fields`);
    counted(t, pty.raw());
    straight(t, pty);
  });

  await part(t, "in lists, pages, completions, questions and quotes", async (t) => {
    const mark = pty.raw().length;
    const picked = payloads.filter((_, index) => index % 14 === 3);
    for (const [index, payload] of picked.entries()) {
      const id = await say(payload.text);
      await write({ type: "set-profile", name: fitting(payload.text, 60) });
      await write({ type: "set-room", name: fitting(payload.text, 60), topic: fitting(payload.text, 250) });
      await write({
        type: "post-message",
        text: `quoted ${index}.`,
        replyTo: { writer: member.room.writerKey, id },
      });
      await pty.waitFor(`quoted ${index}.`);
      for (const [command, title] of [
        ["/who", "Who is in "],
        ["/room", "About"],
        ["/verify", "Who wrote this?"],
        ["/list", "Go to"],
        ["/invites", "Links into"],
      ]) {
        await enter(pty, command!);
        await pty.waitFor(title!);
        pty.write(KEY.escape);
        await pty.waitFor((screen) => !screen.text()[1]!.includes(title!));
      }
      await type(pty, "@");
      pty.write(KEY.tab);
      await still(pty);
      pty.write(KEY.tab);
      await still(pty);
      pty.write(KEY.clearLine);
      await pty.waitFor((screen) => screen.text().at(-2)!.trim() === ">");
      await enter(pty, "/leave");
      await pty.waitFor("It is forgotten on this device");
      pty.write("n");
      await pty.waitFor((screen) => !screen.text().join().includes("It is forgotten"));
      pty.write(KEY.up);
      await pty.waitFor("y copy");
      pty.write(KEY.escape);
      await pty.waitFor((screen) => !screen.text().join().includes("y copy"));
    }
    t.same(foreignIn(pty.raw(mark), { columns: COLUMNS, rows: ROWS }), []);
    straight(t, pty);
  });

  await part(t, "at other sizes", async (t) => {
    const mark = pty.raw().length;
    for (const [columns, rows] of [
      [40, 20],
      [61, 12],
      [80, 24],
      [COLUMNS, ROWS],
    ] as const) {
      pty.resize({ columns, rows });
      await still(pty);
      for (let page = 0; page < 4; page += 1) {
        pty.write(KEY.pageUp);
        await still(pty);
      }
      pty.write(KEY.end);
      await still(pty);
    }
    // After a new size Ink writes one whole frame, row by row.
    const raw = pty.raw(mark).replaceAll("\r\n", "");
    t.same(foreignIn(raw, { columns: COLUMNS, rows: ROWS }), []);
    straight(t, pty);
  });

  await part(t, "in the lines of commands; JSON gives every text back as it was sent", async (t) => {
    await write({ type: "set-profile", name: "eve\x1b]0;x\x07\u202e" });
    await say("the end");
    const id = room.id;
    await until(async () => (await maya.json(["room", "show", id.slice(0, 12)])).length > 0);
    const tail = await maya.run(["tail", id.slice(0, 12), "-n", "2000"]);
    const members = await maya.run(["members", id.slice(0, 12)]);
    const rooms = await maya.run(["room", "list"]);
    const shown = await maya.run(["room", "show", id.slice(0, 12)]);
    const invites = await maya.run(["room", "invites", id.slice(0, 12)]);
    for (const [name, { code, stdout, stderr }] of Object.entries({ tail, members, rooms, shown, invites })) {
      t.equal(code, 0, `${name}: ${stderr}`);
      t.same(controlsIn(stdout), [], name);
      t.same(controlsIn(stderr), [], name);
    }
    t.equal(rooms.stdout.trimEnd().split("\n").length, 2, "one line a room");
    const json = await maya.run(["tail", id.slice(0, 12), "-n", "2000", "--json"]);
    t.same(controlsIn(json.stdout), [], "JSON too is harmless to look at");
    const texts = json.stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line).text as string);
    t.equal(tail.stdout.trimEnd().split("\n").length, texts.length, "one line a message");
    const missing = sent.filter((text) => !texts.includes(text));
    t.same(missing, [], "exactly as they were sent");
    const refused = await maya.run(["send", "no such\x1b[2J\u202e", "x"]);
    t.equal(refused.code, 4);
    t.same(controlsIn(refused.stderr), []);
  });

  await part(t, "A19: who looks like another has a tag", async (t) => {
    for (const name of ["mаya", "MAYA", "maya\u200b", "m\u0430y\u0430 ", "rnaya".replace("rn", "m"), "ⅿaya"]) {
      await write({ type: "set-profile", name });
      await say(`I am ${name.length} letters`);
      const tag = Buffer.from(eve.identity!.key).toString("hex").slice(0, 4);
      await sees(
        t,
        pty,
        (screen) => screen.text().filter((line) => line.includes(` ${tag}`)).length >= 2,
        `${JSON.stringify(name)} is tagged where the members are, and where it writes`,
      );
      await write({ type: "set-profile", name: "eve" });
      await say(`and now ${name.length} letters`);
      await sees(t, pty, (screen) => !screen.text().join("\n").includes(` ${tag}`), "and is not when it is not");
    }
  });
});

/** What this program sends too, it sends once; the last rows may still be frozen. */
function counted(t: Test, raw: string): void {
  const count = (sequence: string) => raw.split(sequence).length - 1;
  for (const once of [
    "\x1b[c",
    "\x1b[>q",
    "\x1b[?1049h",
    "\x1b[?2004h",
    "\x1b[?1004h",
    "\x1b[?1007h",
    "\x1b]11;?\x1b\\",
  ]) {
    t.equal(count(once), 1, JSON.stringify(once));
  }
  for (const never of ["\x1b[?1049l", "\x1b[?2004l", "\x1b[?1004l", "\x1b[?1007l"]) {
    t.equal(count(never), 0, JSON.stringify(never));
  }
  t.equal(count("\x1b[?2026h"), count("\x1b[?2026l"), "every frozen frame is shown");
  // The cursor stands in the line, and is hidden while much is written.
  const isBalanced = Math.abs(count("\x1b[?25h") - count("\x1b[?25l")) <= 1;
  t.ok(isBalanced, "the cursor is shown as often as it is hidden");
}

/** Borders stand where they are drawn for every row: nothing took more or fewer cells than it was thought to. */
function straight(t: Test, pty: Pty): void {
  const { columns, rows } = pty.virtual;
  const at = columns >= 100 ? 24 : 17;
  const bent = Array.from({ length: rows - 5 }, (_, y) => pty.cell(at, y + 1).chars).filter(
    (chars) => !"│▌".includes(chars),
  );
  t.same(bent, [], "the border is straight");
}
