/** What a subcommand is. One table gives the parser, `--help`, completion, docs/command-line.md and docs/keet-tui.1. */
import type { LogLevel } from "../log.js";
import type { OneShot } from "./one-shot.js";

export interface OptionSpec {
  readonly type: "text" | "flag";
  readonly describe: string;
  readonly alias?: string;
  readonly choices?: readonly string[];
  readonly completes?: "room";
  readonly default?: string;
  /** Between two of our own processes; in no help and on no page. */
  readonly hidden?: boolean;
}

export interface PositionalSpec {
  readonly name: string;
  readonly describe: string;
  readonly optional?: boolean;
  readonly choices?: readonly string[];
  /** What Tab offers for it, asked of the running core. */
  readonly completes?: "room";
  /** Takes all that follow. Only the last one. */
  readonly rest?: boolean;
}

export interface CliCommand {
  readonly path: readonly string[];
  readonly summary: string;
  /** More than the summary, in the help of this command alone. */
  readonly details?: string;
  readonly positionals?: readonly PositionalSpec[];
  readonly options?: Readonly<Record<string, OptionSpec>>;
  readonly examples: readonly (readonly [line: string, what: string])[];
  run(shot: OneShot, args: CliArgs): Promise<number>;
}

/** Options that every command takes. */
export interface Globals {
  readonly profile: string | null;
  readonly home: string | null;
  readonly bootstrap: readonly string[] | null;
  readonly lan: boolean;
  readonly json: boolean;
  readonly plain: boolean;
  readonly color: boolean;
  readonly input: boolean;
  readonly logLevel: LogLevel | null;
}

export class CliArgs {
  readonly #texts: ReadonlyMap<string, readonly string[]>;
  readonly #options: Readonly<Record<string, unknown>>;

  constructor(texts: ReadonlyMap<string, readonly string[]>, options: Readonly<Record<string, unknown>>) {
    this.#texts = texts;
    this.#options = options;
  }

  /** A positional that is there whenever `run` is. */
  text(name: string): string {
    const value = this.optionalText(name);
    if (value === null) throw new Error(`${name} is no required argument of this command`);
    return value;
  }

  optionalText(name: string): string | null {
    return this.#texts.get(name)?.[0] ?? null;
  }

  /** All words of a `rest` positional. */
  words(name: string): readonly string[] {
    return this.#texts.get(name) ?? [];
  }

  option(name: string): string | null {
    const value = this.#options[name];
    return typeof value === "string" ? value : null;
  }

  flag(name: string): boolean {
    return this.#options[name] === true;
  }
}

export function defineCliCommand(command: CliCommand): CliCommand {
  return command;
}
