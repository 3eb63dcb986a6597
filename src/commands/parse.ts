import fuzzysort from "fuzzysort";
import { KeetError } from "../errors.js";
import type { CommandContext } from "./context.js";
import { type Arg, type Command, usageOf } from "./define.js";
import { type CommandTable, TABLE } from "./index.js";
import { memberNamed, type Names, NEAR, named, personNamed } from "./named.js";
import { TOPICS, topicNamed } from "./topics.js";

export type { Names } from "./named.js";

export type Line =
  /** To be sent; `//x` has lost one slash. */
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "command"; readonly name: string; readonly rest: string };

// One slash and a name, alone on its line: `/etc/hosts` and pasted output are text.
const COMMAND = /^\/([A-Za-z][\w-]*|\?)(?:[ \t]+(.*))?[ \t]*$/;
const ESCAPED = /^\/\/([A-Za-z][\w-]*|\?)(?:[ \t]|$)/;
const INVITE = /keet-tui:\/\/join\/[^\s<>"'`]+/;

export function readLine(text: string): Line {
  const line = text.replace(/\n+$/, "");
  const match = line.includes("\n") ? null : COMMAND.exec(line);
  if (match) return { kind: "command", name: match[1] === "?" ? "help" : match[1]!, rest: (match[2] ?? "").trim() };
  return { kind: "text", text: ESCAPED.test(text) ? text.slice(1) : text };
}

/** The first invite in a text; null where there is none. */
export function inviteIn(text: string): string | null {
  return INVITE.exec(text)?.[0] ?? null;
}

/** @throws KeetError USAGE, NO_SUCH_ROOM, NO_SUCH_MEMBER: what would work is in the hint */
export function parseCommand<C extends CommandContext = CommandContext>(
  name: string,
  rest: string,
  names: Names,
  table: CommandTable<C> = TABLE as CommandTable<C>,
): { readonly command: Command<C>; readonly values: Readonly<Record<string, unknown>> } {
  const command = table.find(name);
  if (!command) throw noSuchCommand(name, table);
  const values: Record<string, unknown> = {};
  let left = rest;
  for (const [index, arg] of command.args.entries()) {
    const isLast = index === command.args.length - 1;
    const [word, after] = isLast && takesTheRest(arg) ? [left, ""] : firstWord(left);
    if (word === "") {
      if (!arg.optional) throw usageError(command, `/${command.name} needs ${phraseOf(arg)}`);
      values[arg.name] = null;
      continue;
    }
    values[arg.name] = valueFrom(arg, word, names, command, table);
    left = after;
  }
  if (left !== "") {
    const extra = command.args.length === 0 ? "nothing after it" : `no more than ${command.args.length}`;
    throw usageError(command, `/${command.name} takes ${extra}`);
  }
  return { command, values };
}

/** Names have spaces in them; behind any other argument a name goes in quotes. */
export function takesTheRest(arg: Arg): boolean {
  return ["rest", "room", "member", "person", "blocked", "former", "paths", "file", "microphone", "speaker"].includes(
    arg.type,
  );
}

function firstWord(text: string): [string, string] {
  const match = /^(@?"([^"]*)"|\S+)\s*/.exec(text);
  return match ? [match[2] ?? match[1]!, text.slice(match[0].length)] : ["", ""];
}

function phraseOf(arg: Arg): string {
  if (arg.choices) return `one of ${arg.choices.join(", ")}`;
  if (arg.name === "who") return "a name";
  return /^[aeiou]/.test(arg.name) ? `an ${arg.name}` : `a ${arg.name}`;
}

function valueFrom(arg: Arg, word: string, names: Names, command: Command<never>, table: AnyTable): unknown {
  if (arg.type === "room") return named(word, names.rooms, "NO_SUCH_ROOM", "room");
  if (arg.type === "member") return memberNamed(word, names.members);
  if (arg.type === "person") return personNamed(word, names);
  if (arg.type === "duration") {
    const ms = durationOf(word);
    if (ms === null) throw usageError(command, `${word} is no time, such as 30m, 8h or 2d`);
    return ms;
  }
  if (arg.type === "count") {
    if (!/^\d{1,6}$/.test(word) || Number(word) === 0) throw usageError(command, `${arg.name} is a number, such as 3`);
    return Number(word);
  }
  if (arg.type === "hours") {
    const match = /^(\d{1,5}(?:\.\d+)?)(h|d)?$/i.exec(word);
    if (!match) throw usageError(command, `${arg.name} is a number, such as 24, or days, such as 7d`);
    return Number(match[1]) * (match[2]?.toLowerCase() === "d" ? 24 : 1);
  }
  if (arg.type === "choice") {
    const choice = arg.choices?.find((one) => one === word.toLowerCase());
    if (!choice) throw usageError(command, `${word} is not one of ${arg.choices?.join(", ")}`);
    return choice;
  }
  if (arg.type === "command") return commandOrTopic(word.replace(/^\//, ""), table);
  if (["file", "microphone", "speaker"].includes(arg.type)) return word.replace(/^"(.*)"$/, "$1");
  if (arg.type === "invite") return inviteIn(word) ?? word;
  return word;
}

const DURATION_MS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `30m`, `8h`, `2d`; a bare number is hours; `off` is 0. Null for anything else. */
function durationOf(word: string): number | null {
  if (/^off$/i.test(word)) return 0;
  const match = /^(\d{1,4}(?:\.\d)?)([mhd])?$/i.exec(word);
  const ms = match ? Math.round(Number(match[1]) * DURATION_MS[match[2]?.toLowerCase() ?? "h"]!) : 0;
  return ms > 0 ? ms : null;
}

function usageError(command: Command<never>, message: string): KeetError {
  return new KeetError("user", "USAGE", message, { hint: usageOf(command) });
}

type AnyTable = Pick<CommandTable<never>, "all" | "find">;

function commandOrTopic(word: string, table: AnyTable): string {
  if (topicNamed(word) || table.find(word)) return word;
  const hint = `${didYouMean(word, table)}Topics: ${Object.keys(TOPICS).join(" ")}`;
  throw new KeetError("user", "USAGE", `There is no help on ${word}`, { hint });
}

function didYouMean(name: string, { all }: AnyTable): string {
  const near = fuzzysort
    .go(name, all, { key: "name", limit: 2, threshold: NEAR })
    .map((result) => `/${result.obj.name}`);
  return near.length > 0 ? `Did you mean ${near.join(" or ")}? ` : "";
}

function noSuchCommand(name: string, table: AnyTable): KeetError {
  const hint = didYouMean(name, table);
  return new KeetError("user", "USAGE", `/${name} is no command`, { hint: `${hint}//${name} sends it as text.` });
}
