// Whoever sends harm in a call (ATTACKS A66, A68): nothing throws, memory stays, and the others are heard.
import t from "tap";
import { MAX_SPEAKERS, Mixer } from "../../src/media/mixer.js";
import { decodePacket, encodePacket } from "../../src/media/packet.js";
import { STEP_MS } from "../../src/media/sound.js";
import { packetsOf, sitWithHostile } from "../helpers/hostile-sound.js";
import { randomBy } from "../helpers/random.js";
import { voices } from "../helpers/sound.js";

t.setTimeout(240_000);

t.test("100,000 hostile packets beside somebody who talks", (t) => sitWithHostile(t, 100_000, 66));

t.test(
  "fifty who send a thousand packets a second each, with timestamps that jump and numbers that repeat",
  async (t) => {
    const seed = 68;
    const random = randomBy(seed);
    let now = 0;
    const mixer = new Mixer({ now: () => now });
    t.teardown(() => mixer.close());
    const packet = decodePacket((await packetsOf(voices()[0]))[100]!)!;
    const ids = Array.from({ length: MAX_SPEAKERS }, (_, i) => `s${i}`);
    const timestamp = [
      () => Math.floor(random() * 2 ** 32),
      (at: number) => at * 48,
      (at: number) => at * 480,
      (at: number) => (2 ** 32 - at * 48) % 2 ** 32,
      (at: number) => at * 48 + 24_000 * Math.floor(random() * 2),
    ];
    let sent = 0;
    let mostBufferedMs = 0;
    for (let step = 0; step < 300; step += 1, now += STEP_MS) {
      for (const [i, id] of ids.entries()) {
        for (let k = 0; k < 10; k += 1, sent += 1) {
          const at = Math.floor(timestamp[i % timestamp.length]!(step * 10 + k)) % 2 ** 32;
          const sequence = i % 3 === 0 ? 7 : Math.floor(step * 10 + k) % 65_536;
          mixer.receive(id, encodePacket({ ...packet, timestamp: at, sequence }));
        }
      }
      await new Promise((done) => setImmediate(done));
      t.equal(mixer.pull().length, 480);
      for (const { stats } of mixer.speakers()) mostBufferedMs = Math.max(mostBufferedMs, stats.bufferedMs);
    }
    const speakers = mixer.speakers();
    t.equal(speakers.length, 50);
    t.ok(mostBufferedMs <= 500, `at most ${mostBufferedMs} ms buffered`);
    for (const { stats } of speakers) t.ok(stats.received + stats.repeated <= 360, `${stats.received} taken in 3 s`);
    t.equal(
      speakers.reduce((sum, { stats }) => sum + stats.received + stats.repeated + stats.refused, 0),
      sent,
    );
  },
);
