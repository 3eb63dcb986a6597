/**
 * What was typed, taken apart before yargs sees it. yargs reads `- milk` as an option, moves what follows `--`
 * elsewhere and turns 007 into 7; here options and command words are found from the table and every other word is
 * put aside untouched, with a stand-in in its place.
 */
import { KeetError } from "../errors.js";
import type { CliCommand, OptionSpec } from "./define.js";
import { GLOBAL_OPTIONS } from "./globals.js";

export interface Words {
  /** The command, or null where the words name none. */
  readonly command: CliCommand | null;
  /** As far as the words named commands: `room`, of `room --help`. */
  readonly path: readonly string[];
  /** For yargs: the path, options as `--name` or `--name=value`, stand-ins for the rest. */
  readonly tokens: readonly string[];
  /** What the stand-ins stand for. */
  readonly texts: readonly string[];
}

const LOOKS_LIKE_OPTION = /^--?[A-Za-z]/;

const standIn = (index: number) => `:${index}:`;

export const isStandIn = (token: string) => /^:\d+:$/.test(token);

export function textOf(token: string, texts: readonly string[]): string {
  const index = /^:(\d+):$/.exec(token)?.[1];
  return index === undefined ? token : (texts[Number(index)] ?? token);
}

/** @throws USAGE for what looks like an option and is none */
export function takeApart(argv: readonly string[], commands: readonly CliCommand[]): Words {
  const path: string[] = [];
  const tokens: string[] = [];
  const texts: string[] = [];
  let isText = false;
  let hasText = false;
  let options = allOptions(commands);
  const below = () => commands.filter((command) => path.every((word, index) => command.path[index] === word));
  const exact = () => below().find((command) => command.path.length === path.length) ?? null;
  const setAside = (word: string) => {
    hasText = true;
    tokens.push(standIn(texts.length));
    texts.push(word);
  };
  for (let at = 0; at < argv.length; at += 1) {
    const word = argv[at] ?? "";
    if (isText) setAside(word);
    else if (word === "--") isText = true;
    else if (LOOKS_LIKE_OPTION.test(word)) {
      const { name, value } = optionIn(word, options);
      const spec = options.get(name);
      if (!spec) throw unknownOption(word, exact());
      if (spec.type === "flag") {
        if (value !== null) throw new KeetError("user", "USAGE", `--${name} takes no value`);
        tokens.push(`--${name}`);
      } else {
        const given = value ?? argv[++at];
        if (given === undefined) throw new KeetError("user", "USAGE", `--${name} needs a value`);
        tokens.push(`--${name}=${standIn(texts.length)}`);
        texts.push(given);
      }
    } else if (!hasText && isCommandWord(word)) {
      path.push(word);
      tokens.push(word);
      options = allOptions(below());
    } else setAside(word);
  }
  function isCommandWord(word: string): boolean {
    return below().some((command) => command.path[path.length] === word);
  }
  return { command: exact(), path, tokens, texts };
}

function allOptions(commands: readonly CliCommand[]): Map<string, OptionSpec> {
  const options = new Map(Object.entries(GLOBAL_OPTIONS));
  for (const command of commands) {
    for (const [name, spec] of Object.entries(command.options ?? {})) options.set(name, spec);
  }
  return options;
}

/** `--name`, `--name=value`, `-n value`, `-n50`. */
function optionIn(word: string, options: ReadonlyMap<string, OptionSpec>): { name: string; value: string | null } {
  const equals = word.indexOf("=");
  const head = equals === -1 ? word : word.slice(0, equals);
  const value = equals === -1 ? null : word.slice(equals + 1);
  if (head.startsWith("--")) return { name: head.slice(2), value };
  for (const [name, spec] of options) {
    if (spec.alias === undefined || !head.startsWith(`-${spec.alias}`)) continue;
    if (head.length === 2) return { name, value };
    if (spec.type === "text" && /^-.\d+$/.test(word)) return { name, value: word.slice(2) };
  }
  return { name: word, value };
}

function unknownOption(word: string, command: CliCommand | null): KeetError {
  // Only the name: whatever follows may be somebody's text.
  const name = /^--?[\w-]{1,40}/.exec(word)?.[0] ?? word.slice(0, 2);
  return new KeetError("user", "USAGE", `${name} is no option${command ? ` of ${command.path.join(" ")}` : ""}`, {
    hint: command?.positionals?.some((positional) => positional.rest)
      ? `If it is text, put -- in front: keet-tui ${command.path.join(" ")} … -- "${name}…"`
      : `keet-tui ${command ? `${command.path.join(" ")} ` : ""}--help lists them.`,
  });
}
