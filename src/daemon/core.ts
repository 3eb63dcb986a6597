/** The core as a process: claims the profile, opens the backend, serves it, and knows when to leave. */
import { randomBytes } from "node:crypto";
import type { Socket } from "node:net";
import { join } from "node:path";
import {
  IDLE_STOP_MS,
  OPEN_WORK_MS,
  OWNER_LEASE_MS,
  OWNER_RENEW_MS,
  type Paths,
  privateFolder,
  program,
  resolvePaths,
} from "../config.js";
import { EXIT, KeetError } from "../errors.js";
import { type LogLevel, openLog, redirectConsole } from "../log.js";
import type { Backend } from "../rpc/backend.js";
import { connect } from "../rpc/client.js";
import { type StatusInfo, WIRE_VERSION } from "../rpc/methods.js";
import { type ProcessHandlers, RpcServer } from "../rpc/server.js";
import { keepHeapSmall } from "../small-heap.js";
import type { OpenBackend } from "./backend-door.js";
import { lingerWarning } from "./linger.js";
import { type Listening, listen } from "./listen.js";
import { cannotWrite, type Lock, tryLock } from "./lock.js";
import { claim, isSameProcess, readOwner, removeOwner, storeLocked, thisProcess, writeOwner } from "./owner.js";

const LOCK_WAIT_MS = 10_000;
const TICK_MS = 1_000;
/** A socket that vanished is made again at the tick after this. */
const SOCKET_CHECK_MS = 2_000;
/** All of a clean close; then the process ends whatever hangs. */
const CLOSE_MS = 1_700;
/** Whoever started this core has time to say hello before it is idle. */
const FIRST_CLIENT_MS = 10_000;

export interface CoreOptions {
  readonly paths: Paths;
  readonly bootstrap: string[] | null;
  readonly lan: boolean;
  readonly stays: boolean;
  /** Nothing else runs in this process: what nobody caught ends it. */
  readonly ownsProcess?: boolean;
  readonly logLevel?: LogLevel;
  readonly openBackend: OpenBackend;
  readonly version?: string;
  readonly wire?: number;
  readonly idleStopMs?: number;
  readonly openWorkMs?: number;
}

export interface CoreProcess {
  readonly socket: string;
  /** Settles when it has closed, with the exit code. */
  readonly done: Promise<number>;
  stop(reason: string): void;
}

/**
 * Answers when clients are served.
 * @throws ALREADY_RUNNING with the socket of the one that runs; STORE_LOCKED and whatever else opening the store throws
 */
export async function startCore(options: CoreOptions): Promise<CoreProcess> {
  keepHeapSmall();
  const { paths } = options;
  privateFolder(paths.data);
  const log = logOf(paths, options.logLevel ?? "info");
  const restoreConsole = redirectConsole(log);
  let lock: Lock | null = null;
  let listening: Listening | null = null;
  const me = thisProcess();
  try {
    lock = await takeLock(paths);
    const from = await claim(paths.data, { me });
    if (from) log.warn(`taken over from ${from.host}: not renewed since ${from.renewedAt}`);
    const early: Socket[] = [];
    let take = (socket: Socket) => {
      early.push(socket);
    };
    listening = await listen(paths.socket, (socket) => take(socket));
    const core = new Core(options, log, me, lock, listening);
    core.renew();
    // Two machines that claimed at the same moment: the later writer stands.
    const owner = readOwner(paths.data);
    if (!owner || !isSameProcess(owner, me)) throw storeLocked(owner, "elsewhere");
    const backend = await options.openBackend({
      profileDir: paths.data,
      profile: paths.profile,
      bootstrap: options.bootstrap,
      lan: options.lan,
      log: log.named("core"),
      version: core.version,
    });
    take = core.serve(backend, restoreConsole);
    for (const socket of early.splice(0)) take(socket);
    return core;
  } catch (error) {
    if (!(error instanceof KeetError && error.code === "ALREADY_RUNNING")) log.error("not started:", error);
    listening?.close();
    if (lock) removeOwner(paths.data, me);
    lock?.release();
    restoreConsole();
    log.close();
    throw error;
  }
}

/** @throws READ_ONLY, DISK_FULL */
function logOf(paths: Paths, level: LogLevel) {
  const path = join(paths.data, "core.log");
  try {
    return openLog(path, { level });
  } catch (cause) {
    throw cannotWrite(path, cause);
  }
}

