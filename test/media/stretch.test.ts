// Time made shorter and longer: the pitch stays, nothing clicks, and what cannot be cut well is left.
import t from "tap";
import { crossFaded, fadedOut, lengthened, STRETCH_SAMPLES, shortened } from "../../src/media/stretch.js";
import { randomBy } from "../helpers/random.js";
import { sharpestEdge, voices } from "../helpers/sound.js";

const PERIOD = 240;
const vowel = (length: number) =>
  Int16Array.from({ length }, (_, i) => {
    const at = (2 * Math.PI * i) / PERIOD;
    return 6_000 * Math.sin(at) + 3_000 * Math.sin(3 * at) + 1_000 * Math.sin(7 * at);
  });

t.test("a vowel loses or gains whole periods and is the same vowel", async (t) => {
  const source = vowel(4_800);
  for (const [how, sign] of [
    [shortened, -1],
    [lengthened, 1],
  ] as const) {
    const made = how(source, 0.85)!;
    const change = sign * (made.length - source.length);
    t.ok(change >= PERIOD / 2 && change % PERIOD === 0, `${change} samples`);
    const largest = source.reduce((most, sample, i) => Math.max(most, Math.abs(sample - (made[i] ?? sample))), 0);
    t.ok(largest <= 40, `differs by ${largest} at most`);
  }
});

t.test("both ends stay, so nothing clicks where it is joined", async (t) => {
  const [voice] = voices();
  let made = 0;
  for (let at = 20_000; at < 400_000; at += 9_700) {
    const piece = voice.slice(at, at + STRETCH_SAMPLES + 480);
    for (const out of [shortened(piece, 0.85), lengthened(piece, 0.85)]) {
      if (!out) continue;
      made += 1;
      t.equal(out[0], piece[0]);
      t.same(out.slice(-480), piece.slice(-480));
      t.ok(sharpestEdge(out) <= 1.5 * sharpestEdge(piece) + 60, `edge ${sharpestEdge(out)} at ${at}`);
    }
  }
  t.ok(made > 40, `${made} pieces`);
});

t.test("noise is left as it is where no two periods are alike", async (t) => {
  const random = randomBy(3);
  const noise = Int16Array.from({ length: 2_000 }, () => 20_000 * (random() - 0.5));
  t.equal(shortened(noise, 0.85), null);
  t.equal(lengthened(noise, 0.85), null);
  t.ok(shortened(noise, -1), "and cut where it must be");
});

t.test("silence may be cut anywhere, and too little of anything nowhere", async (t) => {
  t.equal(shortened(new Int16Array(2_000), 0.85)!.length, 1_280);
  t.equal(shortened(vowel(200), 0), null);
  t.equal(lengthened(new Int16Array(0), 0), null);
});

t.test("fades begin where they began and end where they must", async (t) => {
  const loud = new Int16Array(100).fill(10_000);
  t.equal(crossFaded(loud.slice(0, 50), new Int16Array(100))[0], 10_000);
  t.same(crossFaded(loud.slice(0, 50), new Int16Array(100)).slice(50), new Int16Array(50));
  t.equal(fadedOut(loud).at(-1), 0);
});
