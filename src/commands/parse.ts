import fuzzysort from "fuzzysort";
import { KeetError } from "../errors.js";
import type { SafeText } from "../safe-text.js";
import { type Arg, usageOf } from "./define.js";
import { type AnyCommand, COMMANDS, findCommand } from "./index.js";

/** What names in arguments can refer to. */
export interface Names {
  readonly rooms: readonly { readonly id: string; readonly name: SafeText }[];
  readonly members: readonly { readonly id: string; readonly name: SafeText }[];
}

/** Letters scattered further than this were not meant. */
const NEAR = 0.2;
const MAX_NAMES_IN_HINT = 5;

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
export function parseCommand(
  name: string,
  rest: string,
  names: Names,
): { readonly command: AnyCommand; readonly values: Readonly<Record<string, unknown>> } {
  const command = findCommand(name);
  if (!command) throw noSuchCommand(name);
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
    values[arg.name] = valueFrom(arg, word, names, command);
    left = after;
  }
  if (left !== "") {
    const extra = command.args.length === 0 ? "nothing after it" : `no more than ${command.args.length}`;
    throw usageError(command, `/${command.name} takes ${extra}`);
  }
  return { command, values };
}

function takesTheRest(arg: Arg): boolean {
  return arg.type === "rest" || arg.type === "room" || arg.type === "member";
}

function firstWord(text: string): [string, string] {
  const match = /^("([^"]*)"|\S+)\s*/.exec(text);
  return match ? [match[2] ?? match[1]!, text.slice(match[0].length)] : ["", ""];
}

function phraseOf(arg: Arg): string {
  if (arg.choices) return `one of ${arg.choices.join(", ")}`;
  return /^[aeiou]/.test(arg.name) ? `an ${arg.name}` : `a ${arg.name}`;
}

function valueFrom(arg: Arg, word: string, names: Names, command: AnyCommand): unknown {
  if (arg.type === "room") return named(word, names.rooms, "NO_SUCH_ROOM", "room");
  if (arg.type === "member")
    return named(word.replace(/^@/, ""), names.members, "NO_SUCH_MEMBER", "member of this room");
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
  if (arg.type === "command") return word.replace(/^\//, "");
  if (arg.type === "invite") return inviteIn(word) ?? word;
  return word;
}

function named(
  word: string,
  all: readonly { readonly id: string; readonly name: SafeText }[],
  code: string,
  what: string,
): { readonly id: string; readonly name: SafeText } {
  const lower = word.trim().toLowerCase();
  const same = all.filter((one) => one.name.toLowerCase() === lower || one.id === lower);
  if (same.length === 1) return same[0]!;
  if (same.length > 1) {
    const ids = same.map((one) => one.id.slice(0, 8)).join(", ");
    throw new KeetError("user", code, `More than one ${what} is called ${word}`, { hint: `Their ids: ${ids}` });
  }
  const byId = lower.length >= 4 ? all.filter((one) => one.id.startsWith(lower)) : [];
  if (byId.length === 1) return byId[0]!;
  const near = fuzzysort.go(lower, all, { key: "name", limit: 3, threshold: NEAR }).map((result) => result.obj.name);
  const some = all.slice(0, MAX_NAMES_IN_HINT).map(({ name }) => name);
  const hint = near.length > 0 ? `Close: ${near.join(", ")}` : some.length > 0 ? `There are: ${some.join(", ")}` : null;
  throw new KeetError("user", code, `No ${what} is called ${word}`, hint ? { hint } : {});
}

function usageError(command: AnyCommand, message: string): KeetError {
  return new KeetError("user", "USAGE", message, { hint: usageOf(command) });
}

function noSuchCommand(name: string): KeetError {
  const near = fuzzysort
    .go(name, COMMANDS, { key: "name", limit: 2, threshold: NEAR })
    .map((result) => `/${result.obj.name}`);
  const hint = near.length > 0 ? `Did you mean ${near.join(" or ")}? ` : "";
  return new KeetError("user", "USAGE", `/${name} is no command`, { hint: `${hint}//${name} sends it as text.` });
}
