/** The arguments that make an ffmpeg one end of the sound: PCM, 48 kHz, mono, as little late as each system allows. */
import { APP_NAME } from "../config.js";
import { LOW_DELAY, pipedInput } from "./ffmpeg.js";
import { CHUNK_BYTES } from "./samples.js";
import { SAMPLE_RATE } from "./sound.js";
import type { SoundSystem } from "./sound-system.js";

/** What PulseAudio hands over at once, 5 ms, and what lies before its speaker. Less costs wake-ups, more delay. */
const FRAGMENT_BYTES = CHUNK_BYTES / 2;
const SPEAKER_BUFFER_MS = 20;

const QUIET = ["-loglevel", "error", "-nostats"];
const RATE = ["-sample_rate", String(SAMPLE_RATE)];
const TO_PIPE = ["-ac", "1", "-ar", String(SAMPLE_RATE), "-f", "s16le", "-flush_packets", "1", "pipe:1"];

/** `limits` go before the output, as `-t 0.2` does. */
export function captureArgs(system: SoundSystem, device: string, limits: readonly string[] = []): readonly string[] {
  // A sound server corrects its moments as it learns its delay; numbered anew, none seems to go back.
  return [...QUIET, ...LOW_DELAY, ...deviceInput(system, device), "-af", "asetpts=N/SR/TB", ...limits, ...TO_PIPE];
}

function deviceInput(system: SoundSystem, device: string): readonly string[] {
  switch (system) {
    case "pulse": {
      const delay = ["-fragment_size", String(FRAGMENT_BYTES)];
      return ["-f", "pulse", "-name", APP_NAME, ...RATE, "-channels", "1", ...delay, "-i", device];
    }
    case "alsa":
      return ["-f", "alsa", ...RATE, "-i", device];
    case "coreaudio":
      return ["-f", "avfoundation", "-i", `:${device}`];
    case "directshow":
      return ["-f", "dshow", "-audio_buffer_size", "20", ...RATE, "-i", `audio=${device}`];
  }
}

/** A WAV file of the person's own, by its absolute path; `-` is standard input, handed over as it is. */
export function fileArgs(path: string, loops: boolean): readonly string[] {
  const again = loops ? ["-stream_loop", "-1"] : [];
  const file = ["-protocol_whitelist", "file", ...again, "-f", "wav", "-i", `file:${path}`];
  return [...QUIET, ...(path === "-" ? pipedInput("-f", "wav") : file), ...TO_PIPE];
}

/** Null where ffmpeg cannot play. */
export function playbackArgs(system: SoundSystem, device: string): readonly string[] | null {
  const output = deviceOutput(system, device);
  if (output === null) return null;
  const telling = ["-stats_period", "0.05", "-progress", "pipe:3"];
  // Raw PCM is read 20 to 40 ms at once, WAV of 32-bit floats 5 ms: the smallest packet ffmpeg lets one ask for.
  const input = pipedInput("-f", "wav", "-ignore_length", "1", "-max_size", "1024");
  return [...QUIET, ...telling, ...LOW_DELAY, ...input, ...output];
}

function deviceOutput(system: SoundSystem, device: string): readonly string[] | null {
  switch (system) {
    case "pulse": {
      const delay = ["-buffer_duration", String(SPEAKER_BUFFER_MS)];
      return ["-f", "pulse", "-name", APP_NAME, ...delay, ...(device === "default" ? [] : ["-device", device]), "call"];
    }
    case "alsa":
      return ["-f", "alsa", device];
    case "coreaudio":
      return ["-f", "audiotoolbox", ...(device === "default" ? [] : ["-audio_device_index", device]), "-"];
    case "directshow":
      return null;
  }
}
