/** A connection to the profile's core, starting one where none runs. For front ends and one-shots; loads no p2p. */
import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { type Paths, privateFolder, program } from "../config.js";
import { type ErrorFamily, KeetError } from "../errors.js";
import type { LogLevel } from "../log.js";
import { CoreBug, connect, type RpcClient } from "../rpc/client.js";
import { WIRE_VERSION, type WireErrorData } from "../rpc/methods.js";
import { cannotWrite } from "./lock.js";
import { type Owner, readOwner, storeLocked } from "./owner.js";

const DEADLINE_MS = 30_000;
const HELLO_MS = 20_000;
const POLL_MS = 50;

/** What a core says, once, to whoever started it. */
export type Startup =
  | { readonly ok: true; readonly socket: string; readonly pid: number }
  | { readonly ok: false; readonly error: WireErrorData };

/** The descriptor it says it on; closed right after. */
export const STARTUP_FD = 3;

export interface EnsureOptions {
  readonly paths: Paths;
  readonly bootstrap?: readonly string[] | null;
  readonly lan?: boolean;
  readonly logLevel?: LogLevel;
  /** A core started here stays until it is told to stop. */
  readonly stays?: boolean;
  /** Lines for a person, such as that an older core was replaced. */
  readonly talk?: (line: string) => void;
  /** For `status` and `stop`, which every version answers. */
  readonly anyVersion?: boolean;
  readonly deadlineMs?: number;
}

/**
 * @throws STORE_LOCKED, OTHER_VERSION, and what the core threw while it opened the store
 */
export async function ensureCore(options: EnsureOptions): Promise<RpcClient> {
  const deadline = performance.now() + (options.deadlineMs ?? DEADLINE_MS);
  for (;;) {
    const client = await findCore(options.paths);
    let started = false;
    if (client) {
      if (options.anyVersion || client.core.wire === WIRE_VERSION) return client;
      await makeRoom(client, options);
    } else {
      await spawnCore(options, deadline);
      started = true;
    }
    if (performance.now() > deadline) throw storeLocked(readOwner(options.paths.data), "here");
    if (!started) await new Promise((done) => setTimeout(done, POLL_MS));
  }
}

/**
 * The running core, or null. Its own record says where it listens; the usual place is asked too, for a record that is gone.
 * @throws TIMED_OUT where it listens but says nothing
 */
export async function findCore(paths: Paths): Promise<RpcClient | null> {
  const owner = readOwner(paths.data);
  const here = owner && (owner.host === hostname() || process.platform === "win32") ? [owner.socket] : [];
  for (const socket of new Set([...here, paths.socket])) {
    try {
      return await connect(socket, { timeoutMs: HELLO_MS });
    } catch (error) {
      if (error instanceof KeetError && error.code === "TIMED_OUT") throw hangs(owner, socket, error);
      if (!isNobodyThere(error)) throw unreachable(socket, error);
    }
  }
  return null;
}

function hangs(owner: Owner | null, path: string, cause: unknown): KeetError {
  const who = owner ? `The background part (process ${owner.pid})` : `Whoever listens at ${path}`;
  return new KeetError("peer", "TIMED_OUT", `${who} does not answer`, {
    hint: owner ? `If it hangs for good: kill -9 ${owner.pid}` : "Try again in a moment.",
    data: owner ? { path, pid: owner.pid } : { path },
    cause,
  });
}

function isNobodyThere(error: unknown): boolean {
  if (error instanceof KeetError) return error.code === "CORE_GONE";
  const code = (error as NodeJS.ErrnoException).code ?? "";
  // ENOTSOCK: something else lies there; the core that is started next says so with its path.
  return ["ENOENT", "ECONNREFUSED", "ECONNRESET", "EPIPE", "ENOTSOCK", "ENOTDIR", "EINVAL"].includes(code);
}

function unreachable(socket: string, cause: unknown): KeetError {
  const code = (cause as NodeJS.ErrnoException).code ?? String(cause);
  return new KeetError("user", "CORE_UNREACHABLE", `${socket} cannot be opened (${code})`, {
    hint: "Check who owns it; keet-tui makes its sockets for one user only.",
    data: { path: socket },
    cause,
  });
}

