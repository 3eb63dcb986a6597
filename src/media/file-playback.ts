/** A new WAV file in place of a speaker: in real time, by our own clock. */
import { closeSync, openSync, write } from "node:fs";
import { promisify } from "node:util";
import { folderError } from "../config.js";
import { KeetError } from "../errors.js";
import { everyChunk } from "./pace.js";
import { type EndState, EndTeller, type FileEnd } from "./sound-end.js";
import { HEADER_BYTES, wavHeader } from "./wav.js";

const writeAt = promisify(write);

/** How often it is written: a kill costs at most so much, and the header always tells the truth. */
const WRITE_CHUNKS = 10;
/** A disk that stands still holds up nobody; what it cannot take is left out. */
const MAX_WAITING_CHUNKS = 1_000;

export interface FilePlaybackOptions {
  readonly file: FileEnd;
  pull(): Int16Array;
  onState(state: EndState): void;
}

export class FilePlayback {
  readonly pid = null;
  readonly backlogMs = 0;
  readonly #options: FilePlaybackOptions;
  readonly #teller: EndTeller;
  readonly #fd: number;
  readonly #stop: () => void;
  #waiting: Int16Array[] = [];
  #dataBytes = 0;
  #writing: Promise<void>;
  #closing: Promise<void> | null = null;

  /** @throws FILE_EXISTS, and as for any folder that cannot be written */
  constructor(options: FilePlaybackOptions) {
    this.#options = options;
    this.#teller = new EndTeller(options.file.name, options.onState);
    this.#fd = create(options.file);
    this.#writing = this.#write();
    this.#stop = everyChunk(() => this.#take());
  }

  get state(): EndState {
    return this.#teller.state;
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#stop();
    await this.#writing;
    await this.#write();
    closeSync(this.#fd);
  }

  #take(): void {
    this.#teller.tell("here");
    if (this.#waiting.length < MAX_WAITING_CHUNKS) this.#waiting.push(this.#options.pull().slice());
    if (this.#waiting.length % WRITE_CHUNKS === 0) this.#writing = this.#writing.then(() => this.#write());
  }

  async #write(): Promise<void> {
    const chunks = this.#waiting.splice(0);
    const data = Buffer.concat(chunks.map(({ buffer }) => new Uint8Array(buffer as ArrayBuffer)));
    try {
      await writeAt(this.#fd, data, 0, data.length, HEADER_BYTES + this.#dataBytes);
      this.#dataBytes += data.length;
      await writeAt(this.#fd, wavHeader(this.#dataBytes), 0, HEADER_BYTES, 0);
    } catch (cause) {
      this.#teller.tell("gone", folderError(this.#options.file.path, cause));
    }
  }
}

/** Never one that is there: it may be a recording somebody wants to keep. */
function create({ path, name }: FileEnd): number {
  try {
    return openSync(path, "wx", 0o600);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== "EEXIST") throw folderError(path, cause);
    throw new KeetError("user", "FILE_EXISTS", `${name} is there already, and nothing is overwritten`, {
      hint: "Name another file, or move that one away.",
    });
  }
}
