/**
 * Which ffmpeg: the first that can do what sound on this machine needs. That one is there says nothing: static builds
 * for Linux come without PulseAudio, and a package whose download was refused points to a file that is not there.
 */
import { existsSync, realpathSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, isAbsolute, join } from "node:path";
import type { KeetError } from "../errors.js";
import { type SafeText, safeLine } from "../safe-text.js";
import { captureArgs } from "./device-args.js";
import { type FfmpegRun, startFfmpeg } from "./ffmpeg.js";
import { ffmpegMissing, soundFailure } from "./sound-errors.js";
import { SOUND_FORMATS, type SoundSystem, soundSystems } from "./sound-system.js";

/** One that takes longer to list what it can do hangs. */
const LISTING_MS = 5_000;
const MAX_LISTING_BYTES = 256 * 1024;
const MAX_VERSION = 60;
const TRIAL_SECONDS = 0.2;
/** 48,000 samples a second, two bytes each. */
export const TRIAL_BYTES = TRIAL_SECONDS * 48_000 * 2;
/** A microphone may take a while to wake. */
const TRIAL_MS = 5_000;

export type CandidateFrom = "KEET_TUI_FFMPEG" | "PATH" | "ffmpeg-static";

export interface Ffmpeg {
  readonly path: string;
  readonly version: SafeText;
  /** Null where there is no sound device: it still reads files. */
  readonly system: SoundSystem | null;
}

export interface Candidate {
  readonly path: string;
  readonly from: CandidateFrom;
  readonly version: SafeText | null;
  readonly usable: boolean;
  /** What it can do, or why it is not taken. */
  readonly reason: SafeText;
}

export interface FfmpegChoice {
  readonly ffmpeg: Ffmpeg | null;
  readonly candidates: readonly Candidate[];
  /** Why there is none; null where there is one. */
  readonly error: KeetError | null;
}

export interface ChoiceOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly platform?: NodeJS.Platform;
  /** The best first; none where only files are read. */
  readonly systems?: readonly SoundSystem[];
  /** A microphone that each must get 200 ms out of. It is open for that long. */
  readonly microphone?: string;
  /** Where ffmpeg-static keeps its program; null where it is not installed. */
  readonly staticPath?: string | null;
}

interface Listing {
  readonly version: SafeText | null;
  readonly inputs: ReadonlySet<string>;
  readonly outputs: ReadonlySet<string>;
  /** Before 4.4 it tells twice a second how far it has played, which is no clock to feed it by. */
  readonly isOld: boolean;
  /** Why there is none. */
  readonly fault: SafeText | null;
}

interface Trial {
  readonly reason: string | null;
  readonly lines: readonly string[];
}

export async function chooseFfmpeg(options: ChoiceOptions = {}): Promise<FfmpegChoice> {
  const { env = process.env, platform = process.platform } = options;
  const systems = options.systems ?? soundSystems({ env, platform });
  const places = candidatePlaces(env, platform, options.staticPath);
  const looked = await Promise.all(places.map((place) => look(place, systems)));
  const { microphone } = options;
  if (microphone !== undefined) await tryInTurn(looked, microphone, env);
  const chosen = best(looked, systems);
  return { ffmpeg: chosen, candidates: looked.map(shown), error: chosen ? null : failure(looked, microphone) };
}

interface Place {
  readonly path: string;
  readonly from: CandidateFrom;
}

interface Looked extends Place {
  readonly listing: Listing;
  readonly system: SoundSystem | null;
  fault: string | null;
  lines: readonly string[];
}

function candidatePlaces(
  env: NodeJS.ProcessEnv,
  platform: NodeJS.Platform,
  staticPath = findStatic(platform),
): Place[] {
  const named = env.KEET_TUI_FFMPEG ? [{ path: env.KEET_TUI_FFMPEG, from: "KEET_TUI_FFMPEG" as const }] : [];
  const inPath = pathFolders(env, platform)
    .map((folder) => ({ path: join(folder, programName(platform)), from: "PATH" as const }))
    .filter(({ path }) => existsSync(path));
  const packed = staticPath === null ? [] : [{ path: staticPath, from: "ffmpeg-static" as const }];
  return once(platform === "linux" ? [...named, ...inPath, ...packed] : [...named, ...packed, ...inPath]);
}

