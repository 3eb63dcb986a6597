/** The 44 bytes before the samples of a WAV. */
import { SAMPLE_RATE } from "./sound.js";

export const HEADER_BYTES = 44;
const PCM = 1;
const FLOAT = 3;
/** What a stream has in place of its length. */
const ENDLESS = 0xffff_ffff;

/** 16 bits, mono, with so much behind it. */
export function wavHeader(dataBytes: number): Buffer {
  return header(PCM, 2, dataBytes);
}

/** 32-bit floats, mono, without an end. */
export function floatWavHeader(): Buffer {
  return header(FLOAT, 4, ENDLESS);
}

function header(format: number, sampleBytes: number, dataBytes: number): Buffer {
  const bytes = Buffer.alloc(HEADER_BYTES);
  bytes.write("RIFF", 0);
  bytes.writeUInt32LE(Math.min(ENDLESS, dataBytes + HEADER_BYTES - 8), 4);
  bytes.write("WAVEfmt ", 8);
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(format, 20);
  bytes.writeUInt16LE(1, 22);
  bytes.writeUInt32LE(SAMPLE_RATE, 24);
  bytes.writeUInt32LE(SAMPLE_RATE * sampleBytes, 28);
  bytes.writeUInt16LE(sampleBytes, 32);
  bytes.writeUInt16LE(sampleBytes * 8, 34);
  bytes.write("data", 36);
  bytes.writeUInt32LE(Math.min(ENDLESS, dataBytes), 40);
  return bytes;
}
