// A real tmux of a test's own, and a terminal around it.
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Test } from "tap";
import { shortFolder } from "./program.js";
import { openPty, type Pty, type PtyOptions } from "./pty.js";

/** Why a test with tmux is not run here, if so. */
export const NO_TMUX = {
  skip:
    process.platform !== "linux"
      ? "needs /proc"
      : spawnSync("tmux", ["-V"]).status !== 0 && "needs tmux: apt-get install tmux",
};

/** A tmux server with a socket and a configuration of its own. */
export class Tmux {
  readonly socket: string;
  readonly #config: string;
  readonly #t: Test;

  constructor(t: Test, config: readonly string[]) {
    const folder = shortFolder(t);
    this.#t = t;
    this.socket = join(folder, "tmux");
    this.#config = join(folder, "tmux.conf");
    writeFileSync(this.#config, `${["set -g default-shell /bin/sh", "set -s escape-time 20", ...config].join("\n")}\n`);
    t.teardown(() => void spawnSync("tmux", ["-S", this.socket, "kill-server"]));
  }

  /** A terminal in which tmux runs. */
  open(args: readonly string[], options: PtyOptions = {}): Pty {
    const pty = openPty("tmux", ["-u", "-S", this.socket, "-f", this.#config, ...args], options);
    this.#t.teardown(() => pty.kill());
    return pty;
  }

  /** "" where there is no server yet. */
  ask(...args: string[]): string {
    return spawnSync("tmux", ["-S", this.socket, ...args], { encoding: "utf8" }).stdout.trimEnd();
  }

  show(format: string): string {
    return this.ask("display-message", "-p", "-t", "talk:0", format);
  }
}
