/**
 * Opus, by libopus compiled to WebAssembly. What comes back of `encode` and `decode` is the caller's own copy; the
 * state of each coder lies in one memory that all of them share and that never shrinks, so whoever opens one closes it.
 */
import {
  Application,
  createDecoder,
  createEncoder,
  type OpusDecoderHandle,
  type OpusEncoderHandle,
  Signal,
} from "libopus-wasm";
import { SAMPLE_RATE, SAMPLES_PER_MS } from "./sound.js";

export type FrameMs = 10 | 20;

/** RFC 6716 §3.4: no frame is longer. */
export const MAX_FRAME_BYTES = 1_275;
/** What we encode fits a packet (packet.ts) alone. */
const ENCODED_BYTES = 1_000;
/** Longer than anything we send; a frame that claims more is not decoded. */
const MAX_FRAME_MS = 60;
const BITRATE = 24_000;
/** Half the cost of 9, and no difference that STOI shows at this bitrate. */
const COMPLEXITY = 5;

export interface FrameEncoder {
  /** @param pcm 480 or 960 samples @returns at most 1,000 bytes */
  encode(pcm: Int16Array): Uint8Array;
  /** How much the frames should hold of the frame before, in-band. */
  setLoss(percent: number): void;
  close(): void;
}

export interface FrameDecoder {
  /** @throws for bytes that are no Opus frame, and for more than 60 ms */
  decode(frame: Uint8Array): Int16Array;
  /** The frame before `frame`, from what `frame` holds of it; a guess where it holds nothing. */
  decodeBefore(frame: Uint8Array, samples: number): Int16Array;
  /** Goes on as the voice went, ever quieter. @param samples a multiple of 120 */
  conceal(samples: number): Int16Array;
  close(): void;
}

export interface EncoderOptions {
  readonly bitrate?: number;
  /** Frames get lost on their way, and silence is not worth one. */
  readonly isLive?: boolean;
}

export async function openEncoder({ bitrate = BITRATE, isLive = true }: EncoderOptions = {}): Promise<FrameEncoder> {
  const handle = await createEncoder({
    sampleRate: SAMPLE_RATE,
    channels: 1,
    application: Application.Voip,
    signal: Signal.Voice,
    bitrate,
    complexity: COMPLEXITY,
    fec: isLive,
    dtx: isLive,
  });
  return new Encoder(handle);
}

export async function openDecoder(): Promise<FrameDecoder> {
  return new Decoder(await createDecoder({ sampleRate: SAMPLE_RATE, channels: 1 }));
}

class Encoder implements FrameEncoder {
  readonly #handle: OpusEncoderHandle;

  constructor(handle: OpusEncoderHandle) {
    this.#handle = handle;
  }

  encode(pcm: Int16Array): Uint8Array {
    return this.#handle.encode(pcm, { frameSize: pcm.length, maxPacketBytes: ENCODED_BYTES });
  }

  setLoss(percent: number): void {
    this.#handle.setPacketLossPercent(Math.round(Math.max(0, Math.min(100, percent))));
  }

  close(): void {
    this.#handle.free();
  }
}

class Decoder implements FrameDecoder {
  readonly #handle: OpusDecoderHandle;

  constructor(handle: OpusDecoderHandle) {
    this.#handle = handle;
  }

  decode(frame: Uint8Array): Int16Array {
    // The library takes its scratch memory from the length it is given, before libopus looks at it.
    if (frame.length > MAX_FRAME_BYTES) throw new RangeError(`A frame of ${frame.length} bytes`);
    return this.#handle.decode(frame, { maxFrameSize: MAX_FRAME_MS * SAMPLES_PER_MS });
  }

  decodeBefore(frame: Uint8Array, samples: number): Int16Array {
    return this.#handle.decode(frame, { decodeFec: true, frameSize: samples });
  }

  conceal(samples: number): Int16Array {
    return this.#handle.decodePacketLoss(samples);
  }

  close(): void {
    this.#handle.free();
  }
}

/** Length of a frame in ms, from its own first bytes (RFC 6716 §3.1, §3.2); null for what cannot be a frame. */
export function frameLengthMs(frame: Uint8Array): number | null {
  const first = frame[0];
  if (first === undefined) return null;
  const frames = framesIn(frame, first & 3);
  return frames === null ? null : frames * singleMs(first >> 3);
}

function singleMs(config: number): number {
  if (config < 12) return [10, 20, 40, 60][config & 3]!;
  if (config < 16) return [10, 20][config & 1]!;
  return [2.5, 5, 10, 20][config & 3]!;
}

function framesIn(frame: Uint8Array, code: number): number | null {
  if (code === 0) return 1;
  if (code < 3) return 2;
  const count = (frame[1] ?? 0) & 0x3f;
  return count === 0 ? null : count;
}
