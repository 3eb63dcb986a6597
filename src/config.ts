/**
 * Where things are, how large they may be, and who this profile is called.
 * Reads the environment once, at start; everything else is handed these values.
 */
import { createHash, randomBytes } from "node:crypto";
import {
  chmodSync,
  closeSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeSync,
} from "node:fs";
import { homedir, userInfo } from "node:os";
import { dirname, isAbsolute, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { KeetError } from "./errors.js";

export const APP_NAME = "keet-tui";
export const DEFAULT_PROFILE = "default";

export const MAX_MESSAGE_BYTES = 8 * 1024;
export const MAX_NAME_BYTES = 64;
export const MAX_TOPIC_BYTES = 256;
export const INVITE_EXPIRES_MS = 24 * 60 * 60 * 1000;
export const INVITE_MAX_EXPIRES_MS = 365 * 24 * 60 * 60 * 1000;
export const INVITE_USES = 1;

/** How often a core renews its owner record, and how long another machine's record counts after that. */
export const OWNER_RENEW_MS = 10_000;
export const OWNER_LEASE_MS = 60_000;
/** A core nobody asked to stay leaves this long after its last client, and with open work at the latest after OPEN_WORK_MS. */
export const IDLE_STOP_MS = 3_000;
export const OPEN_WORK_MS = 10 * 60_000;

/** A Unix socket's path has 104 to 108 bytes with its end mark; Node 20 cuts longer ones without a word. */
export const MAX_SOCKET_PATH_BYTES = 100;

export interface Paths {
  readonly profile: string;
  /** This profile's own folder: `owner.json`, `identity`, `store/`, logs. */
  readonly data: string;
  readonly config: string;
  readonly cache: string;
  /** What `--home` named, as an absolute path; null where the XDG folders are used. */
  readonly home: string | null;
  /** Where a core that starts now would listen. A running one may be elsewhere: `owner.json` says where. */
  readonly socket: string;
}

export interface PathOptions {
  readonly home?: string | null | undefined;
  readonly profile?: string | null | undefined;
  readonly env?: NodeJS.ProcessEnv;
  readonly platform?: NodeJS.Platform;
}

/** @throws USAGE for a profile name that is no safe file name, NO_HOME where nothing says whose folders to use */
export function resolvePaths(options: PathOptions = {}): Paths {
  const env = options.env ?? process.env;
  const platform = options.platform ?? process.platform;
  const profile = checkProfileName(options.profile || env.KEET_TUI_PROFILE || DEFAULT_PROFILE);
  const homeOption = options.home || env.KEET_TUI_HOME || null;
  const home = homeOption === null ? null : resolve(homeOption);
  const folders = home === null ? userFolders(env, platform) : foldersUnder(home);
  const data = join(folders.data, profile);
  return {
    profile,
    data,
    config: folders.config,
    cache: folders.cache,
    home,
    socket: socketPath(data, profile, folders.runtime, platform),
  };
}

export function checkProfileName(name: string): string {
  if (/^[a-z0-9_-][a-z0-9._-]{0,63}$/.test(name)) return name;
  throw new KeetError("user", "USAGE", `"${name.slice(0, 80)}" cannot be a profile's name`, {
    hint: "Up to 64 of a-z, 0-9, dot, hyphen and underscore, with no dot in front.",
  });
}

interface Folders {
  readonly data: string;
  readonly config: string;
  readonly cache: string;
  readonly runtime: string | null;
}

/** Of a profile's own folder: what was recorded there, and is shared from there. */
export function voiceNotesFolder(data: string): string {
  return join(data, "voice-notes");
}

/** Where fetched files go: `XDG_DOWNLOAD_DIR`, else `Downloads` in the home folder. */
export function downloadFolder(env: NodeJS.ProcessEnv = process.env): string {
  return env.XDG_DOWNLOAD_DIR || join(homedir(), "Downloads");
}

function foldersUnder(home: string): Folders {
  return {
    data: join(home, "data"),
    config: join(home, "config"),
    cache: join(home, "cache"),
    runtime: join(home, "run"),
  };
}

function userFolders(env: NodeJS.ProcessEnv, platform: NodeJS.Platform): Folders {
  const user = userHome(env);
  if (platform === "win32") {
    const local = env.LOCALAPPDATA || join(user, "AppData", "Local");
    const roaming = env.APPDATA || join(user, "AppData", "Roaming");
    return {
      data: join(local, APP_NAME, "data"),
      config: join(roaming, APP_NAME),
      cache: join(local, APP_NAME, "cache"),
      runtime: null,
    };
  }
  // The XDG specification: what is not an absolute path is as if it were not set.
  const named = (value: string | undefined, fallback: string) =>
    join(value && isAbsolute(value) ? value : join(user, fallback), APP_NAME);
  const runtime = env.XDG_RUNTIME_DIR;
  return {
    data: named(env.XDG_DATA_HOME, ".local/share"),
    config: named(env.XDG_CONFIG_HOME, ".config"),
    cache: named(env.XDG_CACHE_HOME, ".cache"),
    // systemd removes the folder at logout while the variable lives on in what it left running.
    runtime: runtime && isAbsolute(runtime) && isFolder(runtime) ? join(runtime, APP_NAME) : null,
  };
}

function userHome(env: NodeJS.ProcessEnv): string {
  if (env.HOME && isAbsolute(env.HOME)) return env.HOME;
  try {
    const { homedir: home } = userInfo();
    if (home) return home;
    return homedir();
  } catch (cause) {
    throw new KeetError("user", "NO_HOME", "Nothing says where your home folder is", {
      hint: "Set HOME, or name a folder with --home.",
      cause,
    });
  }
}

function socketPath(data: string, profile: string, runtime: string | null, platform: NodeJS.Platform): string {
  const hash = createHash("sha256").update(data).digest("hex").slice(0, 16);
  if (platform === "win32") return `\\\\.\\pipe\\${APP_NAME}-${hash}`;
  if (runtime !== null) {
    const path = join(runtime, `${profile}.sock`);
    if (Buffer.byteLength(path) <= MAX_SOCKET_PATH_BYTES) return path;
  }
  // Not os.tmpdir(): TMPDIR may differ between the core's session and the client's.
  return `/tmp/${APP_NAME}-${userId()}/${hash}.sock`;
}

function userId(): number | string {
  return process.getuid?.() ?? userInfo().username;
}

/** With those above it, 0700. Not by mkdir's own `recursive`: in Node 24 that one never ends below /proc. */
export function makeFolders(path: string): void {
  const above = dirname(path);
  if (above !== path && !isFolder(above)) makeFolders(above);
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    if (!isFolder(path)) throw error;
  }
}