/** While another process holds the lock it is starting, running, or just leaving: only the last is worth a wait. */
async function takeLock(paths: Paths): Promise<Lock> {
  const deadline = performance.now() + LOCK_WAIT_MS;
  for (;;) {
    const lock = tryLock(paths.data);
    if (lock) return lock;
    const owner = readOwner(paths.data);
    if (owner && (await answers(owner.socket))) {
      throw new KeetError("storage", "ALREADY_RUNNING", `Already running (process ${owner.pid})`, {
        hint: "keet-tui daemon --detach tells it to stay, keet-tui daemon stop ends it.",
        data: { pid: owner.pid, socket: owner.socket },
      });
    }
    if (performance.now() > deadline) throw storeLocked(owner, "here");
    await new Promise((done) => setTimeout(done, 100));
  }
}

async function answers(socket: string): Promise<boolean> {
  try {
    const client = await connect(socket, { timeoutMs: 2_000 });
    client.close();
    return true;
  } catch {
    return false;
  }
}

class Core implements CoreProcess {
  readonly version: string;
  readonly done: Promise<number>;
  readonly #options: CoreOptions;
  readonly #log: ReturnType<typeof openLog>;
  readonly #me: ReturnType<typeof thisProcess>;
  readonly #lock: Lock;
  readonly #wire: number;
  readonly #since = new Date().toISOString();
  #listening: Listening;
  #take: (socket: Socket) => void = (socket) => socket.destroy();
  #backend: Backend | null = null;
  #server: RpcServer | null = null;
  #stays: boolean;
  #renewedAtMs = 0;
  #renewedClockMs = 0;
  #checkedSocketAtMs = 0;
  #aloneSinceMs: number;
  #hadClients = false;
  #isStopping = false;
  #exitCode = 0;
  #finish: (code: number) => void = () => {};
  #undo: (() => void)[] = [];

  constructor(
    options: CoreOptions,
    log: ReturnType<typeof openLog>,
    me: ReturnType<typeof thisProcess>,
    lock: Lock,
    listening: Listening,
  ) {
    this.#options = options;
    this.#log = log;
    this.#me = me;
    this.#lock = lock;
    this.#listening = listening;
    this.#stays = options.stays;
    this.#wire = options.wire ?? WIRE_VERSION;
    this.version = options.version ?? program().version;
    this.#aloneSinceMs = performance.now();
    this.done = new Promise((done) => {
      this.#finish = done;
    });
  }

  get socket(): string {
    return this.#listening.path;
  }

  serve(backend: Backend, restoreConsole: () => void): (socket: Socket) => void {
    this.#backend = backend;
    const { paths } = this.#options;
    const server = new RpcServer({
      ready: {
        version: this.version,
        wire: this.#wire,
        profile: paths.profile,
        run: randomBytes(8).toString("hex"),
      },
      backend,
      process: this.#handlers(),
      log: this.#log.named("rpc"),
      guard: () => this.#guard(),
      onClients: (count) => this.#onClients(count),
    });
    this.#server = server;
    this.#take = (socket) => server.accept(socket);
    this.#undo.push(restoreConsole);
    const timer = setInterval(() => void this.#tick(), TICK_MS);
    this.#undo.push(() => clearInterval(timer));
    for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) {
      const onSignal = () => this.stop(signal);
      process.on(signal, onSignal);
      this.#undo.push(() => process.off(signal, onSignal));
    }
    if (this.#options.ownsProcess) this.#catchTheRest();
    this.#log.info(`keet-tui ${this.version} (wire ${this.#wire}), process ${process.pid}, at ${this.socket}`);
    return (socket) => this.#take(socket);
  }

  /**
   * A throw nobody caught leaves who knows what half done: close and end. A rejection nobody waited for is a
   * session that closed under a reader somewhere below; ending for it would let a peer end every room.
   */
  #catchTheRest(): void {
    const onThrow = (error: unknown) => {
      this.#log.error("not caught:", error);
      this.#exitCode = EXIT.bug;
      this.stop("a fault");
    };
    const onRejection = (error: unknown) => this.#log.error("nobody waited for this:", error);
    process.on("uncaughtException", onThrow);
    process.on("unhandledRejection", onRejection);
  }

  /** @throws where the disk does not take it */
  renew(): void {
    const { paths } = this.#options;
    writeOwner(paths.data, {
      ...this.#me,
      socket: this.socket,
      since: this.#since,
      renewedAt: new Date().toISOString(),
      version: this.version,
      wire: this.#wire,
    });
    this.#renewedAtMs = performance.now();
    this.#renewedClockMs = Date.now();
  }

