// A67, A69, C32: what an ffmpeg of ours can see, and that nothing is left of one.
import { spawn, spawnSync } from "node:child_process";
import { chmodSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t from "tap";
import { fileArgs, playbackArgs } from "../../src/media/device-args.js";
import { ffmpegEnvironment, startFfmpeg } from "../../src/media/ffmpeg.js";
import { isRunning, until } from "../helpers/program.js";
import { fileFfmpeg, findProgram } from "../helpers/sound-card.js";

const UNIX = { skip: process.platform === "win32" && "its programs here are shell scripts" };
const FILES = {
  skip: (process.platform !== "linux" && "needs /proc") || (fileFfmpeg === null && "needs an ffmpeg: npm ci"),
};

function script(folder: string, body: string): string {
  const path = join(folder, "ffmpeg");
  writeFileSync(path, `#!/bin/sh\n${body}\n`);
  chmodSync(path, 0o755);
  return path;
}

t.test("only what sound libraries read is in its environment", (t) => {
  const kept = {
    HOME: "/h",
    XDG_RUNTIME_DIR: "/r",
    PULSE_SERVER: "s",
    PULSE_COOKIE: "c",
    PIPEWIRE_REMOTE: "p",
    ALSA_CARD: "1",
  };
  const left = {
    PATH: "/bin",
    LD_PRELOAD: "x",
    KEET_TUI_HOME: "/k",
    SSH_AUTH_SOCK: "/s",
    NO_PULSE_X: "1",
    FFREPORT: "file=x",
  };
  t.same(ffmpegEnvironment({ ...kept, ...left }), kept);
  t.end();
});

t.test("what reads a pipe may open nothing else", (t) => {
  for (const args of [fileArgs("-", false), playbackArgs("pulse", "default")!, playbackArgs("alsa", "default")!]) {
    const input = args.indexOf("-i");
    const allowed = args.indexOf("-protocol_whitelist");
    t.ok(allowed !== -1 && allowed < input);
    t.same([args[allowed + 1], args[input + 1]], ["pipe", "pipe:0"]);
    t.equal(args[args.indexOf("-f") + 1], "wav");
  }
  t.end();
});

t.test(
  "it is in a session of its own, in an empty folder, without the terminal and without our variables",
  FILES,
  async (t) => {
    process.env.KEET_TUI_SECRET = "not for others";
    t.teardown(() => delete process.env.KEET_TUI_SECRET);
    const { path } = fileFfmpeg!;
    const before = readdirSync(tmpdir()).filter((name) => name.startsWith("keet-tui-ffmpeg-"));
    const run = startFfmpeg({ path, args: endless() });
    t.teardown(() => run.close());
    await new Promise((done) => run.stdout?.once("data", done));
    const proc = (what: string) => readFileSync(`/proc/${run.pid}/${what}`, "latin1");
    const [, group, session, terminal] = proc("stat")
      .replace(/^.*\) \S /, "")
      .split(" ");
    t.same([Number(group), Number(session), Number(terminal)], [run.pid, run.pid, 0]);
    t.equal(readlinkSync(`/proc/${run.pid}/fd/0`), "/dev/null");
    t.match(proc("cmdline"), "\0-hide_banner\0-nostdin\0");
    t.notMatch(proc("environ"), /KEET_TUI|(^|\0)PATH=/);
    t.match(readlinkSync(`/proc/${run.pid}/cwd`), /\/keet-tui-ffmpeg-\w+ \(deleted\)$/);
    t.same(
      readdirSync(tmpdir()).filter((name) => name.startsWith("keet-tui-ffmpeg-")),
      before,
    );
    await run.close();
    t.equal(isRunning(run.pid!), false);
  },
);

/** Sound without end and without a device. */
function endless(): readonly string[] {
  return ["-loglevel", "error", "-re", "-f", "lavfi", "-i", "anullsrc=r=48000:cl=mono", "-f", "s16le", "pipe:1"];
}

t.test("the last ten lines of whatever it says are kept", UNIX, async (t) => {
  const folder = t.testdir({});
  const path = script(
    folder,
    "i=0; while [ $i -lt 20000 ]; do i=$((i+1)); echo line $i ÄÖ >&2; done; printf '\\n\\n' >&2; exit 3",
  );
  const run = startFfmpeg({ path, args: [] });
  t.match(await run.ended, { code: 3, error: null });
  t.same(
    run.lastLines(),
    Array.from({ length: 10 }, (_, at) => `line ${19_991 + at} ÄÖ`),
  );
  t.ok(run.allLines().join("\n").length <= 64 * 1024);
});

