/** /help and /keys, made of the two tables. Pure. */
import { usageOf } from "../commands/define.js";
import { COMMANDS, GROUPS } from "../commands/index.js";
import { KEYS, type KeyBinding, type KeyPlace, shownKeys } from "../keys.js";
import { plainText, type SafeText, safe } from "../safe-text.js";
import { type Cells, type Span, spaces } from "../state/rows.js";

const PLACES: Readonly<Record<KeyPlace, SafeText>> = {
  everywhere: plainText("KEYS, ANYWHERE"),
  start: plainText("KEYS BEFORE THERE IS A ROOM"),
  talk: plainText("KEYS IN A ROOM"),
  empty: plainText("KEYS ON AN EMPTY LINE"),
  composer: plainText("KEYS WHILE WRITING"),
  selection: plainText("KEYS ON A SELECTED MESSAGE"),
  overlay: plainText("KEYS ON WHAT LIES OVER THE TALK"),
  list: plainText("KEYS IN A LIST OVER THE TALK"),
  search: plainText("KEYS IN A SEARCH"),
  page: plainText("KEYS ON A PAGE OVER THE TALK"),
  invite: plainText("KEYS ON AN INVITE"),
  words: plainText("KEYS ON YOUR WORDS"),
  question: plainText("KEYS AT A QUESTION"),
};

export function helpRows(columns: number, cells: Cells): (readonly Span[])[] {
  const rows: (readonly Span[])[] = [
    ...prose(
      plainText("Write and press Enter. A line that begins with one slash is a command; //x sends /x."),
      columns,
      cells,
    ),
  ];
  for (const group of GROUPS) {
    const commands = COMMANDS.filter((command) => command.group === group);
    rows.push([], [{ text: safe` ${group.toUpperCase()}`, tone: "dim" }]);
    for (const command of commands) {
      const aliases = (command.aliases ?? []).map((alias) => `/${alias}`).join(" ");
      rows.push(...entry(safe`${usageOf(command)}`, safe`${command.summary}`, safe`${aliases}`, columns, cells));
    }
  }
  return [...rows, [], ...keyRows(columns, cells)];
}

export function keyRows(columns: number, cells: Cells): (readonly Span[])[] {
  const rows: (readonly Span[])[] = [];
  const bindings: readonly KeyBinding[] = KEYS;
  for (const where of new Set(bindings.map((one) => one.where))) {
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
