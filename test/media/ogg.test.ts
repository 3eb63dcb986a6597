// Ogg Opus written and read; what we write is given to ffmpeg, which is a second opinion.
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Application, createEncoder } from "libopus-wasm";
import t, { type Test } from "tap";
import { OggOpusReader, type OpusPacket } from "../../src/media/ogg-reader.js";
import { OggOpusWriter, PRE_SKIP_SAMPLES } from "../../src/media/ogg-writer.js";
import { VoiceNoteEncoder } from "../../src/media/voice-note-encoder.js";
import { VoiceNoteSound } from "../../src/media/voice-note-sound.js";
import { joined, readWav, voices } from "../helpers/sound.js";
import { fileFfmpeg, findProgram } from "../helpers/sound-card.js";
import { stoi } from "../helpers/stoi.js";

// Sound is measured by much arithmetic, and machines are busy.
t.setTimeout(180_000);

const [voice] = voices();
const SERIAL = 0xfeed_beef;

async function noteOf(pcm: Int16Array, stepSamples = 480): Promise<Buffer> {
  const encoder = await VoiceNoteEncoder.open(SERIAL);
  const pages: Buffer[] = [encoder.head()];
  for (let at = 0; at < pcm.length; at += stepSamples) pages.push(...encoder.feed(pcm.subarray(at, at + stepSamples)));
  return Buffer.concat([...pages, encoder.end()]);
}

async function soundOf(bytes: Buffer, portion = bytes.length): Promise<Int16Array> {
  const sound = await VoiceNoteSound.open();
  const heard: Int16Array[] = [];
  for (let at = 0; at < bytes.length; at += portion) {
    sound.push(bytes.subarray(at, at + portion));
    if (at + portion >= bytes.length) sound.end();
    while (!sound.isOver && (sound.wantsMore === false || at + portion >= bytes.length)) heard.push(sound.pull()!);
  }
  sound.close();
  return joined(heard);
}

function packetsOf(bytes: Buffer): OpusPacket[] {
  return new OggOpusReader().push(bytes);
}

function ffmpegTo(t: Test, args: readonly string[], name: string): string {
  const path = join(t.testdirName, name);
  const run = spawnSync(fileFfmpeg!.path, ["-nostdin", "-v", "error", ...args, path], { encoding: "utf8" });
  t.equal(run.stderr, "", "ffmpeg has nothing to say against it");
  return path;
}

t.test("what the library looks ahead is what we write down", async (t) => {
  const encoder = await createEncoder({ sampleRate: 48_000, channels: 1, application: Application.Voip });
  t.teardown(() => encoder.free());
  t.equal(encoder.getLookahead(), PRE_SKIP_SAMPLES);
});

const withoutFfmpeg = { skip: fileFfmpeg ? false : "no ffmpeg" };
for (const samples of [voice.length, 48_000, 47_999, 960, 648, 649, 1]) {
  t.test(`ffmpeg plays ${samples} samples, and as many of them`, withoutFfmpeg, async (t) => {
    t.testdir({});
    const path = join(t.testdirName, "note.opus");
    const said = voice.subarray(0, samples);
    writeFileSync(path, await noteOf(said));
    const heard = readWav(ffmpegTo(t, ["-i", path, "-bitexact", "-ac", "1", "-ar", "48000"], "heard.wav"));
    t.equal(heard.length, samples);
    if (samples === voice.length) {
      const score = stoi(said, heard);
      t.ok(score >= 0.95, `STOI ${score.toFixed(3)}`);
    }
  });
}

t.test("ffprobe says the duration we say", { skip: findProgram("ffprobe") ? false : "no ffprobe" }, async (t) => {
  t.testdir({});
  const path = join(t.testdirName, "note.opus");
  writeFileSync(path, await noteOf(voice));
  const args = ["-v", "error", "-show_entries", "format=duration:stream=codec_name,channels", "-of", "csv=p=0", path];
  const { stdout, stderr } = spawnSync(findProgram("ffprobe")!, args, { encoding: "utf8" });
  t.equal(stderr, "");
  const [stream, duration] = stdout.trim().split("\n");
  t.equal(stream, "opus,1");
  t.ok(Math.abs(Number(duration) - voice.length / 48_000) < 0.02, `${duration} s`);
});

t.test("a recording read back is the recording, in whatever portions it comes", async (t) => {
  const bytes = await noteOf(voice);
  const heard = await soundOf(bytes);
  const score = stoi(voice, heard.subarray(48));
  t.ok(score >= 0.95, `STOI ${score.toFixed(3)}`);
  t.ok(heard.length - voice.length < 480, "nothing but the rest of the last step is added");
  t.ok(bytes.length < (voice.length / 48_000) * 3_600, `${bytes.length} bytes are about 24 kbit/s`);
  for (const portion of [1, 27, 1_000, 65_307]) {
    const reader = new OggOpusReader();
    const frames: OpusPacket[] = [];
    for (let at = 0; at < bytes.length; at += portion) frames.push(...reader.push(bytes.subarray(at, at + portion)));
    t.same(frames, packetsOf(bytes), `portions of ${portion}`);
    t.equal(reader.state, "ended");
  }
});

