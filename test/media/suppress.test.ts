// Noise taken out, speech left in; and off is off.
import loadRnnoise, { type RnnoiseModule } from "@echogarden/rnnoise-wasm";
import t, { type Test } from "tap";
import { power, powerDb, toSample } from "../../src/media/sound.js";
import { openSuppressor } from "../../src/media/suppress.js";
import { judged } from "../helpers/call-path.js";
import { randomBy } from "../helpers/random.js";
import { changed, differsAt, joined, sharpestEdge, steps, sum, voices } from "../helpers/sound.js";

// Sound is measured by much arithmetic, and machines are busy.
t.setTimeout(180_000);

const SEED = 13;
const SECOND = 48_000;
const [voice] = voices();
/** Three seconds of a fan, then a voice beside it. */
const noisy = sum(fan(voice.length + 3 * SECOND), joined([new Int16Array(3 * SECOND), voice]));
function fan(length: number): Int16Array {
  const random = randomBy(SEED);
  let value = 0;
  return Int16Array.from({ length }, () => {
    value = 0.95 * value + random() - 0.5;
    return toSample(600 * value);
  });
}

const db = (pcm: Int16Array) => powerDb(power(pcm));

async function open(t: Test, isOn = true) {
  const suppressor = await openSuppressor(isOn);
  t.teardown(() => suppressor.close());
  return suppressor;
}

t.test("noise is taken out, and the voice in it stays", async (t) => {
  const suppressor = await open(t);
  const likelihoods: number[] = [];
  const clean = joined(
    steps(noisy).map((step) => {
      const out = suppressor.suppress(step);
      likelihoods.push(suppressor.voiceLikelihood);
      return out;
    }),
  );
  const fallen = db(noisy.subarray(SECOND, 3 * SECOND)) - db(clean.subarray(SECOND, 3 * SECOND));
  const { score, delayMs } = judged(voice, clean.subarray(3 * SECOND));
  t.comment(`noise ${fallen.toFixed(0)} dB less, STOI ${score.toFixed(3)}, delay ${delayMs.toFixed(1)} ms`);
  t.ok(fallen > 15, `the noise is ${fallen} dB quieter`);
  t.ok(score > 0.9, `STOI ${score}`);
  t.ok(Math.abs(delayMs - 10) < 1, `${delayMs} ms later`);
  t.ok(Math.max(...likelihoods.slice(350, 500)) > 0.8 && Math.max(...likelihoods.slice(100, 290)) < 0.5);
});

t.test("off it gives what it gets, a step later, and switching makes no click", async (t) => {
  const suppressor = await open(t, false);
  const out = steps(noisy).map((step) => suppressor.suppress(step));
  t.equal(differsAt(joined(out.slice(1)), noisy.subarray(0, 480 * (out.length - 1))), -1);
  const plain = sharpestEdge(voice);
  const switched = joined(
    steps(voice).map((step, i) => {
      suppressor.setOn(i % 20 < 10);
      return suppressor.suppress(step);
    }),
  );
  t.ok(sharpestEdge(switched) <= 1.3 * plain, `${sharpestEdge(switched)}, without ${plain}`);
  suppressor.setOn(false);
  suppressor.suppress(new Int16Array(480));
  t.match(suppressor, { isOn: false, voiceLikelihood: 0 });
});

t.test("what it gives stays as it is, and it takes no sound for its own", async (t) => {
  const suppressor = await open(t);
  const [first, second] = steps(voice.subarray(SECOND)) as [Int16Array, Int16Array];
  const kept = first.slice();
  suppressor.suppress(first);
  const out = suppressor.suppress(second);
  const keptOut = out.slice();
  suppressor.suppress(changed(voice.subarray(0, 480), 1));
  t.same(first, kept);
  t.same(out, keptOut);
});

t.test("switched on and off in the hum of the mains it goes over softly", async (t) => {
  const suppressor = await open(t);
  const random = randomBy(SEED);
  const hum = Int16Array.from(
    { length: 4 * SECOND },
    (_, i) => 6_000 * Math.sin((2 * Math.PI * 60 * i) / 48_000) + 200 * (random() - 0.5),
  );
  const out = joined(
    steps(hum).map((step, i) => {
      suppressor.setOn(i < 200 || i % 40 < 20);
      return suppressor.suppress(step);
    }),
  );
  const [on, both] = [db(out.subarray(SECOND, 2 * SECOND)), db(out.subarray(2 * SECOND))];
  t.ok(on < db(hum) - 15, `on: ${on} dB`);
  t.ok(both > db(hum) - 6, `on and off: ${both} dB`);
  t.ok(sharpestEdge(out.subarray(SECOND)) < 1_500, `${sharpestEdge(out.subarray(SECOND))}`);
});

t.test("whoever hands over a step may write over it", async (t) => {
  const suppressor = await open(t, false);
  const [first, second] = steps(voice.subarray(SECOND)) as [Int16Array, Int16Array];
  const step = first.slice();
  suppressor.suppress(step);
  step.fill(0);
  t.equal(differsAt(suppressor.suppress(second), first), -1);
});

t.test("closed twice it is closed once, and then it says so", async (t) => {
  const given: string[] = [];
  const module = Object.create(await loadRnnoise(), {
    _rnnoise_destroy: { value: () => given.push("state") },
    _free: { value: () => given.push("samples") },
  }) as RnnoiseModule;
  const suppressor = await openSuppressor(true, async () => module);
  suppressor.close();
  suppressor.close();
  t.same(given, ["state", "samples"]);
  t.throws(() => suppressor.suppress(new Int16Array(480)), /closed/);
});

t.test("ten milliseconds take far less than ten", async (t) => {
  const suppressor = await open(t);
  const all = steps(noisy);
  for (const step of all.slice(0, 100)) suppressor.suppress(step);
  const before = process.cpuUsage();
  for (const step of all) suppressor.suppress(step);
  const { user, system } = process.cpuUsage(before);
  const ms = (user + system) / 1_000 / all.length;
  t.comment(`${ms.toFixed(3)} ms a step`);
  t.ok(ms < 2, `${ms} ms`);
});
