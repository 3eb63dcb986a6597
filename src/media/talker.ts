/**
 * What the microphone gives, into packets. Nothing that was said while muted, or while the key to talk was not held,
 * is ever sent, not even as part of a frame or as a frame before the first one.
 */
import { type GateOptions, VoiceGate } from "./gate.js";
import { Meter } from "./meter.js";
import type { FrameEncoder, FrameMs } from "./opus.js";
import {
  type EarlierFrame,
  encodePacket,
  frameSamples,
  MAX_BEFORE,
  MAX_EARLIER,
  SEQUENCES,
  TIMESTAMPS,
} from "./packet.js";
import { levelDb, STEP_SAMPLES } from "./sound.js";

/** Until the others have told what they miss. */
const FIRST_LOSS_PERCENT = 3;
/** From these losses on frames go along once more, and twice more. */
const ONCE_PERCENT = 1;
const TWICE_PERCENT = 8;

/**
 * How many frames before its own a packet repeats. Losses come in runs, and a run is bridged as far back as the oldest
 * repeated frame; but the listener waits as long for it, so not further than needed.
 */
function repeated(lossPercent: number, lossRun: number): readonly number[] {
  if (lossPercent < ONCE_PERCENT) return [];
  const half = Math.max(1, Math.min(MAX_BEFORE / 2, Math.round(lossRun)));
  return lossPercent < TWICE_PERCENT ? [half] : [2 * half, half];
}

/** What is fed was recorded so long before: noise suppression gives the step before. */
const LAG_SAMPLES = STEP_SAMPLES;

export interface TalkerOptions {
  readonly frameMs?: FrameMs;
  /** Null sends silence too. */
  readonly gate?: GateOptions | null;
}

export class Talker {
  readonly #encoder: FrameEncoder;
  readonly #send: (packet: Uint8Array) => void;
  readonly #frameMs: FrameMs;
  readonly #gate: VoiceGate | null;
  readonly #meter = new Meter();
  readonly #pcm: Int16Array;
  #filled = 0;
  /** Part of the frame that is being filled must not be heard. */
  #isTainted = false;
  /** Samples to come that were recorded before one might speak. */
  #stale = 0;
  #isMuted = false;
  #usesKey = false;
  #isKeyHeld = false;
  #isTalking = false;
  /** The frames before this one: as sound while nothing is sent, encoded while something is. */
  #unsaid: Int16Array[] = [];
  #said: Uint8Array[] = [];
  #earlier: readonly number[] = [];
  #sequence = 0;
  #timestamp = 0;
  #sent = 0;

  /** @param send gets packets of at most 1,100 bytes, and is called within `feed` only */
  constructor(encoder: FrameEncoder, send: (packet: Uint8Array) => void, options: TalkerOptions = {}) {
    this.#encoder = encoder;
    this.#send = send;
    this.#frameMs = options.frameMs ?? 20;
    this.#gate = options.gate === null ? null : new VoiceGate(options.gate);
    this.#pcm = new Int16Array(frameSamples(this.#frameMs));
    this.setLoss(FIRST_LOSS_PERCENT);
  }

  /** The microphone's level, dB below full scale as a negative number; also while nothing is sent. */
  get levelDb(): number {
    return this.#meter.levelDb;
  }

  get isTalking(): boolean {
    return this.#isTalking;
  }

  get sentPackets(): number {
    return this.#sent;
  }

  setMuted(isMuted: boolean): void {
    this.#isMuted = isMuted;
    this.#closeIfSilent();
  }

  /** With a key to talk the level decides nothing: what is said while the key is held is sent, and nothing else. */
  setKeyUsed(isUsed: boolean): void {
    this.#usesKey = isUsed;
    this.#isKeyHeld = false;
    this.#closeIfSilent();
  }

  setKeyHeld(isHeld: boolean): void {
    this.#isKeyHeld = isHeld;
    this.#closeIfSilent();
  }

  /**
   * How much of what is sent gets lost, as a listener measured it (`JitterStats`).
   * @param run mean length of a loss in packets
   */
  setLoss(percent: number, run = 1): void {
    this.#earlier = repeated(percent, run);
    this.#encoder.setLoss(percent);
  }

  /** Any number of samples. */
  feed(pcm: Int16Array): void {
    let at = 0;
    while (at < pcm.length) {
      const part = pcm.subarray(at, at + this.#pcm.length - this.#filled);
      this.#pcm.set(part, this.#filled);
      this.#filled += part.length;
      at += part.length;
      this.#isTainted ||= !this.#maySpeak() || this.#stale > 0;
      if (this.#maySpeak()) this.#stale = Math.max(0, this.#stale - part.length);
      if (this.#filled === this.#pcm.length) this.#finish();
    }
  }

  close(): void {
    this.setMuted(true);
    this.#encoder.close();
  }

  #maySpeak(): boolean {
    return !this.#isMuted && (!this.#usesKey || this.#isKeyHeld);
  }

  #closeIfSilent(): void {
    if (this.#maySpeak()) return;
    this.#stale = LAG_SAMPLES;
    // What lies in the frame that is being filled was said before, and goes too: the key is up, so nothing leaves.
    this.#isTainted ||= this.#filled > 0;
    this.#isTalking = false;
    this.#unsaid = [];
    this.#said = [];
    this.#gate?.close();
  }

  #finish(): void {
    const isHeard = !this.#isTainted;
    this.#filled = 0;
    this.#isTainted = false;
    const level = levelDb(this.#pcm);
    this.#meter.note(level, this.#frameMs);
    if (isHeard) this.#speak(level);
    this.#timestamp = (this.#timestamp + this.#pcm.length) % TIMESTAMPS;
  }

  #speak(level: number): void {
    const isOpen = this.#usesKey || (this.#gate?.isOpenFor(level, this.#frameMs) ?? true);
    if (!isOpen && !this.#isTalking) this.#keep();
    else this.#sendFrame(level, !isOpen);
  }

  #keep(): void {
    this.#unsaid = [...this.#unsaid, this.#pcm.slice()].slice(-MAX_EARLIER);
  }

  #sendFrame(level: number, isEnd: boolean): void {
    const isStart = !this.#isTalking;
    // A syllable begins before it is loud: what came right before it rides along as earlier frames.
    if (isStart) this.#said = this.#unsaid.map((pcm) => this.#encoder.encode(pcm));
    const frame = this.#encoder.encode(this.#pcm);
    const earlier = this.#again(isStart ? [2, 1] : this.#earlier);
    this.#said = [...this.#said, frame].slice(-MAX_BEFORE);
    this.#unsaid = [];
    this.#isTalking = !isEnd;
    const { sequence, timestamp } = this.#count();
    this.#send(
      encodePacket({ sequence, timestamp, level: -level, isStart, isEnd, frameMs: this.#frameMs, frame, earlier }),
    );
  }

  #again(distances: readonly number[]): EarlierFrame[] {
    return distances.flatMap((before) => {
      const frame = this.#said.at(-before);
      return frame ? [{ before, frame }] : [];
    });
  }

  #count(): { sequence: number; timestamp: number } {
    const sequence = this.#sequence;
    this.#sequence = (sequence + 1) % SEQUENCES;
    this.#sent += 1;
    return { sequence, timestamp: this.#timestamp };
  }
}
