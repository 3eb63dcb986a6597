/**
 * A PulseAudio of the test's own, with a mouth that speaks into a microphone and a speaker that an ear listens at.
 * Nothing of the machine's own sound is touched.
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { APP_NAME } from "../../src/config.js";
import { captureArgs } from "../../src/media/device-args.js";
import { type FfmpegRun, startFfmpeg } from "../../src/media/ffmpeg.js";
import { chooseFfmpeg, type Ffmpeg } from "../../src/media/ffmpeg-choice.js";
import { Chunks } from "../../src/media/samples.js";
import { shortFolder, until } from "./program.js";

interface Teardown {
  teardown(work: () => void | Promise<void>): void;
}

const FOLDERS = [...(process.env.PATH ?? "").split(":"), "/usr/sbin", "/sbin"];

export function findProgram(name: string): string | null {
  return FOLDERS.map((folder) => join(folder, name)).find((path) => existsSync(path)) ?? null;
}

/** The one that comes with the development packages, for files only: it knows no PulseAudio. */
export function packedFfmpeg(): string | null {
  try {
    const pack = `@ffmpeg-installer/${process.platform}-${process.arch}/package.json`;
    const path = join(
      dirname(createRequire(createRequire(import.meta.url).resolve("@ffmpeg-installer/ffmpeg")).resolve(pack)),
      process.platform === "win32" ? "ffmpeg.exe" : "ffmpeg",
    );
    return existsSync(path) ? path : null;
  } catch {
    return null;
  }
}

const installed = await chooseFfmpeg({ systems: ["pulse"], staticPath: null });

/** Why there is no sound card to be had here; false where there is. */
export const withoutSound =
  installed.ffmpeg !== null && ["pulseaudio", "pactl"].every((name) => findProgram(name) !== null)
    ? false
    : "needs PulseAudio and an ffmpeg that knows it: apt-get install -y pulseaudio ffmpeg";

/** Any that reads files: the system's, or the one among the development packages. */
export const fileFfmpeg: Ffmpeg | null = (
  await chooseFfmpeg({ systems: [], staticPath: packedFfmpeg(), env: { PATH: process.env.PATH } })
).ffmpeg;

export const MICROPHONE = "test-microphone";
export const SPEAKER = "test-speaker";
const MOUTH = "test-mouth";
/** As a real card does; otherwise one that was idle waits for the end of a block of two seconds. */
const AT_ONCE = "norewinds=1";

export class SoundCard {
  readonly env: NodeJS.ProcessEnv;
  readonly ffmpeg: Ffmpeg;
  #child: ChildProcess | null = null;
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
    this.ffmpeg = installed.ffmpeg!;
    this.env = {
      PATH: process.env.PATH,
      HOME: folder,
      XDG_RUNTIME_DIR: folder,
      XDG_CONFIG_HOME: join(folder, "config"),
      PULSE_SERVER: `unix:${join(folder, "sound")}`,
    };
  }

  /** Ends with the test, with what speaks and listens there. */
  static async open(t: Teardown): Promise<SoundCard> {
    const card = new SoundCard(shortFolder(t));
    t.teardown(() => card.stop());
    await card.start();
    return card;
  }

  async start(): Promise<void> {
    mkdirSync(join(this.#folder, "config"), { recursive: true });
    const modules = [
      `module-native-protocol-unix socket=${join(this.#folder, "sound")} auth-anonymous=1`,
      `module-null-sink sink_name=${MOUTH} rate=48000 channels=1 channel_map=mono ${AT_ONCE}`,
      microphoneModule(),
      speakerModule(),
    ];
    const load = modules.flatMap((line) => ["-L", line]);
    const { PULSE_SERVER: _, ...env } = this.env;
    // A test that dies leaves it behind: it goes by itself when nobody has used it for a minute.
    const options = ["-n", "--daemonize=no", "--exit-idle-time=60", "--use-pid-file=no", "--log-target=stderr"];
    const child = spawn("pulseaudio", [...options, ...load], { env, stdio: "ignore" });
    this.#child = child;
    await until(() => this.#sources().includes(MICROPHONE));
    this.pactl("set-default-source", MICROPHONE);
    this.pactl("set-default-sink", SPEAKER);
  }

  async stop(): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((done) => child.once("exit", done));
    child.kill("SIGKILL");
    await gone;
  }

  pactl(...args: string[]): string {
    return execFileSync("pactl", args, { env: { ...this.env, LC_ALL: "C" }, encoding: "utf8", stdio: "pipe" });
  }

  unplug(what: "microphone" | "speaker"): void {
    const module = what === "microphone" ? "module-remap-source" : `sink_name=${SPEAKER}`;
    const line = this.pactl("list", "short", "modules")
      .split("\n")
      .find((one) => one.includes(module));
    this.pactl("unload-module", line!.split("\t")[0]!);
  }

  plugIn(what: "microphone" | "speaker"): void {
    this.pactl("load-module", ...(what === "microphone" ? microphoneModule() : speakerModule()).split(" "));
  }

  /** Says something into the microphone: an input of ffmpeg's lavfi. Until the test ends. */
  speak(t: Teardown, what = "sine=frequency=440"): FfmpegRun {
    const args = [
      "-loglevel",
      "error",
      "-re",
      "-f",
      "lavfi",
      "-i",
      what,
      "-f",
      "pulse",
      "-buffer_duration",
      "20",
      "-device",
      MOUTH,
      APP_NAME,
    ];
    return this.#run(t, args);
  }

  /** Hears what the speaker plays, 10 ms at a time. */
  listen(t: Teardown, heard: (samples: Int16Array) => void): FfmpegRun {
    const run = this.#run(t, captureArgs("pulse", `${SPEAKER}.monitor`));
    const chunks = new Chunks(heard);
    run.stdout?.on("data", (bytes: Buffer) => chunks.add(bytes));
    return run;
  }

  #run(t: Teardown, args: readonly string[]): FfmpegRun {
    const run = startFfmpeg({ path: this.ffmpeg.path, args, env: this.env });
    t.teardown(() => run.close());
    return run;
  }

  #sources(): string {
    try {
      return this.pactl("list", "short", "sources");
    } catch {
      return "";
    }
  }
}

function microphoneModule(): string {
  return `module-remap-source source_name=${MICROPHONE} master=${MOUTH}.monitor channels=1 channel_map=mono`;
}

function speakerModule(): string {
  return `module-null-sink sink_name=${SPEAKER} rate=48000 channels=1 channel_map=mono ${AT_ONCE}`;
}

/** How loud, 0 to 1. */
export function peakOf(samples: Int16Array): number {
  return samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0) / 0x8000;
}
