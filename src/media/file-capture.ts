/** A WAV file, or one that comes on standard input, in place of a microphone: in real time, by our own clock. */
import { statSync } from "node:fs";
import { KeetError } from "../errors.js";
import { type SafeText, safeLine } from "../safe-text.js";
import { fileArgs } from "./device-args.js";
import { type FfmpegRun, startFfmpeg } from "./ffmpeg.js";
import { everyChunk } from "./pace.js";
import { CHUNK_BYTES, CHUNK_SAMPLES, samplesOf } from "./samples.js";
import { type EndState, EndTeller, type FileEnd } from "./sound-end.js";

export interface FileCaptureOptions {
  readonly path: string;
  readonly file: FileEnd;
  onSamples(samples: Int16Array): void;
  onState(state: EndState): void;
}

/** After its last sample comes silence, as from a person who has said all. */
export class FileCapture {
  readonly #options: FileCaptureOptions;
  readonly #teller: EndTeller;
  readonly #run: FfmpegRun;
  readonly #stop: () => void;

  /** @throws NO_SUCH_FILE, USAGE for standard input that is a terminal */
  constructor(options: FileCaptureOptions) {
    const { path, file } = options;
    checkFile(file);
    this.#options = options;
    this.#teller = new EndTeller(file.name, options.onState);
    this.#run = startFfmpeg({ path, args: fileArgs(file.path, file.loops), stdin: file.path === "-" ? 0 : "ignore" });
    // Without somebody who waits for it, Node throws away at the end of a child what is still to be read.
    this.#run.stdout?.on("readable", () => {});
    this.#stop = everyChunk(() => this.#give());
    void this.#run.ended.then(() => this.#ended());
  }

  get state(): EndState {
    return this.#teller.state;
  }

  get pid(): number | null {
    return this.#run.pid;
  }

  async close(): Promise<void> {
    this.#stop();
    await this.#run.close();
  }

  #give(): void {
    const bytes: Buffer | null = this.#run.stdout?.read(CHUNK_BYTES) ?? null;
    const { what } = this.#teller.state;
    if (bytes !== null && what === "starting") this.#teller.tell("here");
    if (bytes === null && what !== "here" && what !== "ended") return;
    this.#options.onSamples(bytes === null ? new Int16Array(CHUNK_SAMPLES) : samplesOf(bytes));
  }

  #ended(): void {
    if (this.#teller.state.what === "here") this.#teller.tell("ended");
    else this.#teller.tell("gone", unreadable(this.#options.file.name, this.#run.lastLines()));
  }
}

function checkFile({ path, name }: FileEnd): void {
  if (path === "-") {
    if (!process.stdin.isTTY) return;
    throw new KeetError("user", "USAGE", "file:- reads a WAV from standard input, and that is the keyboard", {
      hint: "For example: sox talk.flac -t wav - | keet-tui audio test --mic file:-",
    });
  }
  if (statSync(path, { throwIfNoEntry: false })?.isFile()) return;
  throw new KeetError("user", "NO_SUCH_FILE", `There is no file ${name}`, { hint: `Looked for ${path}` });
}

function unreadable(name: SafeText, lines: readonly string[]): KeetError {
  const said = lines.map((line) => safeLine(line));
  return new KeetError("user", "NOT_A_WAV", `${name} cannot be read as a WAV file`, {
    hint: `Make one of it: ffmpeg -i ${name} talk.wav${said.length > 0 ? `. ffmpeg says: ${said.at(-1)}` : ""}`,
  });
}
