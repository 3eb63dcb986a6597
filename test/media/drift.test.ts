// Two sound cards never agree: twenty minutes between clocks 1,000 ppm apart, each way (CASES C29).
import t from "tap";
import { JitterBuffer } from "../../src/media/jitter.js";
import { openDecoder, openEncoder } from "../../src/media/opus.js";
import { type AudioPacket, decodePacket } from "../../src/media/packet.js";
import { SAMPLE_RATE, STEP_MS, STEP_SAMPLES, toSample } from "../../src/media/sound.js";
import { Talker } from "../../src/media/talker.js";
import { mean } from "../helpers/call-path.js";
import { randomBy } from "../helpers/random.js";
import { delaySamples, joined, longestGap, sharpestEdge, speech } from "../helpers/sound.js";
import { aligned, stoi } from "../helpers/stoi.js";

t.setTimeout(240_000);

const MINUTES = 20;
const SEED = 29;
const FRAME_MS = 20;
const WAY_MS = 30;
const WANDER_MS = 8;
const PART_SAMPLES = SAMPLE_RATE;
const MOST_DELAY_SAMPLES = 0.4 * SAMPLE_RATE;

/** A room is never silent, so a gap is one: speech over a quiet hiss, whole frames. */
function source(): Int16Array {
  const random = randomBy(SEED);
  const pcm = speech().map((sample) => toSample(sample + 120 * (random() - 0.5)));
  return pcm.slice(0, pcm.length - (pcm.length % (48 * FRAME_MS)));
}

async function packetsOf(pcm: Int16Array): Promise<AudioPacket[]> {
  const packets: AudioPacket[] = [];
  const talker = new Talker(await openEncoder(), (bytes) => packets.push(decodePacket(bytes)!), { gate: null });
  talker.feed(pcm);
  talker.close();
  return packets;
}

const said = source();
const packets = await packetsOf(said);

/** The packets of one lap again and again, at the talker's pace; what is heard at ours. */
async function listen(ppm: number) {
  const random = randomBy(SEED);
  const buffer = new JitterBuffer();
  buffer.decoder = await openDecoder();
  const heard = new Int16Array(MINUTES * 60 * SAMPLE_RATE);
  let index = 0;
  let mostBufferedMs = 0;
  const due = () => ((index + 1) * FRAME_MS) / (1 + ppm / 1e6) + WAY_MS;
  let nextAt = due();
  for (let at = 0; at < heard.length; at += STEP_SAMPLES) {
    const now = (at / STEP_SAMPLES) * STEP_MS;
    while (nextAt <= now) {
      buffer.receive(again(index), nextAt);
      index += 1;
      nextAt = due() + WANDER_MS * random();
    }
    heard.set(buffer.pull(now) ?? [], at);
    mostBufferedMs = Math.max(mostBufferedMs, buffer.stats(now).bufferedMs);
  }
  buffer.decoder.close();
  return { heard, mostBufferedMs, stats: buffer.stats(MINUTES * 60_000) };
}

function again(index: number): AudioPacket {
  return {
    ...packets[index % packets.length]!,
    sequence: index % 65_536,
    // Not from zero: the timestamp wraps on the way.
    timestamp: (index * 48 * FRAME_MS + 2 ** 32 - 10_000_000) % 2 ** 32,
  };
}

/** From mouth to ear in each second of a lap in which somebody speaks, ms. */
function delaysMs(heard: Int16Array, lap: number, ppm: number): number[] {
  const delays: number[] = [];
  for (let at = 0; at + PART_SAMPLES <= said.length; at += PART_SAMPLES) {
    const part = said.subarray(at, at + PART_SAMPLES);
    const from = Math.round((lap * said.length + at) / (1 + ppm / 1e6));
    const around = heard.subarray(from, from + PART_SAMPLES + MOST_DELAY_SAMPLES);
    delays.push(delaySamples(part, around, MOST_DELAY_SAMPLES) / 48);
  }
  return delays;
}

function understood(heard: Int16Array, lap: number, ppm: number): number {
  const from = Math.round((lap * said.length) / (1 + ppm / 1e6));
  const around = heard.subarray(from, from + said.length + SAMPLE_RATE);
  return stoi(said, aligned(said, around, Math.round(48 * mean(delaysMs(heard, lap, ppm)))));
}

async function plain(): Promise<Int16Array> {
  const decoder = await openDecoder();
  const pcm = joined(packets.map(({ frame }) => decoder.decode(frame)));
  decoder.close();
  return pcm;
}

for (const ppm of [1_000, -1_000]) {
  t.test(`twenty minutes of a talker whose clock is ${ppm} ppm off`, async (t) => {
    const { heard, mostBufferedMs, stats } = await listen(ppm);
    const laps = Math.floor(heard.length / said.length) - 1;
    const [first, last] = [mean(delaysMs(heard, 1, ppm)), mean(delaysMs(heard, laps - 1, ppm))];
    const scores = [1, laps >> 1, laps - 1].map((lap) => understood(heard, lap, ppm));
    const [edge, plainEdge] = [sharpestEdge(heard), sharpestEdge(await plain())];
    const gapMs = longestGap(heard.subarray(SAMPLE_RATE), 2) / 48;
    t.comment(
      `seed ${SEED}: mouth to ear ${first.toFixed(0)} ms, at the end ${last.toFixed(0)} ms, buffer at most ` +
        `${mostBufferedMs.toFixed(0)} ms, STOI ${scores.map((score) => score.toFixed(3))}, longest gap ${gapMs.toFixed(1)} ms, ` +
        `sharpest edge ${edge} (${plainEdge} without a buffer), shortened ${stats.shortened}, lengthened ${stats.lengthened}, ` +
        `guessed ${stats.guessed}, late ${stats.late}`,
    );
    t.ok(Math.abs(last - first) <= 30, `${first} ms became ${last} ms`);
    t.ok(mostBufferedMs <= 120, `buffer at most ${mostBufferedMs} ms`);
    t.ok(gapMs <= 40, `longest gap ${gapMs} ms`);
    for (const score of scores) t.ok(score >= 0.95, `STOI ${score}`);
    t.ok(edge <= 1.5 * plainEdge, `sharpest edge ${edge}, without a buffer ${plainEdge}`);
    t.match(stats, { restarts: 0, skipped: 0, broken: 0 });
    t.ok((ppm > 0 ? stats.shortened : stats.lengthened) > 60, "it was time that was stretched");
  });
}
