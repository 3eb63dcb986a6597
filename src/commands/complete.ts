/** What Tab offers at the cursor. It belongs to the type of what is being written, not to the command. */
import { type SafeText, safe } from "../safe-text.js";
import { type ArgType, usageOf } from "./define.js";
import { EMOJI } from "./emoji.js";
import { COMMANDS, findCommand } from "./index.js";
import type { Names } from "./parse.js";

const MAX_CANDIDATES = 40;
const MIN_EMOJI_LETTERS = 2;

export interface Candidate {
  readonly label: SafeText;
  /** Takes the place of what was written. */
  readonly insert: string;
  /** One line about it, where there is one. */
  readonly note: SafeText | null;
}

export interface Completion {
  /** The part of the draft it replaces. */
  readonly from: number;
  readonly to: number;
  readonly candidates: readonly Candidate[];
  /** Shown while typing; the others wait for Tab. */
  readonly isOffered: boolean;
}

export function completionAt(text: string, cursor: number, names: Names): Completion | null {
  const before = text.slice(0, cursor);
  const completion = ofCommand(text, before, names) ?? ofMention(before, names) ?? ofEmoji(before);
  return completion && completion.candidates.length > 0 ? completion : null;
}

function ofCommand(text: string, before: string, names: Names): Completion | null {
  if (text.includes("\n") || !before.startsWith("/")) return null;
  const name = /^\/([\w-]*)$/.exec(before)?.[1];
  if (name !== undefined) {
    const lower = name.toLowerCase();
    const found = COMMANDS.filter((command) => command.name.startsWith(lower));
    const candidates = found.map((command) => ({
      label: safe`/${command.name}`,
      insert: command.args.length > 0 ? `/${command.name} ` : `/${command.name}`,
      note: safe`${usageOf(command)}  ${command.summary}`,
    }));
    return { from: 0, to: before.length, candidates, isOffered: true };
  }
  const match = /^\/([A-Za-z][\w-]*)[ \t]+(.*)$/.exec(before);
  const command = match && findCommand(match[1]!);
  if (!command) return null;
  const args = match[2]!;
  const words = args.split(/[ \t]+/);
  const index = Math.min(words.length, command.args.length) - 1;
  const arg = command.args[index];
  if (!arg) return null;
  const isWhole = arg.type === "room" || arg.type === "member";
  const written = isWhole ? words.slice(index).join(" ") : words.at(-1)!;
  const from = before.length - written.length;
  const candidates = ofType(arg.type, written, names, arg.choices ?? []);
  return { from, to: before.length, candidates, isOffered: false };
}

function ofType(type: ArgType, written: string, names: Names, choices: readonly string[]): Candidate[] {
  if (type === "room") return startingWith(written, names.rooms);
  if (type === "member") return startingWith(written.replace(/^@/, ""), names.members);
  if (type === "choice") {
    const found = choices.filter((choice) => choice.startsWith(written.toLowerCase()));
    return found.map((choice) => ({ label: safe`${choice}`, insert: choice, note: null }));
  }
  if (type === "command") {
    const lower = written.replace(/^\//, "").toLowerCase();
    return COMMANDS.filter((command) => command.name.startsWith(lower)).map((command) => ({
      label: safe`${command.name}`,
      insert: command.name,
      note: safe`${usageOf(command)}  ${command.summary}`,
    }));
  }
  return [];
}

function startingWith(written: string, all: Names["rooms"]): Candidate[] {
  const lower = written.toLowerCase();
  return all
    .filter((one) => one.name.toLowerCase().startsWith(lower))
    .slice(0, MAX_CANDIDATES)
    .map((one) => ({ label: one.name, insert: one.name, note: null }));
}

function ofMention(before: string, names: Names): Completion | null {
  const match = /(?:^|[\s([])@([^\s@]{0,32})$/.exec(before);
  if (!match) return null;
  const from = before.length - match[1]!.length - 1;
  const candidates = startingWith(match[1]!, names.members).map((candidate) => ({
    label: safe`@${candidate.label}`,
    insert: `@${candidate.insert} `,
    note: null,
  }));
  return { from, to: before.length, candidates, isOffered: false };
}

/** Never inside a word or a link: a shortcode stands at the start or behind a space. */
function ofEmoji(before: string): Completion | null {
  const match = /(?:^|\s):([a-z][a-z_]*)$/i.exec(before);
  const written = match?.[1]?.toLowerCase();
  if (!written || written.length < MIN_EMOJI_LETTERS) return null;
  const starts = EMOJI.filter((emoji) => emoji.name.startsWith(written));
  const contains = EMOJI.filter((emoji) => !emoji.name.startsWith(written) && emoji.name.includes(written));
  const candidates = [...starts, ...contains].slice(0, MAX_CANDIDATES).map((emoji) => ({
    label: safe`${emoji.text} ${emoji.name}`,
    insert: emoji.text,
    note: null,
  }));
  return { from: before.length - written.length - 1, to: before.length, candidates, isOffered: false };
}
