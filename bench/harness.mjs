// What all benchmarks share: programs in pseudo terminals, cores in throw-away profiles, figures and tables.
import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { spawn as spawnPty } from "@lydell/node-pty";
import graphemes from "@xterm/addon-unicode-graphemes";
import xterm from "@xterm/headless";
import { program } from "../src/config.js";
import { ThrowAway } from "../src/demo/throw-away.js";

export const ROOT = program().root;
export const BIN = join(ROOT, "bin/keet-tui.js");
const LEFT_OUT = /^(CI|NO_COLOR|FORCE_COLOR|NODE_OPTIONS|NODE_ENV|TMUX.*|STY|TAP.*|SSH_.*|KEET_TUI_.*)$/;

export const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
/** So that samples do not fall in step with timers of the program. */
export const jittered = (ms) => sleep(ms * (0.7 + Math.random() * 0.6));

export function percentile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

export function figures(values) {
  return { n: values.length, p50: percentile(values, 0.5), p95: percentile(values, 0.95), max: Math.max(...values) };
}

const shown = (value) => {
  if (typeof value !== "number") return String(value ?? "–");
  if (!Number.isFinite(value)) return "–";
  if (Number.isInteger(value)) return String(value);
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
};

/** `rows` are objects with the same keys; the first row is the floor that `ratioOf` is compared with. */
export function table(rows, { ratioOf, target } = {}) {
  const floor = ratioOf ? rows[0]?.[ratioOf] : undefined;
  const all = rows.map((row) =>
    ratioOf ? { ...row, "× floor": row === rows[0] ? "" : shown(row[ratioOf] / floor) } : row,
  );
  const names = [...new Set(all.flatMap((row) => Object.keys(row)))];
  const cells = [names, ...all.map((row) => names.map((name) => shown(row[name])))];
  const widths = names.map((_, at) => Math.max(...cells.map((row) => row[at].length)));
  for (const row of cells) {
    console.log(
      `  ${row.map((cell, at) => (at === 0 ? cell.padEnd(widths[at]) : cell.padStart(widths[at]))).join("  ")}`.trimEnd(),
    );
  }
  if (target) console.log(`  wanted: ${target}`);
}

export function environment(more = {}) {
  const kept = Object.entries(process.env).filter(([name]) => !LEFT_OUT.test(name));
  return { ...Object.fromEntries(kept), TERM: "xterm-256color", COLORTERM: "truecolor", LANG: "C.UTF-8", ...more };
}

/** A program in a pseudo terminal. The screen is brought up to date before anybody asks for it. */
export class Program {
  bytes = 0;
  /** When the latest bytes came. */
  lastAt = 0;
  exit = null;
  #listeners = new Set();

  constructor(command, args, { columns = 120, rows = 40, env = {} } = {}) {
    this.term = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true, scrollback: 0, logLevel: "off" });
    this.term.loadAddon(new graphemes.UnicodeGraphemesAddon());
    this.startedAt = performance.now();
    this.pty = spawnPty(command, args, {
      name: "xterm-256color",
      cols: columns,
      rows,
      cwd: tmpdir(),
      env: environment(env),
    });
    this.term.onData((data) => this.write(data));
    this.exited = new Promise((done) => {
      this.pty.onExit((exit) => {
        this.exit = exit;
        done(exit);
      });
    });
    this.pty.onData((data) => {
      this.lastAt = performance.now();
      this.bytes += Buffer.byteLength(data);
      // Not queued for a later turn: the figure is when the bytes were here.
      this.term._core.writeSync(data);
      for (const listener of [...this.#listeners]) listener(this.lastAt);
    });
  }

  get pid() {
    return this.pty.pid;
  }

  write(keys) {
    if (!this.exit) this.pty.write(keys);
  }

  text() {
    const { active } = this.term.buffer;
    return Array.from(
      { length: this.term.rows },
      (_, y) => active.getLine(active.viewportY + y)?.translateToString(true) ?? "",
    ).join("\n");
  }

  /** When what makes `holds` true had arrived. */
  until(holds, limitMs = 15_000) {
    const test = typeof holds === "function" ? holds : () => this.text().includes(holds);
    if (test()) return Promise.resolve(this.lastAt);
    return new Promise((done, failed) => {
      const listener = (at) => {
        if (!test()) return;
        settle();
        done(at);
      };
      const timer = setTimeout(() => {
        settle();
        failed(new Error(`${holds} did not come within ${limitMs} ms; the screen:\n${this.text()}`));
      }, limitMs);
      const settle = () => {
        clearTimeout(timer);
        this.#listeners.delete(listener);
      };
      this.#listeners.add(listener);
    });
  }

  /** Nothing has come for so long. */
  async quiet(ms = 150, limitMs = 5_000) {
    const end = performance.now() + limitMs;
    while (performance.now() - this.lastAt < ms && performance.now() < end) await sleep(10);
  }

  resize(columns, rows) {
    this.term.resize(columns, rows);
    this.pty.resize(columns, rows);
  }

  /** One key and what it brings: until its first byte, and all bytes until the next one. */
  key(key, gapMs) {
    return this.during(() => this.write(key), gapMs);
  }

  async during(work, gapMs) {
    const before = this.bytes;
    let firstAt = null;
    const listener = (at) => {
      firstAt ??= at;
    };
    this.#listeners.add(listener);
    const begin = performance.now();
    work();
    await jittered(gapMs);
    this.#listeners.delete(listener);
    return { ms: firstAt === null ? Number.NaN : firstAt - begin, bytes: this.bytes - before };
  }

  async type(text, gapMs = 12) {
    for (const char of text) {
      this.write(char);
      await sleep(gapMs);
    }
  }

  async kill() {
    if (!this.exit) this.pty.kill("SIGKILL");
    await this.exited;
  }
}