/** A core of another wire version: an idle one leaves, a busy one is left alone. */
async function makeRoom(client: RpcClient, options: EnsureOptions): Promise<void> {
  const theirs = client.core;
  const gone = new Promise<void>((done) => client.onClose(() => done()));
  const mine = program().version;
  try {
    await client.request("stop", { force: false }, { timeoutMs: 5_000 });
  } catch (error) {
    client.close();
    if (!(error instanceof KeetError) || error.code !== "BUSY") throw error;
    const open = Array.isArray(error.data.open) ? error.data.open.join("; ") : error.message;
    throw new KeetError(
      "user",
      "OTHER_VERSION",
      `The core that runs is keet-tui ${theirs.version} (wire ${theirs.wire}); this is ${mine} (wire ${WIRE_VERSION})`,
      {
        hint: `Stopping it would cut: ${open}. To do it all the same: keet-tui daemon stop`,
        data: { running: theirs.version, this: mine, open: error.data.open },
      },
    );
  }
  await gone;
  options.talk?.(
    `The core was keet-tui ${theirs.version} (wire ${theirs.wire}) and idle; it is started again as ${mine} (wire ${WIRE_VERSION}).`,
  );
}

/**
 * Starts a core of its own session, with nothing of ours but a pipe to say how it went.
 * Answers when it serves, or when another one does.
 */
async function spawnCore(options: EnsureOptions, deadline: number): Promise<void> {
  const { paths } = options;
  privateFolder(paths.data);
  const log = openLogFile(join(paths.data, "core.log"));
  const args = [join(program().root, "bin/keet-tui.js"), "daemon", "--internal", "--profile", paths.profile];
  if (paths.home !== null) args.push("--home", paths.home);
  if (options.bootstrap?.length) args.push("--bootstrap", options.bootstrap.join(","));
  if (options.lan === false) args.push("--no-lan");
  if (options.stays) args.push("--stay");
  if (options.logLevel) args.push("--log-level", options.logLevel);
  const env = { ...process.env };
  // A debugger's port or a loader meant for the one-shot is not meant for what outlives it.
  delete env.NODE_OPTIONS;
  // It lives for weeks: without these its memory grows by a third under load, and never shrinks again.
  env.MALLOC_ARENA_MAX ??= "2";
  const child = spawn(process.execPath, ["--max-semi-space-size=8", ...args], {
    detached: true,
    cwd: "/",
    env,
    stdio: ["ignore", log, log, "pipe"],
    windowsHide: true,
  });
  closeSync(log);
  child.unref();
  const pipe = child.stdio[STARTUP_FD] as Readable;
  const startup = await heard(child, pipe, deadline);
  pipe.destroy();
  if (startup.ok || startup.error.code === "ALREADY_RUNNING") return;
  throw thrownThere(startup.error);
}

function openLogFile(path: string): number {
  try {
    return openSync(path, "a", 0o600);
  } catch (cause) {
    throw cannotWrite(path, cause);
  }
}

function heard(child: ReturnType<typeof spawn>, pipe: Readable, deadline: number): Promise<Startup> {
  return new Promise((done, failed) => {
    let said = "";
    let code: number | string | null = null;
    const timer = setTimeout(
      () =>
        failed(
          new KeetError("peer", "TIMED_OUT", "The background part did not start in time", {
            hint: "keet-tui doctor shows what is there; core.log in the profile's folder says more.",
          }),
        ),
      Math.max(1_000, deadline - performance.now()),
    );
    child.on("error", failed);
    child.on("exit", (status, signal) => {
      code = signal ?? status;
    });
    pipe.on("data", (bytes: Buffer) => {
      said += bytes.toString();
      if (said.length > 100_000) pipe.destroy();
    });
    pipe.on("error", () => {});
    pipe.on("close", async () => {
      clearTimeout(timer);
      try {
        done(JSON.parse(said));
      } catch {
        failed(new CoreBug(`the core ended before it was ready (${code ?? "no word"}); its core.log says more`));
      }
    });
  });
}

function thrownThere(error: WireErrorData): Error {
  if (error.family === "bug") return new CoreBug(error.message);
  return new KeetError(error.family as ErrorFamily, error.code, error.message, {
    ...(error.hint ? { hint: error.hint } : {}),
    data: { ...error.data },
  });
}
