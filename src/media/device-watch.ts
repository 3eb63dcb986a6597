/**
 * A sound server that loses a microphone quietly hands the next best to whoever had it: another one, or what the
 * speakers play. So what is there is looked at whenever the server says that something came or went.
 */
import { existsSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { createInterface } from "node:readline";
import type { SafeText } from "../safe-text.js";
import { DEFAULT_ID, listEnd } from "./devices.js";
import { type FfmpegRun, startChild } from "./ffmpeg.js";
import type { Ffmpeg } from "./ffmpeg-choice.js";
import type { DeviceEnd } from "./sound-end.js";
import type { End } from "./sound-errors.js";

const CHANGED = /^Event '(new|remove)' on (source|sink) #|^Event 'change' on server/;
/**
 * pactl looks at no pipe and would outlive us until it next has something to say. A shell that waits for the end of our
 * pipe ends it then, and ends itself with it.
 */
const LISTEN = 'exec 3<&0; "$0" subscribe & it=$!; { read -r _ <&3; kill "$it"; } & us=$!; wait "$it"; kill "$us"';
/** They come in crowds. */
const SETTLE_MS = 100;
/** Where there is no pactl, which costs nothing while nothing happens: each look is a process. */
const LOOK_EVERY_MS = 5_000;
/** Not while the device itself is being opened, which somebody waits for. */
const FIRST_LOOK_MS = 1_000;
/** After the server has ended. */
const AGAIN_MS = 500;

export interface DeviceWatchOptions {
  readonly ffmpeg: Ffmpeg;
  readonly end: End;
  readonly device: DeviceEnd;
  readonly env: NodeJS.ProcessEnv;
  /** What is used now is called so; null where it is not there. At each look. */
  onLook(name: SafeText | null): void;
}

/** Only a sound server moves people about; elsewhere what is pulled ends the process that had it. */
export function watchDevice(options: DeviceWatchOptions): { close(): Promise<void> } {
  return options.ffmpeg.system === "pulse" ? new DeviceWatch(options) : { close: async () => {} };
}

class DeviceWatch {
  readonly #options: DeviceWatchOptions;
  readonly #watching: Promise<void>;
  #settling: NodeJS.Timeout | null = null;
  #looking: Promise<void> = Promise.resolve();
  #listener: FfmpegRun | null = null;
  #isClosed = false;
  #wake: (() => void) | null = null;

  constructor(options: DeviceWatchOptions) {
    this.#options = options;
    this.#watching = this.#watch(findPactl(options.env));
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#wake?.();
    await this.#listener?.close();
    await this.#watching;
    if (this.#settling) clearTimeout(this.#settling);
    await this.#looking;
  }

  async #watch(pactl: string | null): Promise<void> {
    this.#soon(FIRST_LOOK_MS);
    while (!this.#isClosed) {
      if (pactl !== null) await this.#listen(pactl);
      if (this.#isClosed) return;
      await this.#pause(pactl === null ? LOOK_EVERY_MS : AGAIN_MS);
      this.#soon();
    }
  }

  /** Until the server ends. */
  async #listen(pactl: string): Promise<void> {
    const run = startChild({ path: "/bin/sh", args: ["-c", LISTEN, pactl], env: this.#options.env, stdin: "pipe" });
    this.#listener = run;
    const lines = run.stdout ? createInterface({ input: run.stdout }) : null;
    lines?.on("line", (line) => {
      if (CHANGED.test(line)) this.#soon();
    });
    await run.ended;
    lines?.close();
  }

  #pause(ms: number): Promise<void> {
    return new Promise((done) => {
      const timer = setTimeout(done, ms);
      this.#wake = () => {
        clearTimeout(timer);
        done();
      };
    });
  }

  #soon(ms = SETTLE_MS): void {
    if (this.#isClosed || this.#settling) return;
    this.#settling = setTimeout(() => {
      this.#settling = null;
      this.#looking = this.#looking.then(() => this.#look());
    }, ms);
  }

  async #look(): Promise<void> {
    const { ffmpeg, env, end, device } = this.#options;
    const devices = await listEnd(ffmpeg, end, env);
    // Nobody to ask is for the process that has the device to find out.
    if (this.#isClosed || devices === null) return;
    const { id } = device;
    const found = devices.find((one) => (id === DEFAULT_ID ? one.isDefault && !one.isMonitor : one.id === id));
    // Whoever named one knows it by that; the default may have become another.
    this.#options.onLook(found ? (id === DEFAULT_ID ? found.name : device.name) : null);
  }
}

function findPactl(env: NodeJS.ProcessEnv): string | null {
  const folders = (env.PATH ?? "").split(":").filter((folder) => isAbsolute(folder));
  return folders.map((folder) => join(folder, "pactl")).find((path) => existsSync(path)) ?? null;
}
