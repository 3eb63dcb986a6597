/** A voice note being recorded: the microphone of a call, with the same choice and the same care, into a file. */
import type { KeetError } from "../errors.js";
import { type Capture, startCapture } from "./capture.js";
import { Meter } from "./meter.js";
import { levelDb, STEP_MS, STEP_SAMPLES } from "./sound.js";
import { chooseSound } from "./sound-choice.js";
import type { EndState } from "./sound-end.js";
import { openSuppressor, type Suppressor } from "./suppress.js";
import { VoiceNoteEncoder } from "./voice-note-encoder.js";
import { VoiceNoteFile } from "./voice-note-file.js";

export const MAX_NOTE_MS = 15 * 60_000;
/** Nothing is played while one records: a name that opens no device. */
const NO_SPEAKER = "file:none.wav";

export interface RecordingWish {
  /** `file:talk.wav`, or the id or name of a device; null for the one that suits best. */
  readonly microphone: string | null;
  /** Noise is taken out of what a device gives. */
  readonly suppresses: boolean;
  /** A new file, in a folder of ours. */
  readonly path: string;
  readonly maxMs?: number;
  /** The microphone went, came or is another one, or nothing more is recorded. */
  onChange(): void;
  readonly env?: NodeJS.ProcessEnv;
}

export interface RecordingState {
  readonly durationMs: number;
  /** Below full scale, -127 to 0; after the end -127. */
  readonly levelDb: number;
  /** Of all that was recorded. */
  readonly loudestDb: number;
  readonly microphone: EndState;
  /** The microphone is closed: it was as long as may be, or the disk took no more. */
  readonly isFull: boolean;
  readonly error: KeetError | null;
}

export interface RecordedNote {
  readonly path: string;
  readonly bytes: number;
  readonly durationMs: number;
  readonly loudestDb: number;
}

/** @throws KeetError as `startAudio` for a microphone, DISK_FULL, READ_ONLY: then no microphone is open and no file there */
export async function startRecording(wish: RecordingWish): Promise<VoiceNoteRecording> {
  const { microphone, env } = wish;
  const around = env ? { env } : {};
  const sound = await chooseSound({ microphone, speaker: NO_SPEAKER, ...around });
  const suppressor = await openSuppressor(wish.suppresses && sound.microphone.kind === "device");
  const encoder = await VoiceNoteEncoder.open(crypto.getRandomValues(new Uint32Array(1))[0]!);
  const recording = new VoiceNoteRecording(wish, suppressor, encoder);
  try {
    await recording.open((ears) => startCapture({ ...sound, ...around, ...ears }));
    return recording;
  } catch (error) {
    await recording.drop();
    throw error;
  }
}

type Ears = Pick<Parameters<typeof startCapture>[0], "onSamples" | "onState">;

export class VoiceNoteRecording {
  readonly #wish: RecordingWish;
  readonly #suppressor: Suppressor;
  readonly #encoder: VoiceNoteEncoder;
  readonly #meter = new Meter();
  #file: VoiceNoteFile | null = null;
  #capture: Capture | null = null;
  #loudestDb = -Infinity;
  #isFull = false;
  #error: KeetError | null = null;
  /** Noise suppression gives the step before: the first one it gives was never recorded. */
  #steps = 0;
  #isOver = false;
  #closing: Promise<void> | null = null;

  constructor(wish: RecordingWish, suppressor: Suppressor, encoder: VoiceNoteEncoder) {
    this.#wish = wish;
    this.#suppressor = suppressor;
    this.#encoder = encoder;
  }

  async open(capture: (ears: Ears) => Capture): Promise<void> {
    this.#file = await VoiceNoteFile.create(this.#wish.path, (error) => this.#failed(error));
    this.#file.write(this.#encoder.head(), 0);
    const onState = () => this.#wish.onChange();
    this.#capture = capture({ onState, onSamples: (samples) => this.#recorded(samples) });
  }

  get state(): RecordingState {
    return {
      durationMs: this.#error ? this.#file!.keptMs : this.#encoder.durationMs,
      levelDb: this.#isOver ? -127 : this.#meter.levelDb,
      loudestDb: this.#loudestDb,
      microphone: this.#capture!.state,
      isFull: this.#isFull,
      error: this.#error,
    };
  }

  /** The microphone is closed when this is; what was recorded stays. */
  stop(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** What was recorded, whole on the disk. */
  async finish(): Promise<RecordedNote> {
    await this.stop();
    const { path, bytes, keptMs } = this.#file!;
    return { path, bytes, durationMs: keptMs, loudestDb: this.#loudestDb };
  }

  /** Nothing of it is left. */
  async drop(): Promise<void> {
    await this.stop();
    await this.#file?.remove();
  }

  async #close(): Promise<void> {
    this.#isOver = true;
    const closed = this.#capture?.close();
    if (this.#file !== null && this.#steps > 0) this.#encode(this.#suppressor.suppress(new Int16Array(STEP_SAMPLES)));
    const end = this.#encoder.end();
    this.#file?.write(end, this.#encoder.durationMs);
    this.#suppressor.close();
    await closed;
    await this.#file?.close();
  }

  #recorded(samples: Int16Array): void {
    if (this.#isOver) return;
    this.#steps += 1;
    const level = levelDb(samples);
    this.#meter.note(level, STEP_MS);
    this.#loudestDb = Math.max(this.#loudestDb, level);
    const step = this.#suppressor.suppress(samples);
    if (this.#steps > 1) this.#encode(step);
    if (this.#encoder.durationMs >= (this.#wish.maxMs ?? MAX_NOTE_MS)) this.#fill();
  }

  #encode(step: Int16Array): void {
    const pages = this.#encoder.feed(step);
    for (const page of pages) this.#file!.write(page, this.#encoder.durationMs);
  }

  #fill(): void {
    this.#isFull = true;
    void this.stop().then(() => this.#wish.onChange());
  }

  #failed(error: KeetError): void {
    this.#error = error;
    void this.stop().then(() => this.#wish.onChange());
  }
}
