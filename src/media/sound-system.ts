/** How sound gets in and out on this machine, and what an ffmpeg must know for it. */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

export type SoundSystem = "pulse" | "alsa" | "coreaudio" | "directshow";

export interface SoundFormats {
  readonly name: string;
  /** As `ffmpeg -formats` lists them. */
  readonly input: string;
  /** Null where no ffmpeg can play. */
  readonly output: string | null;
}

export const SOUND_FORMATS: Readonly<Record<SoundSystem, SoundFormats>> = {
  pulse: { name: "PulseAudio or PipeWire", input: "pulse", output: "pulse" },
  alsa: { name: "ALSA", input: "alsa", output: "alsa" },
  coreaudio: { name: "Core Audio", input: "avfoundation", output: "audiotoolbox" },
  directshow: { name: "DirectShow", input: "dshow", output: null },
};

export interface Machine {
  readonly env?: NodeJS.ProcessEnv;
  readonly platform?: NodeJS.Platform;
}

/** The best first; none where there is nothing to hear and speak with. */
export function soundSystems(machine: Machine = {}): readonly SoundSystem[] {
  const { env = process.env, platform = process.platform } = machine;
  if (platform === "darwin") return ["coreaudio"];
  if (platform === "win32") return ["directshow"];
  return [...(hasPulse(env) ? (["pulse"] as const) : []), ...(hasSoundCard() ? (["alsa"] as const) : [])];
}

/** Somebody named a server, or one listens where libpulse looks for it. */
function hasPulse(env: NodeJS.ProcessEnv): boolean {
  if (env.PULSE_SERVER) return true;
  const runtime = env.XDG_RUNTIME_DIR || `/run/user/${process.getuid?.() ?? 0}`;
  const places = [env.PULSE_RUNTIME_PATH, join(runtime, "pulse"), "/var/run/pulse"];
  return places.some((place) => place !== undefined && existsSync(join(place, "native")));
}

function hasSoundCard(): boolean {
  try {
    return readdirSync("/dev/snd").some((name) => name.startsWith("pcm"));
  } catch {
    return false;
  }
}
