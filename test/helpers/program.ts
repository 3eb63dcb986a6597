/** The program as people start it: `bin/keet-tui.js` in a process of its own, in a home of its own. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { program } from "../../src/config.js";
import { isAlive, type Owner, readOwner } from "../../src/daemon/owner.js";

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly ms: number;
}

export interface RunOptions {
  readonly input?: string | Uint8Array;
  /** Added to, or in place of, the clean environment. */
  readonly env?: NodeJS.ProcessEnv;
  /** In place of `--home <dir>` and OFFLINE. */
  readonly globals?: readonly string[];
  /** A command that runs the program, in a network of its own for example. */
  readonly within?: readonly string[];
  readonly timeoutMs?: number;
}

export interface Started {
  readonly child: ChildProcess;
  readonly done: Promise<Outcome>;
  stdout(): string;
  stderr(): string;
}

interface Teardown {
  teardown(work: () => void | Promise<void>): void;
}

/** Nobody is found and nobody asked, on this network or on the internet. */
export const OFFLINE = ["--no-lan", "--bootstrap", "127.0.0.1:9"] as const;

export const BIN = join(program().root, "bin/keet-tui.js");

const RUN_MS = 30_000;

export class Home {
  readonly dir: string;
  readonly #pids = new Set<number>();
  readonly #children = new Set<ChildProcess>();

  /** Ends, when the test does, every process it started: by number, never by name. */
  constructor(t: Teardown, dir: string) {
    this.dir = dir;
    t.teardown(() => this.close());
  }

  env(more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
    return { PATH: process.env.PATH, HOME: this.dir, TERM: "xterm-256color", ...more };
  }

  start(args: readonly string[], options: RunOptions = {}): Started {
    const { input, env, globals = ["--home", this.dir, ...OFFLINE], timeoutMs = RUN_MS, within = [] } = options;
    const begin = performance.now();
    // By env(1): the runner puts NODE_OPTIONS of its own into every child that it sees being started.
    const variables = Object.entries(this.env(env)).map(([name, value]) => `${name}=${value}`);
    const program = [process.execPath, BIN, ...globals, ...args];
    const [command, ...words] = [...within, "env", "-i", ...variables, ...program] as [string, ...string[]];
    const child = spawn(command, words, {
      stdio: [input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
    });
    this.#children.add(child);
    let stdout = "";
    let stderr = "";
    child.stdout?.setEncoding("utf8").on("data", (text) => {
      stdout += text;
    });
    child.stderr?.setEncoding("utf8").on("data", (text) => {
      stderr += text;
    });
    child.stdin?.on("error", () => {});
    if (input !== undefined) child.stdin?.end(input);
    const timer = setTimeout(() => child.kill("SIGKILL"), timeoutMs);
    const done = new Promise<Outcome>((settle) => {
      child.on("close", (code) => {
        clearTimeout(timer);
        this.#children.delete(child);
        this.owners();
        settle({ code, stdout, stderr, ms: performance.now() - begin });
      });
    });
    return { child, done, stdout: () => stdout, stderr: () => stderr };
  }

  run(args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
    return this.start(args, options).done;
  }

  /** As `run`, and what it printed parsed. Throws where it failed. */
  async json(args: readonly string[], options: RunOptions = {}) {
    const outcome = await this.run([...args, "--json"], options);
    if (outcome.code !== 0) throw new Error(`${args.join(" ")}: exit ${outcome.code}\n${outcome.stderr}`);
    return JSON.parse(outcome.stdout);
  }

  /** The records of this home's profiles. */
  owners(): Owner[] {
    const found: Owner[] = [];
    for (const data of [join(this.dir, "data"), join(this.dir, ".local/share/keet-tui")]) {
      let profiles: string[] = [];
      try {
        profiles = readdirSync(data);
      } catch {
        continue;
      }
      for (const profile of profiles) {
        const owner = readOwner(join(data, profile));
        if (owner) found.push(owner);
      }
    }
    const here = found.filter((owner) => owner.host === hostname() && owner.pid !== process.pid);
    for (const owner of here) if (isAlive(owner)) this.#pids.add(owner.pid);
    return found;
  }

  /** Every core seen so far that still lives. */
  cores(): number[] {
    this.owners();
    return [...this.#pids].filter((pid) => isRunning(pid));
  }

  async close(): Promise<void> {
    for (const child of this.#children) child.kill("SIGKILL");
    const pids = this.cores();
    for (const pid of pids) signal(pid, "SIGCONT");
    for (const pid of pids) signal(pid, "SIGTERM");
    await until(() => !pids.some(isRunning), 3_000).catch(() => {});
    for (const pid of pids) if (isRunning(pid)) signal(pid, "SIGKILL");
    await until(() => !pids.some(isRunning), 3_000);
    // A killed core leaves its socket, which may lie outside of the home.
    for (const { host, socket } of this.owners()) if (host === hostname()) rmSync(socket, { force: true });
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has gone by itself.
  }
}

export function isRunning(pid: number): boolean {
  return isAlive({ host: "", boot: "", pid, start: "" });
}

/** A folder whose path leaves room for a socket's name, which those of the runner do not. */
export function shortFolder(t: Teardown): string {
  const dir = mkdtempSync(join(tmpdir(), "keet-tui-test-"));
  t.teardown(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

/** Waits for a condition; the error names how long. */
export async function until(holds: () => boolean | Promise<boolean>, withinMs = 10_000): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`it did not come true within ${withinMs} ms`);
    await new Promise((done) => setTimeout(done, 20));
  }
}
