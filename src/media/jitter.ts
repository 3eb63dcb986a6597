/**
 * One talker's packets, as they come, into sound that goes on. It is pulled at the pace of whoever plays; the clock is
 * handed in and may be another one. What a packet says is never believed further than 500 ms.
 *
 * A frame that is due and not there is taken from the copy in a later packet, else from what the next frame holds of
 * it, else guessed. Delay is kept near what the network needs by making sound shorter or longer, a period at a time.
 */
import { Arrivals } from "./arrivals.js";
import { DelayTracker } from "./delay.js";
import type { FrameDecoder } from "./opus.js";
import { type AudioPacket, frameSamples, TIMESTAMPS, wrappedDistance } from "./packet.js";
import { SAMPLES_PER_MS, STEP_MS, STEP_SAMPLES } from "./sound.js";
import { crossFaded, fadedOut, lengthened, STRETCH_SAMPLES, shortened } from "./stretch.js";

const MAX_BUFFERED_MS = 500;
/** After this long without a packet the talk is over, and after a hole this long it begins anew. */
const MAX_CONCEALED_MS = 100;
/** Delay is corrected outside of this much around the target. */
const OVER_MS = 15;
const UNDER_MS = 5;
/** Delay is the least of so many steps: players take several at a time, and the last one of a turn must be there too. */
const LOOKED_AT_STEPS = 16;
/** Opus guesses in multiples of 2.5 ms. */
const GUESS_SAMPLES = 2.5 * SAMPLES_PER_MS;
const SEAM_SAMPLES = 2 * GUESS_SAMPLES;
/** From this loss on it is worth waiting for copies of what was lost. */
const LOSSY_PERCENT = 1;

interface Waiting {
  readonly frame: Uint8Array;
  readonly samples: number;
  readonly isEnd: boolean;
  readonly isCopy: boolean;
}

export interface JitterCounts {
  /** Packets taken; those over 120 a second; those that were here before; those whose sound was due already. */
  readonly received: number;
  readonly refused: number;
  readonly repeated: number;
  readonly late: number;
  /** Frames by where they came from: their own packet, a copy, the next frame, a guess. */
  readonly decoded: number;
  readonly copies: number;
  readonly inBand: number;
  readonly guessed: number;
  /** Periods left out and put in; jumps over sound that was too old; talkers' clocks set anew; frames that were none. */
  readonly shortened: number;
  readonly lengthened: number;
  readonly skipped: number;
  readonly restarts: number;
  readonly broken: number;
}

export interface JitterStats extends JitterCounts {
  /** From the quickest packet's arrival to its sound, ms. */
  readonly delayMs: number;
  readonly targetMs: number;
  /** Sound that is here and was not played, ms. */
  readonly bufferedMs: number;
  readonly jitterMs: number;
  readonly lossPercent: number;
  /** Mean length of a loss, in packets. */
  readonly lossRun: number;
}

