/** Microphones and speakers, as the sound system of this machine lists them through ffmpeg. */
import { type SafeText, safeName } from "../safe-text.js";
import {
  type Listed,
  parseAlsa,
  parseAudioToolbox,
  parseAvfoundation,
  parseDirectShow,
  parsePulse,
} from "./device-listings.js";
import { type FfmpegRun, startFfmpeg } from "./ffmpeg.js";
import type { Ffmpeg } from "./ffmpeg-choice.js";
import { type End, noSoundDevice, noSuchDevice } from "./sound-errors.js";

const LISTING_MS = 5_000;
const MAX_LISTING_CHARS = 256 * 1024;
const MAX_DEVICES = 64;
/** The code it ends with says nothing. */
const REFUSED = /^(Error: )?Cannot list (sources|sinks)/m;

/** Whichever the system has as its default at the time. */
export const DEFAULT_ID = "default";

export interface Device {
  /** For ffmpeg; `default` is whichever the system has for that at the time. */
  readonly id: string;
  readonly name: SafeText;
  readonly isDefault: boolean;
  /** Takes out what the speakers play, so that others do not hear themselves. */
  readonly cancelsEcho: boolean;
  /** No microphone: what a speaker plays, heard as if it were one. Only for whoever names it. */
  readonly isMonitor: boolean;
}

export interface Devices {
  readonly microphones: readonly Device[];
  readonly speakers: readonly Device[];
}

interface Query {
  readonly args: readonly string[];
  /** Some list on standard output, some where they complain. */
  readonly parse: (stdout: string, stderr: readonly string[]) => readonly Listed[];
}

/** None where there is no sound device, or nobody to ask. */
export async function listDevices(ffmpeg: Ffmpeg, env: NodeJS.ProcessEnv = process.env): Promise<Devices> {
  const [microphones, speakers] = await Promise.all([
    listEnd(ffmpeg, "microphone", env),
    listEnd(ffmpeg, "speaker", env),
  ]);
  return { microphones: microphones ?? [], speakers: speakers ?? [] };
}

/** Null where nobody can be asked. */
export async function listEnd(ffmpeg: Ffmpeg, end: End, env: NodeJS.ProcessEnv): Promise<readonly Device[] | null> {
  const query = queryFor(ffmpeg, end);
  const listed = query === null ? null : await ask(ffmpeg, query, env);
  return listed === null ? null : cleaned(listed);
}

function queryFor({ system }: Ffmpeg, end: End): Query | null {
  const isIn = end === "microphone";
  switch (system) {
    case "pulse":
      return { args: [isIn ? "-sources" : "-sinks", "pulse"], parse: parsePulse };
    case "alsa":
      return { args: [isIn ? "-sources" : "-sinks", "alsa"], parse: parseAlsa };
    case "coreaudio":
      if (!isIn) return { args: silence("audiotoolbox"), parse: (_, lines) => parseAudioToolbox(lines) };
      return { args: listing("avfoundation", ""), parse: (_, lines) => parseAvfoundation(lines) };
    case "directshow":
      return isIn ? { args: listing("dshow", "dummy"), parse: (_, lines) => parseDirectShow(lines) } : null;
    case null:
      return null;
  }
}

function listing(input: string, device: string): readonly string[] {
  return ["-f", input, "-list_devices", "true", "-i", device];
}

/** An output lists its devices only when it is handed something to play. */
function silence(output: string): readonly string[] {
  return ["-f", "lavfi", "-i", "anullsrc", "-t", "0", "-f", output, "-list_devices", "true", "-"];
}

async function ask({ path }: Ffmpeg, query: Query, env: NodeJS.ProcessEnv): Promise<readonly Listed[] | null> {
  const run = startFfmpeg({ path, args: query.args, env });
  const timer = setTimeout(() => void run.close(), LISTING_MS);
  const stdout = await textOf(run);
  await run.ended;
  clearTimeout(timer);
  const said = run.allLines();
  return REFUSED.test(`${stdout}\n${said.join("\n")}`) ? null : query.parse(stdout, said);
}

async function textOf(run: FfmpegRun): Promise<string> {
  let text = "";
  for await (const bytes of run.stdout?.setEncoding("utf8") ?? []) if (text.length < MAX_LISTING_CHARS) text += bytes;
  return text;
}

function cleaned(listed: readonly Listed[]): Device[] {
  return listed.slice(0, MAX_DEVICES).map(({ id, name, isDefault, isMonitor = false }) => ({
    id,
    name: safeName(name),
    isDefault,
    cancelsEcho: !isMonitor && /echo[ ._-]?cancel/i.test(`${id} ${name}`),
    isMonitor,
  }));
}

/** What is used where nobody chose: one that takes out the echo, or what the system has as its default. */
export function preferred(devices: readonly Device[]): Device | null {
  const all = able(devices);
  return all.find(({ cancelsEcho }) => cancelsEcho) ?? all.find(({ isDefault }) => isDefault) ?? all[0] ?? null;
}

function able(devices: readonly Device[]): readonly Device[] {
  return devices.filter(({ isMonitor }) => !isMonitor);
}

/**
 * The device somebody named by id or by name, or the preferred one where nobody did. The system's default keeps that
 * name, so that another one can take its place.
 * @throws NO_SUCH_DEVICE, NO_SOUND_DEVICE
 */
export function findDevice(devices: Devices, end: End, said: string | null): { id: string; name: SafeText } {
  const all = end === "microphone" ? devices.microphones : devices.speakers;
  if (said === null) {
    const device = preferred(all);
    if (!device) throw noSoundDevice();
    return { id: device.isDefault && !device.cancelsEcho ? DEFAULT_ID : device.id, name: device.name };
  }
  const device = all.find(({ id }) => id === said) ?? all.find(({ name }) => name === said);
  if (!device)
    throw noSuchDevice(
      end,
      said,
      able(all).map(({ name }) => name),
    );
  return { id: device.id, name: device.name };
}