/**
 * Makes a folder of ours (0700) or checks the one that is there: a folder, ours, closed to others.
 * With `link: false` not even a symbolic link to such a folder will do.
 * @throws FOLDER_NOT_PRIVATE with the command that mends it
 */
export function privateFolder(path: string, options: { link?: boolean } = {}): void {
  try {
    makeFolders(path);
  } catch (cause) {
    throw folderError(path, cause);
  }
  if (process.platform === "win32") return;
  const stats = options.link === false ? lstatSync(path) : statSync(path);
  const fault = openFault(stats);
  if (fault) {
    throw new KeetError("storage", "FOLDER_NOT_PRIVATE", `${path} ${fault.what}`, {
      hint: fault.mend ? `If that is not on purpose: ${fault.mend} ${path}` : "Move it away and start again.",
      data: { path },
    });
  }
}

/** Why a folder or file may be read or changed by others; null where it may not. */
export function openFault(stats: Stats): { what: string; mend: string | null } | null {
  if (stats.isSymbolicLink()) return { what: "is a symbolic link", mend: null };
  const uid = process.getuid?.();
  if (uid !== undefined && stats.uid !== uid) return { what: "belongs to another user", mend: null };
  if ((stats.mode & 0o077) === 0) return null;
  const mode = (stats.mode & 0o777).toString(8).padStart(4, "0");
  return { what: `is open to other users (mode ${mode})`, mend: stats.isDirectory() ? "chmod 700" : "chmod 600" };
}

