/** How a command is written down: in help, in errors, on the page. */
import { EXIT } from "../errors.js";
import type { CliCommand, OptionSpec, PositionalSpec } from "./define.js";

export function usageOf(command: CliCommand): string {
  return ["keet-tui", ...command.path, ...(command.positionals ?? []).map(positionalUsage)].join(" ");
}

export function positionalUsage({ name, optional, rest }: PositionalSpec): string {
  const label = rest ? `${name}..` : name;
  return optional ? `[${label}]` : `<${label}>`;
}

/** `<on|off>`, `<value>`; nothing for a flag. */
export function valueUsage({ type, choices }: OptionSpec): string {
  return type === "text" ? `<${choices ? choices.join("|") : "value"}>` : "";
}

/** What the pages say of an option, with what holds where it is not given. */
export function optionMeaning(spec: OptionSpec): string {
  return spec.default ? `${spec.describe} (default: ${spec.default})` : spec.describe;
}

export const EXIT_CODES: readonly (readonly [code: number, means: string])[] = [
  [EXIT.ok, "done"],
  [EXIT.failed, "it failed (the error says why)"],
  [EXIT.usage, "the command line is wrong"],
  [EXIT.storage, "the store is locked or damaged or the room has stopped"],
  [EXIT.notFound, "no such room, message, invite or person"],
  [EXIT.timedOut, "no answer in time"],
  [EXIT.bug, "a fault of keet-tui"],
];