t.test("one that obeys no signal is ended all the same, with its children, within a second", UNIX, async (t) => {
  const folder = t.testdir({});
  const path = script(folder, `trap '' TERM; sleep 600 & echo $!; trap '' TERM; while :; do sleep 600; done`);
  const run = startFfmpeg({ path, args: [] });
  t.teardown(() => run.close());
  const child = Number(await new Promise((done) => run.stdout?.once("data", (bytes) => done(String(bytes)))));
  t.ok(isRunning(child));
  const startedAt = performance.now();
  await run.close();
  t.ok(performance.now() - startedAt < 1_000);
  await until(() => !isRunning(child));
  await run.close();
});

t.test("what is no program, or for another machine, ends with the reason and throws nothing", UNIX, async (t) => {
  const folder = t.testdir({});
  const missing = startFfmpeg({ path: join(folder, "nothing"), args: [] });
  t.match((await missing.ended).error?.message, /ENOENT/);
  const path = join(folder, "ffmpeg");
  writeFileSync(path, Buffer.from([0x7f, 0x45, 0x4c, 0x46, 9, 9, 9, 9]));
  chmodSync(path, 0o755);
  const foreign = startFfmpeg({ path, args: [] });
  // The system hands such a one to sh, which can make nothing of it.
  t.not((await foreign.ended).code, 0);
  const impossible = startFfmpeg({ path, args: ["\0"] });
  t.match((await impossible.ended).error?.message, /null bytes/);
  await Promise.all([missing, foreign, impossible].map((run) => run.close()));
});

const OURS = `
import { startFfmpeg } from ${JSON.stringify(new URL("../../src/media/ffmpeg.js", import.meta.url).href)};
const [path, deaf] = process.argv.slice(1);
const args = ${JSON.stringify(endless())};
const reading = ["-f", "s16le", "-ar", "48000", "-ac", "1", "-i", "pipe:0", "-f", "null", "-"];
const runs = [startFfmpeg({ path, args }), startFfmpeg({ path, args: reading, stdin: "pipe", stdout: "ignore" })];
if (deaf) runs.push(startFfmpeg({ path: deaf, args: [] }));
runs[0].stdout.on("data", () => {});
runs[1].stdin.write(new Uint8Array(960));
process.on("SIGUSR2", () => process.exit(0));
console.log(runs.map(({ pid }) => pid).join(" "));
`;

for (const signal of ["SIGKILL", "SIGTERM", "SIGHUP", "SIGUSR2"] as const) {
  t.test(`nothing of it survives us, by ${signal === "SIGUSR2" ? "exit" : signal}`, FILES, async (t) => {
    // One that looks at no pipe is ended only where we can still do so.
    const deaf = signal === "SIGUSR2" ? [script(t.testdir({}), "exec sleep 600")] : [];
    const us = spawn(process.execPath, ["--input-type=module", "-e", OURS, fileFfmpeg!.path, ...deaf], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    t.teardown(() => us.kill("SIGKILL"));
    const said = await new Promise<string>((done) => us.stdout.once("data", (bytes) => done(String(bytes))));
    const pids = said.trim().split(" ").map(Number);
    t.equal(pids.filter(isRunning).length, 2 + deaf.length);
    t.teardown(() => pids.filter(isRunning).map((pid) => process.kill(pid, "SIGKILL")));
    us.kill(signal);
    await until(() => !pids.some(isRunning), 5_000);
  });
}

t.test(
  "A67: it opens libraries and the one file, and no network",
  { skip: FILES.skip || (findProgram("strace") === null && "needs strace: apt-get install -y strace") },
  async (t) => {
    const folder = t.testdir({});
    const file = join(folder, "talk.wav");
    const { path } = fileFfmpeg!;
    spawnSync(path, ["-loglevel", "error", "-f", "lavfi", "-i", "sine=d=0.2", file]);
    const trace = join(folder, "trace");
    const traced = script(
      folder,
      `exec ${findProgram("strace")} -f -e trace=openat,open,socket,connect,execve -o ${trace} ${path} "$@"`,
    );
    const run = startFfmpeg({ path: traced, args: fileArgs(file, false) });
    let bytes = 0;
    run.stdout?.on("data", (some: Buffer) => {
      bytes += some.length;
    });
    t.match(await run.ended, { code: 0 });
    t.equal(bytes, 0.2 * 48_000 * 2);
    const calls = readFileSync(trace, "utf8").split("\n");
    const opened = calls.flatMap((line) =>
      /ENOENT/.test(line) ? [] : (/open(?:at)?\((?:AT_FDCWD, )?"([^"]+)"/.exec(line)?.[1] ?? []),
    );
    t.ok(opened.includes(file));
    const others = opened.filter((one) => one !== file && !/^\/(etc\/ld\.so|lib|usr\/lib|proc|sys|dev)\b/.test(one));
    t.same(others, [], "nothing but libraries and the file");
    t.equal(calls.filter((line) => /execve\(/.test(line) && !/ENOENT/.test(line)).length, 1, "itself alone");
    t.notMatch(calls.join("\n"), /AF_INET/);
  },
);
