// Speech over a path that loses, delays and reorders, by seed: what of it can be understood.
import t from "tap";
import { carry, judged, mean, type Path } from "../helpers/call-path.js";
import { speech } from "../helpers/sound.js";

t.setTimeout(180_000);

const said = speech();

interface Case extends Path {
  readonly name: string;
  readonly atLeast: number;
}

const CASES: readonly Case[] = [
  { name: "nothing lost", seed: 1, atLeast: 0.95 },
  { name: "nothing lost, frames of 10 ms", seed: 1, frameMs: 10, atLeast: 0.95 },
  { name: "a player that takes 40 ms at a time", seed: 1, turn: 4, atLeast: 0.95 },
  { name: "40 ms of jitter", seed: 2, jitterMs: 40, atLeast: 0.93 },
  {
    ...{ name: "all stands still for 100 ms every two seconds", seed: 1, jitterMs: 6, atLeast: 0.85 },
    stall: { firstAtMs: 900, everyMs: 2_000, ms: 100 },
  },
  { name: "5 % lost", seed: 3, lossPercent: 5, atLeast: 0.93 },
  { name: "5 % lost in runs of three", seed: 4, lossPercent: 5, burst: 3, atLeast: 0.93 },
  { name: "20 % lost, 40 ms of jitter", seed: 5, lossPercent: 20, jitterMs: 40, atLeast: 0.9 },
  {
    name: "20 % lost, 40 ms of jitter, frames of 10 ms",
    seed: 6,
    lossPercent: 20,
    jitterMs: 40,
    frameMs: 10,
    atLeast: 0.9,
  },
  { name: "20 % lost in runs of two, 40 ms of jitter", seed: 7, lossPercent: 20, burst: 2, jitterMs: 40, atLeast: 0.9 },
  {
    name: "20 % lost in runs of three, 40 ms of jitter",
    seed: 8,
    lossPercent: 20,
    burst: 3,
    jitterMs: 40,
    atLeast: 0.9,
  },
];

for (const { name, atLeast, ...path } of CASES) {
  t.test(`speech is understood: ${name}`, async (t) => {
    const heard = await carry(said, path);
    const { score, delayMs } = judged(said, heard.pcm);
    const { stats } = heard;
    t.comment(
      `seed ${path.seed}: STOI ${score.toFixed(3)}, mouth to ear ${delayMs.toFixed(0)} ms (30 of them the path), ` +
        `buffer ${mean(heard.delaysMs).toFixed(0)} ms, ${heard.lost} of ${heard.sent} lost, copies ${stats.copies}, ` +
        `in band ${stats.inBand}, guessed ${stats.guessed}, late ${stats.late}, ` +
        `shortened ${stats.shortened}, lengthened ${stats.lengthened}`,
    );
    t.ok(score >= atLeast, `seed ${path.seed}: STOI ${score.toFixed(3)}`);
    t.ok(heard.lost >= (heard.sent * (path.lossPercent ?? 0)) / 200, "the path did lose what it was to lose");
    t.ok(Math.max(...heard.buffersMs) <= 200, `buffer at most ${Math.max(...heard.buffersMs)} ms`);
    t.equal(stats.received, heard.sent - heard.lost);
  });
}
