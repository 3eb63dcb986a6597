import t from "tap";
import { type CopyOptions, copyText } from "../../src/terminal/clipboard.js";

function recorder(env: NodeJS.ProcessEnv, broken: readonly string[] = []) {
  const calls: string[] = [];
  const attempt = async (name: string) => {
    calls.push(name);
    if (broken.includes(name)) throw new Error("broken");
  };
  const options: CopyOptions = {
    env,
    write: (data) => calls.push(data),
    run: (command, args, input) => attempt([command, ...args, input].join(" ")),
    writeSystem: (text) => attempt(`system ${text}`),
  };
  return { calls, options };
}

const OSC52 = "\x1b]52;c;dGVh\x1b\\";

t.test("C34: inside tmux it copies through tmux, whatever the environment says of SSH", async (t) => {
  for (const SSH_CONNECTION of [undefined, "10.0.0.1 1 10.0.0.2 22"]) {
    const { calls, options } = recorder({ TMUX: "/tmp/tmux", SSH_CONNECTION, DISPLAY: ":0" });
    t.same(await copyText("tea", options), { way: "tmux", confirmed: true });
    t.same(calls, ["tmux load-buffer -w - tea"]);
  }
});

const WRAPPED = "\x1bPtmux;\x1b\x1b]52;c;dGVh\x1b\x1b\\\x1b\\";

t.test("a tmux from before -w has its buffer, and its terminal is told by both ways", async (t) => {
  const { calls, options } = recorder({ TMUX: "x" }, ["tmux load-buffer -w - tea"]);
  t.same(await copyText("tea", options), { way: "tmux", confirmed: true });
  t.same(calls, ["tmux load-buffer -w - tea", "tmux load-buffer - tea", OSC52 + WRAPPED]);
});

t.test("a tmux that refuses leaves the terminal, never a clipboard program", async (t) => {
  const { calls, options } = recorder({ TMUX: "x" }, ["tmux load-buffer -w - tea", "tmux load-buffer - tea"]);
  t.same(await copyText("tea", options), { way: "osc52", confirmed: false });
  t.same(calls, ["tmux load-buffer -w - tea", "tmux load-buffer - tea", OSC52 + WRAPPED]);
});

t.test("a tmux at the near end of an SSH line is told by both ways, a screen by what it lets through", async (t) => {
  const ssh = { TERM: "screen-256color", SSH_TTY: "/dev/pts/1" };
  const near = recorder(ssh);
  await copyText("tea", { ...near.options, name: "tmux 3.3a" });
  t.same(near.calls, [OSC52 + WRAPPED]);
  for (const env of [ssh, { TERM: "screen", STY: "1.pts-0", SSH_TTY: "/dev/pts/1" }]) {
    const screen = recorder(env);
    const text = "tea ".repeat(500);
    await copyText(text, screen.options);
    const pieces = [...screen.calls[0]!.matchAll(/\x1bP([^\x07]*?\x07?)\x1b\\/g)].map((match) => match[1]!);
    t.equal(pieces.map((piece) => `\x1bP${piece}\x1b\\`).join(""), screen.calls[0], "nothing outside of its pieces");
    t.ok(pieces.length > 10 && pieces.every((piece) => piece.length < 768), "none longer than screen takes");
    t.equal(pieces.join(""), `\x1b]52;c;${Buffer.from(text).toString("base64")}\x07`);
  }
});

t.test("a console has no clipboard, and says what there is instead", async (t) => {
  for (const TERM of ["linux", "vt220"]) {
    const { calls, options } = recorder({ TERM, SSH_TTY: "/dev/pts/1" });
    await t.rejects(copyText("tea", options), { code: "NO_CLIPBOARD", hint: /\/bare.*\/export/ });
    t.same(calls, [], TERM);
  }
  const local = recorder({ TERM: "linux" });
  t.same(
    await copyText("tea", local.options),
    { way: "system", confirmed: true },
    "the machine's own, where it has one",
  );
});

t.test("a local terminal uses the system's clipboard, and the terminal's where that fails", async (t) => {
  const works = recorder({});
  t.same(await copyText("tea", works.options), { way: "system", confirmed: true });
  t.same(works.calls, ["system tea"]);
  const fails = recorder({}, ["system tea"]);
  t.same(await copyText("tea", fails.options), { way: "osc52", confirmed: false });
  t.same(fails.calls, ["system tea", OSC52]);
});

t.test("over SSH only the terminal is told", async (t) => {
  const { calls, options } = recorder({ SSH_CONNECTION: "10.0.0.1 1 10.0.0.2 22" });
  t.same(await copyText("tea", options), { way: "osc52", confirmed: false });
  t.same(calls, [OSC52]);
});

t.test("what is copied cannot end the sequence it is in", async (t) => {
  const { calls, options } = recorder({ SSH_TTY: "/dev/pts/1" });
  await copyText("\x07\x1b\\\x1b]2;owned\x07", options);
  t.match(calls[0], /^\x1b\]52;c;[A-Za-z0-9+/=]*\x1b\\$/);
});

t.test("text longer than a terminal takes is refused, not lost", async (t) => {
  const { calls, options } = recorder({ SSH_TTY: "/dev/pts/1" });
  await t.rejects(copyText("x".repeat(60_000), options), { code: "TOO_LONG_TO_COPY", hint: /\/bare.*\/export/ });
  t.same(calls, []);
});

t.test("a program that is missing or fails is a failure, one that ends well is not", async (t) => {
  const { options } = recorder({ TMUX: "x", PATH: "/nonexistent" });
  const { run: _run, ...real } = options;
  const path = process.env.PATH;
  t.teardown(() => {
    process.env.PATH = path;
  });
  process.env.PATH = t.testdir({});
  t.same(await copyText("tea", real), { way: "osc52", confirmed: false });
});
