/** A speaker, or a new WAV file in its place, which asks for 10 ms of samples whenever it needs them. */
import type { SafeText } from "../safe-text.js";
import { playbackArgs } from "./device-args.js";
import { watchDevice } from "./device-watch.js";
import { type FfmpegRun, startFfmpeg } from "./ffmpeg.js";
import type { Ffmpeg } from "./ffmpeg-choice.js";
import { FilePlayback } from "./file-playback.js";
import { CHUNK_MS, CHUNK_SAMPLES } from "./samples.js";
import { type DeviceEnd, type EndState, EndTeller, type SoundEnd } from "./sound-end.js";
import { cannotPlay, noSoundDevice, soundFailure } from "./sound-errors.js";
import { SteadyRun } from "./steady-run.js";
import { floatWavHeader } from "./wav.js";

/** What lies ready beyond the device's own buffer. Less is heard as gaps on a busy machine, more as delay. */
const LEAD_MS = 10;
/** Silence to begin with, in which a device starts to play. */
const PREFILL_MS = 60;
/**
 * From then on it plays: a packet or two a server takes at once. A virtual speaker that was idle may then wait for the
 * end of a block of two seconds.
 */
const STARTED_MS = 20;
/**
 * ffmpeg tells how far it is only while it has something to work on. One that has taken all and says nothing would be
 * waited for in vain, so it gets a little more.
 */
const NUDGE_MS = 100;
const TICK_MS = 5;
/** How long a device is believed to go on without a word; after that it gets no more. */
const MAX_ASSUMED_MS = 120;
const MAX_CHUNKS_A_TICK = 12;
const MAX_PROGRESS_CHARS = 1_000;

export interface PlaybackOptions {
  readonly ffmpeg: Ffmpeg;
  readonly speaker: SoundEnd;
  /** 480 samples, 48 kHz, mono. Asked for as fast as the device plays; while it is gone not at all. */
  pull(): Int16Array;
  /** Each change; the first comes after `startPlayback` has returned. */
  onState(state: EndState): void;
  readonly leadMs?: number;
  readonly env?: NodeJS.ProcessEnv;
}

export interface Playback {
  readonly state: EndState;
  /** The process that holds the speaker now. */
  readonly pid: number | null;
  /** What has been handed over and not yet played, in ms; 0 for a file. */
  readonly backlogMs: number;
  close(): Promise<void>;
}

/**
 * Opens the speaker, until `close`. One that dies or is pulled is opened again by itself, and `onState` says so.
 * @throws NO_SOUND_DEVICE, PLAYBACK_MISSING where ffmpeg cannot play, FILE_EXISTS for a file that is there already
 */
export function startPlayback(options: PlaybackOptions): Playback {
  const { speaker } = options;
  return speaker.kind === "file"
    ? new FilePlayback({ file: speaker, pull: options.pull, onState: options.onState })
    : new DevicePlayback(options, speaker);
}

class DevicePlayback implements Playback {
  readonly #options: PlaybackOptions;
  readonly #teller: EndTeller;
  readonly #steady: SteadyRun;
  readonly #watch: { close(): Promise<void> };
  readonly #timer: NodeJS.Timeout;
  #fed: Fed | null = null;

  constructor(options: PlaybackOptions, speaker: DeviceEnd) {
    const { system, path } = options.ffmpeg;
    if (system === null) throw noSoundDevice();
    const args = playbackArgs(system, speaker.id);
    if (args === null) throw cannotPlay();
    this.#options = options;
    this.#teller = new EndTeller(speaker.name, options.onState);
    this.#steady = new SteadyRun({
      start: () => this.#start(path, args),
      onHere: () => this.#teller.tell("here"),
      onGone: (lines) => {
        this.#fed = null;
        this.#teller.tell("gone", soundFailure("speaker", this.state.name, lines));
      },
    });
    const { ffmpeg, env = process.env } = options;
    this.#watch = watchDevice({ ffmpeg, env, end: "speaker", device: speaker, onLook: (name) => this.#look(name) });
    this.#timer = setInterval(() => this.#feed(), TICK_MS);
  }

  get state(): EndState {
    return this.#teller.state;
  }

  get pid(): number | null {
    return this.#steady.pid;
  }

  get backlogMs(): number {
    return this.#fed?.backlogMs() ?? 0;
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all([this.#steady.close(), this.#watch.close()]);
  }

  #look(name: SafeText | null): void {
    if (name === null) this.#steady.hold();
    else {
      this.#teller.rename(name);
      this.#steady.release();
    }
  }

  #start(path: string, args: readonly string[]): FfmpegRun {
    const { env = process.env } = this.#options;
    const run = startFfmpeg({ path, args, env, stdin: "pipe", stdout: "ignore", progress: true });
    const fed = new Fed(run);
    this.#fed = fed;
    fed.onPlayed = () => {
      if (this.#steady.sign() && this.#fed === fed) this.#feed();
    };
    return run;
  }

  /** The device's clock, as ffmpeg tells it, says how much; the timer only looks. */
  #feed(): void {
    const fed = this.#fed;
    if (!fed) return;
    const { pull, leadMs = LEAD_MS } = this.#options;
    if (fed.needsNudge()) fed.write(fed.hasPlayed ? pull() : new Int16Array(CHUNK_SAMPLES));
    if (!fed.hasPlayed) return;
    for (let chunks = 0; chunks < MAX_CHUNKS_A_TICK && fed.backlogMs() < leadMs; chunks += 1) fed.write(pull());
  }
}

/** One child with what it was handed and what it says it has played. */
class Fed {
  readonly #run: FfmpegRun;
  #sentMs = 0;
  #playedMs = 0;
  #toldAt = 0;
  #nudgedAt = performance.now();
  #line = "";
  onPlayed: () => void = () => {};

  constructor(run: FfmpegRun) {
    this.#run = run;
    run.progress?.on("data", (bytes: Buffer) => this.#read(bytes.toString("latin1")));
    run.progress?.on("error", () => {});
    run.stdin?.write(floatWavHeader());
    for (let ms = 0; ms < PREFILL_MS; ms += CHUNK_MS) this.write(new Int16Array(CHUNK_SAMPLES));
  }

  get hasPlayed(): boolean {
    return this.#playedMs >= STARTED_MS;
  }

  needsNudge(): boolean {
    const now = performance.now();
    if (now - Math.max(this.#toldAt, this.#nudgedAt) < NUDGE_MS) return false;
    this.#nudgedAt = now;
    return true;
  }

  write(samples: Int16Array): void {
    const floats = new Float32Array(samples.length);
    for (let at = 0; at < samples.length; at += 1) floats[at] = samples[at]! / 0x8000;
    if (this.#run.stdin?.writable) this.#run.stdin.write(new Uint8Array(floats.buffer));
    this.#sentMs += CHUNK_MS;
  }

  backlogMs(): number {
    return this.#sentMs - this.#playedMs - Math.min(MAX_ASSUMED_MS, performance.now() - this.#toldAt);
  }

  /** `out_time_us=20000`, among other things it tells. */
  #read(text: string): void {
    const lines = (this.#line + text).split("\n");
    this.#line = lines.pop()?.slice(0, MAX_PROGRESS_CHARS) ?? "";
    for (const line of lines) {
      const playedMs = Number(/^out_time_us=(\d+)$/.exec(line)?.[1] ?? 0) / 1000;
      if (playedMs > this.#playedMs) this.#played(playedMs);
    }
  }

  #played(playedMs: number): void {
    this.#playedMs = playedMs;
    this.#toldAt = performance.now();
    if (this.hasPlayed) this.onPlayed();
  }
}
