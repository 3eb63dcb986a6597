/**
 * All who speak in a call, into one sound. Who sends bad bytes harms nobody but themselves: each speaker has a buffer,
 * a decoder and bounds of their own.
 */
import { JitterBuffer, type JitterStats } from "./jitter.js";
import { Limiter } from "./limiter.js";
import { Meter } from "./meter.js";
import { type FrameDecoder, openDecoder } from "./opus.js";
import { decodePacket } from "./packet.js";
import { levelDb, STEP_MS, STEP_SAMPLES } from "./sound.js";

export const MAX_SPEAKERS = 50;
export const MAX_VOLUME_PERCENT = 200;
/** A decoder that threw is replaced by a new one, and one that throws at every frame not more often than this. */
const REOPEN_MS = 500;
/** Whose sound came within this is talking. */
const TALKS_FOR_MS = 200;

export interface MixerOptions {
  /** Milliseconds that only go forward. */
  readonly now?: () => number;
  readonly openDecoder?: () => Promise<FrameDecoder>;
  readonly maxSpeakers?: number;
}

export interface SpeakerState {
  readonly id: string;
  readonly isTalking: boolean;
  /** Of what came, before volume and mute; dB below full scale as a negative number. */
  readonly levelDb: number;
  readonly volumePercent: number;
  readonly isMuted: boolean;
  readonly stats: JitterStats;
}

interface Speaker {
  readonly id: string;
  readonly buffer: JitterBuffer;
  readonly meter: Meter;
  volumePercent: number;
  isMuted: boolean;
  decoder: FrameDecoder | null;
  isOpening: boolean;
  openedAt: number;
  heardAt: number;
  isGone: boolean;
}

export class Mixer {
  readonly #now: () => number;
  readonly #openDecoder: () => Promise<FrameDecoder>;
  readonly #maxSpeakers: number;
  readonly #speakers = new Map<string, Speaker>();
  readonly #limiter = new Limiter();
  readonly #meter = new Meter();
  readonly #mix = new Float64Array(STEP_SAMPLES);
  #unreadable = 0;

  constructor(options: MixerOptions = {}) {
    this.#now = options.now ?? (() => performance.now());
    this.#openDecoder = options.openDecoder ?? openDecoder;
    this.#maxSpeakers = options.maxSpeakers ?? MAX_SPEAKERS;
  }

  /** Level of all together, dB below full scale as a negative number. */
  get levelDb(): number {
    return this.#meter.levelDb;
  }

  /** Bytes that were no audio packet, of anybody. */
  get unreadable(): number {
    return this.#unreadable;
  }

  /** Total: any bytes. @returns whether they are taken: false for what is no packet, and where there are 50 speakers */
  receive(speakerId: string, bytes: Uint8Array): boolean {
    const packet = decodePacket(bytes);
    if (!packet) this.#unreadable += 1;
    const speaker = packet && this.#find(speakerId);
    if (!packet || !speaker) return false;
    speaker.buffer.receive(packet, this.#now());
    this.#keepDecoder(speaker);
    return true;
  }

  /** The next 10 ms; to be asked for at the pace of the loudspeaker, in any number at a time. */
  pull(): Int16Array {
    const now = this.#now();
    this.#mix.fill(0);
    for (const speaker of this.#speakers.values()) this.#add(speaker, now);
    const step = this.#limiter.apply(this.#mix);
    this.#meter.note(levelDb(step), STEP_MS);
    return step;
  }

  /** @param percent 0 to 200 @returns false where there are 50 speakers and this is another one */
  setVolume(speakerId: string, percent: number): boolean {
    const speaker = this.#find(speakerId);
    if (speaker) speaker.volumePercent = Math.max(0, Math.min(MAX_VOLUME_PERCENT, percent));
    return speaker !== null;
  }

  /** Here alone; nobody else notices. */
  setMuted(speakerId: string, isMuted: boolean): boolean {
    const speaker = this.#find(speakerId);
    if (speaker) speaker.isMuted = isMuted;
    return speaker !== null;
  }

  speakers(): SpeakerState[] {
    const now = this.#now();
    return [...this.#speakers.values()].map(({ id, meter, volumePercent, isMuted, heardAt, buffer }) => ({
      id,
      isTalking: now - heardAt < TALKS_FOR_MS,
      levelDb: meter.levelDb,
      volumePercent,
      isMuted,
      stats: buffer.stats(now),
    }));
  }

  drop(speakerId: string): void {
    const speaker = this.#speakers.get(speakerId);
    if (!speaker) return;
    speaker.isGone = true;
    this.#speakers.delete(speakerId);
    release(speaker);
  }

  close(): void {
    for (const id of [...this.#speakers.keys()]) this.drop(id);
  }

  #find(id: string): Speaker | null {
    const known = this.#speakers.get(id);
    if (known || this.#speakers.size >= this.#maxSpeakers) return known ?? null;
    const speaker: Speaker = {
      id,
      buffer: new JitterBuffer(),
      meter: new Meter(),
      volumePercent: 100,
      isMuted: false,
      decoder: null,
      isOpening: false,
      openedAt: -Infinity,
      heardAt: -Infinity,
      isGone: false,
    };
    this.#speakers.set(id, speaker);
    return speaker;
  }

  #add(speaker: Speaker, now: number): void {
    const pcm = speaker.buffer.pull(now);
    if (speaker.buffer.decoder === null) release(speaker);
    speaker.meter.note(pcm ? levelDb(pcm) : -Infinity, STEP_MS);
    if (!pcm) return;
    speaker.heardAt = now;
    const gain = speaker.isMuted ? 0 : speaker.volumePercent / 100;
    for (let i = 0; i < STEP_SAMPLES; i += 1) this.#mix[i]! += gain * pcm[i]!;
  }

  #keepDecoder(speaker: Speaker): void {
    if (speaker.buffer.decoder !== null || speaker.isOpening) return;
    if (this.#now() - speaker.openedAt < REOPEN_MS) return;
    speaker.isOpening = true;
    speaker.openedAt = this.#now();
    this.#openDecoder()
      .then(
        (decoder) => give(speaker, decoder),
        // Tried again with a packet that comes later.
        () => undefined,
      )
      .finally(() => {
        speaker.isOpening = false;
      });
  }
}

function give(speaker: Speaker, decoder: FrameDecoder): void {
  if (speaker.isGone) decoder.close();
  else {
    speaker.decoder = decoder;
    speaker.buffer.decoder = decoder;
  }
}

function release(speaker: Speaker): void {
  speaker.buffer.decoder = null;
  speaker.decoder?.close();
  speaker.decoder = null;
}
