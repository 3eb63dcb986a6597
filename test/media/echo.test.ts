// A loudspeaker that the microphone hears (CASES C31): noticed, turned down, and never imagined.
import t from "tap";
import { EchoWatch } from "../../src/media/echo.js";
import { power, powerDb, STEP_MS, toSample } from "../../src/media/sound.js";
import { randomBy } from "../helpers/random.js";
import { changed, differsAt, joined, sharpestEdge, steps, sum, voices } from "../helpers/sound.js";

// Sound is measured by much arithmetic, and machines are busy.
t.setTimeout(180_000);

const [ann, bob] = voices();
const SEED = 31;
const MS = 48;

function noise(length: number, amplitude: number): Int16Array {
  const random = randomBy(SEED);
  return Int16Array.from({ length }, () => amplitude * 2 * (random() - 0.5));
}

/** A room: the echo itself and what its walls make of it, ever quieter. */
function room(pcm: Int16Array, delayMs: number): Int16Array {
  const random = randomBy(SEED);
  const walls = Array.from({ length: 20 }, (_, i) => {
    const later = Math.floor(delayMs * MS + i * 6 * MS * (0.5 + random()));
    return changed(pcm, (i % 2 === 0 ? 0.1 : -0.1) * 0.8 ** i, later);
  });
  return sum(...walls);
}

/** Played and recorded step by step. */
function watch(far: Int16Array, near: Int16Array, echo = new EchoWatch()) {
  const nearSteps = steps(near);
  let heardAt: number | null = null;
  const sent = steps(far).map((step, i) => {
    echo.played(step);
    const out = echo.recorded(nearSteps[i] ?? new Int16Array(step.length));
    if (echo.isHeard) heardAt ??= (i + 1) * STEP_MS;
    return out;
  });
  return { echo, heardAt, sent: joined(sent) };
}

const ECHOES: readonly (readonly [string, Int16Array, number])[] = [
  ["120 ms later, at -20 dB", changed(ann, 0.1, 120 * MS), 120],
  ["10 ms later", changed(ann, 0.1, 10 * MS), 10],
  ["390 ms later", changed(ann, 0.1, 390 * MS), 390],
  ["in a room with walls", room(ann, 120), 120],
  ["at -30 dB in the noise of a fan", sum(changed(ann, 0.03, 120 * MS), noise(ann.length, 60)), 120],
  ["while somebody speaks here too", sum(changed(ann, 0.1, 120 * MS), bob), 120],
];

for (const [what, near, delayMs] of ECHOES) {
  t.test(`the far end heard in the near end is noticed within 5 s: ${what}`, async (t) => {
    const { echo, heardAt } = watch(ann, near);
    t.comment(`noticed after ${heardAt} ms, delay ${echo.delayMs} ms`);
    t.ok(heardAt !== null && heardAt <= 5_000, `after ${heardAt} ms`);
    t.ok(Math.abs(echo.delayMs! - delayMs) <= 30, `a delay of ${echo.delayMs} ms`);
  });
}

const half = ann.length >> 1;
const OTHERS: readonly (readonly [string, Int16Array, Int16Array])[] = [
  ["both talk", ann, bob],
  ["both talk, the other way round", bob, ann],
  ["both have the same voice", ann.slice(0, half), ann.slice(half)],
  ["nobody talks here and the room is silent", ann, new Int16Array(ann.length)],
  ["nobody talks here and the room hisses", ann, noise(ann.length, 60)],
  ["nobody talks there", new Int16Array(ann.length), ann],
  ["nobody talks anywhere", new Int16Array(ann.length), new Int16Array(ann.length)],
  ["the same mains hums at both ends", sum(ann, hum(ann.length, 0)), sum(bob, hum(ann.length, 1))],
];

function hum(length: number, phase: number): Int16Array {
  return Int16Array.from({ length }, (_, i) => 300 * Math.sin((2 * Math.PI * 50 * i) / 48_000 + phase));
}

for (const [what, far, near] of OTHERS) {
  t.test(`no echo is imagined: ${what}`, async (t) => {
    // Twice over, so that whatever agrees by chance has time to.
    const { echo, heardAt, sent } = watch(joined([far, far]), joined([near, near]));
    t.equal(heardAt, null);
    t.equal(echo.isDucked, false);
    const sentThen = sent.subarray(0, near.length - 480);
    t.equal(differsAt(sentThen, near.subarray(0, near.length - 480)), -1, "and the microphone is left alone");
  });
}

const db = (pcm: Int16Array) => powerDb(power(pcm));

