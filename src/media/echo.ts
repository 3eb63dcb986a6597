/**
 * Whether the microphone hears the loudspeaker, so that the others hear themselves; and if so, the microphone turned
 * down while they speak. What is played is looked for in what is recorded, by their correlation at up to 400 ms.
 *
 * A voice is like itself at its own pitch and like other voices at theirs, so both are made white first, and only what
 * is found several times at about the same delay counts.
 */
import { Fft } from "./fft.js";
import { levelDb, power, powerDb, SAMPLE_RATE, SAMPLES_PER_MS, toSample } from "./sound.js";

/** Echo is looked for at 8 kHz. */
const THINNING = 6;
const RATE = SAMPLE_RATE / THINNING;
const MAX_DELAY_MS = 400;
const LAGS = (MAX_DELAY_MS * RATE) / 1000;
/** Half a second of the microphone is compared, four times a second. */
const NEAR_SAMPLES = 4_096;
const FAR_SAMPLES = NEAR_SAMPLES + LAGS;
const EVERY_SAMPLES = RATE / 4;
const FFT_SIZE = 8_192;
const LOWEST_BIN = Math.round((200 * FFT_SIZE) / RATE);
const HIGHEST_BIN = Math.round((3_600 * FFT_SIZE) / RATE);
/** 1 would make every frequency as loud as every other, noise too. */
const WHITENING = 0.8;
/** Best delay over the mean of all; voices that have nothing to do with each other come to 9 at most, echoes to 15 and over. */
const FOUND = 9;
const SAME_DELAY_MS = 25;
/** So many of the last looks while others spoke must agree; none of so many, and the echo is gone. */
const LOOKS = 8;
const AGREEING = 4;
const GONE_AFTER = 40;
/** Nothing that is quieter is looked at, or ducked for. */
const FAR_DB = -55;
const NEAR_DB = -85;

const DUCKED_GAIN = 10 ** (-30 / 20);
/** A room answers this long after the delay. */
const TAIL_MS = 200;
const RAMP_MS = 5;

export interface EchoOptions {
  /** Whether the microphone is turned down while an echo is heard and others speak. */
  readonly ducks?: boolean;
}

export class EchoWatch {
  readonly #far = new Recent(FAR_SAMPLES);
  readonly #near = new Recent(NEAR_SAMPLES);
  readonly #fft = new Fft(FFT_SIZE);
  #ducks: boolean;
  #looks: (number | null)[] = [];
  #emptyLooks = 0;
  #delayMs: number | null = null;
  #unlooked = 0;
  #loudForMs = 0;
  #gain = 1;

  constructor({ ducks = true }: EchoOptions = {}) {
    this.#ducks = ducks;
  }

  /** The far end is heard in the near end: say it. */
  get isHeard(): boolean {
    return this.#delayMs !== null;
  }

  /** From the loudspeaker's sound being handed over to its being recorded; null where none is heard. */
  get delayMs(): number | null {
    return this.#delayMs;
  }

  get isDucked(): boolean {
    return this.#ducks && this.isHeard && this.#loudForMs > 0;
  }

  setDucks(ducks: boolean): void {
    this.#ducks = ducks;
  }

  /** What is handed to the loudspeaker, when it is. */
  played(pcm: Int16Array): void {
    this.#far.add(pcm);
    this.#loudForMs = Math.max(0, this.#loudForMs - pcm.length / SAMPLES_PER_MS);
    if (levelDb(pcm) > FAR_DB) this.#loudForMs = (this.#delayMs ?? 0) + TAIL_MS;
  }

  /** What the microphone gave, when it did. @returns it, turned down where it is echo */
  recorded(pcm: Int16Array): Int16Array {
    this.#near.add(pcm);
    this.#unlooked += pcm.length / THINNING;
    if (this.#unlooked >= EVERY_SAMPLES) {
      this.#unlooked = 0;
      this.#look();
    }
    return this.#turned(pcm);
  }

