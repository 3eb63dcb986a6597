// The microphone's side: what becomes a packet, and above all what never does.
import t, { type Test } from "tap";
import { openEncoder } from "../../src/media/opus.js";
import { type AudioPacket, decodePacket } from "../../src/media/packet.js";
import { SAMPLE_RATE } from "../../src/media/sound.js";
import { Talker, type TalkerOptions } from "../../src/media/talker.js";
import { carry } from "../helpers/call-path.js";
import { delaySamples, joined, speech, steps, voices } from "../helpers/sound.js";
import { aligned, stoi } from "../helpers/stoi.js";

// Sound is measured by much arithmetic, and machines are busy.
t.setTimeout(180_000);

const [voice] = voices();
const SECOND = SAMPLE_RATE;

async function open(t: Test, options?: TalkerOptions) {
  const packets: AudioPacket[] = [];
  const talker = new Talker(await openEncoder(), (bytes) => packets.push(decodePacket(bytes)!), options);
  t.teardown(() => talker.close());
  return { talker, packets };
}

t.test("sound of any length becomes frames of one length, one after the other", async (t) => {
  for (const frameMs of [10, 20] as const) {
    const { talker, packets } = await open(t, { frameMs, gate: null });
    let at = 0;
    for (const length of [1, 479, 481, 960, 7, 5_000, 0, 40_000]) {
      talker.feed(voice.subarray(at, at + length));
      at += length;
    }
    t.equal(packets.length, Math.floor(at / (48 * frameMs)));
    t.ok(packets.every(({ sequence, timestamp }, i) => sequence === i && timestamp === i * 48 * frameMs));
    t.ok(packets.every((packet) => packet.frameMs === frameMs));
    t.same(packets.map(({ isStart }) => isStart).slice(0, 3), [true, false, false]);
  }
});

t.test("while muted no packet leaves, whatever is fed, and nothing of it later", async (t) => {
  const { talker, packets } = await open(t, { gate: null });
  talker.feed(voice.subarray(0, 2 * SECOND));
  const before = packets.length;
  talker.setMuted(true);
  talker.feed(voice.subarray(2 * SECOND));
  t.equal(packets.length, before, `${voice.length / SECOND - 2} s fed while muted`);
  t.ok(talker.levelDb > -60, "the level is still shown");
  t.equal(talker.sentPackets, before);
  // A frame that began while muted: 100 samples of it.
  talker.feed(new Int16Array(960 - (voice.length % 960) + 100));
  talker.setMuted(false);
  talker.feed(new Int16Array(860));
  t.equal(packets.length, before, "the frame that was begun while muted is not sent");
  talker.feed(new Int16Array(960));
  t.equal(packets.length, before + 1);
  t.match(packets.at(-1), { isStart: true, earlier: [], sequence: before });
  t.equal(packets.at(-1)!.timestamp, voice.length + (960 - (voice.length % 960)) + 960, "time went on");
});

t.test("what lies in a frame when it is muted goes nowhere", async (t) => {
  const { talker, packets } = await open(t, { gate: null });
  talker.feed(voice.subarray(0, 500));
  talker.setMuted(true);
  talker.setMuted(false);
  talker.feed(voice.subarray(500, 960));
  t.equal(packets.length, 0);
});

t.test("what was recorded while muted and comes a step later is not sent either", async (t) => {
  const { talker, packets } = await open(t, { frameMs: 10, gate: null });
  talker.setMuted(true);
  talker.feed(voice.subarray(0, 960));
  talker.setMuted(false);
  talker.feed(voice.subarray(960, 1_440));
  t.equal(packets.length, 0);
  talker.feed(voice.subarray(1_440, 1_920));
  t.equal(packets.length, 1);
});

t.test("with a key to talk, packets leave while it is held and at no other time", async (t) => {
  const { talker, packets } = await open(t);
  const second = steps(voice, 960).slice(50, 100);
  talker.setKeyUsed(true);
  for (const frame of second) talker.feed(frame);
  t.equal(packets.length, 0, "not held");
  talker.setKeyHeld(true);
  for (const frame of second) talker.feed(frame);
  t.equal(packets.length, 49, "held, but for the frame that begins with what was recorded before");
  t.match(packets[0], { isStart: true, earlier: [] }, "and what was said before is not in it");
  talker.setKeyHeld(false);
  for (const frame of second) talker.feed(frame);
  t.equal(packets.length, 49, "let go");
  talker.setKeyHeld(true);
  talker.setMuted(true);
  for (const frame of second) talker.feed(frame);
  t.equal(packets.length, 49, "held, and muted");
});

