/** A microphone, or a file in its place, as samples of 10 ms. */

import type { SafeText } from "../safe-text.js";
import { captureArgs } from "./device-args.js";
import { watchDevice } from "./device-watch.js";
import { startFfmpeg } from "./ffmpeg.js";
import type { Ffmpeg } from "./ffmpeg-choice.js";
import { FileCapture } from "./file-capture.js";
import { Chunks } from "./samples.js";
import { type DeviceEnd, type EndState, EndTeller, type SoundEnd } from "./sound-end.js";
import { noSoundDevice, soundFailure } from "./sound-errors.js";
import { SteadyRun } from "./steady-run.js";

/** A microphone hears at least its own noise; one that is muted or broken gives zeros. */
const SILENT_CHUNKS = 200;

export interface CaptureOptions {
  readonly ffmpeg: Ffmpeg;
  readonly microphone: SoundEnd;
  /** 480 samples, 48 kHz, mono. The array is the caller's to keep. */
  onSamples(samples: Int16Array): void;
  /** Each change; the first comes after `startCapture` has returned. */
  onState(state: EndState): void;
  readonly env?: NodeJS.ProcessEnv;
}

export interface Capture {
  readonly state: EndState;
  /** The process that holds the microphone now. */
  readonly pid: number | null;
  /** The microphone is closed when this is. */
  close(): Promise<void>;
}

/**
 * Opens the microphone, until `close`. One that dies, is pulled or gives nothing is opened again by itself, and
 * `onState` says so: never more than two seconds pass between its being back and its being heard.
 * @throws NO_SOUND_DEVICE for a device where there is none, NO_SUCH_FILE for a file that is not there
 */
export function startCapture(options: CaptureOptions): Capture {
  const { microphone } = options;
  return microphone.kind === "file"
    ? new FileCapture({ ...options, path: options.ffmpeg.path, file: microphone })
    : new DeviceCapture(options, microphone);
}

class DeviceCapture implements Capture {
  readonly #options: CaptureOptions;
  readonly #teller: EndTeller;
  readonly #steady: SteadyRun;
  readonly #watch: { close(): Promise<void> };
  #zeroChunks = 0;

  constructor(options: CaptureOptions, microphone: DeviceEnd) {
    const { system, path } = options.ffmpeg;
    if (system === null) throw noSoundDevice();
    this.#options = options;
    this.#teller = new EndTeller(microphone.name, options.onState);
    const args = captureArgs(system, microphone.id);
    this.#steady = new SteadyRun({
      start: () => this.#start(path, args),
      onHere: () => {
        this.#zeroChunks = 0;
        this.#teller.tell("here");
      },
      onGone: (lines) => this.#teller.tell("gone", soundFailure("microphone", this.state.name, lines)),
    });
    const { ffmpeg, env = process.env } = options;
    this.#watch = watchDevice({
      ffmpeg,
      env,
      end: "microphone",
      device: microphone,
      onLook: (name) => this.#look(name),
    });
  }

  get state(): EndState {
    return this.#teller.state;
  }

  get pid(): number | null {
    return this.#steady.pid;
  }

  async close(): Promise<void> {
    await Promise.all([this.#steady.close(), this.#watch.close()]);
  }

  #look(name: SafeText | null): void {
    if (name === null) this.#steady.hold();
    else {
      this.#teller.rename(name);
      this.#steady.release();
    }
  }

  #start(path: string, args: readonly string[]) {
    const { env = process.env } = this.#options;
    const run = startFfmpeg({ path, args, env });
    const chunks = new Chunks((samples) => this.#heard(samples));
    run.stdout?.on("data", (bytes: Buffer) => {
      if (this.#steady.sign()) chunks.add(bytes);
    });
    return run;
  }

  #heard(samples: Int16Array): void {
    const wasSilent = this.#zeroChunks >= SILENT_CHUNKS;
    this.#zeroChunks = samples.every((sample) => sample === 0) ? this.#zeroChunks + 1 : 0;
    if (this.#zeroChunks === SILENT_CHUNKS) this.#teller.tell("silent");
    else if (wasSilent && this.#zeroChunks === 0) this.#teller.tell("here");
    this.#options.onSamples(samples);
  }
}