/** The words for a folder that cannot be written. */
export function folderError(path: string, cause: unknown): KeetError {
  const code = (cause as NodeJS.ErrnoException).code;
  if (code === "ENOSPC" || code === "EDQUOT") {
    return new KeetError("storage", "DISK_FULL", `The disk that holds ${path} is full`, {
      hint: "Free some space and start again. Nothing was changed.",
      cause,
    });
  }
  if (code === "EROFS" || code === "EACCES" || code === "EPERM") {
    return new KeetError("storage", "READ_ONLY", `${path} cannot be written`, {
      hint: "Check who owns it, or name another folder with --home.",
      cause,
    });
  }
  return new KeetError("storage", "STORE_UNUSABLE", `${path} cannot be used (${code ?? "no reason given"})`, { cause });
}

/**
 * Puts new content in a file's place in one step: a full disk or a kill leaves the old file as it was.
 * @throws DISK_FULL, READ_ONLY
 */
export function replaceFile(path: string, content: string | Uint8Array): void {
  const next = `${path}.${process.pid}.${randomBytes(4).toString("hex")}.new`;
  try {
    const fd = openSync(next, "wx", 0o600);
    try {
      const bytes = typeof content === "string" ? Buffer.from(content) : content;
      for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    renameSync(next, path);
  } catch (cause) {
    rmSync(next, { force: true });
    throw folderError(path, cause);
  }
  if (process.platform === "win32") return;
  const folder = openSync(dirname(path), "r");
  try {
    fsyncSync(folder);
  } catch {
    // Some file systems refuse to sync a folder; the rename itself is done.
  } finally {
    closeSync(folder);
  }
}

/**
 * A file that only its owner may read, or null where there is none.
 * @throws FILE_NOT_PRIVATE, STORE_UNUSABLE
 */
export function readPrivateFile(path: string): string | null {
  try {
    const fault = process.platform === "win32" ? null : openFault(lstatSync(path));
    if (fault) {
      throw new KeetError("storage", "FILE_NOT_PRIVATE", `${path} ${fault.what}`, {
        hint: fault.mend
          ? `If that is not on purpose: ${fault.mend} ${path}`
          : "Look at what it is; nothing was changed.",
        data: { path },
      });
    }
    return readFileSync(path, "utf8");
  } catch (cause) {
    if (cause instanceof KeetError) throw cause;
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw folderError(path, cause);
  }
}

export interface KeptFile {
  readonly path: string;
  /** Null where there is none. @throws FILE_NOT_PRIVATE, STORE_UNUSABLE */
  read(): string | null;
  /** In one step, 0600. @throws DISK_FULL, READ_ONLY */
  write(content: string): void;
}

/** `isPrivate`: what is in it is nobody else's business, so one that others may read is refused. */
export function keptFile(path: string, { isPrivate }: { isPrivate: boolean }): KeptFile {
  return {
    path,
    read: () => (isPrivate ? readPrivateFile(path) : readOwnFile(path)),
    write(content) {
      try {
        makeFolders(dirname(path));
      } catch (cause) {
        throw folderError(path, cause);
      }
      replaceFile(linkedTo(path), content);
    },
  };
}

/** Names, without `.json`, of the files in a folder; none where there is no such folder. */
export function jsonFilesIn(folder: string): readonly string[] {
  let names: string[] = [];
  try {
    names = readdirSync(folder);
  } catch {
    // Nobody has to have one.
  }
  return names.flatMap((name) => /^([\w-]{1,32})\.json$/.exec(name)?.[1] ?? []).sort();
}

function readOwnFile(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw folderError(path, cause);
  }
}

/** Settings are often a link into a folder of such files: what it leads to is replaced, not the link. */
function linkedTo(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

export function tightenMode(path: string): void {
  if (process.platform !== "win32") chmodSync(path, 0o600);
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

let found: { root: string; version: string } | null = null;

/** This program's own package: the folder with `bin`, and its version. */
export function program(): { readonly root: string; readonly version: string } {
  if (found) return found;
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    try {
      const pack = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
      if (pack.name === APP_NAME) {
        found = { root: folder, version: String(pack.version) };
        return found;
      }
    } catch {
      // No package.json here: look one folder up.
    }
    if (folder === dirname(folder)) throw new Error("package.json of keet-tui was not found");
  }
}