t.test("a recording of which the end is missing plays as far as it goes", async (t) => {
  const bytes = await noteOf(voice.subarray(0, 3 * 48_000));
  const cut = bytes.subarray(0, bytes.lastIndexOf("OggS"));
  t.equal(packetsOf(cut).length, 150);
  const heard = await soundOf(cut);
  t.ok(heard.length > 2.9 * 48_000);
});

t.test("the pages of an hour are numbered, and none has more than a second or 255 segments", async (t) => {
  const writer = new OggOpusWriter({ serial: 1, vendor: "x" });
  const reader = new OggOpusReader();
  reader.push(writer.head());
  let packets = 0;
  let longest = 0;
  let held = 0;
  for (let at = 0; at < 3_600 * 50; at += 1) {
    const page = writer.add(new Uint8Array(at % 7 === 0 ? 1_000 : 60).fill(0x48), 960);
    if (!page) continue;
    longest = Math.max(longest, page[26]!);
    packets += reader.push(page).length;
    held = Math.max(held, reader.heldBytes);
  }
  packets += reader.push(writer.end(3_600 * 48_000 - PRE_SKIP_SAMPLES)).length;
  t.equal(packets, 180_000);
  t.ok(longest <= 255);
  t.equal(held, 0, "nothing is kept that was read");
});

const makesOpus = / libopus /.test(
  spawnSync(findProgram("ffmpeg") ?? "", ["-hide_banner", "-encoders"], { encoding: "utf8" }).stdout ?? "",
);
const withoutOpus = { skip: makesOpus ? false : "no ffmpeg here makes Opus" };
t.test(
  "files of other programs: two ears, long and short frames, much said about themselves",
  withoutOpus,
  async (t) => {
    t.testdir({});
    const source = ["-f", "lavfi", "-i", "sine=frequency=440:duration=3:sample_rate=48000"];
    const made = (name: string, args: readonly string[]) => {
      const path = join(t.testdirName, name);
      const all = ["-nostdin", "-v", "error", ...source, "-c:a", "libopus", ...args, path];
      t.equal(spawnSync(findProgram("ffmpeg")!, all, { encoding: "utf8" }).stderr, "");
      return readFileSync(path);
    };
    for (const args of [
      ["-ac", "2"],
      ["-frame_duration", "60"],
      ["-frame_duration", "2.5"],
      ["-b:a", "96k"],
    ]) {
      const bytes = made(`${args.join("")}.opus`, args);
      const heard = await soundOf(bytes);
      t.ok(Math.abs(heard.length - 3 * 48_000) <= 480, `${args}: ${heard.length} samples`);
      const crossings = heard
        .subarray(48_000, 96_000)
        .filter((sample, i, all) => sample >= 0 && all[i - 1]! < 0).length;
      t.ok(Math.abs(crossings - 440) <= 2, `${args}: ${crossings} Hz`);
    }
    const tagged = made("tagged.opus", ["-metadata", `comment=${"x".repeat(90_000)}`]);
    t.ok((await soundOf(tagged)).length >= 3 * 48_000, "what a file says about itself may go over many pages");
  },
);

t.test("what is no sound for one or two ears is refused, and said to be", async (t) => {
  const good = await noteOf(voice.subarray(0, 48_000));
  const changed = (change: (bytes: Buffer) => void) => {
    const head = Buffer.from(good.subarray(28, 47));
    change(head);
    return head;
  };
  const { pageBytes } = await import("../../src/media/ogg-page.js");
  const streamOf = (head: Buffer) =>
    Buffer.concat([
      pageBytes({ flags: 2, granule: 0, serial: SERIAL, sequence: 0, packets: [head] }),
      good.subarray(47),
    ]);
  t.equal(new OggOpusReader().push(streamOf(changed(() => {}))).length, packetsOf(good).length, "as it is it plays");
  const refused: Record<string, (head: Buffer) => void> = {
    "a later format": (head) => head.writeUInt8(0x11, 8),
    "no ears": (head) => head.writeUInt8(0, 9),
    "six ears": (head) => head.writeUInt8(6, 9),
    "ears that are mapped": (head) => head.writeUInt8(1, 18),
  };
  for (const [what, change] of Object.entries(refused)) {
    const reader = new OggOpusReader();
    t.equal(reader.push(streamOf(changed(change))).length, 0, what);
    t.equal(reader.state, "refused", what);
  }
  for (const bytes of [Buffer.alloc(70_000), Buffer.from("ffconcat version 1.0\nfile /etc/passwd\n".repeat(2_000))]) {
    const reader = new OggOpusReader();
    t.equal(reader.push(bytes).length, 0);
    t.equal(reader.state, "refused");
    t.equal(reader.heldBytes, 0);
  }
});