/** Key → byte and bytes a key, with the line kept short. */
export async function typeKeys(running, { keys = 150, gapMs = 45 } = {}) {
  const letters = "the quick brown fox jumps over it ";
  const samples = [];
  const cpuBefore = cpuMs(running.pid);
  for (let at = 0; at < keys; at += 1) {
    samples.push(await running.key(letters[at % letters.length], gapMs));
    if (at % letters.length !== letters.length - 1) continue;
    running.write("\x15");
    await jittered(gapMs * 2);
  }
  const times = samples.map(({ ms }) => ms).filter(Number.isFinite);
  const { p50, p95 } = figures(times);
  const p99 = percentile(times, 0.99);
  const bytes = samples.map((sample) => sample.bytes);
  return {
    "p50 ms": p50,
    "p95 ms": p95,
    "p99 ms": p99,
    "bytes p50": percentile(bytes, 0.5),
    "bytes mean": bytes.reduce((sum, value) => sum + value, 0) / keys,
    "CPU ms": (cpuMs(running.pid) - cpuBefore) / keys,
    "RSS MB": rssMb(running.pid),
  };
}

export function rssMb(pid) {
  try {
    return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1024;
  } catch {
    return Number.NaN;
  }
}

/** Of all its threads, since it began. */
export function cpuMs(pid) {
  try {
    return readdirSync(`/proc/${pid}/task`).reduce((sum, thread) => {
      const [spent = "0"] = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "utf8").split(" ");
      return sum + Number(spent) / 1e6;
    }, 0);
  } catch {
    return Number.NaN;
  }
}

/** Collects what is to be closed, and closes it whatever happens, last one first. */
export async function scope(work) {
  const closing = [];
  const keep = (what) => {
    closing.push(what);
    return what;
  };
  try {
    return await work(keep);
  } finally {
    for (const what of closing.reverse()) await (what.close ? what.close() : what.kill());
  }
}

/** A program that says where it is on its first line. */
export async function startHelper(command, args) {
  const child = spawn(command, args, { stdio: ["pipe", "pipe", "ignore"], env: environment() });
  const lines = [];
  const waiting = [];
  let rest = "";
  child.stdout.setEncoding("utf8").on("data", (text) => {
    const at = performance.now();
    const parts = (rest + text).split("\n");
    rest = parts.pop();
    for (const line of parts) {
      const next = waiting.shift();
      if (next) next({ line, at });
      else lines.push({ line, at });
    }
  });
  const exited = new Promise((done) => child.once("exit", done));
  return {
    pid: child.pid,
    next: () => (lines.length > 0 ? Promise.resolve(lines.shift()) : new Promise((done) => waiting.push(done))),
    say: (line) => child.stdin.write(`${line}\n`),
    close: async () => {
      child.kill();
      await exited;
    },
  };
}

/** A DHT node on loopback: where everybody of a benchmark starts from. */
export async function startDht() {
  const helper = await startHelper(process.execPath, [BIN, "dht", "--port", "0"]);
  const { line } = await helper.next();
  return { ...helper, bootstrap: line };
}

/** A core of its own in a profile that goes with it; `lan` or a `bootstrap` says how it finds others. */
export async function startPerson(name, { bootstrap = null, lan = false } = {}) {
  const profile = await ThrowAway.start({ name, bootstrap: bootstrap ? [bootstrap] : ["127.0.0.1:9"], lan });
  const client = await profile.connect();
  await client.attach();
  return {
    name,
    profile,
    client,
    home: profile.home,
    close: async () => {
      client.close();
      await profile.close();
    },
  };
}

/** Two people in one room, both knowing it. */
export async function startPair(keep, dht, roomName = "tea") {
  const options = { bootstrap: dht.bootstrap };
  const [alice, bob] = await Promise.all([startPerson("alice", options), startPerson("bob", options)]);
  keep(alice);
  keep(bob);
  const { id: room } = await alice.client.request("room.create", { name: roomName });
  const { link } = await alice.client.request("room.invite", { room, uses: 100 });
  await bob.client.request("room.join", { invite: link });
  return { alice, bob, room, link };
}

export function openScreen(person, size = {}) {
  return new Program(process.execPath, [BIN, "--home", person.home], size);
}

export function temporaryFolder() {
  const folder = mkdtempSync(join(tmpdir(), "keet-tui-bench-"));
  return { folder, close: () => rmSync(folder, { recursive: true, force: true }) };
}
