/** What could come next, for the scripts that `keet-tui completion` prints. Tab must be at once: see known-rooms.ts. */
import { bashReplacement, readBashLine } from "./bash-words.js";
import { COMMANDS, GROUPS } from "./commands.js";
import type { OptionSpec } from "./define.js";
import { GLOBAL_OPTIONS } from "./globals.js";
import { knownRooms, type Where } from "./known-rooms.js";

type Rooms = (where: Where) => Promise<readonly string[]>;

/**
 * What a script asks for: the words of the line, the program's own name first and the unfinished one last; of bash
 * `--bash`, the line up to the cursor, and what bash will replace.
 */
export async function completions(asked: readonly string[], rooms: Rooms = knownRooms): Promise<readonly string[]> {
  const [kind, line = "", region = ""] = asked;
  if (kind !== "--bash") return completionsFor(asked, rooms);
  const { words, raw } = readBashLine(line);
  const found = await completionsFor(words, rooms);
  return found.flatMap((word) => bashReplacement(word, raw, region) ?? []);
}

/** `typed` are all words of the line, the program's own name first, the unfinished one last. */
export async function completionsFor(
  typed: readonly string[],
  rooms: Rooms = async () => [],
): Promise<readonly string[]> {
  const words = typed.slice(1);
  const unfinished = words.at(-1) ?? "";
  const before = words.slice(0, -1);
  if (before.includes("--")) return [];
  const path: string[] = [];
  for (const word of before) {
    if (COMMANDS.some((command) => command.path[path.length] === word && isUnder(command.path, path))) path.push(word);
  }
  const here = COMMANDS.filter((command) => isUnder(command.path, path));
  const own = here.find((command) => command.path.length === path.length);
  const options = { ...GLOBAL_OPTIONS, ...own?.options };
  const asked = /^--(.+)$/.exec(before.at(-1) ?? "")?.[1] ?? "";
  const asks = Object.hasOwn(options, asked) ? options[asked] : undefined;
  // Where nothing is offered the shell offers files, which a value such as that of --home may be.
  if (asks?.completes === "room") return startingWith(await rooms(whereOf(before)), unfinished);
  if (asks?.type === "text") return startingWith(asks.choices ?? [], unfinished);
  if (unfinished.startsWith("-")) {
    const names = Object.entries(options).filter(([, spec]) => !spec.hidden);
    return startingWith(
      names.map(([name]) => `--${name}`),
      unfinished,
    );
  }
  if (own) {
    const at = before.filter((word, index) => isText(word, before[index - 1], options)).length - path.length;
    const positional = own.positionals?.[at];
    if (positional?.choices) return startingWith(positional.choices, unfinished);
    if (positional?.completes === "room") return startingWith(await rooms(whereOf(before)), unfinished);
  }
  const next = here.map((command) => command.path[path.length] ?? "").filter((word) => word !== "");
  const more = path.length === 0 ? Object.keys(GROUPS) : [];
  return startingWith([...new Set([...next, ...more])], unfinished);
}

/** Neither an option nor the value of one. */
function isText(word: string, previous: string | undefined, options: Readonly<Record<string, OptionSpec>>): boolean {
  if (word.startsWith("-")) return false;
  const name = /^--([\w-]+)$/.exec(previous ?? "")?.[1] ?? "";
  return !(Object.hasOwn(options, name) && options[name]?.type === "text");
}

/** `--home x` or `--home=x`, and the profile. */
function whereOf(before: readonly string[]): Where {
  const given = (option: string) => {
    const at = before.findLastIndex((word) => word === option || word.startsWith(`${option}=`));
    const word = before[at];
    return word === undefined ? null : word === option ? (before[at + 1] ?? null) : word.slice(option.length + 1);
  };
  return { home: given("--home"), profile: given("--profile") };
}

function isUnder(path: readonly string[], above: readonly string[]): boolean {
  return above.every((word, at) => path[at] === word);
}

function startingWith(words: readonly string[], start: string): readonly string[] {
  return words.filter((word) => word.startsWith(start));
}
