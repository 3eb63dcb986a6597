// C28 and what goes with it: a microphone that is always either heard or said to be gone.
import t, { type Test } from "tap";
import { type Capture, startCapture } from "../../src/media/capture.js";
import type { DeviceEnd, EndState, SoundEnd } from "../../src/media/sound-end.js";
import { safeLine } from "../../src/safe-text.js";
import { isRunning, until } from "../helpers/program.js";
import { MICROPHONE, peakOf, SoundCard, withoutSound } from "../helpers/sound-card.js";

const SOUND = { skip: withoutSound };
/** C28: so long may it take to be said, and to be heard again. On a busy machine each start alone takes that. */
const LIMIT_MS = 2_000;
const STARTS = 4;

const device = (id: string): DeviceEnd => ({ kind: "device", id, name: safeLine(id) });

interface Ear {
  readonly capture: Capture;
  readonly states: EndState[];
  chunks: number;
  /** Of the last chunk. */
  peak: number;
  limitMs: number;
}

function hear(t: Test, card: SoundCard, microphone: SoundEnd = device(MICROPHONE)): Ear {
  const ear = { states: [] as EndState[], chunks: 0, peak: 0, limitMs: LIMIT_MS, capture: null as unknown as Capture };
  const startedAt = performance.now();
  ear.capture = startCapture({
    ffmpeg: card.ffmpeg,
    env: card.env,
    microphone,
    onSamples: (samples) => {
      ear.chunks += 1;
      ear.peak = peakOf(samples);
    },
    onState: (state) => {
      if (ear.states.length === 0) ear.limitMs = Math.max(LIMIT_MS, STARTS * (performance.now() - startedAt));
      ear.states.push(state);
    },
  });
  t.teardown(() => ear.capture.close());
  return ear;
}

const isHeard = (ear: Ear) => () => ear.peak > 0.05;

async function heardAgain(t: Test, ear: Ear, pid: number | null): Promise<void> {
  const startedAt = performance.now();
  // What the one before had written is still read after its end.
  await until(() => ear.capture.pid !== pid && ear.capture.state.what === "here", ear.limitMs);
  ear.peak = 0;
  await until(isHeard(ear), ear.limitMs - (performance.now() - startedAt));
  t.comment(`heard again after ${Math.round(performance.now() - startedAt)} ms`);
}

t.test("what is said comes in chunks of 10 ms, until it is closed", SOUND, async (t) => {
  const card = await SoundCard.open(t);
  card.speak(t);
  const ear = hear(t, card);
  t.equal(ear.capture.state.what, "starting");
  await until(isHeard(ear));
  t.equal(ear.capture.state.what, "here");
  const { chunks } = ear;
  const startedAt = performance.now();
  await until(() => ear.chunks >= chunks + 100);
  t.comment(`100 chunks took ${Math.round(performance.now() - startedAt)} ms`);
  const pid = ear.capture.pid!;
  const closingAt = performance.now();
  await ear.capture.close();
  t.ok(performance.now() - closingAt < 1_000, "A70: gone within a second");
  t.equal(isRunning(pid), false);
  const { chunks: atTheEnd } = ear;
  await ear.capture.close();
  t.equal(
    card
      .pactl("list", "short", "source-outputs")
      .split("\n")
      .filter((line) => line.includes("protocol-native")).length,
    0,
    "nobody holds the microphone",
  );
  t.equal(ear.chunks, atTheEnd);
});

t.test("an ffmpeg that is killed is back within two seconds, and it is said", SOUND, async (t) => {
  const card = await SoundCard.open(t);
  card.speak(t);
  const ear = hear(t, card);
  await until(isHeard(ear));
  for (let times = 0; times < 3; times += 1) {
    const { pid } = ear.capture;
    process.kill(pid!, "SIGKILL");
    await heardAgain(t, ear, pid);
  }
  t.same(
    ear.states.map(({ what }) => what),
    ["here", "gone", "here", "gone", "here", "gone", "here"],
  );
});

t.test("C28: a microphone that is pulled is said to be gone, and heard when it is back", SOUND, async (t) => {
  const card = await SoundCard.open(t);
  card.speak(t);
  const ear = hear(t, card);
  await until(isHeard(ear));
  const { pid } = ear.capture;
  card.unplug("microphone");
  const pulledAt = performance.now();
  await until(() => ear.capture.state.what === "gone", ear.limitMs);
  t.comment(`said after ${Math.round(performance.now() - pulledAt)} ms`);
  await until(() => ear.capture.state.error?.message === `The microphone ${MICROPHONE} is gone`, ear.limitMs);
  t.match(ear.capture.state, { name: MICROPHONE, error: { family: "device", message: /test-microphone/, hint: /./ } });
  const { chunks } = ear;
  card.plugIn("microphone");
  t.equal(ear.chunks, chunks, "nor is another microphone, or what the speakers play, heard in its place");
  await heardAgain(t, ear, pid);
});

t.test("the sound server is ended and started again", SOUND, async (t) => {
  const card = await SoundCard.open(t);
  const ear = hear(t, card);
  await until(() => ear.capture.state.what === "here");
  const { pid } = ear.capture;
  await card.stop();
  await until(() => ear.capture.state.error?.code === "SOUND_SERVER_GONE", ear.limitMs);
  await card.start();
  card.speak(t);
  await heardAgain(t, ear, pid);
});

t.test("C28: one that lives and writes nothing is gone, whatever the process says", SOUND, async (t) => {
  const card = await SoundCard.open(t);
  card.speak(t);
  const ear = hear(t, card);
  await until(isHeard(ear));
  const { pid } = ear.capture;
  process.kill(pid!, "SIGSTOP");
  await until(() => ear.capture.state.what === "gone", ear.limitMs);
  await heardAgain(t, ear, pid);
  t.equal(isRunning(pid!), false, "and nothing is left of it");
});

t.test("nothing but zeros is silent, and sound after it is not", SOUND, async (t) => {
  const card = await SoundCard.open(t);
  const ear = hear(t, card);
  await until(() => ear.capture.state.what === "silent");
  t.ok(ear.chunks >= 200, "two seconds of it");
  card.speak(t);
  await until(() => ear.capture.state.what === "here");
  t.same(
    ear.states.map(({ what }) => what),
    ["here", "silent", "here"],
  );
});

t.test("a microphone that never was is tried again, and closing waits for nothing", SOUND, async (t) => {
  const card = await SoundCard.open(t);
  const ear = hear(t, card, device("no-such-microphone"));
  await until(() => ear.capture.state.what === "gone");
  t.match(ear.capture.state.error, { code: "MIC_GONE" });
  t.equal(ear.states.length, 1, "said once");
  await ear.capture.close();
  t.equal(ear.chunks, 0);
});

t.test("without a sound device there is a word for it", (t) => {
  const ffmpeg = { path: "/ffmpeg", version: safeLine("7"), system: null };
  const never = () => {};
  t.throws(() => startCapture({ ffmpeg, microphone: device("default"), onSamples: never, onState: never }), {
    code: "NO_SOUND_DEVICE",
    hint: /doctor/,
  });
  t.end();
});
