/** The options of every command, and how they become values. Small: the way to the first frame goes through here. */
import { KeetError } from "../errors.js";
import { LOG_LEVELS, type LogLevel } from "../log.js";
import type { Globals, OptionSpec } from "./define.js";

export const GLOBAL_OPTIONS: Readonly<Record<string, OptionSpec>> = {
  profile: { type: "text", describe: "Which profile (default: default)" },
  home: { type: "text", describe: "One folder for everything, in place of the XDG folders" },
  bootstrap: { type: "text", describe: "DHT nodes to start from, host:port,…" },
  "no-lan": { type: "flag", describe: "Do not look for people on this machine and network" },
  json: { type: "flag", describe: "Print data as JSON" },
  plain: {
    type: "flag",
    describe: "Lines in place of the full screen: for screen readers, logs, pipes and slow lines",
  },
  "no-color": { type: "flag", describe: "No colours" },
  "no-input": { type: "flag", describe: "Never ask anything" },
  "log-level": { type: "text", describe: "How much the log says", choices: LOG_LEVELS },
  help: { type: "flag", describe: "Show this", alias: "h" },
  version: { type: "flag", describe: "Print the version", alias: "V" },
};

/** @throws USAGE */
export function globalsFrom(values: Readonly<Record<string, unknown>>): Globals {
  const named = (name: string) => {
    const value = values[name];
    if (value === undefined) return null;
    if (typeof value === "string" && value !== "") return value;
    throw new KeetError("user", "USAGE", `--${name} needs a value`);
  };
  return {
    profile: named("profile"),
    home: named("home"),
    bootstrap: bootstrapFrom(named("bootstrap")),
    lan: values["no-lan"] !== true,
    json: values.json === true,
    plain: values.plain === true,
    color: values["no-color"] !== true,
    input: values["no-input"] !== true,
    logLevel: logLevelFrom(named("log-level")),
  };
}

function logLevelFrom(value: string | null): LogLevel | null {
  if (value === null || LOG_LEVELS.includes(value as LogLevel)) return value as LogLevel | null;
  throw new KeetError("user", "USAGE", "--log-level is none of its values", {
    hint: `One of ${LOG_LEVELS.join(", ")}.`,
  });
}

function bootstrapFrom(value: string | null): readonly string[] | null {
  if (value === null) return null;
  const nodes = value.split(",").map((node) => node.trim());
  for (const node of nodes) {
    const port = Number(/:(\d{1,5})$/.exec(node)?.[1]);
    if (!(port > 0 && port < 65_536) || /^:|[\s/]/.test(node)) {
      throw new KeetError("user", "USAGE", "--bootstrap takes host:port, several with commas between");
    }
  }
  return nodes;
}
