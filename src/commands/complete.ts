/** What Tab offers at the cursor. It belongs to the type of what is being written, not to the command. */
import { type SafeText, safe } from "../safe-text.js";
import { listed, SETTINGS } from "../state/settings.js";
import { pathCandidates } from "./complete-paths.js";
import { type ArgType, usageOf } from "./define.js";
import { EMOJI } from "./emoji.js";
import { COMMANDS, findCommand } from "./index.js";
import { type Names, takesTheRest } from "./parse.js";
import { TOPICS, topicNamed } from "./topics.js";

const MAX_CANDIDATES = 40;
const MIN_EMOJI_LETTERS = 2;
const DURATIONS = ["30m", "8h", "2d", "off"];

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
  // A name in quotes is one word, also while its second quote is still missing.
  const words = args.match(/@?"[^"]*"?|[^\s"]+|(?<=[ \t]|^)$/g) ?? [""];
  const index = Math.min(words.length, command.args.length) - 1;
  const arg = command.args[index];
  // Free text is completed as such: names and emoji in it.
  if (!arg || arg.type === "rest") return null;
  if (arg.type === "paths") return ofPaths(args, before, names);
  const isLast = index === command.args.length - 1;
  const written = isLast && takesTheRest(arg) ? restFrom(args, index) : words.at(-1)!;
  const from = before.length - written.length;
  const choices = arg.type === "value" ? valuesOf(words[0] ?? "", names) : (arg.choices ?? []);
  const candidates = ofType(arg.type, written.replace(/^(@?)"/, "$1"), names, choices);
  return { from, to: before.length, candidates: isLast ? candidates : candidates.map(asWord), isOffered: false };
}

function ofPaths(args: string, before: string, { looksAtDisk }: Names): Completion | null {
  if (!looksAtDisk) return null;
  const { length, candidates } = pathCandidates(args);
  return { from: before.length - length, to: before.length, candidates, isOffered: false };
}

/** What is written from the argument at `index` on, spaces kept. */
function restFrom(args: string, index: number): string {
  let rest = args;
  for (let skipped = 0; skipped < index; skipped += 1) rest = rest.replace(/^(?:@?"[^"]*"|\S+)[ \t]+/, "");
  return rest;
}

/** With more to come behind it: in quotes where it has spaces, and a space. */
function asWord(candidate: Candidate): Candidate {
  const { insert } = candidate;
  return { ...candidate, insert: /\s/.test(insert) ? `"${insert}" ` : `${insert} ` };
}

function ofType(type: ArgType, written: string, names: Names, choices: readonly string[]): Candidate[] {
  if (type === "room") return startingWith(written, names.rooms);
  if (type === "file") return fileNames(written, names.files ?? []);
  if (type === "caller") return people(written, names.callers ?? []);
  if (type === "microphone") return choicesOf(written, ["on", "off", "auto", ...deviceNames(names, "microphones")]);
  if (type === "speaker") return choicesOf(written, ["auto", ...deviceNames(names, "speakers")]);
  if (type === "member" || type === "former") return people(written, names.members);
  if (type === "person") {
    const others = names.rooms.flatMap((room) => (room.with ? [room.with] : []));
    return people(written, [...new Map([...others, ...names.members].map((one) => [one.id, one])).values()]);
  }
  if (type === "blocked")
    return people(
      written,
      names.members.filter((member) => member.blocked),
    );
  if (type === "duration") return choicesOf(written, DURATIONS);
  if (type === "choice" || type === "value") return choicesOf(written, choices);
  if (type === "setting") {
    const found = (names.settings?.specs ?? SETTINGS).filter(({ name }) => name.startsWith(written.toLowerCase()));
    return found.map(({ name, help, values }) => ({
      label: safe`${name}`,
      insert: name,
      note: safe`${name}: ${help} · ${listed(values)}`,
    }));
  }
  if (type === "command") {
    const lower = written.replace(/^\//, "").toLowerCase();
    const topics = Object.entries(TOPICS).map(([name, what]) => ({ name, note: safe`${what}` }));
    const commands = COMMANDS.map((one) => ({ name: one.name, note: safe`${usageOf(one)}  ${one.summary}` }));
    // Where both have one name, it is the topic that is shown.
    const all = [...topics, ...commands.filter(({ name }) => topicNamed(name) === null)];
    return all
      .filter(({ name }) => name.startsWith(lower))
      .map(({ name, note }) => ({ label: safe`${name}`, insert: name, note }));
  }
  return [];
}

function deviceNames({ devices }: Names, end: "microphones" | "speakers"): readonly string[] {
  return devices?.[end].map(({ name }) => name) ?? [];
}

/** Of the setting that is named before. */
function valuesOf(setting: string, { settings }: Names): readonly string[] {
  const spec = (settings?.specs ?? SETTINGS).find(({ name }) => name === setting.toLowerCase());
  return spec ? (settings?.valuesOf(spec) ?? spec.values) : [];
}

function choicesOf(written: string, choices: readonly string[]): Candidate[] {
  const found = choices.filter((choice) => choice.toLowerCase().startsWith(written.toLowerCase()));
  return found.map((choice) => ({ label: safe`${choice}`, insert: choice, note: null }));
}

/** Whose name looks like another's is inserted with what tells them apart. */
function people(written: string, all: Names["members"]): Candidate[] {
  const lower = written.replace(/^@/, "").toLowerCase();
  return all
    .filter((one) => one.name.toLowerCase().startsWith(lower))
    .slice(0, MAX_CANDIDATES)
    .map(({ name, tag, id }) => {
      const isLikeAnother = tag != null || all.some((other) => other.id !== id && other.name === name);
      const whole = isLikeAnother ? safe`${name}#${tag ?? id.slice(0, 4)}` : name;
      return { label: whole, insert: whole, note: null };
    });
}

function fileNames(written: string, all: readonly SafeText[]): Candidate[] {
  const lower = written.toLowerCase();
  const found = [...new Set(all)].filter((name) => name.toLowerCase().startsWith(lower));
  return found.slice(0, MAX_CANDIDATES).map((name) => ({ label: name, insert: name, note: null }));
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
  const candidates = people(match[1]!, names.members).map((candidate) => ({
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
