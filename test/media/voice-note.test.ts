// A voice note recorded and played: a real ffmpeg, files and a PulseAudio of the test's own in place of a person.
import { spawnSync } from "node:child_process";
import { closeSync, existsSync, readdirSync, readFileSync, readlinkSync, statSync, writeFileSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import t, { type Test } from "tap";
import { OggOpusReader } from "../../src/media/ogg-reader.js";
import { openSuppressor } from "../../src/media/suppress.js";
import { VoiceNoteEncoder } from "../../src/media/voice-note-encoder.js";
import { VoiceNoteFile } from "../../src/media/voice-note-file.js";
import { startPlaying, type VoiceNotePlayer } from "../../src/media/voice-note-player.js";
import { type RecordingWish, startRecording, VoiceNoteRecording } from "../../src/media/voice-note-recording.js";
import { safeLine } from "../../src/safe-text.js";
import { isRunning, until } from "../helpers/program.js";
import { delaySamples, readWav, steps, voices, writeWav } from "../helpers/sound.js";
import { fileFfmpeg, MICROPHONE, peakOf, SoundCard, withoutSound } from "../helpers/sound-card.js";
import { aligned, stoi } from "../helpers/stoi.js";

t.setTimeout(180_000);

const FILES = { skip: fileFfmpeg === null && "needs an ffmpeg: npm ci" };
const LINUX = { skip: FILES.skip || (process.platform !== "linux" && "reads /proc") };
const SOUND = { skip: withoutSound };
const env = { PATH: process.env.PATH, KEET_TUI_FFMPEG: fileFfmpeg?.path };
const said = voices()[0].subarray(0, 4 * 48_000);

interface Recorded {
  readonly recording: VoiceNoteRecording;
  readonly path: string;
  readonly changes: string[];
}

async function record(t: Test, wish: Partial<RecordingWish> = {}): Promise<Recorded> {
  const folder = t.testdir({});
  const path = join(folder, "voice-2026-12-01-1432.opus");
  const changes: string[] = [];
  let made: VoiceNoteRecording | null = null;
  if (wish.microphone === undefined) writeWav(join(folder, "says.wav"), said);
  const recording = await startRecording({
    ...{ microphone: `file:${join(folder, "says.wav")}`, suppresses: true, path, env },
    onChange: () => changes.push(made?.state.microphone.what ?? "starting"),
    ...wish,
  });
  made = recording;
  t.teardown(() => recording.drop());
  return { recording, path, changes };
}

/** The source against what was heard of it, however much later. */
function likeness(heard: Int16Array): number {
  return stoi(said, aligned(said, heard, delaySamples(said, heard, 5 * 48_000)));
}

/** ffmpegs that this process started. */
function children(): number[] {
  const { stdout } = spawnSync("ps", ["-o", "pid=,comm=", "--ppid", String(process.pid)], { encoding: "utf8" });
  return stdout.split("\n").flatMap((line) => (/ffmpeg/.test(line) ? [Number.parseInt(line, 10)] : []));
}

t.test("what is said is in the file while it is said, for its owner alone, and understood", LINUX, async (t) => {
  const { recording, path, changes } = await record(t);
  await until(() => statSync(path).size > 5_000, 20_000);
  const reader = new OggOpusReader();
  t.ok(reader.push(readFileSync(path)).length >= 50, "a second of it can be read already");
  t.equal(statSync(path).mode & 0o777, 0o600);
  await until(() => recording.state.microphone.what === "ended", 20_000);
  t.ok(recording.state.levelDb > -127);
  t.equal(children().length, 0, "the file has ended, and so has ffmpeg");
  const note = await recording.finish();
  t.match(note, { path, bytes: statSync(path).size });
  t.ok(note.durationMs >= 4_000 && note.durationMs < 6_000, `${note.durationMs} ms`);
  t.ok(note.loudestDb > -30);
  t.equal(changes[0], "here");
  const heard = join(t.testdirName, "heard.wav");
  const run = spawnSync(fileFfmpeg!.path, ["-v", "error", "-i", path, "-bitexact", "-ac", "1", "-ar", "48000", heard]);
  t.equal(run.status, 0, String(run.stderr));
  const decoded = readWav(heard);
  t.ok(Math.abs(decoded.length / 48 - note.durationMs) < 20, "it is as long as it says, within a frame");
  const score = likeness(decoded);
  t.ok(score >= 0.95, `STOI ${score.toFixed(3)}`);
});

t.test("one that is dropped leaves no file, and its microphone is closed", LINUX, async (t) => {
  const { recording, path } = await record(t);
  await until(() => recording.state.durationMs > 200, 20_000);
  const [pid] = children();
  t.ok(pid !== undefined && isRunning(pid));
  await recording.drop();
  t.notOk(existsSync(path));
  t.notOk(isRunning(pid!));
});

t.test("it ends where it is as long as it may be, and is kept to be sent", FILES, async (t) => {
  const { recording, path } = await record(t, { maxMs: 500 });
  await until(() => recording.state.isFull, 20_000);
  await recording.stop();
  const { durationMs } = recording.state;
  t.ok(durationMs >= 500 && durationMs <= 520, `${durationMs} ms`);
  t.equal(recording.state.levelDb, -127, "the microphone is closed");
  const note = await recording.finish();
  t.equal(note.durationMs, durationMs);
  t.ok(existsSync(path));
});

t.test("a disk that takes no more ends it, with what is there still to be sent", LINUX, async (t) => {
  const { recording, path } = await record(t);
  await until(() => statSync(path).size > 3_000, 20_000);
  for (const fd of readdirSync("/proc/self/fd")) {
    try {
      if (readlinkSync(`/proc/self/fd/${fd}`) === path) closeSync(Number(fd));
    } catch {}
  }
  await until(() => recording.state.error !== null, 20_000);
  t.match(recording.state.error, { family: "storage", code: "STORE_UNUSABLE" });
  const note = await recording.finish();
  const packets = new OggOpusReader().push(readFileSync(path));
  t.ok(note.durationMs >= 1_000 && Math.abs(note.durationMs - packets.length * 20) <= 20, `${note.durationMs} ms`);
});

t.test("nothing is begun where nothing can be heard, and no file is left", FILES, async (t) => {
  const folder = t.testdir({ "talk.wav": "" });
  const path = join(folder, "note.opus");
  const begin = (microphone: string, more: NodeJS.ProcessEnv = env) =>
    startRecording({ microphone, suppresses: true, path, env: more, onChange: () => {} });
  await t.rejects(begin("file:/nowhere/talk.wav"), { code: "NO_SUCH_FILE" });
  t.notOk(existsSync(path));
  const nothing = { PATH: folder, KEET_TUI_FFMPEG: join(folder, "none") };
  const only = await begin(`file:${join(folder, "talk.wav")}`, nothing).catch((error: unknown) => error);
  if (only instanceof Error) t.match(only, { code: "FFMPEG_MISSING", hint: /Install one/ });
  else await (only as VoiceNoteRecording).drop();
  writeFileSync(path, "mine");
  await t.rejects(begin(`file:${join(folder, "talk.wav")}`), { code: "STORE_UNUSABLE" });
  t.equal(readFileSync(path, "utf8"), "mine", "and nothing that is there is replaced");
});

t.test("a microphone that gives nothing, or is pulled, is told, and what was said is kept", SOUND, async (t) => {
  const card = await SoundCard.open(t);
  const { recording, changes } = await record(t, { microphone: MICROPHONE, env: card.env });
  await until(() => recording.state.microphone.what === "silent", 20_000);
  const speaking = card.speak(t);
  await until(() => recording.state.microphone.what === "here" && recording.state.loudestDb > -30, 20_000);
  card.unplug("microphone");
  await until(() => recording.state.microphone.what === "gone", 20_000);
  await speaking.close();
  const note = await recording.finish();
  t.ok(note.durationMs > 2_000);
  t.ok(changes.includes("silent") && changes.includes("gone"));
  t.equal(children().length, 0);
});

t.test("what a microphone gives after it was closed is not recorded", async (t) => {
  const path = join(t.testdir({}), "note.opus");
  const state = { what: "here" as const, name: safeLine("Built-in"), error: null };
  const wish = { microphone: null, suppresses: true, path, onChange: () => {} };
  const recording = new VoiceNoteRecording(wish, await openSuppressor(), await VoiceNoteEncoder.open(1));
  let give: (samples: Int16Array) => void = () => {};
  await recording.open(({ onSamples }) => {
    give = onSamples;
    return { state, pid: null, close: async () => give(said.slice(0, 480)) };
  });
  for (let at = 0; at < 48_000; at += 480) give(said.slice(at, at + 480));
  const finishing = recording.finish();
  give(said.slice(0, 480));
  t.equal((await finishing).durationMs, 1_000, "with what the noise suppression held back");
  give(said.slice(0, 480));
  t.equal(recording.state.durationMs, 1_000);
});

t.test("after a piece that did not get in none does: a gap would be worse than an end", async (t) => {
  const path = join(t.testdir({}), "note.opus");
  const errors: string[] = [];
  const file = await VoiceNoteFile.create(path, ({ code }) => errors.push(code));
  const handle = await open(path, "r");
  const handles = Object.getPrototypeOf(handle) as FileHandle;
  await handle.close();
  const { writev } = handles;
  let calls = 0;
  // A disk that is full for a moment.
  handles.writev = async function (this: FileHandle, ...args: Parameters<FileHandle["writev"]>) {
    calls += 1;
    if (calls === 2) throw Object.assign(new Error("full"), { code: "ENOSPC" });
    return await writev.apply(this, args);
  } as FileHandle["writev"];
  t.teardown(() => {
    handles.writev = writev;
  });
  for (const [at, text] of ["one", "two", "three"].entries()) file.write(Buffer.from(text), at + 1);
  await file.close();
  t.equal(readFileSync(path, "utf8"), "one");
  t.same([errors, file.keptMs, file.bytes], [["DISK_FULL"], 1, 3]);
});

// --- playing

async function* portions(bytes: Buffer, size: number, gate: () => Promise<void> = async () => {}) {
  for (let at = 0; at < bytes.length; at += size) {
    await gate();
    yield bytes.subarray(at, at + size);
  }
}

async function noteBytes(): Promise<Buffer> {
  const encoder = await VoiceNoteEncoder.open(1);
  return Buffer.concat([encoder.head(), ...encoder.feed(said), encoder.end()]);
}

function play(t: Test, bytes: AsyncIterator<Uint8Array>, name = "heard.wav"): Promise<VoiceNotePlayer> {
  const speaker = `file:${join(t.testdirName, name)}`;
  return startPlaying({ speaker, bytes, onChange: () => {}, env });
}

t.test("it is heard as it was said, from bytes that still come, and ends by itself", FILES, async (t) => {
  t.testdir({});
  const bytes = await noteBytes();
  let given = 0;
  const counted = async () => {
    given += 1;
  };
  const player = await play(t, portions(bytes, 1_000, counted));
  t.teardown(() => player.close());
  await until(() => player.state.playedMs > 500, 20_000);
  t.ok(given < bytes.length / 1_000, "it does not wait for the end");
  await player.ended;
  t.ok(Math.abs(player.state.playedMs - said.length / 48) < 20, `${player.state.playedMs} ms`);
  await player.close();
  const score = likeness(readWav(join(t.testdirName, "heard.wav")));
  t.ok(score >= 0.95, `STOI ${score.toFixed(3)}`);
});

t.test("it waits where nothing is there yet, and stands still while it is paused", FILES, async (t) => {
  t.testdir({});
  const open = Promise.withResolvers<void>();
  let count = 0;
  const gate = async () => {
    count += 1;
    if (count > 2) await open.promise;
  };
  const player = await play(t, portions(await noteBytes(), 2_000, gate));
  t.teardown(() => player.close());
  await until(() => player.state.isWaiting && player.state.playedMs > 500, 20_000);
  const waitedAt = player.state.playedMs;
  open.resolve();
  await until(() => player.state.playedMs > waitedAt + 200, 20_000);
  player.pause(true);
  const pausedAt = player.state.playedMs;
  const size = () => statSync(join(t.testdirName, "heard.wav")).size;
  const before = size();
  await until(() => size() > before + 48_000, 20_000);
  t.match(player.state, { playedMs: pausedAt, isPaused: true });
  player.pause(false);
  await until(() => player.state.playedMs > pausedAt, 20_000);
  await player.close();
  await player.ended;
});

t.test("what is no sound, or comes no further, ends it with the reason", FILES, async (t) => {
  t.testdir({});
  const refused = await play(t, portions(Buffer.from("ffconcat version 1.0\nfile secret.wav\n"), 8));
  await t.rejects(refused.ended, { family: "peer", code: "NOT_A_VOICE_NOTE", hint: /\/open/ });
  await refused.close();
  const bytes = await noteBytes();
  const cut = async function* () {
    yield bytes.subarray(0, 4_000);
    throw new Error("gone");
  };
  const lost = await play(t, cut(), "lost.wav");
  await t.rejects(lost.ended, { message: "gone" });
  await lost.close();
});

t.test("a speaker of a sound server plays it, and its microphone is never opened", SOUND, async (t) => {
  const card = await SoundCard.open(t);
  const heard: Int16Array[] = [];
  card.listen(t, (samples) => heard.push(samples));
  await until(() => heard.length > 10, 20_000);
  const bytes = portions(await noteBytes(), 4_000);
  const player = await startPlaying({ speaker: null, bytes, onChange: () => {}, env: card.env });
  t.teardown(() => player.close());
  let recorders = "";
  await until(() => {
    recorders = card.pactl("list", "source-outputs");
    return player.state.playedMs > 1_000;
  }, 20_000);
  t.equal(recorders.match(/protocol-native/g)?.length, 1, "nobody records but the ear of this test");
  await player.ended;
  await player.close();
  // How well it is understood a busy machine decides, and the file above tells.
  const isLoud = (chunk: Int16Array) => peakOf(chunk) > 0.02;
  const [spoken, played] = [steps(said), heard].map((chunks) => chunks.filter(isLoud).length) as [number, number];
  t.ok(played > spoken / 2, `${played} of ${spoken} loud chunks were heard`);
});
