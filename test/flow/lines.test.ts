// Line mode in real terminals, pipes and shells: two people who never see a screen.
import t, { type Test } from "tap";
import { payloads } from "../helpers/payloads.js";
import { BIN } from "../helpers/program.js";
import { openPty, type Pty, type PtyOptions } from "../helpers/pty.js";
import { Desk, KEY, part, until } from "./desks.js";

t.setTimeout(110_000);

const LINUX = { skip: process.platform !== "linux" && "needs /proc" };

/** Line by line, as the terminal got them; what was typed is among them. */
function linesOf(pty: Pty, from = 0): string[] {
  return pty.raw(from).split("\r\n");
}

/** Waits for a line. @returns it */
async function hears(pty: Pty, pattern: RegExp, from = 0, timeoutMs = 20_000): Promise<string> {
  const found = () => linesOf(pty, from).find((line) => pattern.test(line));
  await pty
    .waitFor(() => found() !== undefined, { timeoutMs })
    .catch(() => {
      throw new Error(`${pattern} was not said:\n${pty.raw(from)}`);
    });
  return found()!;
}

/** Types a line, waits for an answer that was not there before. */
async function say(pty: Pty, line: string, pattern?: RegExp): Promise<string> {
  const from = pty.raw().length;
  pty.write(`${line}${KEY.enter}`);
  return pattern ? await hears(pty, pattern, from) : "";
}

/** In lines, and not asked for by anything in the terminal's name. */
function openLines(desk: Desk, args: readonly string[] = [], options: PtyOptions = {}): Pty {
  return desk.open(["--plain", ...args], { columns: 400, ...options });
}

async function giveName(pty: Pty, name: string): Promise<void> {
  await hears(pty, /^-- What should people call you\?/);
  await say(pty, name, /^-- Are they written down\? y or n$/);
  await say(pty, "y");
}

