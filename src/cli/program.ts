/** Subcommands by yargs: help, checks, completion. What people wrote goes round it, see words.ts. */
import yargs, { type Argv } from "yargs";
import { program, resolvePaths } from "../config.js";
import { EXIT, exitCodeOf, KeetError } from "../errors.js";
import { COMMANDS, GROUPS } from "./commands.js";
import { completions } from "./completion.js";
import { CliArgs, type CliCommand, type OptionSpec } from "./define.js";
import { GLOBAL_OPTIONS, globalsFrom } from "./globals.js";
import { OneShot } from "./one-shot.js";
import { printError, printRaw } from "./output.js";
import { EXIT_CODES, positionalUsage, usageOf } from "./usage.js";
import { isStandIn, takeApart, textOf, type Words } from "./words.js";

const PARSER = {
  "boolean-negation": false,
  "camel-case-expansion": false,
  "dot-notation": false,
  "duplicate-arguments-array": false,
  "parse-numbers": false,
  "parse-positional-numbers": false,
  "short-option-groups": false,
} as const;

const HELP_WIDTH = 100;
const EXIT_LINE = `Exit codes: ${EXIT_CODES.map(([code, means]) => `${code} ${means}`).join(", ")}.`;

export async function runProgram(argv: readonly string[]): Promise<number> {
  const asJson = argv.slice(0, argv.includes("--") ? argv.indexOf("--") : argv.length).includes("--json");
  let shot: OneShot | null = null;
  try {
    // What the scripts of `keet-tui completion` call at each Tab.
    if (argv[0] === "--get-yargs-completions") {
      const found = await completions(argv.slice(1));
      printRaw(found.map((word) => `${word}\n`).join(""));
      return EXIT.ok;
    }
    const words = takeApart(argv, COMMANDS);
    if (words.tokens.includes("--help") || words.command === null) return await help(words);
    if (words.tokens.includes("--version")) {
      printRaw(`${program().version}\n`);
      return EXIT.ok;
    }
    const { command } = words;
    const values = await parse(words);
    const globals = globalsFrom(values);
    const texts = textsByName(words, command);
    checkWords(command, texts);
    const args = new CliArgs(texts, values);
    shot = new OneShot(globals, resolvePaths({ home: globals.home, profile: globals.profile }));
    const code = await command.run(shot, args);
    if (code === EXIT.ok) await shot.sayWhatIsOpen();
    return code;
  } catch (error) {
    if (!(error instanceof KeetError && error.code === "REPORTED")) printError(error, asJson);
    return exitCodeOf(error);
  } finally {
    shot?.close();
  }
}

/** The whole tree, for help, completion and checks. */
export function programTree(): Argv {
  let tree = yargs([])
    .scriptName("keet-tui")
    .parserConfiguration(PARSER)
    .usage("$0 [invite]     the screen; with an invite, joins first\n$0 <command>    everything below")
    .strict()
    .showHelpOnFail(false)
    .help(false)
    .version(false)
    .locale("en")
    .exitProcess(false)
    .wrap(HELP_WIDTH)
    .epilogue(`Rooms are named by their exact name, or by 8 or more characters of their id.\n${EXIT_LINE}`);
  for (const [name, spec] of Object.entries(GLOBAL_OPTIONS)) tree = tree.option(name, optionOf(spec, "Options:"));
  for (const [group, summary] of Object.entries(GROUPS)) {
    tree = tree.command(group, summary, (inner) => withCommands(inner, [group]));
  }
  return withCommands(tree, []);
}

function withCommands(tree: Argv, under: readonly string[]): Argv {
  let next = tree;
  for (const command of COMMANDS) {
    const isHere = command.path.length === under.length + 1 && under.every((word, at) => command.path[at] === word);
    if (!isHere) continue;
    const name = [command.path.at(-1), ...(command.positionals ?? []).map(positionalUsage)].join(" ");
    next = next.command(name, command.summary, (inner) => withCommands(commandOf(inner, command), command.path));
  }
  return next;
}

function commandOf(tree: Argv, command: CliCommand): Argv {
  let next = tree.usage(`${usageOf(command)}\n\n${command.summary}.${command.details ? `\n${command.details}` : ""}`);
  for (const positional of command.positionals ?? []) {
    next = next.positional(positional.name, {
      type: "string",
      describe: positional.choices ? `${positional.describe}: ${positional.choices.join(", ")}` : positional.describe,
      ...(positional.rest ? { array: true } : {}),
    });
  }
  for (const [name, spec] of Object.entries(command.options ?? {})) {
    next = next.option(name, optionOf(spec, "Options of this command:"));
  }
  for (const [line, what] of command.examples) next = next.example(line, what);
  return next.epilogue(EXIT_LINE);
}

function optionOf(spec: OptionSpec, group: string) {
  return {
    describe: spec.describe,
    group,
    requiresArg: spec.type === "text",
    ...(spec.type === "flag" ? { boolean: true as const } : { string: true as const }),
    ...(spec.alias ? { alias: spec.alias } : {}),
    ...(spec.choices ? { choices: spec.choices } : {}),
    ...(spec.default ? { defaultDescription: spec.default } : {}),
    ...(spec.hidden ? { hidden: true } : {}),
  };
}

