import { closeSync, writeSync } from "node:fs";
import { startCore } from "../daemon/core.js";
import { ensureCore, findCore, STARTUP_FD, type Startup } from "../daemon/ensure.js";
import { readOwner } from "../daemon/owner.js";
import { EXIT, KeetError } from "../errors.js";
import { errorData } from "../rpc/server.js";
import { ignoredOptions, keepCoreOptions } from "./core-options.js";
import { defineCliCommand } from "./define.js";
import type { OneShot } from "./one-shot.js";
import { printError, printJson, printTable, talk } from "./output.js";

const STOP_WAIT_MS = 10_000;

export const daemon = defineCliCommand({
  path: ["daemon"],
  summary: "Run the core until it is told to stop",
  details: "The core owns the rooms and talks to people; screens and commands attach to it.",
  options: {
    detach: { type: "flag", describe: "In the background; one that runs already is told to stay" },
    stay: { type: "flag", describe: "Stay after the last client leaves", hidden: true },
    internal: { type: "flag", describe: "Started by another keet-tui", hidden: true },
  },
  examples: [
    ["keet-tui daemon", "in this terminal, until Ctrl-C"],
    ["keet-tui daemon --detach", "in the background"],
  ],
  async run(shot, args) {
    if (args.flag("internal")) return runInternal(shot, args.flag("stay"));
    if (args.flag("detach")) return detach(shot);
    const core = await start(shot, true);
    talk(`The core of profile ${shot.paths.profile} runs (process ${process.pid}). Ctrl-C stops it.`);
    return core.done;
  },
});

function start(shot: OneShot, stays: boolean) {
  const { globals, paths } = shot;
  return startCore({
    paths,
    bootstrap: globals.bootstrap ? [...globals.bootstrap] : null,
    lan: globals.lan,
    stays,
    ownsProcess: true,
    ...(globals.logLevel ? { logLevel: globals.logLevel } : {}),
    // Loaded once the profile is ours: all of p2p and the native modules come with it.
    openBackend: async (options) => {
      keepCoreOptions(paths, globals);
      return (await import("../daemon/backend.js")).openBackend(options);
    },
  });
}

/** Says once, to whoever started it, how it went. Its words are not printed: nobody reads them. */
async function runInternal(shot: OneShot, stays: boolean): Promise<number> {
  const report = (startup: Startup) => {
    try {
      writeSync(STARTUP_FD, JSON.stringify(startup));
      closeSync(STARTUP_FD);
    } catch {
      // Whoever started it has gone meanwhile; those who come later find the socket.
    }
  };
  try {
    const core = await start(shot, stays);
    report({ ok: true, socket: core.socket, pid: process.pid });
    return await core.done;
  } catch (error) {
    report({ ok: false, error: errorData(error) });
    throw error;
  }
}

async function detach(shot: OneShot): Promise<number> {
  const { globals, paths } = shot;
  const core = await ensureCore({
    paths,
    bootstrap: globals.bootstrap,
    lan: globals.lan,
    stays: true,
    ...(globals.logLevel ? { logLevel: globals.logLevel } : {}),
    talk,
  });
  const ignored = ignoredOptions(paths, globals, (rest) => shot.commandLine(rest));
  if (ignored) talk(ignored);
  const { warning } = await core.request("stay", {});
  const status = await core.request("status", {});
  core.close();
  if (globals.json) printJson(status);
  else
    talk(
      `The core of profile ${status.profile} runs (process ${status.pid}) and stays until: ${shot.commandLine("daemon stop")}`,
    );
  if (warning) talk(warning);
  return 0;
}

export const daemonStop = defineCliCommand({
  path: ["daemon", "stop"],
  summary: "Stop the core of this profile",
  examples: [["keet-tui daemon stop", "closes everything; nothing is lost"]],
  async run(shot) {
    const core = await findCore(shot.paths);
    if (!core) {
      talk("No core runs for this profile.");
      return 0;
    }
    const gone = new Promise<void>((done) => core.onClose(() => done()));
    await core.request("stop", { force: true }, { timeoutMs: STOP_WAIT_MS });
    await gone;
    // The record goes last, when the store is closed.
    const deadline = performance.now() + STOP_WAIT_MS;
    while (readOwner(shot.paths.data) !== null && performance.now() < deadline) {
      await new Promise((done) => setTimeout(done, 20));
    }
    talk("The core has stopped.");
    return 0;
  },
});

export const daemonStatus = defineCliCommand({
  path: ["daemon", "status"],
  summary: "What runs for this profile; exit 4 where nothing does",
  examples: [["keet-tui daemon status --json", "version, process, what is open"]],
  async run(shot) {
    const core = await findCore(shot.paths);
    if (!core) {
      printError(new KeetError("user", "NO_CORE", "No core runs for this profile"), shot.globals.json);
      return EXIT.notFound;
    }
    const status = await core.request("status", {});
    core.close();
    // This command itself is no client worth counting.
    const clients = Math.max(0, status.clients - 1);
    if (shot.globals.json) printJson({ ...status, clients });
    else {
      await printTable([
        ["version", `${status.version} (wire ${status.wire})`],
        ["profile", status.profile],
        ["process", String(status.pid)],
        ["since", status.startedAt],
        ["clients", String(clients)],
        ["stays", status.stays ? "until stopped" : "until the last client leaves"],
        ...status.open.map((sentence) => ["open", sentence]),
      ]);
    }
    return 0;
  },
});