  stop(reason: string): void {
    if (this.#isStopping) return;
    this.#isStopping = true;
    this.#log.info("stopping:", reason);
    void this.#close();
  }

  async #close(): Promise<void> {
    for (const undo of this.#undo.splice(0)) undo();
    // A second signal while it closes must not end it half way.
    const ignore = () => {};
    for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.on(signal, ignore);
    this.#take = (socket) => socket.destroy();
    this.#server?.close();
    this.#listening.close();
    const late = Symbol("late");
    let timer: NodeJS.Timeout | undefined;
    const limit = new Promise<typeof late>((done) => {
      timer = setTimeout(() => done(late), CLOSE_MS);
    });
    try {
      const closed = await Promise.race([this.#backend?.close(), limit]);
      if (closed === late) this.#log.warn(`closing took over ${CLOSE_MS} ms; ending without waiting for it`);
    } catch (error) {
      this.#log.error("closing failed:", error);
      this.#exitCode ||= EXIT.bug;
    }
    clearTimeout(timer);
    this.#server?.destroy();
    removeOwner(this.#options.paths.data, this.#me);
    this.#lock.release();
    this.#log.info("stopped");
    this.#log.close();
    for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.off(signal, ignore);
    this.#finish(this.#exitCode);
  }

  #handlers(): ProcessHandlers {
    return {
      status: async () => this.#status(),
      stop: async ({ force }) => {
        const open = this.#busyWith();
        if (!force && open.length > 0) {
          throw new KeetError("user", "BUSY", `The core is busy: ${open.join("; ")}`, {
            hint: "keet-tui daemon stop ends it all the same.",
            data: { open },
          });
        }
        setImmediate(() => this.stop("told to"));
        return null;
      },
      stay: async () => {
        this.#stays = true;
        return { warning: lingerWarning() };
      },
    };
  }

  #status(): StatusInfo {
    return {
      version: this.version,
      wire: this.#wire,
      profile: this.#options.paths.profile,
      pid: process.pid,
      startedAt: this.#since,
      clients: this.#server?.clients ?? 0,
      stays: this.#stays,
      open: this.#backend?.openWork() ?? [],
    };
  }

  /** What stopping would cut; the one who asks does not count. */
  #busyWith(): readonly string[] {
    const others = (this.#server?.clients ?? 0) - 1;
    const open = [...(this.#backend?.openWork() ?? [])];
    if (others > 0) open.push(others === 1 ? "another program is attached" : `${others} other programs are attached`);
    return open;
  }

  #onClients(count: number): void {
    if (count > 0) this.#hadClients = true;
    else this.#aloneSinceMs = performance.now();
  }

  async #tick(): Promise<void> {
    if (this.#isStopping) return;
    const now = performance.now();
    if (now - this.#renewedAtMs >= OWNER_RENEW_MS) this.#renewOrLeave();
    if (this.#isStopping) return;
    if (now - this.#checkedSocketAtMs >= SOCKET_CHECK_MS) {
      this.#checkedSocketAtMs = now;
      if (!this.#listening.isThere()) await this.#listenAgain();
    }
    if (this.#shouldLeave(now)) this.stop("nobody is here and nothing is open");
  }

  #shouldLeave(now: number): boolean {
    if (this.#stays || this.#isStopping || !this.#server || this.#server.clients > 0) return false;
    const { idleStopMs = IDLE_STOP_MS, openWorkMs = OPEN_WORK_MS } = this.#options;
    const alone = now - this.#aloneSinceMs;
    if (alone < (this.#hadClients ? idleStopMs : FIRST_CLIENT_MS)) return false;
    return alone >= openWorkMs || (this.#backend?.openWork().length ?? 0) === 0;
  }

  #renewOrLeave(): void {
    if (this.#hasLostStore()) return;
    try {
      this.renew();
    } catch (error) {
      this.#log.error("the owner record could not be renewed:", error);
    }
  }

  /** After its lease another machine may have taken the store: then not one block more may be written. */
  #guard(): void {
    if (Date.now() - this.#renewedClockMs <= OWNER_LEASE_MS) return;
    if (this.#hasLostStore()) throw storeLocked(readOwner(this.#options.paths.data), "elsewhere");
    this.#renewOrLeave();
  }

  #hasLostStore(): boolean {
    const owner = readOwner(this.#options.paths.data);
    if (!owner || isSameProcess(owner, this.#me)) return false;
    this.#log.error(`the store was taken over by ${owner.host} (process ${owner.pid}); leaving`);
    this.#exitCode = EXIT.storage;
    this.stop("the store belongs to another core");
    return true;
  }

  /** Its folder was removed (logout does that): make it anew, elsewhere if need be, and say where. */
  async #listenAgain(): Promise<void> {
    const { paths } = this.#options;
    this.#log.warn(`the socket at ${this.socket} is gone; making it again`);
    try {
      const { socket } = resolvePaths({ home: paths.home, profile: paths.profile });
      const next = await listen(socket, (stream) => this.#take(stream));
      if (this.#isStopping) {
        next.close();
        return;
      }
      this.#listening.close();
      this.#listening = next;
      this.renew();
    } catch (error) {
      this.#log.error("the socket could not be made again:", error);
    }
  }
}
