import { execFile, execFileSync, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";
import type { Test } from "tap";
import { until } from "./rooms.js";

const run = promisify(execFile);

/**
 * A named pipe with somebody who waits to write a word into it. Whoever opens the pipe, if only for a moment, lets the
 * writer go on, and the word is gone. `read` gives it, or rejects.
 */
export async function pipeWithWord(t: Test, path: string): Promise<{ read(): Promise<string> }> {
  execFileSync("mkfifo", [path]);
  const writer = spawn("sh", ["-c", 'echo word > "$0"', path], { stdio: "ignore" });
  t.teardown(() => writer.kill());
  // It sleeps nowhere else.
  await until(() => /\) S /.test(readFileSync(`/proc/${writer.pid}/stat`, "utf8")));
  return { read: async () => (await run("timeout", ["10", "cat", path])).stdout.trim() };
}
