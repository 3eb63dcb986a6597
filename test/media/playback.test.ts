// A speaker is fed by its own clock, and comes back by itself.
import t, { type Test } from "tap";
import { type Playback, startPlayback } from "../../src/media/playback.js";
import type { DeviceEnd, EndState } from "../../src/media/sound-end.js";
import { safeLine } from "../../src/safe-text.js";
import { isRunning, until } from "../helpers/program.js";
import { peakOf, SoundCard, SPEAKER, withoutSound } from "../helpers/sound-card.js";

const SOUND = { skip: withoutSound };
/** C28: so long may it take to be said, and to be heard again. On a busy machine each start alone takes that. */
const LIMIT_MS = 2_000;
const STARTS = 4;
/** A click that is heard later than this was not heard at all. */
const LOST_MS = 1_000;

const device = (id: string): DeviceEnd => ({ kind: "device", id, name: safeLine(id) });
const LOUD = new Int16Array(480).fill(16_000);
const QUIET = new Int16Array(480);

interface Mouth {
  readonly playback: Playback;
  readonly states: EndState[];
  pulls: number;
  backlogMs: number;
  next: () => Int16Array;
  limitMs: number;
}

function play(t: Test, card: SoundCard, next: () => Int16Array = () => LOUD): Mouth {
  const mouth = {
    states: [] as EndState[],
    pulls: 0,
    backlogMs: 0,
    next,
    limitMs: LIMIT_MS,
    playback: null as unknown as Playback,
  };
  const startedAt = performance.now();
  mouth.playback = startPlayback({
    ffmpeg: card.ffmpeg,
    env: card.env,
    speaker: device(SPEAKER),
    pull: () => {
      mouth.pulls += 1;
      mouth.backlogMs = Math.max(mouth.backlogMs, mouth.playback.backlogMs);
      return mouth.next();
    },
    onState: (state) => {
      if (mouth.states.length === 0) mouth.limitMs = Math.max(LIMIT_MS, STARTS * (performance.now() - startedAt));
      mouth.states.push(state);
    },
  });
  t.teardown(() => mouth.playback.close());
  return mouth;
}

async function open(t: Test) {
  const card = await SoundCard.open(t);
  let peak = 0;
  card.listen(t, (samples) => {
    peak = peakOf(samples);
  });
  return {
    card,
    heard: () => peak > 0.1,
    deaf: () => {
      peak = 0;
    },
  };
}

t.test("it asks for as much as the speaker plays, and no more", SOUND, async (t) => {
  const { card, heard } = await open(t);
  const mouth = play(t, card);
  t.equal(mouth.playback.state.what, "starting");
  await until(heard);
  t.equal(mouth.playback.state.what, "here");
  const { pulls } = mouth;
  const startedAt = performance.now();
  await until(() => mouth.pulls >= pulls + 300);
  const tookMs = performance.now() - startedAt;
  t.comment(
    `300 chunks, 3,000 ms, were asked for in ${Math.round(tookMs)} ms; at most ${Math.round(mouth.backlogMs)} ms lay ready`,
  );
  // A reader without a clock would take them in a few ms.
  t.ok(tookMs > 2_000);
  t.ok(mouth.backlogMs <= 200, "little lies ready, also where the machine stood still for a moment");
  const pid = mouth.playback.pid!;
  const closingAt = performance.now();
  await mouth.playback.close();
  t.ok(performance.now() - closingAt < 1_000);
  t.equal(isRunning(pid), false);
  await mouth.playback.close();
});

t.test("click to click", SOUND, async (t) => {
  const card = await SoundCard.open(t);
  const delays: number[] = [];
  let clickedAt: number | null = null;
  card.listen(t, (samples) => {
    if (clickedAt === null || peakOf(samples) < 0.1) return;
    delays.push(performance.now() - clickedAt);
    clickedAt = null;
  });
  const mouth = play(t, card, () => QUIET);
  let chunk = 0;
  mouth.next = () => {
    chunk += 1;
    // Not at a beat: with one, all would fall on the same moment between two of the server's.
    const isAwaited = clickedAt !== null && performance.now() - clickedAt < LOST_MS;
    if (chunk % (37 + (chunk % 5)) !== 0 || isAwaited || chunk < 50) return QUIET;
    clickedAt = performance.now();
    return LOUD;
  };
  await until(() => delays.length >= 20, 20_000);
  delays.sort((a, b) => a - b);
  const at = (part: number) => Math.round(delays[Math.floor(part * (delays.length - 1))]!);
  t.comment(`from pull to the ear, over both: median ${at(0.5)} ms, ${at(0)} to ${at(1)}`);
  t.pass("figures only");
});

t.test("an ffmpeg that is killed is back within two seconds, and it is said", SOUND, async (t) => {
  const { card, heard, deaf } = await open(t);
  const mouth = play(t, card);
  await until(heard);
  for (let times = 0; times < 3; times += 1) {
    const { pid } = mouth.playback;
    process.kill(pid!, "SIGKILL");
    const startedAt = performance.now();
    await until(() => mouth.playback.pid !== pid && mouth.playback.state.what === "here", mouth.limitMs);
    deaf();
    await until(heard, mouth.limitMs - (performance.now() - startedAt));
    t.comment(`heard again after ${Math.round(performance.now() - startedAt)} ms`);
  }
  t.same(
    mouth.states.map(({ what }) => what),
    ["here", "gone", "here", "gone", "here", "gone", "here"],
  );
});

t.test("C28: a speaker that is pulled is said to be gone, and heard when it is back", SOUND, async (t) => {
  const card = await SoundCard.open(t);
  const mouth = play(t, card);
  await until(() => mouth.playback.state.what === "here");
  card.unplug("speaker");
  const pulledAt = performance.now();
  await until(() => mouth.playback.state.what === "gone", mouth.limitMs);
  t.comment(`said after ${Math.round(performance.now() - pulledAt)} ms`);
  await until(() => / is gone$/.test(mouth.playback.state.error?.message ?? ""), mouth.limitMs);
  const { pulls } = mouth;
  card.plugIn("speaker");
  const backAt = performance.now();
  let peak = 0;
  card.listen(t, (samples) => {
    peak = peakOf(samples);
  });
  await until(() => peak > 0.1, mouth.limitMs);
  t.comment(`heard again after ${Math.round(performance.now() - backAt)} ms`);
  t.ok(mouth.pulls > pulls);
});

t.test("one that lives and plays nothing is gone", SOUND, async (t) => {
  const { card, heard, deaf } = await open(t);
  const mouth = play(t, card);
  await until(heard);
  const { pid } = mouth.playback;
  process.kill(pid!, "SIGSTOP");
  await until(() => mouth.playback.state.what === "gone", mouth.limitMs);
  deaf();
  const { pulls } = mouth;
  await until(heard, mouth.limitMs);
  t.ok(mouth.pulls - pulls < 300, "and what it did not play is not made up for");
});

t.test("where ffmpeg cannot play, that is said", (t) => {
  const never = () => {};
  const options = { speaker: device("default"), pull: () => QUIET, onState: never };
  const ffmpeg = { path: "/ffmpeg", version: safeLine("7") };
  t.throws(() => startPlayback({ ...options, ffmpeg: { ...ffmpeg, system: "directshow" } }), {
    code: "PLAYBACK_MISSING",
  });
  t.throws(() => startPlayback({ ...options, ffmpeg: { ...ffmpeg, system: null } }), { code: "NO_SOUND_DEVICE" });
  t.end();
});
