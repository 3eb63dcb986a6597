/** A shell in a terminal, as somebody types to it. */
import type { Test } from "tap";
import { openPty, type Pty } from "./pty.js";

export type Typed = (keys: string, line: string) => Promise<void>;

export interface ShellOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  readonly columns?: number;
  readonly rows?: number;
}

export const STARTS: Readonly<Record<"bash" | "zsh" | "fish", readonly string[]>> = {
  bash: ["--norc", "--noprofile", "-i"],
  zsh: ["-f", "-i"],
  fish: ["--no-config", "-i"],
};

/** Ready, with `> ` for a prompt and what `start` did done. */
export async function openShell(
  t: Pick<Test, "teardown">,
  shell: keyof typeof STARTS,
  start: string,
  { env, cwd, columns = 100, rows = 24 }: ShellOptions,
): Promise<Pty> {
  const pty = openPty(shell, STARTS[shell], { cwd, columns, rows, env: { ...env, ZDOTDIR: env.HOME } });
  t.teardown(() => pty.kill());
  const prompt = shell === "fish" ? "function fish_prompt; printf '> '; end" : "PS1='> '";
  // In two parts, so that the line that is typed does not look like what it prints.
  pty.write(`${start}; ${prompt}; printf '%s%s\\n' rea dy\r`);
  await pty.waitFor(/^ready/m);
  await pty.waitFor((screen) => screen.text().some((row) => row.trimEnd() === ">"));
  return pty;
}

/** Types keys, and waits until they have become that line. */
export function typist(t: Test, pty: Pty): Typed {
  return async (keys, line) => {
    pty.write(keys);
    // zsh leaves two spaces where something follows.
    await pty.waitFor((screen) => screen.text().some((row) => row.trimEnd().replace(/ +/g, " ") === `> ${line}`));
    t.pass(line);
  };
}
