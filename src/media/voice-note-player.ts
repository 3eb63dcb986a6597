/** A voice note being played, from bytes that may still be on their way, to the speaker of a call. */
import { KeetError } from "../errors.js";
import { type Playback, startPlayback } from "./playback.js";
import { STEP_MS, STEP_SAMPLES } from "./sound.js";
import { chooseSound } from "./sound-choice.js";
import type { EndState } from "./sound-end.js";
import { VoiceNoteSound } from "./voice-note-sound.js";

/** Nothing is recorded while one plays: a name that opens no device, and is never read. */
const NO_MICROPHONE = "file:-";
/** What a device still has to play when it was handed the last of the sound. */
const TAIL_STEPS = 600 / STEP_MS;
/** Nobody answers a voice note: what lies ready outlasts a machine that is busy for a moment. */
const LEAD_MS = 200;

export interface PlayWish {
  /** `file:heard.wav`, or the id or name of a device; null for the one that suits best. */
  readonly speaker: string | null;
  /** Of a peer's file, in order; asked for only when more is of use. */
  readonly bytes: AsyncIterator<Uint8Array>;
  /** The speaker went, came or is another one. */
  onChange(): void;
  readonly env?: NodeJS.ProcessEnv;
}

export interface PlayState {
  readonly playedMs: number;
  readonly isPaused: boolean;
  /** Nothing is here to be played, and more is to come. */
  readonly isWaiting: boolean;
  readonly speaker: EndState;
}

/** @throws KeetError as `startAudio` for a speaker */
export async function startPlaying(wish: PlayWish): Promise<VoiceNotePlayer> {
  const around = wish.env ? { env: wish.env } : {};
  const sound = await chooseSound({ microphone: NO_MICROPHONE, speaker: wish.speaker, ...around });
  const note = await VoiceNoteSound.open();
  try {
    return new VoiceNotePlayer(wish.bytes, note, (pull) =>
      startPlayback({ ...sound, ...around, pull, leadMs: LEAD_MS, onState: () => wish.onChange() }),
    );
  } catch (error) {
    note.close();
    throw error;
  }
}

export class VoiceNotePlayer {
  readonly #bytes: AsyncIterator<Uint8Array>;
  readonly #note: VoiceNoteSound;
  readonly #speaker: Playback;
  readonly #ended = Promise.withResolvers<void>();
  #isPaused = false;
  #isWaiting = true;
  #isReading = false;
  #tail = 0;
  #closing: Promise<void> | null = null;

  constructor(bytes: AsyncIterator<Uint8Array>, note: VoiceNoteSound, open: (pull: () => Int16Array) => Playback) {
    this.#bytes = bytes;
    this.#note = note;
    this.#speaker = open(() => this.#pull());
    this.#ended.promise.catch(() => {});
    this.#read();
  }

  /** When all of it was heard, or it was closed. Rejects where no more of it comes, or it is no sound. */
  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  get state(): PlayState {
    const isWaiting = this.#isWaiting && !this.#note.isOver;
    return { playedMs: this.#note.playedMs, isPaused: this.#isPaused, isWaiting, speaker: this.#speaker.state };
  }

  pause(isPaused: boolean): void {
    this.#isPaused = isPaused;
  }

  /** The speaker is closed when this is. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#ended.resolve();
    // Whoever waits for a byte that nobody has would be waited for in vain.
    void this.#bytes.return?.()?.catch(() => {});
    await this.#speaker.close();
    this.#note.close();
  }

  #pull(): Int16Array {
    const silence = new Int16Array(STEP_SAMPLES);
    if (this.#isPaused || this.#closing) return silence;
    const step = this.#note.pull();
    this.#isWaiting = step === null;
    this.#read();
    if (this.#note.isOver) this.#finish();
    return step ?? silence;
  }

  #finish(): void {
    this.#tail += 1;
    if (this.#note.isRefused) this.#ended.reject(noSound());
    else if (this.#tail > TAIL_STEPS) this.#ended.resolve();
  }

  #read(): void {
    if (this.#isReading || this.#closing || !this.#note.wantsMore) return;
    this.#isReading = true;
    this.#bytes.next().then(
      ({ done, value }) => {
        this.#isReading = false;
        if (done) this.#note.end();
        else this.#note.push(value);
        this.#read();
      },
      (error: unknown) => this.#ended.reject(error),
    );
  }
}

function noSound(): KeetError {
  return new KeetError("peer", "NOT_A_VOICE_NOTE", "There is no sound in it that can be played here", {
    hint: "/open opens it in another program, if you trust whoever sent it.",
  });
}
