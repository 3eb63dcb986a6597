// People in a call: each a core in a process, a front end in another one, and the ffmpegs of that.
import { fork, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { resolvePaths } from "../src/config.js";
import { startCore } from "../src/daemon/core.js";
import { Roads } from "../src/p2p/files/roads.js";
import { connect } from "../src/rpc/client.js";
import { BIN, cpuMs, environment, sleep } from "./harness.mjs";

const MEET_MS = 60_000;
/** As every core of the program is started. */
const HEAP = ["--max-semi-space-size=8"];

/** As `startPerson` of the harness, but that no road for files leads to them or from them. */
export async function startBarred(name, { bootstrap }) {
  const home = mkdtempSync(join(tmpdir(), "keet-tui-bench-"));
  const child = fork(fileURLToPath(import.meta.url), ["--barred", JSON.stringify({ home, bootstrap })], {
    execArgv: HEAP,
  });
  const exited = once(child, "exit");
  const [{ socket }] = await once(child, "message");
  const client = await connect(socket);
  await client.attach();
  await client.request("identity.create", { name });
  await client.request("identity.wordsSeen", {});
  return {
    name,
    profile: { pid: child.pid, home },
    client,
    home,
    close: async () => {
      client.close();
      child.disconnect();
      await exited;
      rmSync(home, { recursive: true, force: true });
    },
  };
}

async function beBarred({ home, bootstrap }) {
  Roads.prototype.take = async () => {
    throw new Error("barred");
  };
  const core = await startCore({
    paths: resolvePaths({ home, profile: "default" }),
    bootstrap: [bootstrap],
    lan: false,
    stays: true,
    ownsProcess: true,
    openBackend: async (backend) => (await import("../src/daemon/backend.js")).openBackend(backend),
  });
  process.on("disconnect", () => core.stop("the benchmark is over"));
  process.send({ socket: core.socket });
  process.exit(await core.done);
}

/** In the room's call by the program's own command, as a script would be. */
export class Caller {
  view = null;
  #said = "";
  #child;
  #exited;

  constructor(person, { room, microphone, speaker, frameMs = 20, isMuted = false, env = {} }) {
    this.person = person;
    const args = [
      BIN,
      "--home",
      person.home,
      "--json",
      "call",
      "join",
      room,
      "--mic",
      microphone,
      "--speaker",
      speaker,
    ];
    this.#child = spawn(process.execPath, [...args, "--frame-ms", String(frameMs), ...(isMuted ? ["--muted"] : [])], {
      env: environment(env),
      stdio: ["ignore", "pipe", "pipe"],
    });
    createInterface({ input: this.#child.stdout }).on("line", (line) => {
      this.view = JSON.parse(line);
    });
    this.#child.stderr.on("data", (bytes) => {
      this.#said += bytes;
    });
    this.#exited = once(this.#child, "exit");
  }

  get pid() {
    return this.#child.pid;
  }

  async meets(others) {
    for (const end = performance.now() + MEET_MS; this.view?.people.length !== others; await sleep(50)) {
      if (performance.now() < end && this.#child.exitCode === null) continue;
      throw new Error(`${this.person.name} is not in the call with ${others} others: ${this.#said}`);
    }
  }

  /** Of the sound of the one other: packets that came too late, frames that had to be guessed, since it began. */
  counts() {
    const { late, guessed } = this.view.people[0];
    return { late, guessed };
  }

  /** What the screen would say of the other one. */
  get delayMs() {
    return this.view.people[0]?.delayMs ?? Number.NaN;
  }

  async close() {
    this.#child.kill();
    await this.#exited;
  }
}

/** All of them in one room of the first one's. */
export async function inRoom(keep, start, names, dht) {
  const people = [];
  for (const name of names) people.push(keep(await start(name, { bootstrap: dht.bootstrap })));
  const [{ client }, ...others] = people;
  const { id: room } = await client.request("room.create", { name: "tea" });
  const { link } = await client.request("room.invite", { room, uses: 100 });
  for (const other of others) await other.client.request("room.join", { invite: link });
  return { people, alice: people[0], bob: people[1], room };
}

/** What processes of people use from now on: the front end's with all it started, and the core's. */
export class Costs {
  #callers;
  #before;
  #began = performance.now();

  constructor(callers) {
    this.#callers = callers;
    this.#before = callers.map(spent);
  }

  /** Percent of one core, by person. */
  parts() {
    const ms = performance.now() - this.#began;
    const share = (now, before) => (100 * (now - before)) / ms;
    return this.#callers.map((caller, at) => {
      const now = spent(caller);
      const before = this.#before[at];
      return { front: share(now.front, before.front), core: share(now.core, before.core) };
    });
  }

  percent(at) {
    const part = this.parts()[at];
    return part ? part.front + part.core : null;
  }
}

function spent({ pid, person }) {
  return { front: cpuWithChildren(pid), core: cpuWithChildren(person.profile.pid) };
}

/** ms of processor, of a process and of all that it started. */
function cpuWithChildren(pid) {
  return [pid, ...descendants(pid)].reduce((sum, one) => sum + (cpuMs(one) || 0), 0);
}

function descendants(pid) {
  try {
    const children = readdirSync(`/proc/${pid}/task`).flatMap((task) =>
      readFileSync(`/proc/${pid}/task/${task}/children`, "utf8").split(" ").filter(Boolean).map(Number),
    );
    return children.flatMap((child) => [child, ...descendants(child)]);
  } catch {
    return [];
  }
}

if (process.argv[2] === "--barred") await beBarred(JSON.parse(process.argv[3]));
