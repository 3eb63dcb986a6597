/** What a report of a fault says of the terminal: what it was found to be, and what made it so. */
import type { Fact } from "../state/model.js";
import type { Capabilities } from "../terminal/capabilities.js";
import { isRemote, multiplexerOf } from "../terminal/surroundings.js";

export interface TerminalLook {
  readonly env: NodeJS.ProcessEnv;
  /** Null while it was not asked yet. */
  readonly found: Capabilities | null;
  readonly size: { readonly columns: number; readonly rows: number };
  readonly depth: number;
  readonly hasColor: boolean;
  readonly hasLinks: boolean;
}

export function terminalFacts({ env, found, size, depth, hasColor, hasLinks }: TerminalLook): Fact[] {
  const { TERM, COLORTERM, TERM_PROGRAM, TERM_PROGRAM_VERSION, LC_ALL, LC_CTYPE, LANG } = env;
  const multiplexer = multiplexerOf(env, found?.name ?? null);
  const between = [isRemote(env) ? "ssh" : null, multiplexer].filter((one) => one !== null);
  const colors = hasColor ? `${2 ** depth}` : "none";
  return [
    { what: "terminal", value: `${found?.name ?? "no name"}, ${size.columns}x${size.rows}, ${answerOf(found)}` },
    { what: "TERM", value: named({ TERM, COLORTERM, TERM_PROGRAM, TERM_PROGRAM_VERSION }) },
    { what: "locale", value: LC_ALL || LC_CTYPE || LANG || "none" },
    { what: "between", value: between.length === 0 ? "nothing" : between.join(", ") },
    { what: "colours", value: `${colors}, background: ${backgroundOf(found)}` },
    { what: "keys", value: found?.kittyFlags == null ? "as ever" : `kitty protocol, flags were ${found.kittyFlags}` },
    { what: "frames", value: `${found?.hasSynchronizedOutput ? "marked" : "not marked"}, links: ${yesOrNo(hasLinks)}` },
  ];
}

function answerOf(found: Capabilities | null): string {
  if (!found) return "not asked yet";
  return found.hasAnswered ? "answered" : "did not answer";
}

function backgroundOf(found: Capabilities | null): string {
  const colour = found?.background;
  return colour ? `${colour.red},${colour.green},${colour.blue}` : "not known";
}

function yesOrNo(is: boolean): string {
  return is ? "yes" : "no";
}

function named(variables: Readonly<Record<string, string | undefined>>): string {
  const set = Object.entries(variables).filter(([, value]) => value);
  return set.map(([name, value]) => (name === "TERM" ? value : `${name} ${value}`)).join(", ") || "none";
}