/** Only absolute ones: an empty or relative entry would be whatever folder one happens to stand in. */
function pathFolders(env: NodeJS.ProcessEnv, platform: NodeJS.Platform): string[] {
  const folders = (env.PATH ?? "").split(platform === "win32" ? ";" : ":");
  return folders.filter((folder) => isAbsolute(folder));
}

const programName = (platform: NodeJS.Platform) => (platform === "win32" ? "ffmpeg.exe" : "ffmpeg");

/** Its own code is not run for this: it would look into variables of its own. */
function findStatic(platform: NodeJS.Platform): string | null {
  try {
    const pack = createRequire(import.meta.url).resolve("ffmpeg-static/package.json");
    return join(dirname(pack), programName(platform));
  } catch {
    return null;
  }
}

/** /bin is /usr/bin on many systems. */
function once(places: readonly Place[]): Place[] {
  const seen = new Set<string>();
  return places.filter(({ path }) => {
    const real = existsSync(path) ? realpathSync(path) : path;
    return !seen.has(real) && seen.add(real);
  });
}

async function look(place: Place, systems: readonly SoundSystem[]): Promise<Looked> {
  const listing = await listingOf(place.path);
  const system = systems.find((one) => canDo(listing, one)) ?? null;
  const missing = listing.fault === null && systems.length > 0 && system === null;
  return { ...place, listing, system, fault: missing ? lack(listing, systems) : listing.fault, lines: [] };
}

function canDo({ inputs, outputs, isOld }: Listing, system: SoundSystem): boolean {
  const { input, output } = SOUND_FORMATS[system];
  return !isOld && inputs.has(input) && (output === null || outputs.has(output));
}

function lack({ inputs, outputs, isOld }: Listing, systems: readonly SoundSystem[]): string {
  if (isOld) return "it is older than 4.4, which sound devices need";
  const lacks = systems.map((system) => {
    const { name, input, output } = SOUND_FORMATS[system];
    const what = [...(inputs.has(input) ? [] : ["input"]), ...(output && !outputs.has(output) ? ["output"] : [])];
    return `${name} (no ${what.join(" and no ")} ${inputs.has(input) ? output : input})`;
  });
  return `it was built without ${lacks.join(" and ")}`;
}

const listings = new Map<string, Promise<Listing>>();

/** Once a program and state of its file. */
function listingOf(path: string): Promise<Listing> {
  if (!isAbsolute(path)) return Promise.resolve(faulty("it is no absolute path"));
  const stats = statSync(path, { throwIfNoEntry: false });
  if (!stats?.isFile()) return Promise.resolve(faulty("there is no such file"));
  const key = `${path}\n${stats.mtimeMs}\n${stats.size}`;
  const kept = listings.get(key) ?? readListing(path);
  listings.set(key, kept);
  return kept;
}

function faulty(reason: string): Listing {
  return { version: null, inputs: new Set(), outputs: new Set(), isOld: false, fault: safeLine(reason) };
}

async function readListing(path: string): Promise<Listing> {
  const run = startFfmpeg({ path, args: ["-formats"] });
  const { text, isLate, end } = await outputOf(run, LISTING_MS, MAX_LISTING_BYTES);
  if (isLate) return faulty(`it did not answer within ${LISTING_MS / 1000} s`);
  if (end.error) return faulty(`it cannot be started: ${end.error.message}`);
  const { inputs, outputs } = parseFormats(text);
  if (end.code !== 0 || inputs.size === 0)
    return faulty(`it is no ffmpeg: ${run.lastLines().at(-1) ?? "it says nothing"}`);
  const newer = await versionOf(path, ["-stats_period", "1"]);
  return { version: newer ?? (await versionOf(path)), inputs, outputs, isOld: newer === null, fault: null };
}

