/** Opus packets of one voice into an Ogg stream (RFC 7845), page by page as they come. */
import { FIRST, LAST, MAX_SEGMENTS, type OggPage, pageBytes, segmentsOf } from "./ogg-page.js";
import { SAMPLE_RATE } from "./sound.js";

/** What libopus looks ahead at 48 kHz: so many samples come out before the first that went in. */
export const PRE_SKIP_SAMPLES = 312;
/** A crash costs no more of a recording than this. */
const PAGE_SAMPLES = SAMPLE_RATE;
const CHANNELS = 1;

export interface OggOpusOptions {
  /** Names the stream among others that are put together with it. */
  readonly serial: number;
  /** Who made it. */
  readonly vendor: string;
}

export class OggOpusWriter {
  readonly #serial: number;
  readonly #vendor: string;
  #sequence = 0;
  #packets: Uint8Array[] = [];
  #segments = 0;
  /** Of the pages that went out, and of the packets that wait for the next one. */
  #paged = 0;
  #waiting = 0;

  constructor({ serial, vendor }: OggOpusOptions) {
    this.#serial = serial;
    this.#vendor = vendor;
  }

  /** The first bytes of the file. */
  head(): Buffer {
    const id = this.#page({ flags: FIRST, granule: 0, packets: [opusHead()] });
    return Buffer.concat([id, this.#page({ flags: 0, granule: 0, packets: [opusTags(this.#vendor)] })]);
  }

  /**
   * The last packet is always kept back, as the page that ends a stream must hold one.
   * @param samples how long the packet is, at 48 kHz
   * @returns a page that is full, or null
   */
  add(packet: Uint8Array, samples: number): Buffer | null {
    const segments = segmentsOf(packet.length);
    const isFull = this.#waiting >= PAGE_SAMPLES || this.#segments + segments > MAX_SEGMENTS;
    const page = isFull ? this.#flush() : null;
    this.#packets.push(packet);
    this.#segments += segments;
    this.#waiting += samples;
    return page;
  }

  /** @param samples how many were recorded; what the last packet holds beyond them is not played */
  end(samples: number): Buffer {
    return this.#page({ flags: LAST, granule: PRE_SKIP_SAMPLES + samples, packets: this.#packets });
  }

  #flush(): Buffer {
    this.#paged += this.#waiting;
    const page = this.#page({ flags: 0, granule: this.#paged, packets: this.#packets });
    this.#packets = [];
    this.#segments = 0;
    this.#waiting = 0;
    return page;
  }

  #page(page: Pick<OggPage, "flags" | "granule" | "packets">): Buffer {
    const sequence = this.#sequence;
    this.#sequence += 1;
    return pageBytes({ ...page, serial: this.#serial, sequence });
  }
}

/** RFC 7845 §5.1 */
function opusHead(): Buffer {
  const head = Buffer.alloc(19);
  head.write("OpusHead", 0, "latin1");
  head[8] = 1;
  head[9] = CHANNELS;
  head.writeUInt16LE(PRE_SKIP_SAMPLES, 10);
  head.writeUInt32LE(SAMPLE_RATE, 12);
  return head;
}

/** RFC 7845 §5.2: who made it, and nothing about when or where. */
function opusTags(vendor: string): Buffer {
  const name = Buffer.from(vendor, "utf8");
  const tags = Buffer.alloc(16 + name.length);
  tags.write("OpusTags", 0, "latin1");
  tags.writeUInt32LE(name.length, 8);
  name.copy(tags, 12);
  return tags;
}
