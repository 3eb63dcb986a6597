/** What every one-shot command shares: the core it talks to, who it is, and what it says when it leaves. */
import { userInfo } from "node:os";
import type { Paths } from "../config.js";
import { ensureCore } from "../daemon/ensure.js";
import { KeetError } from "../errors.js";
import type { RpcClient } from "../rpc/client.js";
import { ignoredOptions } from "./core-options.js";
import type { Globals } from "./define.js";
import { talk } from "./output.js";

export class OneShot {
  readonly globals: Globals;
  readonly paths: Paths;
  #client: RpcClient | null = null;
  /** Once a command: a core that is asked again after a restart was started by this one. */
  #hasSaid = false;

  constructor(globals: Globals, paths: Paths) {
    this.globals = globals;
    this.paths = paths;
  }

  /** This program with the options that reach the same profile, for a hint somebody can paste. */
  commandLine(rest: string): string {
    return commandLine(this.globals, rest);
  }

  /** The core, started if need be. Asked again after it went, it is a new one. */
  async core(): Promise<RpcClient> {
    if (this.#client?.isOpen) return this.#client;
    const { globals, paths } = this;
    this.#client = await ensureCore({
      paths,
      bootstrap: globals.bootstrap,
      lan: globals.lan,
      ...(globals.logLevel ? { logLevel: globals.logLevel } : {}),
      talk,
    });
    const ignored = this.#hasSaid ? null : ignoredOptions(paths, globals, (rest) => this.commandLine(rest));
    if (ignored) talk(ignored);
    this.#hasSaid = true;
    return this.#client;
  }

  /** The core, and somebody to be there: a profile without identity gets one of the login name. */
  async person(): Promise<RpcClient> {
    const core = await this.core();
    if ((await core.request("identity.show", {})) !== null) return core;
    const name = loginName();
    try {
      await core.request("identity.create", { name });
    } catch (error) {
      // Two at the same moment: the other one has made it.
      if ((await core.request("identity.show", {})) === null) throw error;
      return core;
    }
    talk(
      `This profile was new: it is called "${name}" now. ${this.commandLine("identity words")} shows its recovery words, ` +
        "identity rename changes the name.",
    );
    return core;
  }

  /** Where this was the last client and the core stays for something open: what, how long, and how to keep it. */
  async sayWhatIsOpen(): Promise<void> {
    const core = this.#client;
    if (!core?.isOpen) return;
    const status = await core.request("status", {}, { timeoutMs: 2_000 }).catch(() => null);
    if (!status || status.stays || status.clients > 1 || status.open.length === 0) return;
    talk(
      `${status.open.join("; ")}; this core stays up to 10 minutes for it. To keep it: ${this.commandLine("daemon --detach")}`,
    );
  }

  close(): void {
    this.#client?.close();
  }
}

export function commandLine(globals: Globals, rest: string): string {
  const home = globals.home === null ? "" : ` --home ${shellWord(globals.home)}`;
  const profile = globals.profile === null ? "" : ` --profile ${shellWord(globals.profile)}`;
  return `keet-tui${home}${profile} ${rest}`;
}

export function loginName(): string {
  try {
    return userInfo().username || "me";
  } catch {
    return "me";
  }
}

export function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

export function needTerminal(what: string): KeetError {
  return new KeetError("user", "USAGE", what);
}
