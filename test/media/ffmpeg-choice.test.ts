// C27, A69: an ffmpeg counts for what it can do, and one that is something else harms nobody.
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { chooseFfmpeg, parseFormats } from "../../src/media/ffmpeg-choice.js";
import { isRunning, until } from "../helpers/program.js";
import { packedFfmpeg, SoundCard, withoutSound } from "../helpers/sound-card.js";

const UNIX = { skip: process.platform === "win32" && "its programs here are shell scripts" };
const FORMATS = `Formats:
 D. = Demuxing supported
 .E = Muxing supported
 --
 DE alsa            ALSA audio output
  E mp3             MP3 (MPEG audio layer 3)
 D  mov,mp4,m4a     QuickTime / MOV
 DE s16le           PCM signed 16-bit little-endian
 DE wav             WAV / WAVE (Waveform Audio)
`;
const WITH_PULSE = `${FORMATS} DE pulse           Pulse audio output\n`;

/** A program that lists what it is told to. */
function fake(folder: string, formats: string, before = ""): string {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "formats"), formats);
  const script = `#!/bin/sh
${before}
case "$*" in
  *-version*) echo "ffmpeg version 6.1-fake Copyright" ;;
  *) cat ${join(folder, "formats")} ;;
esac
`;
  const path = join(folder, "ffmpeg");
  writeFileSync(path, script);
  chmodSync(path, 0o755);
  return path;
}

t.test("formats are read with and without the sign that ffmpeg 7 puts on devices", (t) => {
  const { inputs, outputs } = parseFormats(WITH_PULSE);
  t.same([...inputs], ["alsa", "mov", "mp4", "m4a", "s16le", "wav", "pulse"]);
  t.same([...outputs], ["alsa", "mp3", "s16le", "wav", "pulse"]);
  const newer = parseFormats(
    " DEd alsa            ALSA audio output\n D d lavfi           Libavfilter\n DE  data            raw data\n",
  );
  t.same([...newer.inputs], ["alsa", "lavfi", "data"]);
  t.same([...newer.outputs], ["alsa", "data"]);
  t.end();
});

t.test("C27: the first that knows the sound system is taken, and each says why", UNIX, async (t) => {
  const folder = t.testdir({});
  const without = fake(join(folder, "static"), FORMATS);
  const known = fake(join(folder, "bin"), WITH_PULSE);
  const env = { KEET_TUI_FFMPEG: without, PATH: join(folder, "bin") };
  const { ffmpeg, candidates, error } = await chooseFfmpeg({ env, systems: ["pulse"], staticPath: null });
  t.same(ffmpeg, { path: known, version: "6.1-fake", system: "pulse" });
  t.equal(error, null);
  t.match(candidates, [
    {
      path: without,
      from: "KEET_TUI_FFMPEG",
      version: "6.1-fake",
      usable: false,
      reason: /without PulseAudio or PipeWire/,
    },
    { path: known, from: "PATH", version: "6.1-fake", usable: true, reason: "PulseAudio or PipeWire" },
  ]);
  const alsa = await chooseFfmpeg({
    env: { PATH: join(folder, "static") },
    systems: ["pulse", "alsa"],
    staticPath: null,
  });
  t.equal(alsa.ffmpeg?.system, "alsa", "where none knows the first system, the next will do");
});

t.test("on Linux the system's comes before the one of the package, elsewhere after it", UNIX, async (t) => {
  const folder = t.testdir({});
  const packed = fake(join(folder, "packed"), WITH_PULSE);
  const installed = fake(join(folder, "bin"), WITH_PULSE);
  const options = { env: { PATH: join(folder, "bin") }, systems: ["pulse"] as const, staticPath: packed };
  t.equal((await chooseFfmpeg({ ...options, platform: "linux" })).ffmpeg?.path, installed);
  t.equal((await chooseFfmpeg({ ...options, platform: "darwin" })).ffmpeg?.path, packed);
});

t.test("no ffmpeg: what to install, and what was looked at", UNIX, async (t) => {
  const folder = t.testdir({ "ffmpeg-static": {}, text: "no program" });
  const { ffmpeg, candidates, error } = await chooseFfmpeg({
    env: { KEET_TUI_FFMPEG: join(folder, "text"), PATH: folder },
    systems: ["pulse"],
    staticPath: join(folder, "ffmpeg-static/ffmpeg"),
  });
  t.equal(ffmpeg, null);
  t.match(candidates, [
    { from: "KEET_TUI_FFMPEG", usable: false, reason: /cannot be started.*EACCES/ },
    { from: "ffmpeg-static", usable: false, reason: "there is no such file" },
  ]);
  t.match(error, { code: "FFMPEG_MISSING", hint: /Install one: .*ffmpeg/ });
  t.equal((await chooseFfmpeg({ env: {}, systems: [], staticPath: null })).error?.message, "There is no ffmpeg here");
});

