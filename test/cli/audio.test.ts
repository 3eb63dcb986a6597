// C27, C32, A70: sound is tried without a call, with files, with devices, over SSH; and leaves nothing behind.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import { soundFindings } from "../../src/cli/sound-findings.js";
import type { Finding } from "../../src/state/model.js";
import { BIN, Home, shortFolder, until } from "../helpers/program.js";
import { openPty } from "../helpers/pty.js";
import { fileFfmpeg, peakOf, SoundCard, SPEAKER, withoutSound } from "../helpers/sound-card.js";
import { Sshd, withoutSshd } from "../helpers/sshd.js";

t.setTimeout(280_000);

const FILES = { skip: fileFfmpeg === null && "needs an ffmpeg: npm ci" };
const SOUND = { skip: withoutSound };
const HEADLESS = { skip: existsSync("/dev/snd") && "this machine has a sound device" };

function tone(path: string): void {
  const args = ["-loglevel", "error", "-f", "lavfi", "-i", "sine=frequency=440:duration=4", path];
  if (spawnSync(fileFfmpeg!.path, args).status !== 0) throw new Error("no tone");
}

function peakOfFile(path: string): number {
  return peakOf(new Int16Array(new Uint8Array(readFileSync(path).subarray(44)).buffer));
}

t.test("files on both ends, and standard input", FILES, async (t) => {
  const home = new Home(t, shortFolder(t));
  const [talk, heard, again] = ["talk.wav", "heard.wav", "again.wav"].map((name) => join(home.dir, name)) as [
    string,
    string,
    string,
  ];
  tone(talk);
  const env = { KEET_TUI_FFMPEG: fileFfmpeg!.path };
  const result = await home.json(["audio", "test", "--mic", `file:${talk}`, "--speaker", `file:${heard}`], { env });
  t.match(result, {
    ffmpeg: { path: fileFfmpeg!.path, system: null },
    microphone: { file: talk },
    speaker: { file: heard },
    recordedMs: 3_000,
  });
  t.ok(result.loudestDb > -25 && result.loudestDb < -10, `${result.loudestDb} dB`);
  t.ok(Math.abs(peakOfFile(heard) - 0.125) < 0.02, "as loud as it was");
  const piped = await home.run(["audio", "test", "--mic", "file:-", "--speaker", `file:${again}`], {
    env,
    input: readFileSync(talk),
  });
  t.equal(piped.code, 0, piped.stderr);
  t.match(piped.stderr, /second 1: -18 dB\nsecond 2: -18 dB\nsecond 3: -18 dB\n/);
  t.match(piped.stdout, /^- was recorded, at its loudest -18 dB, and played on again\.wav\.\n$/);
  t.ok(peakOfFile(again) > 0.1);
  const refused = await home.run(["audio", "test", "--mic", `file:${talk}`, "--speaker", `file:${heard}`, "--json"], {
    env,
  });
  t.equal(refused.code, 1);
  t.match(JSON.parse(refused.stderr).error, { code: "FILE_EXISTS", hint: /another/ });
});

t.test("without a sound device it says so, and what would work", HEADLESS, async (t) => {
  const home = new Home(t, shortFolder(t));
  for (const args of [
    ["audio", "test"],
    ["audio", "devices"],
  ]) {
    const { code, stderr } = await home.run([...args, "--json"]);
    t.equal(code, 1);
    t.match(JSON.parse(stderr).error, { code: "NO_SOUND_DEVICE", hint: /file:talk\.wav/ });
  }
});

