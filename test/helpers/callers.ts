/** People with cores of their own in one room, and their sound in processes of their own, with files for devices. */
import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Test } from "tap";
import type { CallView } from "../../src/state/call-session.js";
import type { CallChildOptions } from "./call-child.js";
import { Home, shortFolder } from "./program.js";
import { fileFfmpeg } from "./sound-card.js";

const CHILD = fileURLToPath(new URL("./call-child.js", import.meta.url));
/** On this machine alone. */
const GLOBALS = { bootstrap: ["127.0.0.1:9"], lan: true };

/** For `skip`. */
export const withoutFfmpeg = fileFfmpeg === null && "needs an ffmpeg: npm ci";

/** Somebody in a call. */
export class Caller {
  /** As they see it. */
  view: (CallView & { readonly lost: { readonly of: number; readonly lost: number } }) | null = null;
  hasEnded = false;
  readonly child: ChildProcess;

  constructor(options: CallChildOptions) {
    this.child = spawn(process.execPath, [CHILD, JSON.stringify(options)], {
      stdio: ["ignore", "pipe", "inherit"],
      env: { ...process.env, KEET_TUI_FFMPEG: fileFfmpeg!.path },
    });
    createInterface({ input: this.child.stdout! }).on("line", (line) => {
      const said = JSON.parse(line);
      if ("ended" in said) this.hasEnded = true;
      else this.view = said;
    });
  }
}

export interface Sounds {
  readonly microphone: string;
  readonly speaker: string;
  readonly lossPercent?: number;
  readonly jitterMs?: number;
}

export class Callers {
  readonly folder: string;
  readonly #t: Test;
  readonly #homes = new Map<string, Home>();
  #room = "";

  constructor(t: Test) {
    this.#t = t;
    this.folder = shortFolder(t);
  }

  /** All of them in one room, which the first one makes. */
  async meet(names: readonly string[]): Promise<void> {
    for (const name of names) this.#homes.set(name, new Home(this.#t, `${this.folder}/${name}`));
    const [first, ...others] = names as [string, ...string[]];
    this.#room = await this.run(first, "room", "create", "tea");
    const link = await this.run(first, "room", "invite", "tea", "--uses", "9");
    for (const name of others) await this.run(name, "room", "join", link);
  }

  /** What that command prints. */
  async run(name: string, ...args: string[]): Promise<string> {
    const home = this.home(name);
    const globals = ["--home", home.dir, "--bootstrap", GLOBALS.bootstrap[0]!];
    const { code, stdout, stderr } = await home.run(args, { globals });
    if (code !== 0) throw new Error(`${args.join(" ")}: exit ${code}\n${stderr}`);
    return stdout.trim();
  }

  call(name: string, { microphone, speaker, lossPercent = 0, jitterMs = 0 }: Sounds): Caller {
    const caller = new Caller({
      home: this.home(name).dir,
      globals: GLOBALS,
      room: this.#room,
      microphone,
      speaker,
      lossPercent,
      jitterMs,
      seed: name.length,
    });
    this.#t.teardown(() => void caller.child.kill("SIGKILL"));
    return caller;
  }

  home(name: string): Home {
    return this.#homes.get(name)!;
  }
}
