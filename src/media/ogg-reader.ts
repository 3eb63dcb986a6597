/**
 * The Opus packets of an Ogg file (RFC 7845) that somebody else made. Total: any bytes, in any portions, and it never
 * throws. It keeps at most one page and one packet, and its work grows with the bytes and not faster: a page that is
 * not intact is left out as a whole.
 */
import {
  CAPTURE_PATTERN,
  CONTINUED,
  FIRST,
  FLAGS_AT,
  FULL_SEGMENT_BYTES,
  GRANULE_AT,
  isIntact,
  LAST,
  PAGE_HEADER_BYTES,
  SEGMENTS_AT,
  SEQUENCE_AT,
  SERIAL_AT,
  VERSION_AT,
} from "./ogg-page.js";
import { frameLengthMs, MAX_FRAME_BYTES } from "./opus.js";
import { SAMPLES_PER_MS } from "./sound.js";

/** Before this much an Opus stream has begun, or this is none. */
const MAX_LEAD_BYTES = 64 * 1024;
/** Of what a file says about itself, pictures too; it is not kept. */
const MAX_TAGS_BYTES = 1024 * 1024;
const MAX_CHANNELS = 2;
const MAX_FRAME_MS = 60;
/** Louder than this a file does not get by saying so. */
const MAX_GAIN_DB = 24;

export interface OpusPacket {
  readonly frame: Uint8Array;
  /** What it gives, at 48 kHz. */
  readonly samples: number;
  /** How many of them belong to the sound; the others are padding at its end. */
  readonly used: number;
}

export interface OpusHead {
  /** So many samples at the beginning are not played. */
  readonly preSkip: number;
  /** What the sound is multiplied with. */
  readonly gain: number;
}

/** `refused`: no Opus file, or none for one or two ears. */
export type OggState = "head" | "tags" | "sound" | "ended" | "refused";

interface Page {
  readonly bytes: Buffer;
  readonly flags: number;
  readonly granule: number;
  readonly serial: number;
  readonly sequence: number;
}

export class OggOpusReader {
  #state: OggState = "head";
  #head: OpusHead | null = null;
  #held: Buffer = Buffer.alloc(0);
  #lead = 0;
  #tags = 0;
  #serial = 0;
  #sequence = 0;
  /** Where the last page ended; null before the first one. */
  #granule: number | null = null;
  /** A packet that goes on in the next page; of a longer one than can be used only the beginning. */
  #begun: Buffer | null = null;
  #unreadable = 0;

  get state(): OggState {
    return this.#state;
  }

  get head(): OpusHead | null {
    return this.#head;
  }

  /** Packets that are no Opus we decode. */
  get unreadable(): number {
    return this.#unreadable;
  }

  /** What is kept until more comes. */
  get heldBytes(): number {
    return this.#held.length + (this.#begun?.length ?? 0);
  }

