/** A throw-away profile from outside: a second real core in a process and a folder of its own, gone when it is closed. */
import { type ChildProcess, spawn } from "node:child_process";
import { lstatSync, mkdtempSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { DEFAULT_PROFILE, program, resolvePaths } from "../config.js";
import { isAlive, readOwner } from "../daemon/owner.js";
import { type ErrorFamily, KeetError } from "../errors.js";
import { connect, type RpcClient } from "../rpc/client.js";
import { HOME_PREFIX, removeHome } from "./home.js";
import type { Report } from "./inside.js";

const START_MS = 30_000;
/** A core closes within two seconds; what takes longer hangs. */
const CLOSE_MS = 4_000;
const MAX_SAID_CHARS = 4_000;
/** A folder whose process has not begun to open it yet looks like one that was left behind. */
const LEFT_BEHIND_MS = 60 * 60_000;

export interface Surroundings {
  readonly bootstrap: readonly string[] | null;
  readonly lan: boolean;
  readonly logLevel?: string | null;
  /** The Node that runs it. */
  readonly execPath?: string;
}

export interface ThrowAwayOptions extends Surroundings {
  readonly name: string;
  readonly isFriend?: boolean;
}

export class ThrowAway {
  readonly home: string;
  readonly name: string;
  /** How it ended, in words; settles at its end, however that comes. */
  readonly ended: Promise<string>;
  readonly #child: ChildProcess;
  readonly #report: Extract<Report, { ok: true }>;
  #hasEnded = false;

  private constructor(name: string, home: string, child: ChildProcess, report: Extract<Report, { ok: true }>) {
    this.name = name;
    this.home = home;
    this.#child = child;
    this.#report = report;
    this.ended = new Promise((done) => {
      const onExit = () => {
        this.#hasEnded = true;
        removeHome(home);
        done(wayOf(child));
      };
      if (isOver(child)) onExit();
      else child.once("exit", onExit);
    });
  }

  /** @throws what the core threw while it started; FRIEND_GONE, TIMED_OUT */
  static async start(options: ThrowAwayOptions): Promise<ThrowAway> {
    const { name, isFriend = false, bootstrap, lan, logLevel, execPath = process.execPath } = options;
    removeLeftBehind();
    // mkdtemp makes it 0700.
    const home = mkdtempSync(join(tmpdir(), HOME_PREFIX));
    const args = [join(program().root, "bin/keet-tui.js"), "demo", "--internal", isFriend ? "friend" : "person"];
    args.push("--name", name, "--home", home, "--profile", DEFAULT_PROFILE);
    if (bootstrap?.length) args.push("--bootstrap", bootstrap.join(","));
    if (!lan) args.push("--no-lan");
    if (logLevel) args.push("--log-level", logLevel);
    const env = { ...process.env };
    delete env.NODE_OPTIONS;
    env.MALLOC_ARENA_MAX ??= "2";
    const child = spawn(execPath, ["--max-semi-space-size=8", ...args], {
      // A session of its own: what a Ctrl-C or a lost terminal ends is whoever holds its standard input.
      detached: true,
      cwd: "/",
      env,
      stdio: ["pipe", "ignore", "pipe", "pipe"],
      windowsHide: true,
    });
    child.stdin?.on("error", () => {});
    try {
      const report = await heard(child, name);
      // Whoever has the friend is not kept by it; what it would still say nobody reads.
      (child.stderr as Readable & { unref?(): void })?.unref?.();
      (child.stdin as unknown as { unref?(): void })?.unref?.();
      child.unref();
      return new ThrowAway(name, home, child, report);
    } catch (error) {
      await end(child);
      removeHome(home);
      throw error;
    }
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  get room(): string | null {
    return this.#report.room;
  }

  get invite(): string | null {
    return this.#report.invite;
  }

  /** A client of its core, as any program could be one. */
  connect(): Promise<RpcClient> {
    return connect(this.#report.socket);
  }

  /** The process has ended and its folder is gone when this answers. */
  async close(): Promise<void> {
    await end(this.#child);
    await this.ended;
  }
}

function isOver({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}

function wayOf({ exitCode, signalCode }: ChildProcess): string {
  return signalCode === null
    ? `its process ended with exit code ${exitCode}`
    : `its process was ended by ${signalCode}`;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || isOver(child)) return;
  child.ref();
  const gone = new Promise<void>((done) => child.once("exit", () => done()));
  child.stdin?.end();
  const timer = setTimeout(() => child.kill("SIGKILL"), CLOSE_MS);
  await gone;
  clearTimeout(timer);
}

/** What it reports of itself. Its last words on standard error ride on the error. */
function heard(child: ChildProcess, name: string): Promise<Extract<Report, { ok: true }>> {
  return new Promise((done, failed) => {
    let said = "";
    let complained = "";
    const pipe = child.stdio[3] as Readable;
    const timer = setTimeout(() => settle(() => failed(late(name))), START_MS);
    const settle = (then: () => void) => {
      clearTimeout(timer);
      pipe.destroy();
      then();
    };
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      complained = (complained + text).slice(-MAX_SAID_CHARS);
    });
    child.on("error", (cause) => settle(() => failed(gone(name, "its process cannot be started", cause.message))));
    pipe.on("error", () => {});
    pipe.setEncoding("utf8").on("data", (text: string) => {
      said += text;
      if (!said.includes("\n")) return;
      const report: Report = JSON.parse(said);
      settle(() => (report.ok ? done(report) : failed(thrownThere(report.error))));
    });
    child.once("exit", () => {
      // What it reported may still be on its way.
      setTimeout(() => settle(() => failed(gone(name, wayOf(child), complained.trim()))), 200);
    });
  });
}

function late(name: string): KeetError {
  return new KeetError("peer", "TIMED_OUT", `${name} did not start within ${START_MS / 1000} s`, {
    hint: "keet-tui doctor shows what stands in the way.",
  });
}

export function gone(name: string, how: string, said = ""): KeetError {
  return new KeetError("peer", "FRIEND_GONE", `${name} is gone: ${how}`, {
    hint: "keet-tui doctor shows what stands in the way.",
    ...(said === "" ? {} : { data: { said } }),
  });
}

function thrownThere({ family, code, message, hint, data }: Extract<Report, { ok: false }>["error"]): Error {
  if (family === "bug") return new Error(message);
  return new KeetError(family as ErrorFamily, code, message, { ...(hint ? { hint } : {}), data: { ...data } });
}

/** Homes of earlier friends whose processes were killed so that nobody could take them away. */
function removeLeftBehind(): void {
  const folder = tmpdir();
  for (const name of readdirSync(folder).filter((entry) => entry.startsWith(HOME_PREFIX))) {
    const home = join(folder, name);
    try {
      const stats = lstatSync(home);
      const isOurs = stats.isDirectory() && (process.getuid === undefined || stats.uid === process.getuid());
      if (!isOurs) continue;
      const owner = readOwner(resolvePaths({ home, profile: DEFAULT_PROFILE }).data);
      const isLeft = owner ? !isAlive(owner) : Date.now() - stats.mtimeMs > LEFT_BEHIND_MS;
      if (isLeft) removeHome(home);
    } catch {
      // Somebody else is taking it away just now.
    }
  }
}
