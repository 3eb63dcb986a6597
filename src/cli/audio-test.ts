/** Three seconds through a microphone and out of a speaker again, with how loud they are. */
import { KeetError } from "../errors.js";
import { startCapture } from "../media/capture.js";
import { startPlayback } from "../media/playback.js";
import { CHUNK_MS, CHUNK_SAMPLES } from "../media/samples.js";
import type { Sound } from "../media/sound-choice.js";
import type { EndState } from "../media/sound-end.js";
import type { SafeText } from "../safe-text.js";

export const TEST_MS = 3_000;
const CHUNKS = TEST_MS / CHUNK_MS;
/** In which a device has to begin. */
const START_MS = 5_000;
/** What is still on its way to the ear when the last has been asked for. */
const TAIL_CHUNKS = 30;
const WATCH_MS = 50;
const MIN_DB = -60;

export type OnLevel = (decibels: number, done: number) => void;

/** @throws MIC_SILENT, or why there is nothing to be had of the microphone */
export async function record({ ffmpeg, microphone }: Sound, onLevel: OnLevel): Promise<readonly Int16Array[]> {
  const chunks: Int16Array[] = [];
  const capture = startCapture({
    ffmpeg,
    microphone,
    onState: () => {},
    onSamples: (samples) => {
      if (chunks.length >= CHUNKS) return;
      chunks.push(samples);
      onLevel(decibelsOf(samples), chunks.length / CHUNKS);
    },
  });
  try {
    await finished(() => chunks.length >= CHUNKS, capture, TEST_MS);
  } finally {
    await capture.close();
  }
  if (chunks.every((chunk) => chunk.every((sample) => sample === 0))) throw silent(microphone.name);
  return chunks;
}

/** @throws why nothing can be played */
export async function playBack({ ffmpeg, speaker }: Sound, chunks: readonly Int16Array[]): Promise<void> {
  let next = 0;
  const playback = startPlayback({
    ffmpeg,
    speaker,
    onState: () => {},
    pull: () => chunks[next++] ?? new Int16Array(CHUNK_SAMPLES),
  });
  try {
    await finished(() => next >= chunks.length + TAIL_CHUNKS, playback, TEST_MS);
  } finally {
    await playback.close();
  }
}

/** By what it gives, with a limit for a device that never does, or no more. */
async function finished(isDone: () => boolean, end: { readonly state: EndState }, lastsMs: number): Promise<void> {
  const deadline = performance.now() + lastsMs + START_MS;
  while (!isDone()) {
    const { error, name } = end.state;
    if (error?.family === "user" || error?.family === "storage") throw error;
    if (performance.now() > deadline) throw error ?? tooSlow(name);
    await new Promise((done) => setTimeout(done, WATCH_MS));
  }
}

function silent(name: SafeText): KeetError {
  return new KeetError("device", "MIC_SILENT", `The microphone ${name} gives nothing but silence`, {
    hint: "It may be muted, in the mixer of your system or by a switch on it. Another one: keet-tui audio devices lists them.",
  });
}

function tooSlow(name: SafeText): KeetError {
  return new KeetError("device", "TIMED_OUT", `${name} does not begin`, {
    hint: "Choose another: keet-tui audio devices lists them.",
  });
}

/** Of the loudest sample; 0 is as loud as can be, and nothing is under -60. */
export function decibelsOf(samples: Int16Array): number {
  const peak = samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0) / 0x8000;
  return Math.max(MIN_DB, Math.round(20 * Math.log10(peak)));
}
