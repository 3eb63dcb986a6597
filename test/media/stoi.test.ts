// The measure measured: what the tests of sound rest on.
import t from "tap";
import { toSample } from "../../src/media/sound.js";
import { randomBy } from "../helpers/random.js";
import { changed, delaySamples, speech, voices } from "../helpers/sound.js";
import { aligned, stoi } from "../helpers/stoi.js";

// Sound is measured by much arithmetic, and machines are busy.
t.setTimeout(180_000);

const SEED = 7;
/** The same definition by numpy and scipy over the same samples: ratio in dB, score. */
const BY_SCIPY: readonly (readonly [number, number])[] = [
  [-10, 0.721],
  [-5, 0.832],
  [0, 0.916],
  [5, 0.962],
  [10, 0.983],
  [20, 0.997],
];

const said = speech();

/** White noise over speech; the ratio is that of the whole recording, pauses too. */
function noisy(pcm: Int16Array, ratioDb: number): Int16Array {
  const random = randomBy(SEED);
  const energy = pcm.reduce((sum, sample) => sum + sample * sample, 0) / pcm.length;
  const width = Math.sqrt((3 * energy) / 10 ** (ratioDb / 10));
  return pcm.map((sample) => toSample(sample + width * (2 * random() - 1)));
}

t.test("speech as it was is wholly intelligible, also quieter", async (t) => {
  t.ok(stoi(said, said) > 0.9999);
  t.ok(stoi(said, changed(said, 0.1)) > 0.999);
});

t.test("noise takes intelligibility step by step, as far as a second implementation says", async (t) => {
  for (const [ratioDb, score] of BY_SCIPY) {
    const found = stoi(said, noisy(said, ratioDb));
    t.ok(Math.abs(found - score) < 0.005, `${ratioDb} dB, seed ${SEED}: ${found.toFixed(3)}, expected ${score}`);
  }
});

t.test("another text says nothing about this one", async (t) => {
  const [first, second] = voices();
  t.ok(stoi(second, first.slice(0, second.length)) < 0.35);
});

t.test("a delay is found to the sample, and parts that moved are laid back", async (t) => {
  const [voice] = voices();
  t.equal(delaySamples(voice, changed(voice, 0.5, 1_234), 4_800), 1_234);
  const moved = changed(voice, 1, 3_000);
  moved.copyWithin(4 * 48_000 - 700, 4 * 48_000);
  t.ok(stoi(voice, moved) < 0.6);
  t.ok(stoi(voice, aligned(voice, moved, 3_000)) > 0.97);
});