export class JitterBuffer {
  readonly #arrivals = new Arrivals();
  readonly #delay = new DelayTracker();
  readonly #waiting = new Map<number, Waiting>();
  readonly #recentMs: number[] = [];
  #decoder: FrameDecoder | null = null;
  #pcm: Int16Array = new Int16Array(0);
  /** The last sample that was given. */
  #played = 0;
  #isPlaying = false;
  /** Where the sound after `#pcm` begins on the talker's clock, in samples. */
  #next = -Infinity;
  #hasEnded = false;
  /** Guessed since the last frame while the talker's clock here stood still. */
  #owed = 0;
  #usual = frameSamples(20);
  #seam: Int16Array | null = null;
  #last: { readonly at: number; readonly timestamp: number } | null = null;
  readonly #counts: { -readonly [K in keyof JitterCounts]: number } = {
    received: 0,
    refused: 0,
    repeated: 0,
    late: 0,
    decoded: 0,
    copies: 0,
    inBand: 0,
    guessed: 0,
    shortened: 0,
    lengthened: 0,
    skipped: 0,
    restarts: 0,
    broken: 0,
  };

  /** Null after a frame that the decoder threw at: the buffer is silent until it is given another. */
  get decoder(): FrameDecoder | null {
    return this.#decoder;
  }

  set decoder(decoder: FrameDecoder | null) {
    this.#decoder = decoder;
  }

  receive(packet: AudioPacket, nowMs: number): void {
    if (!this.#arrivals.admit(nowMs)) this.#count("refused");
    else if (!this.#arrivals.isNew(packet.sequence)) this.#count("repeated");
    else this.#accept(packet, nowMs);
  }

  /** 10 ms of sound; null where there is none to be heard. */
  pull(nowMs: number): Int16Array | null {
    if (!this.#isPlaying && (this.#pcm.length > 0 || this.#played !== 0)) return this.#rest();
    if (!this.#isPlaying && !this.#begin(nowMs)) return null;
    while (this.#pcm.length < STEP_SAMPLES) if (!this.#decodeNext()) return this.#rest();
    this.#keepDelay(nowMs);
    return this.#take(STEP_SAMPLES);
  }

  stats(nowMs: number): JitterStats {
    return {
      ...this.#counts,
      delayMs: this.#isPlaying ? this.#delayMs(nowMs) : 0,
      targetMs: this.#delay.targetMs,
      bufferedMs: this.#heldSamples() / SAMPLES_PER_MS,
      jitterMs: this.#delay.jitterMs,
      lossPercent: this.#arrivals.lossPercent,
      lossRun: this.#arrivals.lossRun,
    };
  }

  #accept(packet: AudioPacket, nowMs: number): void {
    this.#count("received");
    const at = this.#place(packet.timestamp, nowMs);
    this.#delay.note(at / SAMPLES_PER_MS, nowMs);
    const samples = frameSamples(packet.frameMs);
    for (const { frame, before } of packet.earlier) {
      this.#put(at - before * samples, { frame, samples, isEnd: false, isCopy: true });
    }
    this.#delay.waitForCopies(this.#copiesMs(packet));
    this.#put(at, { frame: packet.frame, samples, isEnd: packet.isEnd, isCopy: false });
    this.#bound();
  }

  /** How long after its frame the last copy of it comes, where packets get lost. */
  #copiesMs({ earlier, frameMs, isStart }: AudioPacket): number {
    if (isStart || this.#arrivals.lossPercent < LOSSY_PERCENT) return 0;
    return (earlier[0]?.before ?? 0) * frameMs;
  }

  #count(what: keyof JitterCounts): void {
    this.#counts[what] += 1;
  }

  /** A timestamp on a line that does not wrap. */
  #place(timestamp: number, nowMs: number): number {
    const last = this.#last;
    let at = last ? last.at + wrappedDistance(last.timestamp, timestamp, TIMESTAMPS) : timestamp;
    if (this.#delay.hasJumped(at / SAMPLES_PER_MS, nowMs)) {
      this.#restart();
      at = timestamp;
    }
    this.#last = { at, timestamp };
    return at;
  }

  #restart(): void {
    this.#count("restarts");
    this.#delay.restart();
    this.#waiting.clear();
    this.#isPlaying = false;
    this.#next = -Infinity;
  }

  #put(at: number, waiting: Waiting): void {
    if (at < this.#next) {
      if (!waiting.isCopy) this.#count("late");
    } else if (this.#waiting.has(at) ? !waiting.isCopy : this.#isFree(at, at + waiting.samples)) {
      this.#waiting.set(at, waiting);
    }
  }

  /** Frames of one talker never overlap; those that do would put more into 500 ms than can be played in it. */
  #isFree(from: number, to: number): boolean {
    for (const [at, { samples }] of this.#waiting) if (at < to && at + samples > from) return false;
    return true;
  }

  /** Whatever timestamps say, no more than 500 ms wait here; what was said first goes first. */
  #bound(): void {
    if (this.#reachSamples() <= MAX_BUFFERED_MS * SAMPLES_PER_MS) return;
    const target = Math.min(this.#delay.targetMs, MAX_BUFFERED_MS - STEP_MS * 10);
    const from = this.#newest() - target * SAMPLES_PER_MS;
    for (const at of this.#waiting.keys()) if (at < from) this.#waiting.delete(at);
    this.#count("skipped");
    if (this.#isPlaying) this.#seam = this.#try((decoder) => decoder.conceal(SEAM_SAMPLES));
    this.#recentMs.length = 0;
    this.#next = this.#oldest();
  }

  #oldest(): number {
    let oldest = Infinity;
    for (const at of this.#waiting.keys()) oldest = Math.min(oldest, at);
    return oldest;
  }

  /** Where the newest frame that waits ends. */
  #newest(): number {
    let newest = -Infinity;
    for (const [at, { samples }] of this.#waiting) newest = Math.max(newest, at + samples);
    return newest;
  }

  #heldSamples(): number {
    let held = this.#pcm.length;
    for (const { samples } of this.#waiting.values()) held += samples;
    return held;
  }

  /** From the next sample to the end of the newest frame, with what is missing between. */
  #reachSamples(): number {
    if (this.#waiting.size === 0) return this.#pcm.length;
    const from = this.#isPlaying ? this.#next : this.#oldest();
    return this.#pcm.length + Math.max(0, this.#newest() - from);
  }

  #delayMs(nowMs: number): number {
    return nowMs - this.#delay.baseMs - (this.#next - this.#pcm.length) / SAMPLES_PER_MS;
  }

  #begin(nowMs: number): boolean {
    if (!this.#decoder || this.#waiting.size === 0) return false;
    const first = this.#oldest();
    if (nowMs - this.#delay.baseMs - first / SAMPLES_PER_MS < this.#delay.targetMs) return false;
    this.#next = first;
    this.#isPlaying = true;
    this.#hasEnded = false;
    this.#owed = 0;
    this.#recentMs.length = 0;
    return true;
  }

  /** What is left, down to nothing: the end of a talk, and of one that was cut off. */
  #rest(): Int16Array {
    this.#isPlaying = false;
    const left = Math.min(STEP_SAMPLES, this.#pcm.length);
    // Where nothing is left, from where the last sound ended.
    const rest = new Int16Array(Math.max(left, SEAM_SAMPLES)).fill(this.#pcm[left - 1] ?? this.#played);
    rest.set(this.#pcm.subarray(0, left));
    const step = new Int16Array(STEP_SAMPLES);
    step.set(fadedOut(rest));
    this.#pcm = new Int16Array(0);
    this.#played = 0;
    return step;
  }

  #take(samples: number): Int16Array {
    const taken = this.#pcm.slice(0, samples);
    this.#pcm = this.#pcm.subarray(samples);
    this.#played = taken.at(-1)!;
    return taken;
  }

  #append(pcm: Int16Array): void {
    const smooth = this.#seam ? crossFaded(this.#seam, pcm) : pcm;
    this.#seam = null;
    const all = new Int16Array(this.#pcm.length + smooth.length);
    all.set(this.#pcm);
    all.set(smooth, this.#pcm.length);
    this.#pcm = all;
  }

  /** @returns false where there is nothing to go on with */
  #decodeNext(): boolean {
    for (const at of this.#waiting.keys()) if (at < this.#next) this.#waiting.delete(at);
    const found = this.#waiting.get(this.#next);
    if (found) return this.#decode(found);
    if (this.#waiting.size === 0) return !this.#hasEnded && this.#waitOn();
    const first = this.#oldest();
    if (this.#owed > 0) {
      // Sound was guessed in place of what is missing now, so the clock may catch up by it.
      const paid = Math.min(this.#owed, first - this.#next);
      this.#owed -= paid;
      this.#next += paid;
      return this.#decodeNext();
    }
    return this.#bridge(first);
  }

  #decode({ frame, samples, isEnd, isCopy }: Waiting): boolean {
    this.#waiting.delete(this.#next);
    this.#owed = 0;
    this.#usual = samples;
    this.#hasEnded = isEnd;
    this.#count(isCopy ? "copies" : "decoded");
    return this.#add(samples, (decoder) => decoder.decode(frame));
  }

  #add(samples: number, decode: (decoder: FrameDecoder) => Int16Array): boolean {
    const pcm = this.#try(decode);
    if (!pcm) return false;
    this.#append(pcm);
    this.#next += samples;
    return true;
  }

  #try(decode: (decoder: FrameDecoder) => Int16Array): Int16Array | null {
    if (!this.#decoder) return null;
    try {
      return decode(this.#decoder);
    } catch {
      this.#count("broken");
      this.#decoder = null;
      return null;
    }
  }

  /** Nothing is here: it may be late, so the talker's clock stands still here while sound is guessed. */
  #waitOn(): boolean {
    if (this.#owed >= MAX_CONCEALED_MS * SAMPLES_PER_MS) return false;
    this.#count("guessed");
    this.#owed += this.#usual;
    return this.#add(0, (decoder) => decoder.conceal(this.#usual));
  }

  /** Something later is here, so what lies before it is lost. */
  #bridge(first: number): boolean {
    const gap = first - this.#next;
    if (this.#hasEnded || gap > MAX_CONCEALED_MS * SAMPLES_PER_MS) return false;
    const { frame, samples } = this.#waiting.get(first)!;
    if (gap === samples) {
      this.#count("inBand");
      return this.#add(gap, (decoder) => decoder.decodeBefore(frame, gap));
    }
    this.#count("guessed");
    const length = Math.max(GUESS_SAMPLES, GUESS_SAMPLES * Math.floor(Math.min(gap, this.#usual) / GUESS_SAMPLES));
    return this.#add(length, (decoder) => decoder.conceal(length));
  }

  #keepDelay(nowMs: number): void {
    const recent = this.#recentMs;
    recent.push(this.#delayMs(nowMs));
    if (recent.length > LOOKED_AT_STEPS) recent.shift();
    if (recent.length < LOOKED_AT_STEPS) return;
    const overMs = Math.min(...recent) - this.#delay.targetMs;
    if (overMs > OVER_MS) this.#stretch(shortened, "shortened", likenessFor(overMs - OVER_MS));
    else if (overMs < -UNDER_MS) this.#stretch(lengthened, "lengthened", likenessFor(-UNDER_MS - overMs));
  }

  #stretch(how: typeof shortened, what: "shortened" | "lengthened", likeness: number): void {
    while (this.#pcm.length < STRETCH_SAMPLES && this.#waiting.has(this.#next)) if (!this.#decodeNext()) break;
    const stretched = how(this.#pcm, likeness);
    if (!stretched || stretched.length < STEP_SAMPLES) return;
    const changeMs = (stretched.length - this.#pcm.length) / SAMPLES_PER_MS;
    for (let i = 0; i < this.#recentMs.length; i += 1) this.#recentMs[i]! += changeMs;
    this.#pcm = stretched;
    this.#count(what);
  }
}

/** A little too much delay waits for a vowel that hides the cut; very much does not. */
function likenessFor(offMs: number): number {
  if (offMs > 100) return 0;
  return offMs > 40 ? 0.5 : 0.85;
}
