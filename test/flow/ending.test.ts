// Every way a screen can end, and what is left when it has.
import { type ChildProcess, spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import { BIN, isRunning } from "../helpers/program.js";
import { openPty, type Pty } from "../helpers/pty.js";
import { Desk, enter, KEY, livingIn, sees, still, type, until } from "./desks.js";

t.setTimeout(110_000);

const LINUX = { skip: process.platform !== "linux" && "needs /proc" };
/** A core stays this long after its last client, and closes within two seconds more. */
const CORE_GONE_MS = 10_000;

/** A profile with a name and a room, whose core has gone. */
async function desk(t: Test, dir: string = t.testdir()): Promise<Desk> {
  const one = new Desk(t, dir);
  await one.json(["room", "create", "tea"]);
  await one.run(["daemon", "stop"]);
  return one;
}

/** The modes that the bytes leave on; those of the private ones that are off at the start. */
function modesLeft(raw: string): string[] {
  const modes = new Map<string, boolean>([["25", true]]);
  for (const [, numbers = "", to] of raw.matchAll(/\x1b\[\?([\d;]+)([hl])/g)) {
    for (const number of numbers.split(";")) modes.set(number, to === "h");
  }
  const left = [...modes].filter(([mode, isOn]) => isOn !== (mode === "25")).map(([mode]) => mode);
  const kitty = [...raw.matchAll(/\x1b\[([><])\d*u/g)].reduce((depth, [, way]) => depth + (way === ">" ? 1 : -1), 0);
  const title = [...raw.matchAll(/\x1b\[(22|23);2t/g)].reduce((depth, [, way]) => depth + (way === "22" ? 1 : -1), 0);
  return [...left, ...(kitty > 0 ? ["kitty"] : []), ...(title > 0 ? ["title"] : [])];
}

function restored(t: Test, raw: string): void {
  t.same(modesLeft(raw), [], "every mode as it was");
  const end = raw.slice(-1_000);
  for (const off of ["?1049l", "?2004l", "?1004l", "?1007l", "?25h"]) t.ok(end.includes(`\x1b[${off}`), off);
}

async function coreLeaves(t: Test, { home }: Desk): Promise<void> {
  await until(() => home.cores().length === 0, CORE_GONE_MS);
  t.same(home.cores(), [], "the core it had started has gone");
  t.same(livingIn(home.dir), [], "no process is left");
}

/** The screen under `sh`, which says how it ended and what the terminal is like then. */
function openUnderShell(t: Test, one: Desk): Pty {
  const words = [process.execPath, BIN, ...one.globals].map((word) => `'${word}'`).join(" ");
  const pty = openPty("sh", ["-c", `${words}; echo "code=$?"; stty -a | tail -n 5; echo end-of-stty`]);
  t.teardown(() => pty.kill());
  return pty;
}

t.test("asked for, it closes: exit 0, the terminal as it was", LINUX, async (t) => {
  const one = await desk(t);
  for (const [name, leave] of [
    ["Ctrl-C, Ctrl-C", [KEY.interrupt, KEY.interrupt]],
    ["Ctrl-C, y", [KEY.interrupt, "y"]],
    ["/quit", ["/quit", KEY.enter]],
  ] as const) {
    const pty = openUnderShell(t, one);
    await pty.waitFor("made this room");
    pty.write(leave[0]);
    await pty.waitFor(leave[0] === KEY.interrupt ? "Quit?" : "> /quit");
    const begin = performance.now();
    pty.write(leave[1]);
    await sees(t, pty, "end-of-stty", `${name}: the shell goes on`);
    t.ok(performance.now() - begin < 2_000, "within two seconds");
    t.match(pty.screen().join("\n"), "code=0");
    const shell = pty.screen().join("\n");
    for (const mode of ["icanon", "echo", "isig", "icrnl", "opost"])
      t.match(shell, new RegExp(`(^|\\s)${mode}\\b`), mode);
    restored(t, pty.raw());
    t.notMatch(shell, "made this room", "what was on the screen is not on the shell's");
  }
  const pty = one.open();
  await pty.waitFor("made this room");
  pty.write(KEY.interrupt);
  await pty.waitFor("Quit?");
  pty.write("n");
  await sees(t, pty, (screen) => !screen.text().join().includes("Quit?"), "any other key: no");
  t.ok(isRunning(pty.pid));
  pty.write(KEY.interrupt);
  await pty.waitFor("Quit?");
  pty.write(KEY.enter);
  t.match(await pty.exited, { exitCode: 0 });
  await coreLeaves(t, one);
});

t.test("signals: the terminal first, then it ends by the signal; what was typed is kept", LINUX, async (t) => {
  const one = await desk(t);
  for (const [signal, number] of [
    ["SIGTERM", 15],
    ["SIGHUP", 1],
    ["SIGINT", 2],
  ] as const) {
    const pty = one.open();
    await pty.waitFor("made this room");
    await pty.waitFor((screen) => screen.text().at(-2)!.includes(">"));
    const begin = performance.now();
    process.kill(pty.pid, signal);
    const exit = await pty.exited;
    t.ok(performance.now() - begin < 2_000, "within two seconds");
    t.match(exit, { signal: number }, `it ended by ${signal}`);
    restored(t, pty.raw());
  }
  await coreLeaves(t, one);
});

/** A program on a terminal that can be torn away: Python holds the master. */
function underTornTerminal(t: Test, one: Desk): { child: ChildProcess; pid: Promise<number> } {
  const code = [
    "import os, pty, sys, time",
    "pid, master = pty.fork()",
    "if pid == 0:",
    "    os.environ['TERM'] = 'xterm-256color'",
    "    os.execv(sys.argv[1], sys.argv[1:])",
    "print(pid, flush=True)",
    "seen = b''",
    "while b'made this room' not in seen: seen += os.read(master, 65536)",
    "print('seen', flush=True)",
    "sys.stdin.readline()",
    "os.close(master)",
    "print('closed', flush=True)",
    "sys.stdin.readline()",
  ].join("\n");
  const child = spawn("python3", ["-c", code, process.execPath, BIN, ...one.globals], {
    stdio: ["pipe", "pipe", "inherit"],
    env: one.home.env({ LANG: "C.UTF-8" }),
  });
  t.teardown(() => child.kill("SIGKILL"));
  const pid = new Promise<number>((done) => {
    child.stdout!.once("data", (bytes) => done(Number.parseInt(String(bytes), 10)));
  });
  return { child, pid };
}

t.test("the terminal torn away: gone within two seconds, the draft kept, nothing spins", LINUX, async (t) => {
  const one = await desk(t);
  for (let round = 0; round < 3; round += 1) {
    const { child, pid } = underTornTerminal(t, one);
    const screen = await pid;
    let said = "";
    child.stdout!.on("data", (bytes) => {
      said += bytes;
    });
    await until(() => said.includes("seen"));
    child.stdin!.write("\n");
    await until(() => said.includes("closed"));
    await until(() => !isRunning(screen), 2_000);
    t.notOk(isRunning(screen), "the screen has gone");
    child.stdin!.end("\n");
  }
  await coreLeaves(t, one);
});

t.test("no terminal at its input: it explains itself, and draws nothing", LINUX, async (t) => {
  const one = await desk(t);
  const words = [process.execPath, BIN, ...one.globals].map((word) => `'${word}'`).join(" ");
  const pty = openPty("sh", ["-c", `${words} < /dev/null; echo "code=$?"`]);
  t.teardown(() => pty.kill());
  await sees(t, pty, "code=2", "exit 2");
  await sees(t, pty, "keet-tui send", "in a few lines");
  t.notMatch(pty.raw(), "\x1b[?1049h");
});

t.test("the keyboard's end, while the screen is still there: exit 0, modes as they were", LINUX, async (t) => {
  const one = await desk(t);
  const code = [
    "import os, pty, select, subprocess, sys",
    "keys, keyboard = os.openpty()",
    "glass, screen = os.openpty()",
    "child = subprocess.Popen(sys.argv[1:], stdin=keyboard, stdout=screen, start_new_session=True)",
    "os.close(keyboard)",
    "os.close(screen)",
    "seen = b''",
    "while b'made this room' not in seen: seen += os.read(glass, 65536)",
    "os.close(keys)",
    "while True:",
    "    try: part = os.read(glass, 65536)",
    "    except OSError: break",
    "    if not part: break",
    "    seen += part",
    "code = child.wait(5)",
    "sys.stdout.buffer.write(seen)",
    "sys.exit(code)",
  ].join("\n");
  const child = spawn("python3", ["-c", code, process.execPath, BIN, ...one.globals], {
    stdio: ["ignore", "pipe", "inherit"],
    env: one.home.env({ LANG: "C.UTF-8" }),
  });
  t.teardown(() => child.kill("SIGKILL"));
  let raw = "";
  child.stdout.setEncoding("latin1").on("data", (bytes) => {
    raw += bytes;
  });
  const exit = await new Promise((done) => child.on("close", done));
  t.equal(exit, 0);
  restored(t, raw);
  await coreLeaves(t, one);
});

t.test("told to stay, or with an invite that can still be used, the core stays without a screen", LINUX, async (t) => {
  const folder = t.testdir({});
  const [one, two] = [await desk(t, join(folder, "one")), await desk(t, join(folder, "two"))];
  const detached = one.open();
  await detached.waitFor("made this room");
  const core = one.core();
  await type(detached, "/detach");
  detached.write(KEY.enter);
  const leaving = await Promise.race([
    detached.exited.then(() => "gone"),
    detached.waitFor("Leave all the same?", { timeoutMs: 5_000 }).then(() => "asked"),
  ]);
  if (leaving === "asked") detached.write(KEY.enter);
  t.match(await detached.exited, { exitCode: 0 });
  restored(t, detached.raw());

  const inviting = two.open();
  await inviting.waitFor("made this room");
  await enter(inviting, "/invite");
  await inviting.waitFor("keet-tui://join/");
  inviting.write(KEY.escape);
  await inviting.waitFor((screen) => !screen.text().join().includes("keet-tui://join/"));
  inviting.write(KEY.interrupt);
  await inviting.waitFor("Quit?");
  inviting.write(KEY.enter);
  await inviting.exited;

  const begin = performance.now();
  await until(() => performance.now() - begin > 5_500);
  t.same(one.home.cores(), [core], "told to: it stays longer than one that nobody asked to");
  t.match(await one.json(["daemon", "status"]), { pid: core, stays: true });
  t.equal(two.home.cores().length, 1, "invite: somebody may still come");
  t.match((await two.json(["daemon", "status"])).open.join(), /invite/);
  for (const { home, run } of [one, two].map((who) => ({ home: who.home, run: () => who.run(["daemon", "stop"]) }))) {
    t.equal((await run()).code, 0);
    await until(() => home.cores().length === 0, 3_000);
    t.same(livingIn(home.dir), []);
  }
});

t.test("C10: Ctrl-Z and fg: back at the new size, the draft untouched, the core never stopped", LINUX, async (t) => {
  const one = await desk(t);
  const pty = openPty("bash", ["--norc", "--noprofile", "-i"], { env: { PS1: "shell> ", HISTFILE: "" } });
  t.teardown(() => pty.kill());
  await pty.waitFor("shell>");
  const words = [process.execPath, BIN, ...one.globals].map((word) => `'${word}'`).join(" ");
  pty.write(`${words}\r`);
  await pty.waitFor("made this room");
  await type(pty, "half a thought");
  const core = one.core();
  pty.write(KEY.suspend);
  await sees(t, pty, "Stopped", "the shell is back");
  // What comes after that is the shell's own line.
  t.same(modesLeft(pty.raw().split("Stopped")[0]!), [], "with the modes of a shell");
  pty.write("stty -a | tr ';' '\\n' | grep -w -e icanon\r");
  await sees(t, pty, / icanon/, "and its keyboard");
  const [status] = await Promise.all([one.json(["daemon", "status"])]);
  t.equal(status.pid, core, "the core answers meanwhile");
  pty.resize({ columns: 100, rows: 30 });
  pty.write("fg\r");
  await sees(t, pty, (screen) => /^ tea .*\?\s*$/.test(screen.text()[0]!) && screen.text().length === 30, "fg returns");
  await sees(t, pty, (screen) => screen.text()[28]!.startsWith(" > half a thought"), "with the draft, at the new size");
  pty.write(KEY.interrupt);
  await pty.waitFor("Cleared");
  pty.write(KEY.interrupt);
  await pty.waitFor("Quit?");
  pty.write(KEY.enter);
  await sees(t, pty, (screen) => screen.text().filter((line) => line.includes("shell>")).length > 0, "and quits");
  pty.write("exit\r");
});

t.test("C10: Ctrl-Z where nothing could wake it again: it stays, and says so", LINUX, async (t) => {
  const one = await desk(t);
  const pty = one.open();
  await pty.waitFor("made this room");
  pty.write(KEY.suspend);
  await sees(t, pty, "Nothing here could wake it again, so it stays", "a notice");
  await sees(t, pty, "made this room", "the screen is back");
});

t.test("C11: a terminal of 0 by 0 is one of 80 by 24 until it says more", LINUX, async (t) => {
  const one = await desk(t);
  const words = [process.execPath, BIN, ...one.globals].map((word) => `'${word}'`).join(" ");
  const pty = openPty("sh", ["-c", `stty rows 0 cols 0; ${words}`]);
  t.teardown(() => pty.kill());
  await pty.waitFor("made this room");
  t.match((await still(pty)).at(-1), /^ tea .*\d\d:\d\d/, "24 rows of 80");
  const busy = cpuMs(pty.pid);
  const begin = performance.now();
  await until(() => performance.now() - begin > 1_000);
  t.ok(cpuMs(pty.pid) - busy < 300, "and no loop");
  pty.resize({ columns: 100, rows: 30 });
  await sees(t, pty, (screen) => / \d\d:\d\d/.test(screen.text()[29]!), "then the right one");
});

t.test("200 sizes in a few seconds", LINUX, async (t) => {
  const one = await desk(t);
  const pty = one.open();
  await pty.waitFor("made this room");
  await type(pty, "still here");
  let seed = 1;
  const random = (below: number) => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return seed % below;
  };
  for (let round = 0; round < 200; round += 1) {
    pty.resize({ columns: 1 + random(300), rows: 1 + random(100) });
    await new Promise((done) => setTimeout(done, 10));
  }
  pty.resize({ columns: 80, rows: 24 });
  await sees(t, pty, (screen) => screen.text()[22]!.startsWith(" > still here"), "the draft is where it was");
  const rows = await still(pty);
  t.match(rows[0], /^ tea .*\?/);
  t.match(rows[21], /^─{17}┴─{62}$/);
  t.match(rows.at(-1), /^ tea .*\d\d:\d\d/);
  t.equal(rows.length, 24);
  t.ok(isRunning(pty.pid));
});

/** CPU time of a process and all below it, in ms. */
function cpuMs(root: number): number {
  let ticks = 0;
  const parents = new Map<number, number>();
  const times = new Map<number, number>();
  for (const name of readdirSync("/proc").filter((entry) => /^\d+$/.test(entry))) {
    try {
      const stat = readFileSync(join("/proc", name, "stat"), "utf8");
      const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      parents.set(Number(name), Number(fields[1]));
      times.set(Number(name), Number(fields[11]) + Number(fields[12]));
    } catch {
      // It has gone.
    }
  }
  for (const [pid, time] of times) {
    for (let at: number | undefined = pid; at; at = parents.get(at)) {
      if (at !== root) continue;
      ticks += time;
      break;
    }
  }
  return ticks * 10;
}
