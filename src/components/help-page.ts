/** /help and /keys, made of the two tables. Pure. */
import { type Group, usageOf } from "../commands/define.js";
import { COMMANDS, GROUPS } from "../commands/index.js";
import type { Topic } from "../commands/topics.js";
import { plainDetails } from "../commands/usage-page.js";
import { KEYS, type KeyBinding, type KeyPlace, shownKeys } from "../keys.js";
import { plainText, type SafeText, safe } from "../safe-text.js";
import { type Cells, type Span, spaces } from "../state/rows.js";

const PLACES: Readonly<Record<KeyPlace, SafeText>> = {
  everywhere: plainText("KEYS, ANYWHERE"),
  start: plainText("KEYS BEFORE THERE IS A ROOM"),
  talk: plainText("KEYS IN A ROOM"),
  empty: plainText("KEYS ON AN EMPTY LINE"),
  composer: plainText("KEYS WHILE WRITING"),
  ringing: plainText("KEYS WHILE SOMEBODY CALLS"),
  recording: plainText("KEYS WHILE A VOICE NOTE IS RECORDED"),
  playing: plainText("KEYS WHILE A VOICE NOTE PLAYS"),
  selection: plainText("KEYS ON A SELECTED MESSAGE"),
  overlay: plainText("KEYS ON WHAT LIES OVER THE TALK"),
  list: plainText("KEYS IN A LIST OVER THE TALK"),
  search: plainText("KEYS IN A SEARCH"),
  files: plainText("KEYS IN A LIST OF FILES"),
  page: plainText("KEYS ON A PAGE OVER THE TALK"),
  settings: plainText("KEYS ON THE SETTINGS"),
  invite: plainText("KEYS ON AN INVITE"),
  words: plainText("KEYS ON YOUR WORDS"),
  question: plainText("KEYS AT A QUESTION"),
};

type Rows = (readonly Span[])[];

const FIRST = plainText("Write and press Enter. A line that begins with one slash is a command; //x sends /x.");
const MORE = plainText("/help and a name says all of a command or a topic; Tab shows the names.");

const WRITING = [
  plainText(
    "Enter sends. Ctrl-J makes a new line. What is pasted is never sent or run by itself, however many lines it has.",
  ),
  plainText("Tab completes commands, names, rooms and :emoji. A draft stays with its room, also when you quit."),
  plainText("↑ above the first line calls back what was sent in this room; Ctrl-R does so on an empty line."),
];
const SELECTING = [
  plainText(
    "↑ on an empty line selects the latest message. Each of these keys is a command too, about the selected message.",
  ),
];

/** All of it, or what belongs to one topic. */
export function helpRows(topic: Topic | null, columns: number, cells: Cells): Rows {
  if (topic === "keys") return keyRows(columns, cells);
  if (topic === "writing")
    return [...aboutRows(WRITING, columns, cells), ...keyRows(columns, cells, ["composer", "empty"])];
  if (topic === "selecting")
    return [...aboutRows(SELECTING, columns, cells), ...keyRows(columns, cells, ["selection"])];
  if (topic !== null) return commandRows(topic, columns, cells, true);
  return [
    ...prose(FIRST, columns, cells),
    ...prose(MORE, columns, cells),
    ...GROUPS.flatMap((group) => [
      [],
      [{ text: safe` ${group.toUpperCase()}`, tone: "dim" } as Span],
      ...commandRows(group, columns, cells, false),
    ]),
    [],
    ...keyRows(columns, cells),
  ];
}

/** `isWhole`: with what the one line about each leaves out. */
function commandRows(group: Group, columns: number, cells: Cells, isWhole: boolean): Rows {
  return COMMANDS.filter((command) => command.group === group).flatMap((command) => {
    const aliases = (command.aliases ?? []).map((alias) => `/${alias}`).join(" ");
    const summary = isWhole && command.details ? `${command.summary}. ${plainDetails(command)}` : command.summary;
    return entry(safe`${usageOf(command)}`, safe`${summary}`, safe`${aliases}`, columns, cells);
  });
}

function aboutRows(words: readonly SafeText[], columns: number, cells: Cells): Rows {
  return [...words.flatMap((text) => prose(text, columns, cells)), []];
}

export function keyRows(columns: number, cells: Cells, places?: readonly KeyPlace[]): Rows {
  const rows: Rows = [];
  const bindings: readonly KeyBinding[] = KEYS;
  for (const where of places ?? new Set(bindings.map((one) => one.where))) {
    if (rows.length > 0) rows.push([]);
    rows.push([{ text: safe` ${PLACES[where]}`, tone: "dim" }]);
    for (const binding of bindings.filter((one) => one.where === where)) {
      rows.push(
        ...entry(safe`${shownKeys(binding)}`, safe`${binding.help}`, safe`${binding.also ?? ""}`, columns, cells),
      );
    }
  }
  return rows;
}

function prose(text: SafeText, columns: number, cells: Cells): Span[][] {
  return cells.wrap(text, columns - 2).map((line) => [{ text: safe` ${line}` }]);
}

/** A name, what it does, and another way to do it; on two rows where one is too narrow. */
function entry(name: SafeText, help: SafeText, also: SafeText, columns: number, cells: Cells): Span[][] {
  const nameColumns = columns < 60 ? columns - 2 : 28;
  const helpColumns = columns < 60 ? columns - 5 : columns - nameColumns - 4;
  const more = also === "" ? help : safe`${help} (${also})`;
  const lines = cells.wrap(more, Math.max(10, helpColumns));
  const head: Span = { text: cells.pad(name, nameColumns), tone: "accent" };
  if (columns < 60 || cells.width(name) > nameColumns) {
    const alone: Span = { text: cells.cut(name, columns - 2), tone: "accent" };
    return [[{ text: plainText("  ") }, alone], ...lines.map((line) => [{ text: safe`     ${line}` }])];
  }
  return lines.map((line, index) => [
    { text: plainText("  ") },
    index === 0 ? head : { text: spaces(nameColumns) },
    { text: safe` ${line}` },
  ]);
}
