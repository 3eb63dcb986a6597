/** Before there is a room: who one is, and what one can do first. Pure. */
import { plainText, type SafeText, safe } from "../safe-text.js";
import type { NetworkView, ProfileState } from "../state/model.js";
import type { Cells, Span } from "../state/rows.js";

type Rows = (readonly Span[])[];

function line(text: SafeText, columns: number, cells: Cells, look: Omit<Span, "text"> = {}): Rows {
  return cells.wrap(text, Math.max(10, columns - 3)).map((part) => [{ text: safe`  ${part}`, ...look }]);
}

/** `draft`: the row in which the name is typed; of what is around it goes what would push it off a page of `height` rows. */
export function namePage(draft: readonly Span[], columns: number, height: number, cells: Cells): Rows {
  const about = line(plainText("Private talk between terminals. No account, no server."), columns, cells);
  const title = line(plainText("keet-tui"), columns, cells, { bold: true });
  const question = line(plainText("What should people call you?"), columns, cells);
  const field: Span[] = [{ text: plainText(columns < 60 ? "  " : " ") }, ...draft];
  const note = plainText("Shown to people in rooms you join. Change it any time with /nick.");
  const asked = [...question, field, [], ...line(note, columns, cells, { tone: "dim" })];
  const page = [[], ...title, ...about, [], ...asked];
  return page.length > height ? asked : page;
}

const CHOICES: readonly { readonly key: SafeText; readonly what: SafeText; readonly how: SafeText }[] = [
  { key: plainText("c"), what: plainText("make a room"), how: plainText("/create tea") },
  { key: plainText("j"), what: plainText("join one"), how: plainText("paste an invite, here or anywhere") },
  { key: plainText("t"), what: plainText("try it alone"), how: plainText("an echo friend on this machine answers") },
  { key: plainText("?"), what: plainText("help"), how: plainText("every key and command") },
];

/** Of more than fits on `height` rows the choices stay: without them there is nothing to go on with. */
export function emptyPage(profile: ProfileState, columns: number, height: number, cells: Cells): Rows {
  if (profile.connection === "failed") return failurePage(profile, columns, cells);
  if (!profile.isLoaded) return [[], ...line(plainText("Opening your rooms …"), columns, cells, { tone: "dim" })];
  const name = profile.identity?.name ?? plainText("");
  const greeting = line(safe`Hello ${name}. Nothing here yet.`, columns, cells, { bold: true });
  const [text, isWarning] = networkText(profile.network);
  const network = line(text, columns, cells, { tone: isWarning ? "warning" : "dim" });
  const choices = choiceRows(columns, cells);
  const pages: Rows[] = [
    [[], ...greeting, [], ...choices, [], ...network],
    [...greeting, ...choices, ...network],
  ];
  return pages.find((page) => page.length <= height) ?? choices;
}

function choiceRows(columns: number, cells: Cells): Rows {
  return CHOICES.map(({ key, what, how }) => {
    const spans: Span[] = [
      { text: safe`  ${key}   `, tone: "accent", bold: true },
      { text: columns < 60 ? what : cells.pad(what, 20) },
    ];
    if (columns >= 60) spans.push({ text: cells.cut(how, columns - 27), tone: "dim" });
    return spans;
  });
}

function networkText(network: NetworkView | null): [SafeText, boolean] {
  if (!network || network.state === "looking") {
    return [plainText("● ready on this machine and network · looking for the internet"), false];
  }
  if (network.state === "online") return [plainText("● ready: people anywhere can be found"), false];
  if (network.state === "lan") return [plainText("● ready on this network · the internet does not answer"), true];
  return [plainText("○ offline · rooms made now work as soon as there is a network"), true];
}

/** Nothing can be done on the screen about a store that does not open: what, and what would work. */
function failurePage({ failure }: ProfileState, columns: number, cells: Cells): Rows {
  return [
    [],
    ...line(plainText("This cannot be opened"), columns, cells, { bold: true }),
    [],
    ...line(failure?.message ?? plainText("unknown"), columns, cells, { tone: "bad" }),
    ...(failure?.hint ? line(failure.hint, columns, cells) : []),
    [],
    ...line(plainText("Nothing was deleted. Any key closes this."), columns, cells, { tone: "dim" }),
  ];
}