t.test("A69: never one of the folder one stands in, nor one named by a relative path", UNIX, async (t) => {
  const folder = t.testdir({});
  fake(folder, WITH_PULSE);
  fake(join(folder, "bin"), WITH_PULSE);
  const before = process.cwd();
  t.teardown(() => process.chdir(before));
  process.chdir(folder);
  const { ffmpeg, candidates } = await chooseFfmpeg({
    env: { KEET_TUI_FFMPEG: "./ffmpeg", PATH: ":.:bin" },
    systems: ["pulse"],
    staticPath: null,
  });
  t.equal(ffmpeg, null);
  t.match(candidates, [{ path: "./ffmpeg", reason: "it is no absolute path" }]);
  t.equal(candidates.length, 1);
});

t.test("A69: one that hangs is ended with all it started, after five seconds", UNIX, async (t) => {
  const folder = t.testdir({});
  const hanging = fake(
    folder,
    WITH_PULSE,
    `trap '' TERM; sleep 600 & echo $! > ${join(folder, "pid")}; wait; sleep 600`,
  );
  const { ffmpeg, candidates } = await chooseFfmpeg({
    env: { KEET_TUI_FFMPEG: hanging },
    systems: ["pulse"],
    staticPath: null,
  });
  t.equal(ffmpeg, null);
  t.equal(candidates[0]?.reason, "it did not answer within 5 s");
  const pid = Number(readFileSync(join(folder, "pid"), "utf8"));
  await until(() => !isRunning(pid));
});

t.test("A69: one that floods both outputs costs no memory, and is no ffmpeg", UNIX, async (t) => {
  const folder = t.testdir({});
  const flood = fake(folder, FORMATS, "yes 'this is no list' >&2 & yes 'nor is this'");
  const before = process.memoryUsage().rss;
  const { candidates } = await chooseFfmpeg({ env: { KEET_TUI_FFMPEG: flood }, systems: ["pulse"], staticPath: null });
  t.match(candidates[0]?.reason, /^it is no ffmpeg/);
  t.ok(process.memoryUsage().rss - before < 100e6);
});

t.test("what a program says of itself is made harmless, and read again when its file changes", UNIX, async (t) => {
  const folder = t.testdir({});
  const path = fake(folder, "none", "echo '\u001b]0;title\u0007 bad' >&2");
  const options = { env: { KEET_TUI_FFMPEG: path }, systems: ["pulse"] as const, staticPath: null };
  const first = await chooseFfmpeg(options);
  t.notMatch(first.candidates[0]?.reason, /[\u0007\u001b]/);
  t.match(first.candidates[0]?.reason, /bad/);
  fake(folder, WITH_PULSE, "# now it is one");
  t.equal((await chooseFfmpeg(options)).ffmpeg?.path, path);
});

t.test("the one among the development packages reads files, and knows no PulseAudio", async (t) => {
  const path = packedFfmpeg();
  if (path === null) return t.pass("it has none for this system");
  const env = { KEET_TUI_FFMPEG: path };
  t.equal((await chooseFfmpeg({ env, systems: [], staticPath: null })).ffmpeg?.path, path);
  const { candidates } = await chooseFfmpeg({ env, systems: ["pulse"], staticPath: null });
  t.match(candidates[0], { usable: false, reason: /older than 4\.4|without PulseAudio/ });
});

t.test("C27: a microphone is asked for 200 ms before one counts", { skip: withoutSound }, async (t) => {
  const card = await SoundCard.open(t);
  const folder = t.testdir({});
  const boasting = fake(folder, WITH_PULSE);
  const options = { systems: ["pulse"] as const, staticPath: null };
  const env = { ...card.env, KEET_TUI_FFMPEG: boasting };
  const { ffmpeg, candidates } = await chooseFfmpeg({ ...options, env, microphone: "default" });
  t.equal(ffmpeg?.path, card.ffmpeg.path);
  t.match(candidates[0]?.reason, /^200 ms of the microphone gave \d+ of 19200 bytes/);
  const gone = await chooseFfmpeg({ ...options, env: card.env, microphone: "nosuch" });
  t.equal(gone.ffmpeg, null);
  t.match(gone.error, { code: "MIC_GONE", message: /nosuch/ });
  await card.stop();
  const silent = await chooseFfmpeg({ ...options, env: card.env, microphone: "default" });
  t.match(silent.error, { code: "SOUND_SERVER_GONE" });
});