t.test("devices: listed, recorded, played, refused", SOUND, async (t) => {
  const card = await SoundCard.open(t);
  const home = new Home(t, shortFolder(t));
  const { env } = card;
  const devices = await home.json(["audio", "devices"], { env });
  t.equal(devices.system, "pulse");
  t.match(
    devices.speakers.find(({ id }: { id: string }) => id === SPEAKER),
    { isDefault: true },
  );
  const listed = await home.run(["audio", "devices"], { env });
  t.match(listed.stdout, /^test-microphone\tmicrophone\t.+\tdefault$/m);
  const silent = await home.run(["audio", "test", "--json"], { env });
  t.match(JSON.parse(silent.stderr).error, { code: "MIC_SILENT", hint: /muted/ });
  card.speak(t);
  let heard = 0;
  card.listen(t, (samples) => {
    heard += peakOf(samples) > 0.1 ? 1 : 0;
  });
  const result = await home.json(["audio", "test"], { env });
  t.match(result, { microphone: { id: "default" }, speaker: { id: "default" }, ffmpeg: { system: "pulse" } });
  t.ok(heard > 250, `${heard * 10} ms of the tone came out of the speaker`);
  const unknown = await home.run(["audio", "test", "--mic", "nobody", "--json"], { env });
  t.match(JSON.parse(unknown.stderr).error, { code: "NO_SUCH_DEVICE", hint: /audio devices/ });
  await card.stop();
  const gone = await home.run(["audio", "test", "--mic", "test-microphone", "--json"], { env });
  t.equal(gone.code, 1);
  t.match(JSON.parse(gone.stderr).error.hint, /audio devices|systemctl/);
});

interface Child {
  readonly pid: number;
  readonly args: string;
}

/** All that has this card in its environment and no other parent than the program: not what the test itself runs. */
function childrenOf(card: SoundCard, ours: readonly (number | null)[]): Child[] {
  return readdirSync("/proc").flatMap((name) => {
    const pid = Number(name);
    if (!Number.isInteger(pid) || ours.includes(pid)) return [];
    try {
      const args = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
      const isOf = readFileSync(`/proc/${pid}/environ`, "utf8").includes(card.env.PULSE_SERVER!);
      return isOf && /^\S*(ffmpeg|pactl|sh) /.test(args) ? [{ pid, args }] : [];
    } catch {
      return [];
    }
  });
}

const LINUX_SOUND = { skip: process.platform !== "linux" ? "needs /proc" : withoutSound };

for (const signal of ["SIGTERM", "SIGKILL"] as const) {
  for (const what of ["record", "play"] as const) {
    t.test(`nothing is left after ${signal} while it ${what}s`, LINUX_SOUND, async (t) => {
      const card = await SoundCard.open(t);
      const speaking = card.speak(t);
      const home = new Home(t, shortFolder(t));
      const started = home.start(["audio", "test"], { env: card.env });
      const isAtIt = what === "record" ? /-i default .*pipe:1/ : /-progress/;
      await until(() =>
        childrenOf(card, [speaking.pid]).some(({ args }) => isAtIt.test(args) && !args.includes("-t 0.2")),
      );
      // By its number: what the home started is env, which became the program.
      process.kill(started.child.pid!, signal);
      await started.done;
      await until(() => childrenOf(card, [speaking.pid]).length === 0, 3_000).catch(() => {});
      t.same(childrenOf(card, [speaking.pid]), []);
    });
  }
}