  push(bytes: Uint8Array): OpusPacket[] {
    const packets: OpusPacket[] = [];
    if (this.#isOver) return packets;
    const all = Buffer.concat([this.#held, bytes]);
    let at = 0;
    while (!this.#isOver) {
      const start = all.indexOf(CAPTURE_PATTERN, at);
      const end = start < 0 ? null : pageEnd(all, start);
      if (end === null) {
        const from = start < 0 ? Math.max(at, all.length - CAPTURE_PATTERN.length + 1) : start;
        this.#skip(from - at);
        at = from;
        break;
      }
      this.#skip(start - at);
      at = end;
      const page = pageOf(all.subarray(start, end));
      if (page) packets.push(...this.#read(page));
      else this.#skip(end - start);
    }
    // A copy, so that what was handed in is not held on to.
    this.#held = this.#isOver ? Buffer.alloc(0) : Buffer.from(all.subarray(at));
    return packets;
  }

  get #isOver(): boolean {
    return this.#state === "ended" || this.#state === "refused";
  }

  #skip(bytes: number): void {
    if (this.#state !== "head") return;
    this.#lead += bytes;
    if (this.#lead > MAX_LEAD_BYTES) this.#state = "refused";
  }

  #read(page: Page): OpusPacket[] {
    if (this.#state === "head") {
      this.#begin(page);
      return [];
    }
    if (page.serial !== this.#serial) return [];
    const packets = this.#soundOf(this.#packetsOf(page));
    const isLast = (page.flags & LAST) !== 0;
    const trimmed = this.#trim(packets, page.granule, isLast);
    if (isLast && !this.#isOver) this.#state = "ended";
    return trimmed;
  }

  /** Other streams may begin beside ours. */
  #begin({ bytes, flags, serial, sequence }: Page): void {
    const packet = bytes.subarray(PAGE_HEADER_BYTES + bytes[SEGMENTS_AT]!);
    if ((flags & FIRST) === 0 || packet.toString("latin1", 0, 8) !== "OpusHead") {
      this.#skip(bytes.length);
      return;
    }
    this.#head = headOf(packet);
    this.#state = this.#head ? "tags" : "refused";
    this.#serial = serial;
    this.#sequence = sequence;
  }

  #packetsOf({ bytes, flags, sequence }: Page): Buffer[] {
    const isNext = sequence === (this.#sequence + 1) >>> 0;
    this.#sequence = sequence;
    const goesOn = (flags & CONTINUED) !== 0;
    if (!isNext || !goesOn) this.#begun = null;
    const { whole, rest } = splitPage(bytes);
    const [first] = whole;
    const known = this.#begun;
    if (goesOn && first) {
      this.#begun = null;
      // Of one whose beginning is not here the end is nothing.
      if (known === null) whole.shift();
      else whole[0] = joined(known, first);
    }
    if (rest !== null) this.#begun = goesOn && !first ? known && joined(known, rest) : joined(Buffer.alloc(0), rest);
    if (this.#state === "tags") this.#countTags(bytes.length);
    return whole;
  }

  #countTags(bytes: number): void {
    this.#tags += bytes;
    if (this.#tags > MAX_TAGS_BYTES) this.#state = "refused";
  }

  #soundOf(packets: readonly Buffer[]): OpusPacket[] {
    const sound: OpusPacket[] = [];
    for (const packet of packets) {
      if (this.#state === "tags") this.#state = packet.toString("latin1", 0, 8) === "OpusTags" ? "sound" : "refused";
      else if (this.#state === "sound") {
        const read = opusPacket(packet);
        if (read) sound.push(read);
        else this.#unreadable += 1;
      }
    }
    return sound;
  }

  /** A lie about the place costs at most the sound of the page that tells it. */
  #trim(packets: readonly OpusPacket[], granule: number, isLast: boolean): OpusPacket[] {
    const samples = packets.reduce((sum, packet) => sum + packet.samples, 0);
    const from = this.#granule ?? (isLast ? 0 : granule - samples);
    if (granule >= 0) this.#granule = granule;
    let over = isLast && granule >= 0 ? Math.min(samples, Math.max(0, samples - (granule - from))) : 0;
    const trimmed: OpusPacket[] = [];
    for (const packet of packets.toReversed()) {
      const cut = Math.min(over, packet.samples);
      over -= cut;
      trimmed.push({ ...packet, used: packet.samples - cut });
    }
    return trimmed.reverse();
  }
}

/** Where the page ends that begins at `start`; null where more bytes are needed to tell or to have it. */
function pageEnd(bytes: Buffer, start: number): number | null {
  const tableAt = start + PAGE_HEADER_BYTES;
  if (tableAt > bytes.length) return null;
  const bodyAt = tableAt + bytes[start + SEGMENTS_AT]!;
  if (bodyAt > bytes.length) return null;
  let end = bodyAt;
  for (let at = tableAt; at < bodyAt; at += 1) end += bytes[at]!;
  return end > bytes.length ? null : end;
}

function pageOf(bytes: Buffer): Page | null {
  if (bytes[VERSION_AT] !== 0 || !isIntact(bytes)) return null;
  return {
    bytes,
    flags: bytes[FLAGS_AT]!,
    granule: Number(bytes.readBigInt64LE(GRANULE_AT)),
    serial: bytes.readUInt32LE(SERIAL_AT),
    sequence: bytes.readUInt32LE(SEQUENCE_AT),
  };
}

/** The packets that end in a page, and the beginning of one that does not. */
function splitPage(bytes: Buffer): { whole: Buffer[]; rest: Buffer | null } {
  const count = bytes[SEGMENTS_AT]!;
  const whole: Buffer[] = [];
  let from = PAGE_HEADER_BYTES + count;
  let to = from;
  for (const length of bytes.subarray(PAGE_HEADER_BYTES, PAGE_HEADER_BYTES + count)) {
    to += length;
    if (length === FULL_SEGMENT_BYTES) continue;
    whole.push(bytes.subarray(from, to));
    from = to;
  }
  const isOpen = count > 0 && bytes[PAGE_HEADER_BYTES + count - 1] === FULL_SEGMENT_BYTES;
  return { whole, rest: isOpen ? bytes.subarray(from, to) : null };
}

/** No more of it than shows that it is too long. */
function joined(begun: Buffer, more: Buffer): Buffer {
  return Buffer.concat([begun, more.subarray(0, MAX_FRAME_BYTES + 1 - begun.length)]);
}

function headOf(packet: Buffer): OpusHead | null {
  if (packet.length < 19) return null;
  const [version, channels, mapping] = [packet[8]!, packet[9]!, packet[18]!];
  // A later version of the format that is not made to be read by us has a bit of the upper half set.
  if ((version & 0xf0) !== 0 || channels < 1 || channels > MAX_CHANNELS || mapping !== 0) return null;
  const gainDb = Math.min(MAX_GAIN_DB, packet.readInt16LE(16) / 256);
  return { preSkip: packet.readUInt16LE(10), gain: 10 ** (gainDb / 20) };
}

function opusPacket(packet: Buffer): OpusPacket | null {
  if (packet.length > MAX_FRAME_BYTES) return null;
  const ms = frameLengthMs(packet);
  if (ms === null || ms > MAX_FRAME_MS) return null;
  const samples = ms * SAMPLES_PER_MS;
  return { frame: new Uint8Array(packet), samples, used: samples };
}
