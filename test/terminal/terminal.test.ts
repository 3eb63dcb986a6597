import { EventEmitter } from "node:events";
import { PassThrough } from "node:stream";
import t from "tap";
import { plainText } from "../../src/safe-text.js";
import { Terminal, type TerminalOptions, usableSize } from "../../src/terminal/terminal.js";
import { payloads } from "../helpers/payloads.js";
import { openPty } from "../helpers/pty.js";

const MODES_OFF = "\x1b[?2004l\x1b[?1004l\x1b[?1007l";

class FakeOutput extends EventEmitter {
  isTTY = true;
  columns = 80;
  rows = 24;
  failure: NodeJS.ErrnoException | null = null;
  readonly written: string[] = [];

  write(data: string, done?: () => void): boolean {
    if (this.failure) throw this.failure;
    this.written.push(data);
    done?.();
    return true;
  }
}

class FakeProcess extends EventEmitter {
  readonly pid = 4711;
  platform: NodeJS.Platform = "linux";
  readonly killed: [number, string][] = [];
  onKill: () => void = () => {};

  kill(pid: number, signal: string): void {
    this.killed.push([pid, signal]);
    this.onKill();
  }
}

function open(env: NodeJS.ProcessEnv = { TERM: "xterm-256color" }, askTmux?: TerminalOptions["askTmux"]) {
  const stdin = Object.assign(new PassThrough(), {
    modes: [] as boolean[],
    setRawMode(isRaw: boolean) {
      this.modes.push(isRaw);
    },
  });
  const stdout = new FakeOutput();
  const host = new FakeProcess();
  const timers = new Set<() => void>();
  const terminal = new Terminal({
    stdin: stdin as unknown as NodeJS.ReadStream,
    stdout: stdout as unknown as NodeJS.WriteStream,
    process: host as never,
    env,
    ...(askTmux ? { askTmux } : {}),
    clock: {
      now: () => 0,
      after: (_delay, run) => {
        timers.add(run);
        return () => timers.delete(run);
      },
    },
  });
  const expire = () => {
    for (const run of [...timers]) {
      timers.delete(run);
      run();
    }
  };
  return { stdin, stdout, host, terminal, expire, text: () => stdout.written.join("") };
}

const turns = async (count: number) => {
  for (let turn = 0; turn < count; turn += 1) await new Promise((done) => setImmediate(done));
};

