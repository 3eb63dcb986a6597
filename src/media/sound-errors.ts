/** What goes wrong with sound, in words that say what to do. */
import { readFileSync } from "node:fs";
import { KeetError } from "../errors.js";
import { type SafeText, safeLine } from "../safe-text.js";

export type End = "microphone" | "speaker";

const MAX_SAID = 200;

/** By the `ID` and `ID_LIKE` of /etc/os-release. */
const PACKAGERS: readonly (readonly [system: RegExp, command: string])[] = [
  [/\b(debian|ubuntu)\b/, "sudo apt-get install ffmpeg"],
  [/\b(fedora|rhel|centos)\b/, "sudo dnf install ffmpeg-free"],
  [/\barch\b/, "sudo pacman -S ffmpeg"],
  [/\bsuse\b/, "sudo zypper install ffmpeg"],
  [/\balpine\b/, "sudo apk add ffmpeg"],
  [/\bnixos\b/, "nix profile install nixpkgs#ffmpeg"],
];

/** The command that installs ffmpeg here. */
export function installCommand(platform: NodeJS.Platform = process.platform, osRelease = readOsRelease()): string {
  if (platform === "darwin") return "brew install ffmpeg";
  if (platform === "win32") return "winget install Gyan.FFmpeg";
  const ids = [...osRelease.matchAll(/^ID(?:_LIKE)?=(.*)$/gm)].map(([, value = ""]) => value).join(" ");
  return PACKAGERS.find(([system]) => system.test(ids))?.[1] ?? "the package ffmpeg of your system";
}

function readOsRelease(): string {
  try {
    return readFileSync("/etc/os-release", "utf8");
  } catch {
    return "";
  }
}

export function ffmpegMissing(reasons: readonly string[], install = installCommand()): KeetError {
  const why = reasons.length > 0 ? "No ffmpeg here can do what sound on this machine needs" : "There is no ffmpeg here";
  return new KeetError("device", "FFMPEG_MISSING", why, {
    hint: `Install one: ${install}. keet-tui doctor says what was looked at; KEET_TUI_FFMPEG=/path/to/ffmpeg names another.`,
    data: { reasons: [...reasons] },
  });
}

export function noSoundDevice(): KeetError {
  return new KeetError("device", "NO_SOUND_DEVICE", "This machine has no sound device", {
    hint: "keet-tui doctor says what to do, also over SSH. Without one: file:talk.wav in place of a microphone or speaker.",
  });
}

export function cannotPlay(): KeetError {
  return new KeetError("device", "PLAYBACK_MISSING", "ffmpeg cannot play sound on this system", {
    hint: "A file works in place of a speaker: file:heard.wav",
  });
}

export function noSuchDevice(end: End, said: string, names: readonly string[]): KeetError {
  const there = names.length > 0 ? `There are: ${names.join(", ")}.` : "There is none.";
  return new KeetError("user", "NO_SUCH_DEVICE", `No ${end} is called "${safeLine(said, { maxLength: 80 })}"`, {
    hint: `${there} keet-tui audio devices lists them.`,
  });
}

interface Known {
  readonly says: RegExp;
  readonly code: (end: End) => string;
  readonly message: (end: End, name: string) => string;
  readonly hint: (end: End) => string;
}

const prefix = (end: End) => (end === "microphone" ? "MIC" : "SPEAKER");

const GONE: Known = {
  says: /no such (entity|file|device)|cannot (open|get)|could not find (audio|video|input)|stream failed|input\/output error/i,
  code: (end) => `${prefix(end)}_GONE`,
  message: (end, name) => `The ${end} ${name} is gone`,
  hint: () => "Plug it in, or choose another: keet-tui audio devices lists them.",
};

/** By what libraries say through ffmpeg; the first that fits. */
const KNOWN: readonly Known[] = [
  {
    says: /resource busy|in use|could not (run|start) (graph|capture)/i,
    code: (end) => `${prefix(end)}_BUSY`,
    message: (end, name) => `Another program holds the ${end} ${name}`,
    hint: () => "End that program, or choose another: keet-tui audio devices lists them.",
  },
  {
    says: /permission denied|access denied|operation not permitted|not authorized/i,
    code: (end) => `${prefix(end)}_NOT_ALLOWED`,
    message: (end, name) => `This program may not use the ${end} ${name}`,
    hint: (end) =>
      process.platform === "darwin"
        ? `Allow it for your terminal in System Settings, Privacy & Security, ${end === "microphone" ? "Microphone" : "Sound"}.`
        : "On Linux your user needs the group audio: sudo usermod -aG audio $USER, then log in again.",
  },
  {
    says: /connection (refused|terminated)|no such process/i,
    code: () => "SOUND_SERVER_GONE",
    message: () => "The sound server does not answer",
    hint: () => "Start it: systemctl --user start pipewire-pulse, or pulseaudio --start. It is tried again meanwhile.",
  },
  GONE,
];

/**
 * Why a child that had this end of the sound has ended or gives nothing.
 * @param lines its last ones; null where the system says that there is no such device any more
 */
export function soundFailure(end: End, name: SafeText, lines: readonly string[] | null): KeetError {
  const said = (lines ?? []).map((line) => safeLine(line, { maxLength: MAX_SAID }));
  const data = { ffmpeg: said };
  const known = lines === null ? GONE : KNOWN.find(({ says }) => said.some((line) => says.test(line)));
  if (known) {
    return new KeetError("device", known.code(end), known.message(end, name), { hint: known.hint(end), data });
  }
  const last = said.at(-1);
  return new KeetError("device", `${prefix(end)}_GONE`, `The ${end} ${name} gives nothing`, {
    hint: last === undefined ? "It is tried again; keet-tui doctor looks for the reason." : `ffmpeg says: ${last}`,
    data,
  });
}
