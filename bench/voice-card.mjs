// Sound cards without hardware, and how late sound comes through them. One of them has two sides: what is said goes
// into its left and comes out of the microphone, what is heard goes into its right. Both lie in one recording, so their
// distance is exact to the sample, however late whoever records them gets to it.
import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { STEP_SAMPLES } from "../src/media/sound.js";
import { delaySamples, joined, readWav } from "../test/helpers/sound.js";
import { findProgram, SoundCard, withoutSound } from "../test/helpers/sound-card.js";
import { figures, ROOT, sleep } from "./harness.mjs";

const RATE = 48_000;
const PER_MS = RATE / 1_000;
const AIR = "air";
const SETTLE_MS = 1_000;
/** Compared at once: long enough to be found for certain, short enough that a buffer hardly changes in it. */
const WINDOW_MS = 600;
const MOST_MS = 2_000;
/** Of the loudest: what is quieter is a pause. */
const LOUD = 0.1;
/** How alike said and heard must be; what nobody said comes to 0.1. */
const ALIKE = 0.4;
const MONO = ["--format=s16le", `--rate=${RATE}`, "--channels=1"];

const MISSING = ["parec", "pacat"].filter((name) => findProgram(name) === null);

/** Why there is no sound to be had here; false where there is. */
export const withoutVoice =
  withoutSound || (MISSING.length > 0 && `needs ${MISSING.join(" and ")}: apt-get install -y pulseaudio-utils`);

/** Devices by the name of who has them. The first one's microphone hears the mouth; at the second one's speaker is the ear. */
export const devicesOf = (name) => ({ microphone: `${name}-microphone`, speaker: `${name}-speaker` });

export async function openCard(keep, [talker, listener]) {
  const closing = [];
  keep({
    close: async () => {
      for (const close of closing.reverse()) await close();
    },
  });
  const card = await SoundCard.open({ teardown: (close) => closing.push(close) });
  const load = (module, ...args) => card.pactl("load-module", module, ...args);
  const side = (which) => ["channels=1", "channel_map=mono", `master_channel_map=front-${which}`, "remix=no"];
  load("module-null-sink", `sink_name=${AIR}`, "rate=48000", "channels=2", "norewinds=1");
  load("module-remap-sink", "sink_name=mouth", `master=${AIR}`, ...side("left"));
  load("module-remap-sink", `sink_name=${devicesOf(listener).speaker}`, `master=${AIR}`, ...side("right"));
  const from = `master=${AIR}.monitor`;
  load("module-remap-source", `source_name=${devicesOf(talker).microphone}`, from, ...side("left"));
  addQuiet(card, { microphone: devicesOf(listener).microphone, speaker: devicesOf(talker).speaker });
  return card;
}

/** A microphone in which nobody speaks, and a speaker at which nobody listens. */
export function addQuiet(card, { microphone, speaker }) {
  for (const name of [`${microphone}-mouth`, speaker]) {
    card.pactl("load-module", "module-null-sink", `sink_name=${name}`, "rate=48000", "channels=1", "norewinds=1");
  }
  card.pactl("load-module", "module-remap-source", `source_name=${microphone}`, `master=${microphone}-mouth.monitor`);
}

function start(keep, card, name, args, stdio) {
  const child = spawn(findProgram(name), args, { env: card.env, stdio });
  const gone = new Promise((done) => child.once("exit", done));
  keep({
    close: async () => {
      child.kill();
      await gone;
    },
  });
  return child;
}

/** Speech, without an end, into that sink. */
export function speak(keep, card, folder, sink = "mouth", times = 120) {
  const path = join(folder, "speech.raw");
  writeFileSync(path, joined(Array.from({ length: times }, () => readWav(join(ROOT, "test/fixtures/speech.wav")))));
  start(
    keep,
    card,
    "pacat",
    ["--playback", `--device=${sink}`, ...MONO, "--latency-msec=100", "--raw", path],
    "ignore",
  );
}

/** The least there can be: one process takes the sound from the microphone and writes it straight to one that plays it. */
export async function copy(keep, card, talker, listener) {
  const options = [...MONO, "--raw", "--latency-msec=10"];
  const speaker = `--device=${devicesOf(listener).speaker}`;
  const to = start(keep, card, "pacat", ["--playback", speaker, ...options], ["pipe", "ignore", "ignore"]);
  // What comes before it plays would be heard late for ever.
  await sleep(SETTLE_MS);
  const microphone = `--device=${devicesOf(talker).microphone}`;
  start(keep, card, "parec", [microphone, ...options], ["ignore", to.stdin, "ignore"]);
  await sleep(SETTLE_MS);
}

/** What is said and heard while `work` is at it. */
export async function record(keep, card, work) {
  const parts = [];
  const args = [
    `--device=${AIR}.monitor`,
    "--format=s16le",
    `--rate=${RATE}`,
    "--channels=2",
    "--raw",
    "--latency-msec=200",
  ];
  const recorder = start(keep, card, "parec", args, ["ignore", "pipe", "ignore"]);
  recorder.stdout.on("data", (bytes) => parts.push(bytes));
  await work();
  recorder.kill();
  const bytes = Buffer.concat(parts);
  const both = new Int16Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + (bytes.length & ~3)));
  const side = (first) => Int16Array.from({ length: both.length >> 1 }, (_, at) => both[2 * at + first]);
  return { said: side(0), heard: side(1) };
}

/** Mouth to ear, ms: one figure for each piece of speech, and how many pieces were not found again. */
export function delays({ said, heard }) {
  const window = WINDOW_MS * PER_MS;
  const most = MOST_MS * PER_MS;
  const pieces = [];
  for (let at = 0; at + window + most <= said.length; at += window) pieces.push(at);
  const loudest = Math.max(...pieces.map((at) => powerOf(said.subarray(at, at + window))));
  const spoken = pieces.filter((at) => powerOf(said.subarray(at, at + window)) > LOUD * loudest);
  const found = spoken.flatMap((at) => {
    const piece = said.subarray(at, at + window);
    const lag = delaySamples(piece, heard.subarray(at, at + window + most), most);
    return lag >= 0 && likeness(piece, heard.subarray(at + lag, at + lag + window)) >= ALIKE ? [lag / PER_MS] : [];
  });
  return { ...figures(found), unheard: spoken.length - found.length };
}

function powerOf(pcm) {
  return pcm.reduce((sum, sample) => sum + sample * sample, 0) / pcm.length;
}

function likeness(one, other) {
  let product = 0;
  for (let at = 0; at < one.length; at += 1) product += one[at] * (other[at] ?? 0);
  return product / Math.sqrt(powerOf(one) * one.length * powerOf(other) * other.length + STEP_SAMPLES);
}