t.test("silence sends nothing but the end of what was said", async (t) => {
  const { talker, packets } = await open(t);
  talker.feed(joined([new Int16Array(2 * SECOND), voice, new Int16Array(10 * SECOND)]));
  const last = packets.at(-1)!;
  t.ok(last.isEnd && packets.filter(({ isEnd }) => isEnd).length === packets.filter(({ isStart }) => isStart).length);
  t.ok(last.timestamp < 2 * SECOND + voice.length + 0.5 * SECOND, "half a second after the last word it is over");
  t.ok(packets[0]!.timestamp > 2 * SECOND);
  t.equal(talker.isTalking, false);
});

t.test("what came right before the first loud frame rides along with it, but not over a mute", async (t) => {
  const { talker, packets } = await open(t);
  const quiet = voice.subarray(SECOND, 2 * SECOND).map((sample) => sample / 200);
  const first = () => packets.findLast(({ isStart }) => isStart)!.earlier.map(({ before }) => before);
  talker.feed(quiet);
  talker.feed(voice.subarray(SECOND, 2 * SECOND));
  t.same(first(), [2, 1]);
  talker.feed(new Int16Array(2 * SECOND));
  talker.feed(quiet);
  t.equal(talker.isTalking, false);
  talker.setMuted(true);
  talker.setMuted(false);
  talker.feed(voice.subarray(SECOND, 2 * SECOND));
  t.same(first(), []);
});

t.test("a room that hums is no voice, and a voice in it is", async (t) => {
  const { talker, packets } = await open(t);
  const hum = Int16Array.from({ length: 20 * SECOND }, (_, i) => 330 * Math.sin(i / 76));
  talker.feed(hum);
  const before = packets.length;
  talker.feed(hum.subarray(0, 5 * SECOND));
  t.equal(packets.length, before, `after ${before} packets the hum is known`);
  talker.feed(voice.map((sample, i) => sample + hum[i]!));
  t.ok(packets.length > before + 300);
});

t.test("what is lost decides how often a frame is sent", async (t) => {
  const { talker, packets } = await open(t, { gate: null });
  const before = () => packets.at(-1)!.earlier.map((earlier) => earlier.before);
  const after = (percent: number, run?: number) => {
    talker.setLoss(percent, run);
    talker.feed(voice.subarray(0, 10 * 960));
    return before();
  };
  talker.feed(voice.subarray(0, 10 * 960));
  t.same(before(), [1], "until something is known");
  t.same(after(0), []);
  t.same(after(3), [1]);
  t.same(after(20), [2, 1]);
  t.same(after(20, 2.6), [6, 3]);
  t.same(after(60, 30), [8, 4]);
});

t.test("stretches of talk between silences: no first syllable is lost, and delay does not grow", async (t) => {
  const spurts = 12;
  const word = voice.subarray(0.25 * SECOND, 1.75 * SECOND);
  const said = joined(Array.from({ length: spurts }, (_, i) => joined([word, new Int16Array((1 + (i % 3)) * SECOND)])));
  const heard = await carry(said, { seed: 12, jitterMs: 20, gate: {} });
  const delays: number[] = [];
  const scores: number[] = [];
  for (let i = 0, at = 0; i < spurts; i += 1) {
    const around = heard.pcm.subarray(at, at + word.length + SECOND / 2);
    delays.push(delaySamples(word, around, SECOND / 2) / 48);
    // From its very beginning, and half a second of it alone.
    const laid = aligned(word, around, Math.round(48 * delays.at(-1)!));
    scores.push(stoi(word.subarray(0, SECOND / 2), laid.subarray(0, SECOND / 2)), stoi(word, laid));
    at += word.length + (1 + (i % 3)) * SECOND;
  }
  t.comment(`seed 12: delays ${delays.map((ms) => ms.toFixed(0))} ms, STOI at least ${Math.min(...scores).toFixed(3)}`);
  t.ok(Math.min(...scores) > 0.93, `STOI at least ${Math.min(...scores)}`);
  t.ok(Math.max(...delays) - Math.min(...delays) <= 40, `delays ${delays.map(Math.round)}`);
  t.ok(delays.at(-1)! - delays[1]! <= 20);
  t.ok(heard.sent < (said.length / 960) * 0.75, `${heard.sent} packets for ${said.length / 960} frames`);
});

t.test("a talk of twenty seconds takes no more bytes than a phone call", async (t) => {
  const { talker, packets } = await open(t, { gate: null });
  talker.setLoss(0);
  const all = speech();
  talker.feed(all);
  const bytes = packets.reduce((sum, { frame }) => sum + frame.length, 0);
  t.ok((bytes * 8) / (all.length / SECOND) < 32_000, `${bytes} bytes`);
});
