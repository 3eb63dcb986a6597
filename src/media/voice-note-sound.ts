/**
 * The sound of an Ogg Opus file that somebody else made, 10 ms at a time, while its bytes still come. Total: any bytes.
 * They reach our own reader and libopus in its WebAssembly, and no other program.
 */
import { Limiter } from "./limiter.js";
import { OggOpusReader, type OpusPacket } from "./ogg-reader.js";
import { type FrameDecoder, openDecoder } from "./opus.js";
import { SAMPLE_RATE, SAMPLES_PER_MS, STEP_SAMPLES } from "./sound.js";

/** More lies ready than a slow disk or a busy machine takes away; the rest of the file stays where it is. */
const AHEAD_SAMPLES = 2 * SAMPLE_RATE;
/** A file in which so many packets cannot be decoded is not sound. */
const MAX_BAD_PACKETS = 50;

export class VoiceNoteSound {
  readonly #open: () => Promise<FrameDecoder>;
  readonly #reader = new OggOpusReader();
  readonly #limiter = new Limiter();
  readonly #mix = new Float64Array(STEP_SAMPLES);
  #decoder: FrameDecoder | null;
  #packets: OpusPacket[] = [];
  #ahead = 0;
  /** What of the packet that is being played was not handed out yet. */
  #rest: Int16Array = new Int16Array(0);
  #toSkip: number | null = null;
  #played = 0;
  #bad = 0;
  #hasEnded = false;
  #isClosed = false;

  private constructor(decoder: FrameDecoder, open: () => Promise<FrameDecoder>) {
    this.#decoder = decoder;
    this.#open = open;
  }

  static async open(open: () => Promise<FrameDecoder> = openDecoder): Promise<VoiceNoteSound> {
    return new VoiceNoteSound(await open(), open);
  }

  /** No sound for one or two ears, or too little of it can be decoded. */
  get isRefused(): boolean {
    return this.#reader.state === "refused" || this.#bad > MAX_BAD_PACKETS || this.#endsBeforeSound;
  }

  /** More bytes are of use now. */
  get wantsMore(): boolean {
    return !this.#hasEnded && !this.isRefused && this.#reader.state !== "ended" && this.#ahead < AHEAD_SAMPLES;
  }

  get isOver(): boolean {
    const comesNoMore = this.#hasEnded || this.#reader.state === "ended" || this.isRefused;
    return comesNoMore && this.#packets.length === 0 && this.#rest.length === 0;
  }

  get playedMs(): number {
    return Math.floor(this.#played / SAMPLES_PER_MS);
  }

  push(bytes: Uint8Array): void {
    const packets = this.#reader.push(bytes);
    this.#toSkip ??= this.#reader.head?.preSkip ?? null;
    for (const packet of packets) this.#ahead += packet.samples;
    this.#packets.push(...packets);
  }

  /** No more bytes come. */
  end(): void {
    this.#hasEnded = true;
  }

  /** The next 10 ms, filled up with silence at the end; null where nothing is there to be played. */
  pull(): Int16Array | null {
    let filled = 0;
    while (filled < STEP_SAMPLES) {
      if (this.#rest.length === 0 && !this.#decodeNext()) break;
      const part = this.#rest.subarray(0, STEP_SAMPLES - filled);
      for (let i = 0; i < part.length; i += 1) this.#mix[filled + i] = part[i]! * (this.#reader.head?.gain ?? 1);
      filled += part.length;
      this.#rest = this.#rest.subarray(part.length);
    }
    this.#played += filled;
    if (filled === 0) return null;
    return this.#limiter.apply(this.#mix.fill(0, filled));
  }

  close(): void {
    this.#isClosed = true;
    this.#packets = [];
    this.#replace(null);
  }

  get #endsBeforeSound(): boolean {
    return this.#hasEnded && this.#reader.head === null;
  }

  /** @returns whether there was one */
  #decodeNext(): boolean {
    const packet = this.#packets.shift();
    if (!packet) return false;
    this.#ahead -= packet.samples;
    const pcm = this.#decode(packet).subarray(0, packet.used);
    const skipped = Math.min(this.#toSkip ?? 0, pcm.length);
    this.#toSkip = (this.#toSkip ?? 0) - skipped;
    this.#rest = pcm.subarray(skipped);
    return true;
  }

  /** A decoder that threw is not asked again: what it remembers may be anything. */
  #decode({ frame, samples }: OpusPacket): Int16Array {
    try {
      const pcm = this.#decoder?.decode(frame);
      if (pcm) return pcm;
    } catch {
      this.#bad += 1;
      this.#replace(null);
      this.#open().then(
        (decoder) => this.#replace(decoder),
        () => undefined,
      );
    }
    return new Int16Array(samples);
  }

  #replace(decoder: FrameDecoder | null): void {
    this.#decoder?.close();
    this.#decoder = null;
    if (this.#isClosed) decoder?.close();
    else this.#decoder = decoder;
  }
}
