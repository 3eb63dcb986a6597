// WAV files in place of microphone and speaker: in real time, and usable whatever happens.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import { startCapture } from "../../src/media/capture.js";
import { startPlayback } from "../../src/media/playback.js";
import { CHUNK_SAMPLES } from "../../src/media/samples.js";
import { type EndState, type FileEnd, fileNamed } from "../../src/media/sound-end.js";
import { wavHeader } from "../../src/media/wav.js";
import { until } from "../helpers/program.js";
import { fileFfmpeg, peakOf } from "../helpers/sound-card.js";

const FILES = { skip: fileFfmpeg === null && "needs an ffmpeg: npm ci" };

/** Half a second of a tone, of any rate and number of channels. */
function tone(path: string, options: readonly string[] = []): void {
  const args = ["-loglevel", "error", "-f", "lavfi", "-i", "sine=frequency=440:duration=0.5", ...options, path];
  const { status, stderr } = spawnSync(fileFfmpeg!.path, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
}

interface Heard {
  readonly states: EndState[];
  readonly peaks: number[];
  readonly startedAt: number;
  firstAt: number;
  close(): Promise<void>;
}

function hear(t: Test, file: FileEnd): Heard {
  const heard = {
    states: [] as EndState[],
    peaks: [] as number[],
    startedAt: performance.now(),
    firstAt: 0,
    close: async () => {},
  };
  const capture = startCapture({
    ffmpeg: fileFfmpeg!,
    microphone: file,
    onSamples: (samples) => {
      heard.firstAt ||= performance.now();
      heard.peaks.push(peakOf(samples));
    },
    onState: (state) => heard.states.push(state),
  });
  heard.close = () => capture.close();
  t.teardown(heard.close);
  return heard;
}

t.test("a file of any rate is heard once, in real time, and then silence", FILES, async (t) => {
  const folder = t.testdir({});
  for (const [name, options] of [
    ["plain.wav", ["-ar", "48000"]],
    ["slow stereo.wav", ["-ar", "22050", "-ac", "2"]],
    ["24 bits.wav", ["-ar", "44100", "-c:a", "pcm_s24le"]],
  ] as const) {
    tone(join(folder, name), options);
    const heard = hear(t, fileNamed(`file:${name}`, "microphone", folder)!);
    await until(() => heard.peaks.length >= 80);
    const tookMs = performance.now() - heard.firstAt;
    t.ok(tookMs > 600, `${name}: 80 chunks of 10 ms took ${Math.round(tookMs)} ms`);
    const loud = heard.peaks.filter((peak) => peak > 0.05).length;
    t.ok(loud >= 49 && loud <= 53, `${name}: ${loud} of them are the tone`);
    t.equal(heard.peaks.at(-1), 0, "and it ends in silence");
    t.same(
      heard.states.map(({ what }) => what),
      ["here", "ended"],
    );
    await heard.close();
  }
});

t.test("loop: begins again without a gap", FILES, async (t) => {
  const folder = t.testdir({});
  tone(join(folder, "tone.wav"), ["-ar", "48000"]);
  const heard = hear(t, fileNamed("loop:tone.wav", "microphone", folder)!);
  await until(() => heard.peaks.length >= 130);
  t.ok(heard.peaks.slice(1, 130).every((peak) => peak > 0.05));
  t.same(
    heard.states.map(({ what }) => what),
    ["here"],
  );
});

t.test("what is no WAV, or not there, says so", FILES, async (t) => {
  const folder = t.testdir({ "list.wav": "ffconcat version 1.0\nfile /etc/passwd\n", folder: {} });
  const heard = hear(t, fileNamed("file:list.wav", "microphone", folder)!);
  await until(() => heard.states.length > 0);
  t.match(heard.states, [{ what: "gone", error: { code: "NOT_A_WAV", hint: /talk\.wav/ } }]);
  t.equal(heard.peaks.length, 0);
  for (const name of ["none.wav", "folder"]) {
    t.throws(() => hear(t, fileNamed(`file:${name}`, "microphone", folder)!), { code: "NO_SUCH_FILE" }, name);
  }
});

const say = (samples: Int16Array) => () => samples;

t.test("a speaker that is a file takes 10 ms each 10 ms, and is a WAV when it is closed", async (t) => {
  const folder = t.testdir({});
  const file = fileNamed("file:heard.wav", "speaker", folder)!;
  let pulls = 0;
  const states: EndState[] = [];
  const playback = startPlayback({
    ffmpeg: { path: "/none", version: file.name, system: null },
    speaker: file,
    pull: () => new Int16Array(CHUNK_SAMPLES).fill(++pulls),
    onState: (state) => states.push(state),
  });
  t.teardown(() => playback.close());
  const startedAt = performance.now();
  await until(() => pulls >= 100);
  t.ok(performance.now() - startedAt > 800);
  await Promise.all([playback.close(), playback.close()]);
  const bytes = readFileSync(file.path);
  t.same(bytes.subarray(0, 44), wavHeader(bytes.length - 44));
  const samples = new Int16Array(new Uint8Array(bytes.subarray(44)).buffer);
  t.equal(samples.length, pulls * CHUNK_SAMPLES);
  t.ok(
    samples.every((sample, at) => sample === Math.floor(at / CHUNK_SAMPLES) + 1),
    "all of it, in its order",
  );
  t.same(
    states.map(({ what }) => what),
    ["here"],
  );
  t.throws(
    () =>
      startPlayback({
        ffmpeg: { path: "/none", version: file.name, system: null },
        speaker: file,
        pull: say(samples),
        onState: () => {},
      }),
    { code: "FILE_EXISTS" },
    "nothing is overwritten",
  );
  t.same(readFileSync(file.path), bytes);
});

const WRITER = `
import { startPlayback } from ${JSON.stringify(new URL("../../src/media/playback.js", import.meta.url).href)};
const speaker = { kind: "file", path: process.argv[1], name: "heard.wav", loops: false };
startPlayback({ ffmpeg: { path: "/none", version: "", system: null }, speaker, pull: () => new Int16Array(480).fill(1000), onState() {} });
`;

for (const signal of ["SIGTERM", "SIGKILL"] as const) {
  t.test(`and it is one after ${signal} too`, async (t) => {
    const path = join(t.testdir({}), "heard.wav");
    const child = spawn(process.execPath, ["--input-type=module", "-e", WRITER, path], {
      stdio: ["ignore", "ignore", "inherit"],
    });
    t.teardown(() => child.kill("SIGKILL"));
    const gone = new Promise((done) => child.once("exit", done));
    await until(() => existsSync(path) && readFileSync(path).length > 44 + 30_000);
    child.kill(signal);
    await gone;
    const bytes = readFileSync(path);
    const said = bytes.readUInt32LE(40);
    t.same(bytes.subarray(0, 44), wavHeader(said));
    const behind = bytes.length - 44 - said;
    t.ok(behind >= 0 && behind <= 10 * 960, `${behind} bytes are not in the header yet`);
    t.ok(said >= 20_000);
  });
}

t.test("a folder that is not there is said", (t) => {
  const folder = t.testdir({});
  const file = fileNamed("file:heard.wav", "speaker", join(folder, "none"))!;
  t.throws(
    () =>
      startPlayback({
        ffmpeg: { path: "/none", version: file.name, system: null },
        speaker: file,
        pull: () => new Int16Array(480),
        onState: () => {},
      }),
    { code: "STORE_UNUSABLE" },
  );
  t.end();
});
