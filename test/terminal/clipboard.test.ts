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

t.test("inside tmux it copies through tmux, whatever the environment says of SSH", async (t) => {
  for (const SSH_CONNECTION of [undefined, "10.0.0.1 1 10.0.0.2 22"]) {
    const { calls, options } = recorder({ TMUX: "/tmp/tmux", SSH_CONNECTION, DISPLAY: ":0" });
    t.same(await copyText("tea", options), { way: "tmux", confirmed: true });
    t.same(calls, ["tmux load-buffer -w - tea"]);
  }
});

t.test("a tmux that refuses leaves the terminal, never a clipboard program", async (t) => {
  const { calls, options } = recorder({ TMUX: "x" }, ["tmux load-buffer -w - tea"]);
  t.same(await copyText("tea", options), { way: "osc52", confirmed: false });
  t.same(calls, ["tmux load-buffer -w - tea", OSC52]);
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
  await t.rejects(copyText("x".repeat(60_000), options), { code: "TOO_LONG_TO_COPY" });
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
