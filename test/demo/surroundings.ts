// A place for temporary homes of a test's own, and who lives there.
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { Test } from "tap";
import { Home, shortFolder, until } from "../helpers/program.js";

/** Found by the beacon; nobody is asked on the internet. */
export const NEARBY = ["--bootstrap", "127.0.0.1:9"] as const;

export interface Living {
  readonly pid: number;
  readonly args: readonly string[];
}

/** Processes with this folder for temporary files, oldest first. Their environment tells, so children count too. */
export function livingIn(folder: string): Living[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const variables = readFileSync(`/proc/${name}/environ`, "utf8").split("\0");
        if (!variables.includes(`TMPDIR=${folder}`)) return [];
        const args = readFileSync(`/proc/${name}/cmdline`, "utf8").split("\0");
        return [{ pid: Number(name), args }];
      } catch {
        return [];
      }
    })
    .filter(({ args }) => args.length > 1)
    .sort((a, b) => a.pid - b.pid);
}

export const isFriend = ({ args }: Living) => args.includes("friend");
export const isInside = ({ args }: Living) => args.includes("--internal");

/** `env`: for a program that is to put its temporary homes into `folder`. */
export function temporaryFolder(t: Test) {
  const folder = join(shortFolder(t), "t");
  mkdirSync(folder);
  t.teardown(() => {
    for (const { pid } of livingIn(folder)) process.kill(pid, "SIGKILL");
  });
  const homes = () => readdirSync(folder).filter((name) => name.startsWith("keet-tui"));
  const left = () => ({ homes: homes(), processes: livingIn(folder).map(({ args }) => args.join(" ")) });
  /** Nothing of the demo is there any more, within the time a core takes to close. */
  const empty = async () => {
    await until(() => left().homes.length === 0 && left().processes.length === 0, 8_000).catch(() => {});
    t.same(left(), { homes: [], processes: [] }, "nothing is left behind");
  };
  const home = new Home(t, dirname(folder));
  const env = { TMPDIR: folder };
  return {
    folder,
    env,
    home,
    homes,
    left,
    empty,
    start: (args: readonly string[]) => home.start(args, { env, globals: [] }),
  };
}

/** The program's own Node: on an older one the program starts itself again, and hands on no descriptor but three. */
export function programNode(): string {
  if (Number(process.versions.node.split(".")[0]) >= 22) return process.execPath;
  const require = createRequire(import.meta.url);
  const path = join(dirname(require.resolve(`node-${process.platform}-${process.arch}/package.json`)), "bin/node");
  if (!existsSync(path)) throw new Error(`no Node 22 or newer at ${path}`);
  return path;
}
