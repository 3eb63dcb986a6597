/** What the microphone gives into the bytes of an Ogg Opus file, a second at a time. */
import { OggOpusWriter, PRE_SKIP_SAMPLES } from "./ogg-writer.js";
import { type FrameEncoder, openEncoder } from "./opus.js";
import { SAMPLES_PER_MS } from "./sound.js";

const FRAME_SAMPLES = 20 * SAMPLES_PER_MS;
const VENDOR = "keet-tui";

export class VoiceNoteEncoder {
  readonly #encoder: FrameEncoder;
  readonly #pages: OggOpusWriter;
  readonly #frame = new Int16Array(FRAME_SAMPLES);
  #filled = 0;
  #samples = 0;
  #isOver = false;

  private constructor(encoder: FrameEncoder, pages: OggOpusWriter) {
    this.#encoder = encoder;
    this.#pages = pages;
  }

  /** @param serial any number of 32 bits */
  static async open(serial: number): Promise<VoiceNoteEncoder> {
    return new VoiceNoteEncoder(await openEncoder({ isLive: false }), new OggOpusWriter({ serial, vendor: VENDOR }));
  }

  get durationMs(): number {
    return Math.floor(this.#samples / SAMPLES_PER_MS);
  }

  head(): Buffer {
    return this.#pages.head();
  }

  /** Any number of samples. @returns the pages that are full now */
  feed(pcm: Int16Array): Buffer[] {
    this.#samples += pcm.length;
    return this.#encode(pcm);
  }

  /** The last bytes of the file; nothing can be fed any more. */
  end(): Buffer {
    // What went in last comes out as much later as the coder looks ahead.
    const padding = PRE_SKIP_SAMPLES + FRAME_SAMPLES - 1;
    const pages = this.#encode(new Int16Array(padding));
    const last = this.#pages.end(this.#samples);
    this.close();
    return Buffer.concat([...pages, last]);
  }

  close(): void {
    if (!this.#isOver) this.#encoder.close();
    this.#isOver = true;
  }

  #encode(pcm: Int16Array): Buffer[] {
    const pages: Buffer[] = [];
    for (let at = 0; at < pcm.length; ) {
      const part = pcm.subarray(at, at + FRAME_SAMPLES - this.#filled);
      this.#frame.set(part, this.#filled);
      this.#filled += part.length;
      at += part.length;
      if (this.#filled < FRAME_SAMPLES) break;
      this.#filled = 0;
      const page = this.#pages.add(this.#encoder.encode(this.#frame), FRAME_SAMPLES);
      if (page) pages.push(page);
    }
    return pages;
  }
}