t.test(
  "C32: in a terminal the keys stay with whoever reads them, and the terminal stays as it was",
  LINUX_SOUND,
  async (t) => {
    const card = await SoundCard.open(t);
    const speaking = card.speak(t);
    const folder = shortFolder(t);
    const program = `${process.execPath} ${BIN} --home ${folder} audio test`;
    const script = `stty -a > ${folder}/before; ${program}; stty -a > ${folder}/after; read line; echo "read <$line>"`;
    const pty = openPty("sh", ["-c", script], { env: { ...card.env, HOME: folder } });
    t.teardown(() => pty.kill());
    const seen = new Set<number>();
    for (const isAtIt of [/-i default .*pipe:1/, /-progress/]) {
      let child: Child | undefined;
      await until(() => {
        child = childrenOf(card, [speaking.pid]).find(({ args }) => isAtIt.test(args) && !args.includes("-t 0.2"));
        return child !== undefined;
      });
      const { pid, args } = child!;
      const stat = readFileSync(`/proc/${pid}/stat`, "latin1")
        .replace(/^.*\) \S /, "")
        .split(" ");
      t.same([Number(stat[2]), Number(stat[3])], [pid, 0], "a session of its own, without a terminal");
      t.match(readlinkSync(`/proc/${pid}/fd/0`), args.includes("-progress") ? /^(pipe|socket):/ : "/dev/null");
      t.match(args, / -nostdin /);
      seen.add(pid);
      pty.write("q c C ? h ");
    }
    await pty.waitFor("played on");
    pty.write("\r");
    await pty.waitFor("read <q c C ? h q c C ? h>");
    t.match(pty.raw(), /\[#+ *\] -1\d dB/, "the level was drawn");
    t.equal(seen.size, 2);
    t.equal(readFileSync(join(folder, "after"), "utf8"), readFileSync(join(folder, "before"), "utf8"));
  },
);

async function findings(machine: Parameters<typeof soundFindings>[0]): Promise<Finding[]> {
  const found: Finding[] = [];
  for await (const finding of soundFindings(machine)) found.push(finding);
  return found;
}

const detailOf = (found: readonly Finding[], what: string) =>
  found.filter((one) => one.what === what).map(({ detail }) => detail);

t.test("C27: doctor says which ffmpeg are there and which is taken, and the devices", SOUND, async (t) => {
  const card = await SoundCard.open(t);
  const env = { ...card.env, KEET_TUI_FFMPEG: "/nowhere/ffmpeg" };
  const found = await findings({ env });
  t.match(detailOf(found, "ffmpeg").slice(0, 2), [
    "/nowhere/ffmpeg (KEET_TUI_FFMPEG), not taken: there is no such file",
    `${card.ffmpeg.path} (PATH) ${card.ffmpeg.version}, taken: PulseAudio or PipeWire`,
  ]);
  t.match(detailOf(found, "microphone"), [/\(test-microphone\), the default/]);
  t.match(detailOf(found, "speaker").join("\n"), /\(test-speaker\), the default/);
  t.ok(found.every(({ ok }) => ok));
  const missing = await findings({ env: { ...card.env, PATH: "/nowhere" } });
  t.match(missing.find(({ ok }) => !ok)?.detail, /^none that calls could use. To get one: .*ffmpeg/);
  await card.stop();
  t.match((await findings({ env })).find(({ ok }) => !ok)?.detail, /PULSE_SERVER is unix:.*nobody answers/);
});

t.test("without a device nothing is wrong, and files are named", HEADLESS, async (t) => {
  const found = await findings({ env: { PATH: "/nowhere" } });
  t.ok(found.every(({ ok }) => ok));
  t.match(detailOf(found, "sound"), [/no sound device.*file:talk\.wav/]);
});

t.test(
  "over SSH the sound of the machine one sits at is had by the line doctor prints",
  { skip: HEADLESS.skip || withoutSound || withoutSshd },
  async (t: Test) => {
    const card = await SoundCard.open(t);
    const far = shortFolder(t);
    mkdirSync(join(far, "run"));
    const [line = ""] = detailOf(
      await findings({
        env: { PATH: "/nowhere", SSH_CONNECTION: "10.0.0.1 4444 10.0.0.2 2222", XDG_RUNTIME_DIR: join(far, "run") },
      }),
      "sound",
    );
    const [, socket = "", ours = "", to = "", command = ""] =
      /ssh -t -R (\S+):(.+native) (.+) "(.+)"$/.exec(line) ?? [];
    t.match(line, /here over SSH/);
    t.match(to, /^-p 2222 \S+@10\.0\.0\.2$/);
    t.equal(ours, "/run/user/$(id -u)/pulse/native");
    t.equal(socket, join(far, "run/keet-tui-sound"));
    // The same, with what is at this end of the line the card of the test, and a microphone that is tried in place of the screen.
    const sshd = await Sshd.start(t);
    card.speak(t);
    const there = command.replace(
      "keet-tui;",
      `HOME=${far} PATH=${process.env.PATH} ${process.execPath} ${BIN} --home ${far} audio test;`,
    );
    t.not(there, command);
    const pty = sshd.open(["sh", "-c", there], {
      forward: `${socket}:${card.env.PULSE_SERVER!.slice("unix:".length)}`,
      columns: 160,
    });
    await pty.waitFor(/was recorded, at its loudest -1\d dB, and played on/, { timeoutMs: 30_000 });
    await pty.exited;
    t.same(readdirSync(join(far, "run")), [], "and nothing is left in the way of the next time");
  },
);
