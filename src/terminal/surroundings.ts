// What stands between the program and the terminal somebody looks at.
import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** A terminal inside others, and nothing gets out of it but what it lets through. */
export type Multiplexer = "tmux" | "screen";

/** As tmux sees it now: who looks changes with every attach, so it is asked each time anew. */
export interface TmuxState {
  /** Somebody has the window with this program before them. */
  readonly isSeen: boolean;
  /** What is wrapped for the outer terminal gets there; `seen`: while the window is before them. */
  readonly passes: "always" | "seen" | "never";
  /** The outer terminal by its own word, such as `kitty(0.32.0)`; or its TERM; "" where tmux knows neither. */
  readonly name: string;
}

const TMUX_TIME_LIMIT_MS = 1000;
const TMUX_FORMAT = ["session_attached", "window_active", "allow-passthrough", "client_termtype", "client_termname"]
  .map((name) => `#{${name}}`)
  .join("\t");
/** Terminals that print what stands in an OSC sequence, or may. */
const WITHOUT_STRINGS = /^(linux|dumb|unknown|ansi|cons25|sun|eterm|wsvt25|vt\d)/;
/** Screen gives up on a string longer than 768 bytes, and prints the rest of it. */
const SCREEN_CHUNK_LENGTH = 240;
/** tmux has links since 3.4; before, they are swallowed and only cost their bytes. */
const TMUX_WITH_LINKS = { major: 3, minor: 4 };

export function isRemote(env: NodeJS.ProcessEnv): boolean {
  return Boolean(env.SSH_CONNECTION || env.SSH_TTY);
}

/** Whether what is no text can be written as an OSC sequence without being printed. */
export function takesStrings(env: NodeJS.ProcessEnv): boolean {
  return !WITHOUT_STRINGS.test(env.TERM ?? "");
}

/**
 * `name` is what the terminal called itself. It tells of a tmux at the near end of an SSH line, of which the
 * environment knows nothing; of a screen there only TERM does.
 */
export function multiplexerOf(env: NodeJS.ProcessEnv, name: string | null): Multiplexer | null {
  if (env.TMUX || /^tmux\b/.test(name ?? "")) return "tmux";
  if (env.STY) return "screen";
  const term = env.TERM ?? "";
  if (/^tmux/.test(term)) return "tmux";
  return /^screen/.test(term) && name === null ? "screen" : null;
}

/** Whether links are worth their bytes: those who do not know them swallow them, a few print them. */
export function takesLinks(env: NodeJS.ProcessEnv, name: string | null): boolean {
  if (!takesStrings(env)) return false;
  const multiplexer = multiplexerOf(env, name);
  if (multiplexer === null) return true;
  const version = /^tmux (\d+)\.(\d+)/.exec(name ?? "");
  if (multiplexer === "screen" || version === null) return false;
  const [major, minor] = [Number(version[1]), Number(version[2])];
  return major > TMUX_WITH_LINKS.major || (major === TMUX_WITH_LINKS.major && minor >= TMUX_WITH_LINKS.minor);
}

export function throughTmux(sequence: string): string {
  return `\x1bPtmux;${sequence.replaceAll("\x1b", "\x1b\x1b")}\x1b\\`;
}

/** `sequence` ends by BEL: the other end of a string would end the wrapping. */
export function throughScreen(sequence: string): string {
  let out = "";
  for (let at = 0; at < sequence.length; at += SCREEN_CHUNK_LENGTH) {
    out += `\x1bP${sequence.slice(at, at + SCREEN_CHUNK_LENGTH)}\x1b\\`;
  }
  return out;
}

/** Null where tmux does not answer. */
export async function askTmux(env: NodeJS.ProcessEnv): Promise<TmuxState | null> {
  const target = env.TMUX_PANE ? ["-t", env.TMUX_PANE] : [];
  try {
    const { stdout } = await promisify(execFile)("tmux", ["display-message", "-p", ...target, TMUX_FORMAT], {
      env,
      timeout: TMUX_TIME_LIMIT_MS,
    });
    return readTmuxState(stdout);
  } catch {
    return null;
  }
}

export function readTmuxState(line: string): TmuxState {
  const [attached = "", active = "", passthrough = "", type = "", term = ""] = line.replace(/\n$/, "").split("\t");
  // Before 3.3 there was no such option, and all went through.
  const passes = passthrough === "all" ? "always" : ["on", "1", ""].includes(passthrough) ? "seen" : "never";
  return { isSeen: Number(attached) > 0 && active === "1", passes, name: type || term };
}