t.test("what goes back is at least 20 dB under the voice, and what is said here alone is not touched", async (t) => {
  const silence = new Int16Array(2 * ann.length);
  // A talks, nobody here does, then B alone: the echo of A, and later B's own voice.
  const far = joined([ann, silence]).slice(0, silence.length);
  const near = sum(changed(far, 0.1, 120 * MS), joined([new Int16Array(ann.length + 48_000), bob]));
  const { echo, heardAt, sent } = watch(far, near);
  const from = heardAt! * MS;
  const under = db(ann.subarray(from)) - db(sent.subarray(from, ann.length + 500 * MS));
  t.comment(`noticed after ${heardAt} ms, then ${under.toFixed(0)} dB under the voice`);
  t.ok(under >= 40, `${under} dB: 20 of the way and the rest ducked`);
  const own = ann.length + 48_000;
  t.equal(
    differsAt(sent.subarray(own, own + 300_000), near.subarray(own, own + 300_000)),
    -1,
    "B's own voice as it was recorded",
  );
  t.equal(echo.isHeard, true);
});

t.test("an echo as loud as the voice is ducked by 20 dB and more, without a click", async (t) => {
  const near = changed(ann, 0.9, 120 * MS);
  const { heardAt, sent } = watch(ann, near);
  const from = (heardAt! + 50) * MS;
  t.ok(db(ann.subarray(from)) - db(sent.subarray(from)) >= 20);
  t.ok(sharpestEdge(sent) <= 1.1 * sharpestEdge(near));
});

t.test("the microphone is turned down and up again without a click", async (t) => {
  const tone = Int16Array.from(
    { length: 2 * ann.length },
    (_, i) => 8_000 * Math.sin((2 * Math.PI * 130 * i) / 48_000),
  );
  const far = joined([ann, new Int16Array(ann.length)]);
  const { echo, sent } = watch(far, sum(changed(far, 0.1, 120 * MS), tone));
  t.ok(echo.isHeard && !echo.isDucked);
  t.ok(db(sent.subarray(ann.length / 2, ann.length)) < db(tone) - 10, "it was turned down");
  t.ok(sharpestEdge(sent) < 1_500, `an edge of ${sharpestEdge(sent)}`);
});

t.test("while nobody speaks there, an echo is not forgotten", async (t) => {
  const { echo } = watch(ann, changed(ann, 0.1, 120 * MS));
  watch(new Int16Array(2 * ann.length), joined([bob, bob]), echo);
  t.equal(echo.isHeard, true);
});

t.test("a microphone that gives nothing does not say that the echo is gone", async (t) => {
  const { echo } = watch(ann, changed(ann, 0.1, 120 * MS));
  watch(joined([ann, ann]), new Int16Array(2 * ann.length), echo);
  t.equal(echo.isHeard, true);
});

t.test("ducking can be switched off, and the echo is still told", async (t) => {
  const near = changed(ann, 0.1, 120 * MS);
  const { echo, sent, heardAt } = watch(ann, near, new EchoWatch({ ducks: false }));
  t.ok(heardAt !== null && echo.isHeard && !echo.isDucked);
  t.equal(differsAt(sent, near.subarray(0, sent.length)), -1);
  echo.setDucks(true);
  const { sent: later } = watch(ann, near, echo);
  t.ok(db(later) < db(near) - 20);
  echo.setDucks(false);
  const { sent: last } = watch(ann, near, echo);
  t.equal(differsAt(last.subarray(480), near.subarray(480, last.length)), -1);
});

t.test("with headphones put on, the echo is over after a while", async (t) => {
  const { echo } = watch(ann, changed(ann, 0.1, 120 * MS));
  t.ok(echo.isHeard);
  watch(joined([ann, ann]), noise(2 * ann.length, 60), echo);
  t.equal(echo.isHeard, false);
});

t.test("steps of several lengths and times do as well", async (t) => {
  const near = changed(ann, 0.1, 120 * MS).map((sample) => toSample(sample));
  const echo = new EchoWatch();
  const nearSteps = steps(near, 960);
  // A player that takes 40 ms at a time, a microphone that gives 20.
  for (let i = 0; i + 4 <= ann.length / 480; i += 4) {
    for (let k = 0; k < 4; k += 1) echo.played(ann.subarray((i + k) * 480, (i + k + 1) * 480));
    for (const step of nearSteps.slice(i / 2, i / 2 + 2)) echo.recorded(step);
  }
  t.ok(echo.isHeard);
});
