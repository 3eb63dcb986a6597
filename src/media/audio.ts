/**
 * The sound of one call: microphone → packets, and everybody's packets → speaker. Knows neither the room nor who the
 * speakers are: they are names to it. A microphone or a speaker that fails leaves the other one going.
 */
import { EchoWatch } from "./echo.js";
import { Mixer, type SpeakerState } from "./mixer.js";
import { type FrameMs, openEncoder } from "./opus.js";
import { SILENCE_DB } from "./sound.js";
import { openSuppressor, type Suppressor } from "./suppress.js";
import { Talker } from "./talker.js";

/** A second of speech. */
const ENOUGH_PACKETS = 50;

/** How the sound is made, as a person sets it. */
export interface Voice {
  readonly frameMs: FrameMs;
  /** Noise is taken out of the microphone. */
  readonly suppresses: boolean;
  /** The microphone is turned down while others speak, where it hears the speaker. */
  readonly ducks: boolean;
  /** Nothing is sent but while a key is held. */
  readonly usesKey: boolean;
  /** From this level on somebody speaks; null: nothing but the room's noise decides. */
  readonly thresholdDb: number | null;
}

export interface SoundSource {
  close(): Promise<void>;
}

/** Opens an end; its own states are told to whoever asked for it. */
export interface AudioEnds {
  /** 480 samples at a time. Null: there is none, and it was told why. */
  openMicrophone(onSamples: (samples: Int16Array) => void): SoundSource | null;
  openSpeaker(pull: () => Int16Array): SoundSource | null;
}

export interface AudioOptions {
  readonly ends: AudioEnds;
  readonly voice: Voice;
  readonly isMuted: boolean;
  /** A packet for all the others, at most 1,100 bytes; called up to 100 times a second. */
  send(packet: Uint8Array): void;
  /** Milliseconds that only go forward. */
  readonly now?: () => number;
}

export interface AudioState {
  /** Of the microphone; -127 while there is none. */
  readonly levelDb: number;
  readonly isTalking: boolean;
  readonly isMuted: boolean;
  readonly usesKey: boolean;
  readonly isKeyHeld: boolean;
  /** The microphone hears the speaker: the others hear themselves. */
  readonly hearsSpeaker: boolean;
  readonly sentPackets: number;
  readonly speakers: readonly SpeakerState[];
}

export interface Loss {
  readonly percent: number;
  /** Mean length of a loss in packets. */
  readonly run: number;
}

export class Audio {
  readonly #talker: Talker;
  readonly #mixer: Mixer;
  readonly #echo: EchoWatch;
  readonly #suppressor: Suppressor;
  readonly #ends: AudioEnds;
  #microphone: SoundSource | null = null;
  #speaker: SoundSource | null = null;
  #isMuted: boolean;
  #usesKey: boolean;
  #isKeyHeld = false;
  #isClosed = false;

  private constructor(options: AudioOptions, talker: Talker, suppressor: Suppressor) {
    this.#talker = talker;
    this.#suppressor = suppressor;
    this.#ends = options.ends;
    this.#mixer = new Mixer(options.now ? { now: options.now } : {});
    this.#echo = new EchoWatch({ ducks: options.voice.ducks });
    this.#isMuted = options.isMuted;
    this.#usesKey = options.voice.usesKey;
  }

  static async open(options: AudioOptions): Promise<Audio> {
    const { voice, send, isMuted } = options;
    const suppressor = await openSuppressor(voice.suppresses);
    const gate = voice.thresholdDb === null ? {} : { thresholdDb: voice.thresholdDb };
    const talker = new Talker(await openEncoder(), send, { frameMs: voice.frameMs, gate });
    talker.setKeyUsed(voice.usesKey);
    talker.setMuted(isMuted);
    const audio = new Audio(options, talker, suppressor);
    audio.#open();
    return audio;
  }

  #open(): void {
    this.#speaker = this.#ends.openSpeaker(() => this.#played());
    this.#microphone = this.#ends.openMicrophone((samples) => this.#recorded(samples));
  }

  /** Others' devices: another microphone or speaker takes the place of the one that is open. */
  async reopen(end: "microphone" | "speaker"): Promise<void> {
    if (this.#isClosed) return;
    if (end === "microphone") {
      const before = this.#microphone;
      this.#microphone = null;
      await before?.close();
      if (!this.#isClosed) this.#microphone = this.#ends.openMicrophone((samples) => this.#recorded(samples));
    } else {
      const before = this.#speaker;
      this.#speaker = null;
      await before?.close();
      if (!this.#isClosed) this.#speaker = this.#ends.openSpeaker(() => this.#played());
    }
  }

  get state(): AudioState {
    return {
      levelDb: this.#microphone ? this.#talker.levelDb : SILENCE_DB,
      isTalking: this.#talker.isTalking,
      isMuted: this.#isMuted,
      usesKey: this.#usesKey,
      isKeyHeld: this.#isKeyHeld,
      hearsSpeaker: this.#echo.isHeard,
      sentPackets: this.#talker.sentPackets,
      speakers: this.#mixer.speakers(),
    };
  }

  /** Total: any bytes, of any speaker. */
  receive(speaker: string, packet: Uint8Array): void {
    if (!this.#isClosed) this.#mixer.receive(speaker, packet);
  }

  /** That one is gone. */
  drop(speaker: string): void {
    this.#mixer.drop(speaker);
  }

  /** While muted no packet leaves, whatever the microphone gives. */
  setMuted(isMuted: boolean): void {
    this.#isMuted = isMuted;
    this.#talker.setMuted(isMuted);
  }

  setKeyUsed(usesKey: boolean): void {
    this.#usesKey = usesKey;
    this.#isKeyHeld = false;
    this.#talker.setKeyUsed(usesKey);
  }

  setKeyHeld(isHeld: boolean): void {
    this.#isKeyHeld = isHeld;
    this.#talker.setKeyHeld(isHeld);
  }

  setSuppresses(suppresses: boolean): void {
    this.#suppressor.setOn(suppresses);
  }

  setDucks(ducks: boolean): void {
    this.#echo.setDucks(ducks);
  }

  /** @param percent 0 to 200 */
  setVolume(speaker: string, percent: number): void {
    this.#mixer.setVolume(speaker, percent);
  }

  /** What the others miss of what is sent from here. */
  setLoss({ percent, run }: Loss): void {
    this.#talker.setLoss(percent, run);
  }

  /** What is missed here of what the others send: of the one who is heard worst. Null until enough came to tell. */
  get loss(): Loss | null {
    const heard = this.#mixer.speakers().filter(({ stats }) => stats.received >= ENOUGH_PACKETS);
    const worst = heard.sort((a, b) => b.stats.lossPercent - a.stats.lossPercent)[0];
    return worst ? { percent: worst.stats.lossPercent, run: Math.max(1, worst.stats.lossRun) } : null;
  }

  /** The microphone is closed when this is. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await Promise.allSettled([this.#microphone?.close(), this.#speaker?.close()]);
    this.#talker.close();
    this.#suppressor.close();
    this.#mixer.close();
  }

  #recorded(samples: Int16Array): void {
    if (this.#isClosed) return;
    this.#talker.feed(this.#suppressor.suppress(this.#echo.recorded(samples)));
  }

  #played(): Int16Array {
    const step = this.#mixer.pull();
    this.#echo.played(step);
    return step;
  }
}
