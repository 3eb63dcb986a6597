// What our reading of libopus-wasm rests on, asked of the library itself.
import t from "tap";
import { frameLengthMs, MAX_FRAME_BYTES, openDecoder, openEncoder } from "../../src/media/opus.js";
import { joined, steps, voices } from "../helpers/sound.js";
import { aligned, stoi } from "../helpers/stoi.js";

// Sound is measured by much arithmetic, and machines are busy.
t.setTimeout(180_000);

const [voice] = voices();

for (const frameMs of [10, 20]) {
  t.test(`speech in frames of ${frameMs} ms comes back as speech`, async (t) => {
    const encoder = await openEncoder();
    const decoder = await openDecoder();
    t.teardown(() => [encoder, decoder].map((coder) => coder.close()));
    const frames = steps(voice, 48 * frameMs).map((pcm) => encoder.encode(pcm));
    t.ok(frames.every((frame) => frameLengthMs(frame) === frameMs && frame.length <= 1_000));
    const heard = joined(frames.map((frame) => decoder.decode(frame)));
    const score = stoi(voice, aligned(voice, heard, 312));
    t.ok(score > 0.97, `STOI ${score.toFixed(3)}`);
  });
}

t.test("frames and sounds that were handed out stay as they are", async (t) => {
  const encoder = await openEncoder();
  const decoder = await openDecoder();
  t.teardown(() => [encoder, decoder].map((coder) => coder.close()));
  const [first, second] = steps(voice.subarray(48_000), 960) as [Int16Array, Int16Array];
  const frame = encoder.encode(first);
  const kept = frame.slice();
  const sound = decoder.decode(frame);
  const keptSound = sound.slice();
  decoder.decode(encoder.encode(second));
  t.same(frame, kept);
  t.same(sound, keptSound);
});

t.test("a frame holds enough of the one before to be heard without it", async (t) => {
  const encoder = await openEncoder();
  const decoder = await openDecoder();
  t.teardown(() => [encoder, decoder].map((coder) => coder.close()));
  encoder.setLoss(30);
  const frames = steps(voice, 960).map((pcm) => encoder.encode(pcm));
  const heard = joined(
    frames.map((frame, i) => {
      if (i % 3 !== 1) return decoder.decode(frame);
      return decoder.decodeBefore(frames[i + 1] ?? frame, 960);
    }),
  );
  const score = stoi(voice, aligned(voice, heard, 312));
  t.ok(score > 0.93, `every third frame gone: STOI ${score.toFixed(3)}`);
});

t.test("a decoder throws at what is no frame, and goes on after it", async (t) => {
  const encoder = await openEncoder();
  const decoder = await openDecoder();
  t.teardown(() => [encoder, decoder].map((coder) => coder.close()));
  const bad = [
    new Uint8Array(0),
    new Uint8Array(65_536),
    new Uint8Array(MAX_FRAME_BYTES + 1),
    Uint8Array.of(0xff, 0xff, 0xff),
    Uint8Array.of(0x5b, 2, 1, 1, 1, 1),
  ];
  for (const frame of bad) t.throws(() => decoder.decode(frame), `${frame.length} bytes`);
  t.equal(decoder.decode(encoder.encode(new Int16Array(960))).length, 960);
});

t.test("coders that are closed give back what they took", async (t) => {
  const frame = await encoded();
  const open = async (count: number) => {
    for (let i = 0; i < count; i += 1) {
      const decoder = await openDecoder();
      decoder.decode(frame);
      decoder.close();
    }
  };
  await open(50);
  const before = process.memoryUsage().external;
  await open(3_000);
  const grown = process.memoryUsage().external - before;
  t.ok(grown < 8 * 2 ** 20, `${grown} bytes after 3,000 decoders`);
});

async function encoded(): Promise<Uint8Array> {
  const encoder = await openEncoder();
  const frame = encoder.encode(new Int16Array(960).map((_, i) => 5_000 * Math.sin(i / 20)));
  encoder.close();
  return frame;
}