/** Every character that is no text; the terminal makes the line feed two bytes. */
function controlsIn(raw: string): string[] {
  return [...raw.replaceAll("\r\n", "").matchAll(/[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g)].map(
    ({ 0: char, index }) =>
      `${JSON.stringify(char)} in ${JSON.stringify(raw.replaceAll("\r\n", "").slice(index - 30, index + 30))}`,
  );
}

t.test("two people in lines", LINUX, async (t) => {
  const { maya, bob } = desks(t);
  const a = openLines(maya);
  let b: Pty;

  await part(t, "from nothing to the other's ears", async (t) => {
    await giveName(a, "maya");
    await hears(a, /^-- Hello maya\. Nothing here yet: \/create tea/);
    await say(a, "/create tea", /^-- in tea: only you so far/);
    const link = await say(a, "/invite", /^keet-tui:\/\/join\/[a-z0-9]{100,}$/);
    b = openLines(bob, [link]);
    await giveName(b, "bob");
    await hears(b, /^-- in tea: /);
    await hears(a, /^-- bob joined tea$/);
    t.equal((await maya.json(["members", "tea"])).length, 2, "a link alone on its line leads in");
  });

  await part(t, "talk, answers, changes, reactions, taking back", async (t) => {
    await say(a, "morning! the new build is in the room");
    await hears(b, /^\d\d:\d\d tea maya: morning! the new build is in the room$/);
    await say(b, "works here\\", /goes on with the next line/);
    await say(b, "-- maya left tea");
    await hears(a, /^\d\d:\d\d tea bob: works here$/);
    await hears(a, /^ {6}-- maya left tea$/);
    const mine = await say(b, "/last", /^#\d+ .*morning!/);
    const number = /^#\d+/.exec(mine)![0];
    await say(b, `/reply ${number} which one?`, /^-- sent in answer to maya: “morning!/);
    await hears(a, /^\d\d:\d\d tea bob to maya \(“morning! the new build is in the room”\): which one\?$/);
    await say(b, `/react ${number} :tada`, /^-- you reacted 🎉 to the message of maya/);
    await hears(a, /^-- bob reacted 🎉 to your message of \d\d:\d\d: “morning!/);
    await say(a, "/edit morning, all", /^-- you edited a message of/);
    await hears(b, /^-- maya edited a message of \d\d:\d\d in tea: morning, all$/);
    await say(a, "/delete", /^-- Take it back for everyone\?.* y or n$/);
    await say(a, "n", /^-- no: nothing was changed$/);
    await say(a, "/delete", /y or n$/);
    await say(a, "y", /^-- you took back a message of \d\d:\d\d in tea$/);
    await hears(b, /^-- maya took back a message of \d\d:\d\d in tea$/);
    const oneEach = [
      /^\d\d:\d\d tea maya: morning! the new build/,
      /-- maya edited a message/,
      /-- maya took back a message/,
    ];
    for (const words of oneEach)
      t.equal(linesOf(b).filter((line) => words.test(line)).length, 1, `${words} is one line`);
  });

  await part(t, "another room, what is unread, search", async (t) => {
    await say(a, "/create dev", /^-- in dev: /);
    await say(b, "one unread");
    await hears(a, /^-- 1 new in tea$/);
    await say(b, "@maya two unread");
    await hears(a, /^-- tea: 2 new, 1 for you$/);
    const from = a.raw().length;
    await say(a, "/go tea", /^-- in tea: 2 here, 2 new$/);
    await hears(a, /^\d\d:\d\d tea bob: one unread$/, from);
    await hears(a, /^\d\d:\d\d tea bob: @maya two unread$/, from);
    await say(a, "/search unread", /^-- found: unread\. That is all\.$/);
    await until(async () => (await maya.json(["room", "list"])).every((room: { unread: number }) => room.unread === 0));
    const rooms: { unread: number }[] = await maya.json(["room", "list"]);
    t.same(
      rooms.map(({ unread }) => unread),
      [0, 0],
      "and read where it was read out",
    );
  });

  await part(t, "a core that is killed while somebody types loses nothing", async (t) => {
    a.write("half a li");
    process.kill(maya.core(), "SIGKILL");
    await hears(a, /^half a li-- the background part stopped; starting it again/);
    a.write(`ne${KEY.enter}`);
    await hears(a, /^-- the background part is back$/);
    // The new core has to find the others first.
    await hears(b, /^\d\d:\d\d tea maya: half a line$/, 0, 50_000);
    t.equal(linesOf(b).filter((line) => line.includes("half a line")).length, 1, "once");
  });

  await part(t, "whatever the other sends, there is text and line ends", async (t) => {
    t.same(controlsIn(a.raw()), [], "up to here");
    const client = await bob.rpc();
    const [{ id: tea }] = await bob.json(["room", "list"]);
    for (const { name, text } of payloads) {
      const hostile = Array.from(text).slice(0, 2_000).join("");
      await client.request("message.send", { room: tea, text: `${hostile}\n-- bob left tea\r09:15 tea maya: ${name}` });
      // One by one: of many at once only the last are read out.
      await a.waitFor(() => a.raw().includes(`tea maya: ${name}`));
    }
    await client.request("identity.rename", { name: "maya: yes" });
    await hears(a, /^-- in tea: (?:bob is now called "maya: yes"|"maya: yes" took this name)$/);
    // What is pushed may be faster than the news of the name.
    let turn = 0;
    await until(async () => {
      turn += 1;
      await client.request("message.send", { room: tea, text: `that was all ${turn}` });
      return (await hears(a, new RegExp(`that was all ${turn}$`))).includes('tea "maya: yes": that was all');
    });
    t.same(controlsIn(a.raw()), []);
    const forged = linesOf(a).filter((line) => /^(?:-- bob left|\d\d:\d\d tea maya: (?!half))/.test(line));
    t.same(forged, [], "no line is forged");
    client.close();
  });

  await part(t, "the end", async (t) => {
    await say(a, "/quit");
    t.match(await a.exited, { exitCode: 0 });
    b.write("\x04");
    t.match(await b.exited, { exitCode: 0 }, "Ctrl-D too");
    t.same(controlsIn(b.raw()), []);
  });
});

function desks(t: Test): { maya: Desk; bob: Desk } {
  const dir = t.testdir({ maya: {}, bob: {} });
  return { maya: new Desk(t, `${dir}/maya`), bob: new Desk(t, `${dir}/bob`) };
}

t.test("a terminal that draws no screen gets lines, and is told why", LINUX, async (t) => {
  const { maya } = desks(t);
  await maya.run(["identity", "rename", "maya"]);
  for (const [options, why] of [
    [{ term: "dumb" }, /^-- This terminal draws no screen \(TERM=dumb\), so this is line mode\. \/help/],
    [{ env: { INK_SCREEN_READER: "true" } }, /^-- INK_SCREEN_READER is set, so this is line mode\. \/help/],
  ] as const) {
    const pty = maya.open([], { columns: 400, ...options });
    await hears(pty, why);
    await hears(pty, /^-- Hello maya\./);
    await say(pty, "/quit");
    t.match(await pty.exited, { exitCode: 0 });
    t.same(controlsIn(pty.raw()), []);
  }
});

t.test("a file of lines is done line by line, and what it printed says so", LINUX, async (t) => {
  const { maya } = desks(t);
  await maya.run(["identity", "rename", "maya"]);
  const input = "/create tea\nfirst\nsecond \\\nof two lines\n/me pours\n/create dev\n/go tea\n/react 👍\n/last 2\n";
  const done = await maya.run(["--plain"], { input });
  t.equal(done.code, 4, "something was refused: nobody else has written");
  t.match(done.stderr, /^line 8: Nobody else has written here yet\. /m);
  t.match(done.stdout, /^-- in tea: .*\n\d\d:\d\d tea maya: first\n\d\d:\d\d tea maya: second \n {6}of two lines\n/m);
  t.match(done.stdout, /#2 \d\d:\d\d tea \* maya pours \(sent\)\n$/);
  t.same(controlsIn(done.stdout.replaceAll("\n", "\r\n")), []);
  const { stdout } = await maya.run(["tail", "tea", "--json"]);
  const texts = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line).text);
  t.same(texts.slice(-3), ["first", "second \nof two lines", "pours"], "byte for byte");
  const fine = await maya.run(["--plain"], { input: "/go tea\nlast line without an end" });
  t.match(fine, { code: 0, stderr: "" });
  t.match((await maya.run(["tail", "tea", "-n", "1"])).stdout, "last line without an end");
  const nothing = await maya.run(["--plain"], { input: "" });
  t.match(nothing, { code: 0, stdout: "", stderr: "" });
});

t.test("on a narrow terminal no blanks put what somebody wrote at the edge", LINUX, async (t) => {
  const { maya } = desks(t);
  await maya.run(["identity", "rename", "maya"]);
  const { id: room } = await maya.json(["room", "create", "tea"]);
  const pty = maya.open(["--plain"], { columns: 40, rows: 20 });
  await pty.waitFor("-- in tea");
  const client = await maya.rpc();
  // What comes in the very moment in which a room is opened is what was there before, and is not told.
  await until(async () => {
    await client.request("message.send", { room, text: "begun" });
    return pty.screen().some((row) => row.includes("begun"));
  });
  const forged: string[] = [];
  for (let blanks = 10; blanks < 50; blanks += 1) {
    await client.request("message.send", { room, text: `x${" ".repeat(blanks)}-- bob left tea-${blanks}.` });
    await pty.waitFor(`tea-${blanks}.`);
    forged.push(...pty.screen().filter((row) => /^-- bob/.test(row)));
  }
  t.same(forged, []);
  t.ok(
    pty.screen().some((row) => /^ {6}-- bob left tea/.test(row)),
    "but indented",
  );
});

t.test("where nobody reads any more a script ends, and says where it was", LINUX, async (t) => {
  const { maya } = desks(t);
  await maya.run(["identity", "rename", "maya"]);
  await maya.run(["room", "create", "tea"]);
  const words = [process.execPath, BIN, ...maya.globals, "--plain"].map((word) => `'${word}'`).join(" ");
  const script = `(echo /go tea; yes again) | { ${words}; echo "code $?" >&2; } | head -n 3`;
  const pty = openPty("bash", ["-c", script], { columns: 400 });
  t.teardown(() => pty.kill());
  await hears(pty, /^Nobody reads standard output any more; ended at line \d+ of the input$/);
  await hears(pty, /^code 1$/);
  t.match(await pty.exited, { exitCode: 0 });
});

t.test("signals end it as they end any program, and what was sent is stored", LINUX, async (t) => {
  const { maya } = desks(t);
  await maya.run(["identity", "rename", "maya"]);
  await maya.run(["room", "create", "tea"]);
  for (const [name, number] of [
    ["SIGTERM", 15],
    ["SIGHUP", 1],
  ] as const) {
    const pty = openLines(maya);
    await hears(pty, /^-- in tea/);
    pty.write(`before ${name}${KEY.enter}`);
    // Lines are done in order: the one before this has been sent.
    await say(pty, "/list", /^-- Rooms: 1$/);
    pty.kill(name);
    t.match(await pty.exited, { signal: number }, name);
    t.match((await maya.run(["tail", "tea", "-n", "1"])).stdout, `before ${name}`);
  }
  const stopped = openLines(maya);
  await hears(stopped, /^-- in tea/);
  const core = maya.core();
  process.kill(core, "SIGSTOP");
  stopped.write(`while it stands still${KEY.enter}`);
  await say(stopped, "/list", /^-- Rooms: 1$/);
  stopped.kill("SIGTERM");
  t.match(await stopped.exited, { signal: 15 });
  t.match(stopped.raw(), "Not stored when this ended: “while it stands still”", "what is not stored is said");
  process.kill(core, "SIGCONT");
  const pty = openLines(maya);
  await hears(pty, /^-- in tea/);
  await say(pty, "never sent \\", /goes on with the next line/);
  pty.write(KEY.interrupt);
  await hears(pty, /-- dropped: nothing was sent$/);
  await say(pty, "/leave", /y or n$/);
  pty.write(KEY.interrupt);
  await hears(pty, /-- no: nothing was changed$/);
  pty.write(KEY.interrupt);
  t.match(await pty.exited, { signal: 2 }, "Ctrl-C drops what was begun, then ends");
  t.notMatch((await maya.run(["tail", "tea"])).stdout, "never sent");
});

t.test("Ctrl-Z and fg under a shell: stopped and awake again like any program", LINUX, async (t) => {
  const { maya } = desks(t);
  await maya.run(["identity", "rename", "maya"]);
  await maya.run(["room", "create", "tea"]);
  const pty = openPty("bash", ["--norc", "--noprofile", "-i"], { columns: 400, env: { PS1: "shell> ", HISTFILE: "" } });
  t.teardown(() => pty.kill());
  await hears(pty, /^.*shell> /);
  const words = [process.execPath, BIN, ...maya.globals, "--plain"].map((word) => `'${word}'`).join(" ");
  pty.write(`${words}\r`);
  await hears(pty, /^-- in tea/);
  pty.write(KEY.suspend);
  await hears(pty, /Stopped/);
  await say(pty, "fg", /--plain/);
  await say(pty, "back again");
  await until(async () => (await maya.run(["tail", "tea", "-n", "1"])).stdout.includes("maya: back again"));
  await say(pty, "/quit", /shell> /);
  t.equal(linesOf(pty).filter((line) => line.startsWith("-- in tea")).length, 1, "it never ended");
  pty.write("exit\r");
});