t.test("opening turns the modes on, restoring turns them off, once", async (t) => {
  const { terminal, stdin, text, host } = open();
  terminal.open();
  t.equal(text(), "\x1b[?2004h\x1b[?1004h\x1b[?1007h");
  t.same(stdin.modes, [true]);
  terminal.restore();
  terminal.restore();
  t.equal(text().split(MODES_OFF).length, 2);
  t.match(text(), /\x1b\[\?25h$/);
  t.same(stdin.modes, [true, false]);
  for (const event of ["SIGTERM", "SIGHUP", "SIGINT", "SIGCONT", "exit", "uncaughtExceptionMonitor"]) {
    t.equal(host.listenerCount(event), 0, event);
  }
});

t.test("the alternate screen that Ink entered is left, and Ink's last words go nowhere", async (t) => {
  const { terminal, text } = open();
  terminal.open();
  terminal.inkStdout.write("\x1b[?1049h");
  terminal.restore();
  t.equal(text().split("\x1b[?1049l").length, 2);
  const before = text();
  await new Promise<void>((done) => terminal.inkStdout.write("\x1b[?1049lframe", () => done()));
  t.equal(text(), before);
});

t.test("where Ink left it itself, it is not left twice", async (t) => {
  const { terminal, text } = open();
  terminal.open();
  terminal.inkStdout.write("\x1b[?1049h");
  terminal.inkStdout.write("\x1b[?1049l");
  terminal.restore();
  t.equal(text().split("\x1b[?1049l").length, 2);
});

t.test("every way to end restores first, and a signal then does what it does", async (t) => {
  for (const event of ["SIGTERM", "SIGHUP", "SIGINT", "exit", "uncaughtExceptionMonitor"]) {
    const { terminal, host, text } = open();
    terminal.open();
    host.emit(event);
    t.match(text(), MODES_OFF, event);
    t.same(host.killed, event.startsWith("SIG") ? [[4711, event]] : [], event);
  }
  const { terminal, host } = open();
  terminal.open();
  host.on("SIGTERM", () => {});
  host.emit("SIGTERM");
  t.same(host.killed, [], "somebody else answers this signal");
});

t.test("keys are reported, answers nobody asked for are not", async (t) => {
  const { terminal, stdin } = open();
  const events: string[] = [];
  terminal.on("input", (event) => events.push(event.type === "key" ? event.name : event.type));
  terminal.open();
  stdin.write("a\x1b[?62;22c\x1b]11;rgb:0/0/0\x07\x1b[24;80Rb");
  await turns(2);
  t.same(events, ["a", "b"]);
});

t.test("a terminal that answers tells what it can do, and gets the keyboard flags", async (t) => {
  const { terminal, stdin, text } = open();
  terminal.open();
  const asked = terminal.query();
  t.match(text(), "\x1b[c");
  stdin.write("\x1b[?0u\x1b]11;rgb:1e1e/80/f\x1b\\\x1b[?2026;2$y\x1b[?62c");
  t.same(await asked, {
    hasAnswered: true,
    background: { red: 30, green: 128, blue: 255 },
    kittyFlags: 0,
    hasSynchronizedOutput: true,
    name: null,
  });
  t.match(text(), /\x1b\[>1u$/);
  terminal.setKittyFlags(11);
  t.match(text(), /\x1b\[=11;1u$/);
  terminal.restore();
  t.match(text(), "\x1b[<u");
});

t.test("one that does not answer is waited for no longer than said, and gets none", async (t) => {
  const { terminal, expire, text } = open();
  terminal.open();
  const asked = terminal.query();
  expire();
  t.match(await asked, { hasAnswered: false, background: null, kittyFlags: null, hasSynchronizedOutput: false });
  terminal.setKittyFlags(11);
  terminal.restore();
  t.notMatch(text(), /\x1b\[[>=<]\d*(;1)?u/);
});

t.test("a size of 0 is 80 by 24, for Ink too", async (t) => {
  t.same(usableSize({ columns: 0, rows: 0 }), { columns: 80, rows: 24 });
  t.same(usableSize({ columns: 80, rows: 0 }), { columns: 80, rows: 24 });
  t.same(usableSize({}), { columns: 80, rows: 24 });
  const { terminal, stdout } = open();
  stdout.columns = 0;
  stdout.rows = 0;
  t.same([terminal.inkStdout.columns, terminal.inkStdout.rows], [80, 24]);
});

t.test("Ink hears of a resize two turns after the program", async (t) => {
  const { terminal, stdout } = open();
  terminal.open();
  const heard: string[] = [];
  terminal.on("resize", ({ columns }) => heard.push(`program ${columns}`));
  terminal.inkStdout.on("resize", () => heard.push("ink"));
  stdout.columns = 120;
  stdout.emit("resize");
  t.same(heard, ["program 120"]);
  await turns(1);
  t.same(heard, ["program 120"]);
  await turns(1);
  t.same(heard, ["program 120", "ink"]);
});

t.test("a terminal that is gone is told once and throws nothing", async (t) => {
  for (const code of ["EPIPE", "EIO"]) {
    const { terminal, stdout } = open();
    terminal.open();
    let hangups = 0;
    terminal.on("hangup", () => {
      hangups += 1;
    });
    stdout.failure = Object.assign(new Error(code), { code });
    terminal.write("x");
    await new Promise<void>((done) => terminal.inkStdout.write("y", () => done()));
    stdout.emit("error", stdout.failure);
    t.equal(hangups, 1, code);
    terminal.restore();
  }
  const { terminal, stdout } = open();
  terminal.open();
  stdout.failure = new TypeError("a bug");
  t.throws(() => terminal.write("x"), /a bug/);
});

t.test("the title is set with what is safe and the old one put back", async (t) => {
  const { terminal, text } = open();
  terminal.open();
  for (const payload of payloads) {
    terminal.setTitle(payload.text);
    const title = text().slice(text().lastIndexOf("\x1b]2;") + 4, -2);
    t.notMatch(title, /[\x00-\x1f\x7f-\x9f]/, payload.name);
    t.ok(title.length <= 100);
  }
  terminal.restore();
  t.equal(text().split("\x1b[22;2t").length, 2);
  t.equal(text().split("\x1b[23;2t").length, 2);
});

t.test("no OSC sequence on a console that would print it, and a clear screen on leaving it", async (t) => {
  const { terminal, stdin, text } = open({ TERM: "linux" });
  terminal.open();
  terminal.inkStdout.write("\x1b[?1049h");
  const asked = terminal.query();
  stdin.write("\x1b[?6c");
  t.match(await asked, { hasAnswered: true, background: null, kittyFlags: null, name: null });
  terminal.setTitle("tea");
  await terminal.notify(plainText("tea: 3 new"));
  terminal.restore();
  t.notMatch(text(), /\x1b[\]P]|\x1b\[[>=<]|\x1b\[\?u|\$/);
  t.match(text(), "\x07");
  t.match(text(), "\x1b[H\x1b[J\x1b[?1049l");
});

t.test("in screen, which keeps no title, it is given an empty one", async (t) => {
  const { terminal, text } = open({ TERM: "screen", STY: "1.pts-0" });
  terminal.open();
  terminal.setTitle("tea");
  terminal.restore();
  t.match(text(), "\x1b]2;\x07\x1b[23;2t");
});

t.test("tmux is asked at each notification, and only what the terminal called itself is believed", async (t) => {
  const asked: (string | undefined)[] = [];
  const env = { TERM: "tmux-256color", TMUX: "/tmp/tmux-0/default,1,0", TMUX_PANE: "%1" };
  let name = "foot(1.16.2)";
  const { terminal, text } = open(env, async ({ TMUX_PANE }) => {
    asked.push(TMUX_PANE);
    return { isSeen: true, passes: "seen", name };
  });
  terminal.open();
  await terminal.notify(plainText("tea"));
  t.match(text(), "\x1b\x1b]777;notify;keet-tui;tea");
  name = "xterm-256color";
  const before = text().length;
  await terminal.notify(plainText("tea"));
  t.equal(text().slice(before), "\x07", "attached from another terminal since");
  t.same(asked, ["%1", "%1"]);

  const direct = open();
  direct.terminal.open();
  const answers = direct.terminal.query();
  direct.stdin.write("\x1bP>|kitty(0.32.0)\x1b\\\x1b[?62c");
  t.match(await answers, { name: "kitty(0.32.0)" });
  await direct.terminal.notify(plainText("tea"));
  t.match(direct.text(), "\x1b]99;");
});

t.test("suspending leaves everything, stops the group, and comes back with all of it", async (t) => {
  const { terminal, host, stdin, text } = open();
  terminal.open();
  terminal.inkStdout.write("\x1b[?1049h");
  let redraws = 0;
  terminal.on("redraw", () => {
    redraws += 1;
  });
  const before = text().length;
  let isStopped = "";
  host.onKill = () => {
    isStopped = text().slice(before);
    setImmediate(() => host.emit("SIGCONT"));
  };
  t.equal(await terminal.suspend(), true);
  t.same(host.killed, [[0, "SIGTSTP"]]);
  t.equal(isStopped, `${MODES_OFF}\x1b[m\x1b[?1049l\x1b[?25h`);
  t.equal(text().slice(before + isStopped.length), "\x1b[?1049h\x1b[?2004h\x1b[?1004h\x1b[?1007h");
  t.same(stdin.modes, [true, false, true]);
  t.equal(redraws, 1);
});

t.test("lent to an editor it is a shell's terminal, and nothing is written to it or read from it", async (t) => {
  const { terminal, host, stdin, text } = open();
  terminal.open();
  terminal.inkStdout.write("\x1b[?1049h");
  let redraws = 0;
  terminal.on("redraw", () => {
    redraws += 1;
  });
  const keys: string[] = [];
  terminal.on("input", (event) => event.type === "key" && keys.push(event.name));
  const before = text().length;
  const lent = Promise.withResolvers<string>();
  const answer = terminal.lend(() => lent.promise);
  const left = `${MODES_OFF}\x1b[m\x1b[?1049l\x1b[?25h`;
  t.equal(text().slice(before), left);
  t.ok(stdin.isPaused());
  terminal.inkStdout.write("a frame");
  terminal.write("\x07");
  terminal.setTitle("tea");
  host.emit("SIGINT");
  host.emit("SIGCONT");
  t.equal(text().slice(before), left, "not one byte");
  t.same(host.killed, [], "Ctrl-C is the editor's");
  lent.resolve("edited");
  t.equal(await answer, "edited");
  t.equal(text().slice(before + left.length), "\x1b[?1049h\x1b[?2004h\x1b[?1004h\x1b[?1007h");
  t.same(stdin.modes, [true, false, true]);
  t.equal(redraws, 1);
  stdin.write("x");
  await turns(3);
  t.same(keys, ["x"]);
  host.emit("SIGINT");
  t.same(host.killed, [[4711, "SIGINT"]], "and ours again");
});

t.test("it is taken back from an editor that failed, and not from one that outlived the screen", async (t) => {
  const { terminal, text } = open();
  terminal.open();
  await t.rejects(
    terminal.lend(async () => {
      throw new Error("no editor");
    }),
    /no editor/,
  );
  t.ok(text().endsWith("\x1b[?2004h\x1b[?1004h\x1b[?1007h"));
  const before = text().length;
  await terminal.lend(async () => terminal.restore());
  t.equal(text().slice(before), `${MODES_OFF}\x1b[m\x1b[?25h`, "left once, and not entered again");
});

t.test("a cover lies over the frames, is drawn for the size there is, and goes with the next key", async (t) => {
  const { terminal, stdin, stdout, text } = open();
  terminal.open();
  let redraws = 0;
  terminal.on("redraw", () => {
    redraws += 1;
  });
  const heard: string[] = [];
  terminal.on("input", (event) => heard.push(event.type));
  const before = text().length;
  const covered = terminal.cover(({ columns }) => `lines for ${columns}`);
  terminal.inkStdout.write("a frame");
  t.equal(text().slice(before), "\x1b[m\x1b[H\x1b[2Jlines for 80");
  stdout.columns = 100;
  stdout.emit("resize");
  t.match(text(), /lines for 100$/);
  stdin.write("\x1b[O\x1b[I");
  await turns(3);
  t.same(heard, ["focus", "focus"], "whoever copies looks elsewhere and comes back");
  t.equal(redraws, 0);
  stdin.write("x");
  await covered;
  t.equal(redraws, 1);
  t.same(heard, ["focus", "focus"], "that key was for the cover");
  terminal.inkStdout.write("a frame");
  t.match(text(), /a frame$/);
  stdin.write("y");
  await turns(3);
  t.same(heard, ["focus", "focus", "key"]);
});

t.test("where nothing can stop us, it says so and is back", async (t) => {
  const { terminal, host, stdin, expire } = open();
  terminal.open();
  host.onKill = () => setImmediate(expire);
  t.equal(await terminal.suspend(), false);
  t.same(stdin.modes, [true, false, true]);
  host.platform = "win32";
  t.equal(await terminal.suspend(), false);
  t.equal(host.killed.length, 1);
});

// --- with a real shell, a real pty and real signals

const program = `
  import { Terminal } from ${JSON.stringify(new URL("../../src/terminal/terminal.js", import.meta.url).href)};
  const terminal = new Terminal();
  terminal.open();
  terminal.inkStdout.write("\\x1b[?1049h\\x1b[H");
  const show = (word) => terminal.inkStdout.write("\\x1b[2J\\x1b[H" + word + " " + terminal.size.columns + "x" + terminal.size.rows);
  terminal.on("redraw", () => show("redrawn"));
  terminal.on("input", async (event) => {
    if (event.type !== "key") return;
    if (event.ctrl && event.name === "z") {
      if (!(await terminal.suspend())) show("cannot be suspended");
    } else if (event.name === "q") process.exit(0);
    else if (event.name === "t") throw new Error("a bug");
    else show("key " + event.name);
  });
  show("ready");
`;

t.test("Ctrl-Z under a shell gives the terminal back, and fg takes it again at the new size", async (t) => {
  const folder = t.testdir({ "program.mjs": program });
  const pty = openPty("/bin/bash", ["--norc", "--noprofile", "-i"], { cwd: folder, env: { PS1: "$ " } });
  t.teardown(() => pty.kill());
  await pty.waitFor("$");
  pty.write(`'${process.execPath}' program.mjs\r`);
  await pty.waitFor("ready 80x24");
  pty.write("\x1a");
  await pty.waitFor("Stopped");
  t.match(pty.raw(), `${MODES_OFF}\x1b[m\x1b[?1049l\x1b[?25h`);
  pty.write("stty -a\r");
  for (const setting of ["icanon", "echo", "isig"]) await pty.waitFor(new RegExp(`(^|[ ;])${setting}( |$)`, "m"));
  pty.resize({ columns: 100, rows: 30 });
  pty.write("fg\r");
  await pty.waitFor("redrawn 100x30");
  pty.write("k");
  await pty.waitFor("key k");
  const before = pty.raw().length;
  pty.write("q");
  await pty.waitFor(({ terminal }) => terminal.buffer.active.type === "normal");
  // The shell may have marked pastes turned on again by now, for its own prompt.
  t.match(pty.raw(before), MODES_OFF);
  t.notOk(pty.virtual.terminal.modes.sendFocusMode);
});

t.test("without job control it stays", async (t) => {
  const folder = t.testdir({ "program.mjs": program });
  const pty = openPty(process.execPath, ["program.mjs"], { cwd: folder });
  t.teardown(() => pty.kill());
  await pty.waitFor("ready");
  pty.write("\x1a");
  await pty.waitFor("cannot be suspended");
  pty.write("k");
  await pty.waitFor("key k");
  t.ok(pty.virtual.terminal.modes.bracketedPasteMode);
});

t.test("a crash and a signal leave the terminal as it was", async (t) => {
  const folder = t.testdir({ "program.mjs": program });
  for (const end of ["bug", "SIGTERM"] as const) {
    const pty = openPty(process.execPath, ["program.mjs"], { cwd: folder });
    t.teardown(() => pty.kill());
    await pty.waitFor("ready");
    if (end === "bug") pty.write("t");
    else pty.kill("SIGTERM");
    const exit = await pty.exited;
    await pty.virtual.settled();
    t.equal(pty.virtual.terminal.buffer.active.type, "normal", end);
    t.notOk(pty.virtual.terminal.modes.bracketedPasteMode, end);
    if (end === "bug") t.match(pty.screen().join("\n"), "a bug");
    else t.equal(exit.signal, 15);
  }
});