/** Null where it does not know the options before. */
async function versionOf(path: string, options: readonly string[] = []): Promise<SafeText | null> {
  const run = startFfmpeg({ path, args: [...options, "-version"] });
  const { text } = await outputOf(run, LISTING_MS, MAX_LISTING_BYTES);
  const version = /^ffmpeg version (\S+)/.exec(text)?.[1];
  return version === undefined ? null : safeLine(version, { maxLength: MAX_VERSION });
}

/** ` DE alsa   ALSA audio output`, with a `d` for a device since ffmpeg 7; devices are among the formats. */
export function parseFormats(text: string): { inputs: ReadonlySet<string>; outputs: ReadonlySet<string> } {
  const inputs = new Set<string>();
  const outputs = new Set<string>();
  for (const [, reads, writes, names = ""] of text.matchAll(/^ ([D ])([E ])[d ]? *(\S+)(?: .*)?$/gm)) {
    for (const name of names.split(",")) {
      if (reads === "D") inputs.add(name);
      if (writes === "E") outputs.add(name);
    }
  }
  return { inputs, outputs };
}

/** What it writes, up to a limit, at which it is ended as at the time limit. */
async function outputOf(run: FfmpegRun, limitMs: number, maxBytes: number) {
  const chunks: Buffer[] = [];
  let length = 0;
  let isLate = false;
  run.stdout?.on("data", (bytes: Buffer) => {
    if (length < maxBytes) chunks.push(bytes);
    length += bytes.length;
    if (length >= maxBytes) void run.close();
  });
  const timer = setTimeout(() => {
    isLate = true;
    void run.close();
  }, limitMs);
  const end = await run.ended;
  clearTimeout(timer);
  return { text: Buffer.concat(chunks).toString("utf8"), length, isLate, end };
}

/** The first that passes is taken, so those behind it are not let near the microphone. */
async function tryInTurn(looked: readonly Looked[], microphone: string, env: NodeJS.ProcessEnv): Promise<void> {
  for (const one of looked) {
    if (one.fault !== null || one.system === null) continue;
    const { reason, lines } = await tryOut(one.path, one.system, microphone, env);
    one.fault = reason;
    one.lines = lines;
    if (reason === null) return;
  }
}

async function tryOut(path: string, system: SoundSystem, microphone: string, env: NodeJS.ProcessEnv): Promise<Trial> {
  const args = captureArgs(system, microphone, ["-t", String(TRIAL_SECONDS)]);
  const run = startFfmpeg({ path, args, env });
  const { length } = await outputOf(run, TRIAL_MS, TRIAL_BYTES);
  if (length >= TRIAL_BYTES) return { reason: null, lines: [] };
  const lines = run.lastLines();
  const said = lines.length > 0 ? `: ${lines.at(-1)}` : "";
  return { reason: `200 ms of the microphone gave ${length} of ${TRIAL_BYTES} bytes${said}`, lines };
}

/** By system first: where PulseAudio runs, an ffmpeg that only knows ALSA is the second choice. */
function best(looked: readonly Looked[], systems: readonly SoundSystem[]): Ffmpeg | null {
  const sound = looked.filter(({ fault }) => fault === null);
  const bySystem = systems.flatMap((system) => sound.filter((one) => one.system === system));
  const chosen = systems.length > 0 ? bySystem[0] : sound[0];
  if (!chosen) return null;
  return { path: chosen.path, version: chosen.listing.version ?? safeLine("unknown"), system: chosen.system };
}

function shown({ path, from, listing, system, fault }: Looked): Candidate {
  const can = system === null ? "reads files; there is no sound device" : SOUND_FORMATS[system].name;
  return { path, from, version: listing.version, usable: fault === null, reason: safeLine(fault ?? can) };
}

function failure(looked: readonly Looked[], microphone: string | undefined): KeetError {
  const tried = looked.find(({ system, fault }) => system !== null && fault !== null);
  if (tried && microphone !== undefined) return soundFailure("microphone", safeLine(microphone), tried.lines);
  return ffmpegMissing(looked.map(({ path, fault }) => safeLine(`${path}: ${fault}`)));
}