/** Options by name, with what was typed back in place of the stand-ins. */
async function parse(words: Words): Promise<Readonly<Record<string, unknown>>> {
  checkChoices(words);
  const back = (text: string) => text.replace(/:\d+:/g, (token) => textOf(token, words.texts));
  const argv = await programTree()
    .fail((message, error) => {
      throw usageError(words, back(message ?? error?.message ?? ""));
    })
    .parseAsync(asChecked(words));
  return Object.fromEntries(
    Object.entries(argv).map(([name, value]) => [name, typeof value === "string" ? textOf(value, words.texts) : value]),
  );
}

/** yargs compares choices with what it is given, so those go in as they are. */
function asChecked(words: Words): string[] {
  const options = { ...GLOBAL_OPTIONS, ...words.command?.options };
  return words.tokens.map((token) => {
    const [, name = "", index = ""] = /^--([\w-]+)=:(\d+):$/.exec(token) ?? [];
    return options[name]?.choices ? `--${name}=${words.texts[Number(index)]}` : token;
  });
}

function checkChoices(words: Words): void {
  const options = { ...GLOBAL_OPTIONS, ...words.command?.options };
  for (const token of words.tokens) {
    const [, name = "", index = ""] = /^--([\w-]+)=:(\d+):$/.exec(token) ?? [];
    const choices = options[name]?.choices;
    if (choices && !choices.includes(words.texts[Number(index)] ?? "")) {
      throw new KeetError("user", "USAGE", `--${name} is one of ${choices.join(", ")}`);
    }
  }
}

/** yargs has counted them; which is which is read off here, as it keeps only the last of a list. */
function textsByName(words: Words, command: CliCommand): ReadonlyMap<string, readonly string[]> {
  const given = words.tokens.filter(isStandIn).map((token) => textOf(token, words.texts));
  const texts = new Map<string, readonly string[]>();
  for (const [index, { name, rest }] of (command.positionals ?? []).entries()) {
    const own = rest ? given.slice(index) : given.slice(index, index + 1);
    if (own.length > 0) texts.set(name, own);
  }
  return texts;
}

/** yargs sees stand-ins in their place, so it cannot. */
function checkWords(command: CliCommand, texts: ReadonlyMap<string, readonly string[]>): void {
  for (const { name, choices } of command.positionals ?? []) {
    const said = texts.get(name)?.[0];
    if (!choices || said === undefined || choices.includes(said)) continue;
    throw new KeetError("user", "USAGE", `${name} is one of ${choices.join(", ")}`, {
      hint: `Usage: ${usageOf(command)}`,
    });
  }
}

/** Never repeats what was typed: it may be a secret in the wrong place. */
function usageError(words: Words, message: string): KeetError {
  const { command } = words;
  const hint = command ? `Usage: ${usageOf(command)}` : "keet-tui --help";
  if (/^Not enough non-option/.test(message)) {
    const missing = command?.positionals?.filter((positional) => !positional.optional).map(({ name }) => name) ?? [];
    return new KeetError("user", "USAGE", `${command?.path.join(" ")} needs ${missing.join(" and ")}`, { hint });
  }
  if (/^(Unknown (argument|command)|Too many non-option)/.test(message)) {
    return new KeetError("user", "USAGE", `${command?.path.join(" ")} takes fewer words`, { hint });
  }
  return new KeetError("user", "USAGE", message.split("\n")[0] ?? "", { hint });
}

async function help(words: Words): Promise<number> {
  const asked = words.tokens.includes("--help");
  const said = words.tokens.find(isStandIn);
  if (!asked && said) throw unknownCommand(words, textOf(said, words.texts));
  const tree = programTree();
  let text = "";
  // With the option itself switched off it is no demand; the callback gets what would be printed.
  await tree.help("help").parseAsync([...words.path, "--help"], {}, (_error, _argv, output) => {
    text = output;
  });
  if (asked) {
    printRaw(`${text.trimEnd()}\n`);
    return EXIT.ok;
  }
  process.stderr.write(`${text.trimEnd()}\n`);
  return EXIT.usage;
}

function unknownCommand(words: Words, said: string): KeetError {
  const here = [...COMMANDS.map((command) => command.path), ...Object.keys(GROUPS).map((group) => [group])]
    .filter((path) => path.length > words.path.length && words.path.every((word, at) => path[at] === word))
    .map((path) => path[words.path.length] ?? "");
  const near = [...new Set(here)].filter((word) => word.startsWith(said.slice(0, 2).toLowerCase()));
  const under = words.path.length > 0 ? `${words.path.join(" ")} has no such command` : "There is no such command";
  return new KeetError("user", "USAGE", under, {
    hint: near.length > 0 ? `Near it: ${near.join(", ")}. keet-tui --help lists all.` : "keet-tui --help lists all.",
  });
}
