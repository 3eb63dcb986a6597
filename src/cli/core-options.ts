/**
 * How the core that runs looks for people. Options count for the core that is started with them; one that runs
 * already has others, and whoever gives different ones is to hear that they have no effect.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Paths, replaceFile } from "../config.js";
import { isSameProcess, type ProcessName, readOwner, thisProcess } from "../daemon/owner.js";
import type { Globals } from "./define.js";

const FILE = "core-options.json";

interface CoreOptions {
  readonly process: ProcessName;
  readonly bootstrap: readonly string[] | null;
  readonly lan: boolean;
}

/** Called in the process of the core, once the profile is its own. */
export function keepCoreOptions(paths: Paths, { bootstrap, lan }: Globals): void {
  const kept: CoreOptions = { process: thisProcess(), bootstrap, lan };
  try {
    replaceFile(join(paths.data, FILE), `${JSON.stringify(kept)}\n`);
  } catch {
    // Then nobody is told; a disk that takes nothing is said elsewhere, by what depends on it.
  }
}

/** One line on what was asked for and has no effect; null where it is as asked, or nothing was, or nobody knows. */
export function ignoredOptions(paths: Paths, asked: Globals, commandLine: (rest: string) => string): string | null {
  if (asked.bootstrap === null && asked.lan) return null;
  const running = optionsOfRunning(paths);
  if (running === null) return null;
  const ignored: string[] = [];
  if (asked.bootstrap !== null && !isSame(asked.bootstrap, running.bootstrap)) ignored.push("--bootstrap");
  if (!asked.lan && running.lan) ignored.push("--no-lan");
  if (ignored.length === 0) return null;
  const verb = ignored.length === 1 ? "has" : "have";
  return (
    `The core runs already, and was started otherwise: ${ignored.join(" and ")} ${verb} no effect. ` +
    `To use ${ignored.length === 1 ? "it" : "them"}: ${commandLine("daemon stop")}, then this again.`
  );
}

function optionsOfRunning({ data }: Paths): CoreOptions | null {
  try {
    const kept: CoreOptions = JSON.parse(readFileSync(join(data, FILE), "utf8"));
    const owner = readOwner(data);
    return owner && isSameProcess(owner, kept.process) ? kept : null;
  } catch {
    return null;
  }
}

/** In any order: a node is asked or is not. */
function isSame(one: readonly string[], other: readonly string[] | null): boolean {
  return other !== null && [...one].sort().join() === [...other].sort().join();
}
