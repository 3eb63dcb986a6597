/** The one door to sound: a call's microphone and speaker, opened together and closed together. */
import { Audio, type AudioEnds, type Voice } from "./audio.js";
import { type Capture, startCapture } from "./capture.js";
import { type Playback, startPlayback } from "./playback.js";
import { chooseSound, type Sound } from "./sound-choice.js";
import type { EndState } from "./sound-end.js";

export type { AudioState, Loss, Voice } from "./audio.js";
export { MAX_VOLUME_PERCENT, type SpeakerState } from "./mixer.js";
export type { EndState } from "./sound-end.js";

export const PLAIN_VOICE: Voice = { frameMs: 20, suppresses: true, ducks: true, usesKey: false, thresholdDb: null };

export interface AudioWish {
  /** `file:talk.wav`, or the id or name of a device; null for the one that suits best. */
  readonly microphone: string | null;
  readonly speaker: string | null;
  readonly voice: Voice;
  readonly isMuted: boolean;
  /** A packet for all the others, at most 1,100 bytes. */
  send(packet: Uint8Array): void;
  /** A microphone or speaker went, came, or is another one. */
  onEnds(ends: Ends): void;
  readonly env?: NodeJS.ProcessEnv;
}

export interface Ends {
  readonly microphone: EndState;
  readonly speaker: EndState;
}

/**
 * Opens both ends; one that dies or is pulled comes back by itself.
 * @throws KeetError FFMPEG_MISSING, NO_SOUND_DEVICE, NO_SUCH_DEVICE, PLAYBACK_MISSING, NO_SUCH_FILE, FILE_EXISTS, USAGE
 */
export async function startAudio(wish: AudioWish): Promise<CallAudio> {
  const ends = new OpenEnds(await chooseSound(wish), wish);
  const audio = await Audio.open({ ...wish, voice: { ...wish.voice, suppresses: false }, ends });
  return new CallAudio(ends, audio, wish.voice.suppresses);
}

export class CallAudio {
  readonly audio: Audio;
  readonly #ends: OpenEnds;
  #suppresses: boolean;

  constructor(ends: OpenEnds, audio: Audio, suppresses: boolean) {
    this.audio = audio;
    this.#ends = ends;
    this.#suppresses = suppresses;
    this.suppress(suppresses);
  }

  /** Noise is taken out of what a device gives; a file is what somebody made it, and taking noise out of that harms it. */
  suppress(suppresses: boolean): void {
    this.#suppresses = suppresses;
    this.audio.setSuppresses(suppresses && this.#ends.hearsDevice);
  }

  get ends(): Ends {
    return this.#ends.states;
  }

  /** @throws as `startAudio`; what was open before stays open then */
  async use(end: "microphone" | "speaker", said: string | null): Promise<void> {
    await this.#ends.choose(end, said);
    await this.audio.reopen(end);
    this.suppress(this.#suppresses);
  }

  async close(): Promise<void> {
    await this.audio.close();
  }
}

class OpenEnds implements AudioEnds {
  #sound: Sound;
  #said: Pick<AudioWish, "microphone" | "speaker">;
  readonly #wish: AudioWish;
  #microphone: Capture | null = null;
  #speaker: Playback | null = null;

  constructor(sound: Sound, wish: AudioWish) {
    this.#sound = sound;
    this.#wish = wish;
    this.#said = { microphone: wish.microphone, speaker: wish.speaker };
  }

  get hearsDevice(): boolean {
    return this.#sound.microphone.kind === "device";
  }

  get states(): Ends {
    const { microphone, speaker } = this.#sound;
    return {
      microphone: this.#microphone?.state ?? { what: "starting", name: microphone.name, error: null },
      speaker: this.#speaker?.state ?? { what: "starting", name: speaker.name, error: null },
    };
  }

  async choose(end: "microphone" | "speaker", said: string | null): Promise<void> {
    const wished = { ...this.#said, [end]: said };
    const chosen = await chooseSound({ ...this.#env, ...wished });
    this.#sound = { ...this.#sound, ffmpeg: chosen.ffmpeg, [end]: chosen[end] };
    this.#said = wished;
  }

  openMicrophone(onSamples: (samples: Int16Array) => void): Capture {
    const { ffmpeg, microphone } = this.#sound;
    this.#microphone = startCapture({ ffmpeg, microphone, onSamples, onState: this.#changed, ...this.#env });
    return this.#microphone;
  }

  openSpeaker(pull: () => Int16Array): Playback {
    const { ffmpeg, speaker } = this.#sound;
    this.#speaker = startPlayback({ ffmpeg, speaker, pull, onState: this.#changed, ...this.#env });
    return this.#speaker;
  }

  get #env(): { env?: NodeJS.ProcessEnv } {
    return this.#wish.env ? { env: this.#wish.env } : {};
  }

  readonly #changed = (): void => this.#wish.onEnds(this.states);
}
