// A file of this person's handed to whatever their system opens it with: by a process of its own, without a shell.
import { spawn } from "node:child_process";
import { KeetError } from "../errors.js";
import { safeLine } from "../safe-text.js";

/** Whoever has not failed by then has begun. */
const BEGUN_MS = 1_500;
const OPENERS: Readonly<Partial<Record<NodeJS.Platform, string>>> = { darwin: "open", win32: "explorer.exe" };

export interface OpenerOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly platform?: NodeJS.Platform;
}

/** `path` is absolute, so it is never taken for an option. @throws NO_OPENER, with the path */
export async function openPath(path: string, options: OpenerOptions = {}): Promise<void> {
  const { env = process.env, platform = process.platform } = options;
  // `start` of Windows is a word of its shell, to which a name could say more than itself; Explorer takes the path alone.
  const opener = OPENERS[platform] ?? "xdg-open";
  const child = spawn(opener, [path], { detached: true, stdio: "ignore", env, shell: false });
  const ended = Promise.withResolvers<string | null>();
  const timer = setTimeout(() => ended.resolve(null), BEGUN_MS);
  child.once("error", () => ended.resolve(`${opener} is not there`));
  // Explorer says 1 whatever became of it.
  child.once("exit", (code) => ended.resolve(code === 0 || platform === "win32" ? null : `${opener} found no program`));
  const why = await ended.promise;
  clearTimeout(timer);
  child.unref();
  if (why === null) return;
  throw new KeetError("user", "NO_OPENER", `It was not opened: ${why}`, { hint: `It is ${safeLine(path)}` });
}
