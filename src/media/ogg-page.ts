/** Pages of Ogg (RFC 3533): how they are laid out, made and checked. */

export const PAGE_HEADER_BYTES = 27;
export const MAX_SEGMENTS = 255;
/** A packet ends with the first segment that is shorter. */
export const FULL_SEGMENT_BYTES = 255;
export const MAX_PAGE_BYTES = PAGE_HEADER_BYTES + MAX_SEGMENTS + MAX_SEGMENTS * FULL_SEGMENT_BYTES;
export const CAPTURE_PATTERN: Buffer = Buffer.from("OggS", "latin1");
export const CONTINUED = 1;
export const FIRST = 2;
export const LAST = 4;

export const VERSION_AT = 4;
export const FLAGS_AT = 5;
export const GRANULE_AT = 6;
export const SERIAL_AT = 14;
export const SEQUENCE_AT = 18;
const CHECKSUM_AT = 22;
export const SEGMENTS_AT = 26;

const POLYNOMIAL = 0x04c1_1db7;

export interface OggPage {
  readonly flags: number;
  /** Of Opus: samples at 48 kHz up to the end of the last packet that ends here. */
  readonly granule: number;
  /** Of the stream. */
  readonly serial: number;
  readonly sequence: number;
  /** Whole ones, of at most 255 segments together. */
  readonly packets: readonly Uint8Array[];
}

export function segmentsOf(packetBytes: number): number {
  return Math.floor(packetBytes / FULL_SEGMENT_BYTES) + 1;
}

export function pageBytes({ flags, granule, serial, sequence, packets }: OggPage): Buffer {
  const lengths = packets.flatMap(({ length }) => lacing(length));
  if (lengths.length > MAX_SEGMENTS) throw new RangeError(`${lengths.length} segments in a page`);
  const header = Buffer.alloc(PAGE_HEADER_BYTES);
  CAPTURE_PATTERN.copy(header);
  header[FLAGS_AT] = flags;
  header.writeBigInt64LE(BigInt(granule), GRANULE_AT);
  header.writeUInt32LE(serial, SERIAL_AT);
  header.writeUInt32LE(sequence, SEQUENCE_AT);
  header[SEGMENTS_AT] = lengths.length;
  return seal(Buffer.concat([header, Buffer.from(lengths), ...packets]));
}

/** Gives it the checksum it should have. */
export function seal(page: Buffer): Buffer {
  page.writeUInt32LE(checksum(page), CHECKSUM_AT);
  return page;
}

function lacing(bytes: number): number[] {
  return [...Array(segmentsOf(bytes) - 1).fill(FULL_SEGMENT_BYTES), bytes % FULL_SEGMENT_BYTES];
}

/** @param page a whole one, and nothing behind it */
export function isIntact(page: Buffer): boolean {
  return page.readUInt32LE(CHECKSUM_AT) === checksum(page);
}

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let rest = byte << 24;
  for (let bit = 0; bit < 8; bit += 1) rest = rest & 0x8000_0000 ? (rest << 1) ^ POLYNOMIAL : rest << 1;
  return rest >>> 0;
});

/** Of a page whose own checksum counts as zero. */
function checksum(page: Uint8Array): number {
  let rest = 0;
  for (let at = 0; at < page.length; at += 1) {
    const byte = at >= CHECKSUM_AT && at < CHECKSUM_AT + 4 ? 0 : page[at]!;
    rest = (rest << 8) ^ TABLE[(rest >>> 24) ^ byte]!;
  }
  return rest >>> 0;
}
