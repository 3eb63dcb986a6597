/** One audio packet ↔ bytes; docs/protocol.md, "Audio packets", has them one by one. */
import { type FrameMs, frameLengthMs } from "./opus.js";
import { SAMPLES_PER_MS } from "./sound.js";

const VERSION = 1;
const HEADER_BYTES = 9;
const LENGTH_BYTES = 2;
/** One datagram, with room for what the connection puts around it. */
export const MAX_PACKET_BYTES = 1_100;
export const MAX_EARLIER = 2;
/** How many frames before the packet's own an earlier one may be. */
export const MAX_BEFORE = 8;
export const MAX_LEVEL = 127;
export const SEQUENCES = 0x1_0000;
export const TIMESTAMPS = 0x1_0000_0000;

const START = 1;
const END = 2;
const LONG = 4;
const EARLIER_SHIFT = 3;
/** Of the 16 bits before an earlier frame the upper five say how far before. */
const BEFORE_SHIFT = 11;
const LENGTH_MASK = (1 << BEFORE_SHIFT) - 1;

export interface EarlierFrame {
  /** How many frames before the packet's own, 1 to 8. */
  readonly before: number;
  readonly frame: Uint8Array;
}

export interface AudioPacket {
  /** One more for each packet; wraps at 65,536. */
  readonly sequence: number;
  /** Which sample of the talker's clock is the first of `frame`; wraps at 2³². Goes on while nothing is sent. */
  readonly timestamp: number;
  /** dB below full scale, 0 to 127. */
  readonly level: number;
  /** The first, and the last, of a stretch of talk. */
  readonly isStart: boolean;
  readonly isEnd: boolean;
  readonly frameMs: FrameMs;
  readonly frame: Uint8Array;
  /** Frames sent before, once more, the oldest first; each as long in time as `frame`. */
  readonly earlier: readonly EarlierFrame[];
}

/** @throws RangeError for what has no place in a packet; earlier frames that find no room are left out, the oldest first */
export function encodePacket(packet: AudioPacket): Uint8Array {
  const { frame } = packet;
  const earlier = fitting(packet);
  if (frame.length === 0 || size(frame, earlier) > MAX_PACKET_BYTES) {
    throw new RangeError(`A frame of ${frame.length} bytes fits no packet`);
  }
  const bytes = new Uint8Array(size(frame, earlier));
  const view = new DataView(bytes.buffer);
  bytes[0] = VERSION;
  bytes[1] = flagsOf(packet, earlier.length);
  view.setUint16(2, packet.sequence, true);
  view.setUint32(4, packet.timestamp, true);
  bytes[8] = Math.max(0, Math.min(MAX_LEVEL, Math.round(packet.level)));
  let at = HEADER_BYTES;
  for (const one of earlier) {
    view.setUint16(at, (one.before << BEFORE_SHIFT) | one.frame.length, true);
    bytes.set(one.frame, at + LENGTH_BYTES);
    at += LENGTH_BYTES + one.frame.length;
  }
  bytes.set(frame, at);
  return bytes;
}

function size(frame: Uint8Array, earlier: readonly EarlierFrame[]): number {
  return earlier.reduce((sum, one) => sum + LENGTH_BYTES + one.frame.length, HEADER_BYTES + frame.length);
}

function fitting({ frame, earlier }: AudioPacket): readonly EarlierFrame[] {
  let kept = earlier.slice(-MAX_EARLIER);
  while (kept.length > 0 && size(frame, kept) > MAX_PACKET_BYTES) kept = kept.slice(1);
  return kept;
}

function flagsOf(packet: AudioPacket, earlier: number): number {
  const marks = (packet.isStart ? START : 0) | (packet.isEnd ? END : 0);
  return marks | (packet.frameMs === 20 ? LONG : 0) | (earlier << EARLIER_SHIFT);
}

/** Total: null for any bytes that are no packet of this version. The frames are copies. */
export function decodePacket(bytes: Uint8Array): AudioPacket | null {
  if (bytes.length > MAX_PACKET_BYTES || bytes[0] !== VERSION) return null;
  // A head that is cut off leaves no frame, and is refused for that.
  const flags = bytes[1] ?? 0;
  const level = bytes[8] ?? 0;
  // Flags that this version does not know are above the count, so they make it too large.
  const count = flags >> EARLIER_SHIFT;
  if (count > MAX_EARLIER || level > MAX_LEVEL) return null;
  const frameMs = flags & LONG ? 20 : 10;
  const frames = framesOf(bytes, count);
  if (!frames.every(({ frame }) => isFrame(frame, frameMs)) || !areInOrder(frames)) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return {
    sequence: view.getUint16(2, true),
    timestamp: view.getUint32(4, true),
    level,
    isStart: (flags & START) !== 0,
    isEnd: (flags & END) !== 0,
    frameMs,
    frame: frames.at(-1)!.frame,
    earlier: frames.slice(0, -1),
  };
}

/**
 * The earlier frames and, last, the packet's own. A length that reaches past the end leaves nothing for what comes
 * after it, and an empty frame is none.
 */
function framesOf(bytes: Uint8Array, count: number): EarlierFrame[] {
  const frames: EarlierFrame[] = [];
  let at = HEADER_BYTES;
  for (let i = 0; i < count; i += 1) {
    const head = (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8);
    const end = at + LENGTH_BYTES + (head & LENGTH_MASK);
    frames.push({ before: head >> BEFORE_SHIFT, frame: bytes.slice(at + LENGTH_BYTES, end) });
    at = end;
  }
  frames.push({ before: 0, frame: bytes.slice(at) });
  return frames;
}

/** A frame tells its own length too; one that says another than its packet would shift everything after it. */
function isFrame(frame: Uint8Array, frameMs: FrameMs): boolean {
  return frameLengthMs(frame) === frameMs;
}

function areInOrder(frames: readonly EarlierFrame[]): boolean {
  return frames.every(({ before }, i) => before <= MAX_BEFORE && before > (frames[i + 1]?.before ?? -1));
}

/** How far `to` is after `from` on a counter that wraps at `modulus`; negative where it is before. */
export function wrappedDistance(from: number, to: number, modulus: number): number {
  const distance = (((to - from) % modulus) + modulus) % modulus;
  return distance >= modulus / 2 ? distance - modulus : distance;
}

export function frameSamples(frameMs: FrameMs): number {
  return frameMs * SAMPLES_PER_MS;
}
