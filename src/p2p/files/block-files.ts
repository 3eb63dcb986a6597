/**
 * A core whose blocks lie in plain files: the original that is shared, or the one that is being fetched. The library
 * keeps tree, bitfield and signatures in its store; the bytes are encrypted and decrypted on the way, so that anybody's
 * Hypercore can fetch them and nothing is on the disk twice. docs/decisions/0021.
 */
import type Hypercore from "hypercore";
import { DroppedBuffers } from "../../small-heap.js";
import { BLOCK_BYTES } from "./layout.js";

/** Where the bytes of a core's blocks are, as plain text. */
export interface BlockPlace {
  /** A new buffer: `pad` bytes to be filled in, then the block. Rejects where it is not what it was. */
  read(block: number, pad: number): Promise<Buffer>;
  /** Null: blocks come from here and are never written. Rejects with code `WRITE_FAILED` where the disk is full. */
  readonly write: ((block: number, bytes: Uint8Array) => Promise<void>) | null;
}

/** The parts of hypercore 11 and hypercore-storage 3 that are reached into. */
interface Reading {
  getBlock(index: number): Promise<Uint8Array | null>;
}
interface Writing {
  putBlock(index: number, block: Uint8Array): void;
  deleteBlock(index: number): void;
  deleteBlockRange(start: number, end: number): void;
  flush(): Promise<boolean>;
}
interface Storage {
  read(fork?: number): Reading;
  write(): Writing;
}
interface InnerCore {
  readonly state: { readonly storage: Storage; readonly fork: number };
  readonly bitfield: { get(index: number): boolean };
}
interface Encryption {
  padding(): number;
  encrypt(index: number, block: Uint8Array, fork: number, core: InnerCore): void;
  decrypt(index: number, block: Uint8Array, core: InnerCore): void;
}

/** How often each byte is in a large buffer for a moment: as it was read and in a message, or as it came and in a message. */
const COPIES = 2;
/** What encryption puts before a block. */
const MAX_PADDING = 64;
const MAX_SPARE = 16;

const dropped = new DroppedBuffers();
/** Of the size of a whole block. */
const spare: Buffer[] = [];

/** A copy that is only for `use`. */
async function withCopy<T>(block: Uint8Array, use: (copy: Buffer) => Promise<T>): Promise<T> {
  const size = BLOCK_BYTES + MAX_PADDING;
  const whole =
    block.byteLength > size ? Buffer.allocUnsafeSlow(block.byteLength) : (spare.pop() ?? Buffer.allocUnsafeSlow(size));
  const copy = whole.subarray(0, block.byteLength);
  copy.set(block);
  try {
    return await use(copy);
  } finally {
    if (whole.byteLength === size && spare.length < MAX_SPARE) spare.push(whole);
  }
}

/**
 * From now on all blocks of this core are read from there and written there. The core is open, encrypted, was never
 * truncated, and has no block in its own store.
 */
export function keepBlocksIn(hypercore: Hypercore, place: BlockPlace): void {
  const { core, encryption } = hypercore as unknown as { core: InnerCore; encryption: Encryption | null };
  if (!encryption) throw new Error("only an encrypted core can keep its blocks in files");
  const { storage } = core.state;
  const pad = encryption.padding();
  const read = storage.read.bind(storage);
  const begin = storage.write.bind(storage);

  async function blockAt(index: number): Promise<Uint8Array | null> {
    // The library asks for a block first and looks whether it has it afterwards.
    if (!core.bitfield.get(index)) return null;
    const block = await place.read(index, pad);
    dropped.note(COPIES * block.byteLength);
    // Always the same bytes: nonce and padding come from index and fork alone.
    encryption!.encrypt(index, block, core.state.fork, core);
    return block;
  }

  storage.read = (fork) => {
    const reading = read(fork);
    reading.getBlock = blockAt;
    return reading;
  };
  storage.write = () => {
    const writing = begin();
    const flush = writing.flush.bind(writing);
    const writes: Promise<void>[] = [];
    writing.putBlock = (index, block) => {
      dropped.note(COPIES * block.byteLength);
      const { write } = place;
      if (!write) return;
      // Whoever waits for this block gets the same bytes: they stay as they are.
      writes.push(
        withCopy(block, (copy) => {
          encryption.decrypt(index, copy, core);
          return write(index, copy.subarray(pad));
        }),
      );
    };
    writing.deleteBlock = () => {};
    writing.deleteBlockRange = () => {};
    // A block counts as here only when it is in its file.
    writing.flush = async () => {
      await Promise.all(writes);
      return flush();
    };
    return writing;
  };
}