  #turned(pcm: Int16Array): Int16Array {
    const to = this.isDucked ? DUCKED_GAIN : 1;
    if (this.#gain === 1 && to === 1) return pcm;
    const step = (1 - DUCKED_GAIN) / ((RAMP_MS * SAMPLE_RATE) / 1000);
    return pcm.map((sample) => {
      this.#gain = to < this.#gain ? Math.max(to, this.#gain - step) : Math.min(to, this.#gain + step);
      return toSample(sample * this.#gain);
    });
  }

  #look(): void {
    const far = this.#far.samples();
    const near = this.#near.samples();
    if (powerDb(power(far.subarray(0, NEAR_SAMPLES))) < FAR_DB || powerDb(power(near)) < NEAR_DB) return;
    const found = this.#find(far, near);
    this.#looks = [...this.#looks, found].slice(-LOOKS);
    this.#emptyLooks = found === null ? this.#emptyLooks + 1 : 0;
    const agreed = agreement(this.#looks);
    if (agreed !== null) this.#delayMs = agreed;
    else if (this.#emptyLooks >= GONE_AFTER) this.#delayMs = null;
  }

  /** The delay at which `near` is most like `far`, ms; null where no delay stands out. */
  #find(far: Int16Array, near: Int16Array): number | null {
    const likeness = this.#correlation(far, near);
    let sum = 0;
    let best = 0;
    for (let i = 0; i <= LAGS; i += 1) {
      sum += likeness[i]! * likeness[i]!;
      if (likeness[i]! > likeness[best]!) best = i;
    }
    const stands = likeness[best]! / Math.sqrt(sum / (LAGS + 1) + Number.MIN_VALUE);
    return stands < FOUND ? null : ((LAGS - best) * 1000) / RATE;
  }

  #correlation(far: Int16Array, near: Int16Array): Float64Array {
    const [fr, fi, nr, ni] = [far, new Int16Array(0), near, new Int16Array(0)].map((pcm) => {
      const values = new Float64Array(FFT_SIZE);
      values.set(pcm);
      return values;
    }) as [Float64Array, Float64Array, Float64Array, Float64Array];
    this.#fft.forward(fr, fi);
    this.#fft.forward(nr, ni);
    const re = new Float64Array(FFT_SIZE);
    const im = new Float64Array(FFT_SIZE);
    for (let i = LOWEST_BIN; i < HIGHEST_BIN; i += 1) {
      const real = fr[i]! * nr[i]! + fi[i]! * ni[i]!;
      const imaginary = fi[i]! * nr[i]! - fr[i]! * ni[i]!;
      const white = Math.hypot(real, imaginary) ** WHITENING || 1;
      re[i] = real / white;
      im[i] = imaginary / white;
    }
    this.#fft.inverse(re, im);
    // Only one half of the spectrum was filled, so the real part alone is the correlation.
    return re;
  }
}

/** The delay that enough looks agree on, ms. */
function agreement(looks: readonly (number | null)[]): number | null {
  const found = looks.filter((delay): delay is number => delay !== null);
  for (const delay of found.toReversed()) {
    const agreeing = found.filter((other) => Math.abs(other - delay) <= SAME_DELAY_MS);
    if (agreeing.length >= AGREEING) return delay;
  }
  return null;
}

/** The last samples of a sound, at 8 kHz. */
class Recent {
  readonly #ring: Int16Array;
  #at = 0;
  #sum = 0;
  #summed = 0;

  constructor(length: number) {
    this.#ring = new Int16Array(length);
  }

  add(pcm: Int16Array): void {
    for (const sample of pcm) {
      this.#sum += sample;
      this.#summed += 1;
      if (this.#summed === THINNING) this.#keep();
    }
  }

  /** The oldest first. */
  samples(): Int16Array {
    const out = new Int16Array(this.#ring.length);
    out.set(this.#ring.subarray(this.#at));
    out.set(this.#ring.subarray(0, this.#at), this.#ring.length - this.#at);
    return out;
  }

  #keep(): void {
    this.#ring[this.#at] = Math.round(this.#sum / THINNING);
    this.#at = (this.#at + 1) % this.#ring.length;
    this.#sum = 0;
    this.#summed = 0;
  }
}
