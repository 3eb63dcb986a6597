/** The rows of what lies over the talk: a heading, a body that can be longer than the screen, and the keys. Pure. */
import { encode } from "uqr";
import type { Page } from "../commands/define.js";
import { plainText, type SafeText, safe } from "../safe-text.js";
import { spanOf } from "../state/local-time.js";
import type { MemberView, MessageView, RoomView } from "../state/model.js";
import { BLANK, type Cells, type Span, spaces } from "../state/rows.js";
import type { Settings } from "../state/settings.js";
import { filesRows } from "./files-page.js";
import { pinRows, searchRows } from "./found-pages.js";
import { roomsFor } from "./go-to.js";
import { helpRows, keyRows } from "./help-page.js";
import { hintRow } from "./hints.js";
import { memberRows } from "./member-list.js";
import type { Overlay } from "./overlay.js";
import { settingsRows } from "./settings-page.js";

export interface OverlayFacts {
  readonly rooms: readonly RoomView[];
  readonly members: readonly MemberView[];
  readonly settings: Settings;
  /** Of the room on screen, as they were listed. */
  readonly files: readonly MessageView[];
  readonly columns: number;
  readonly height: number;
  readonly cells: Cells;
  readonly now: number;
}

export interface OverlayRows {
  readonly heading: readonly Span[];
  readonly body: readonly (readonly Span[])[];
  /** Letters a camera reads, below the body where they fit; black on white. */
  readonly paper: readonly SafeText[];
  /** What can be done, the most needed first: what does not fit is left out. */
  readonly keys: readonly SafeText[];
  /** What Esc is called here, where that is more than its name. */
  readonly leave?: SafeText;
  /** Rows of the body that are to be in sight, the end not included. */
  readonly focus?: { readonly from: number; readonly to: number };
}

const LOOKING: readonly Span[] = [{ text: plainText(" looking …"), tone: "dim" }];
const TURN = [plainText("↑ ↓ PgUp PgDn")];

export function overlayRows(overlay: Overlay, facts: OverlayFacts): OverlayRows {
  const { columns, cells, height } = facts;
  const simple = (title: SafeText, body: OverlayRows["body"], keys: OverlayRows["keys"] = []): OverlayRows => {
    const heading: Span[] = [{ text: cells.cut(safe` ${title}`, columns), bold: true }];
    return { heading, body, paper: [], keys: body.length > height - 3 ? TURN : keys };
  };
  if (overlay.kind === "help") {
    const title = overlay.topic === null ? plainText("Help") : safe`Help: ${overlay.topic}`;
    return simple(title, helpRows(overlay.topic, columns, cells));
  }
  if (overlay.kind === "keys") return simple(plainText("Keys"), keyRows(columns, cells));
  if (overlay.kind === "members") {
    return simple(plainText("Who is in this room"), memberRows(facts.members, columns - 1, facts.now));
  }
  if (overlay.kind === "page") {
    const rows = pageRows(overlay.page, columns, cells);
    return simple(overlay.page.title, overlay.isFilling ? [...rows, LOOKING] : rows);
  }
  if (overlay.kind === "words") {
    const words = simple(plainText("Your 24 words"), wordRows(overlay.words, columns, cells));
    const leave = columns < 60 ? plainText("Esc: later") : plainText("Esc: later (/identity words)");
    return {
      ...words,
      keys: [columns < 40 ? plainText("Enter: noted") : plainText("Enter: written down")],
      ...(overlay.isFirst ? { leave } : {}),
    };
  }
  if (overlay.kind === "pins") return pinRows(overlay, facts);
  if (overlay.kind === "files") return filesRows(overlay, facts);
  if (overlay.kind === "search") return searchRows(overlay, facts);
  if (overlay.kind === "settings") return settingsRows(overlay, facts);
  if (overlay.kind === "go-to") return goToRows(overlay, facts);
  return inviteRows(overlay, facts);
}

function pageRows(page: Page, columns: number, cells: Cells): Span[][] {
  const labels = page.rows.map((row) => (row.label ? cells.width(row.label) : 0));
  const labelColumns = Math.min(Math.max(...labels, 0), Math.floor(columns / 3));
  const gutter = labelColumns + 3;
  return page.rows.flatMap(({ label, text, isWarning }, at) => {
    const tone = isWarning ? "warning" : "text";
    if (label === undefined)
      return [[], ...cells.wrap(text, columns - 2).map((line): Span[] => [{ text: safe` ${line}`, tone }])];
    const isAfterNote = at > 0 && page.rows[at - 1]!.label === undefined;
    const lines = cells
      .wrap(text, Math.max(8, columns - gutter - 1))
      .map((line, index): Span[] => [
        index === 0 ? { text: safe` ${cells.pad(label, labelColumns)}  `, tone: "dim" } : { text: spaces(gutter) },
        { text: line, tone },
      ]);
    return isAfterNote ? [[], ...lines] : lines;
  });
}

const WORDS_HINT = plainText("These words are you. On paper, not in a file. Anyone who has them can be you.");

export function wordRows(words: readonly string[], columns: number, cells: Cells): Span[][] {
  const across = columns >= 60 ? 4 : columns >= 36 ? 3 : 2;
  const width = Math.min(18, Math.floor((columns - 1) / across));
  const down = Math.ceil(words.length / across);
  const rows: Span[][] = Array.from({ length: down }, (_, row) => [
    { text: across === 4 ? plainText("  ") : BLANK },
    ...Array.from({ length: across }, (_unused, column): Span[] => {
      const index = column * down + row;
      const word = words[index];
      if (word === undefined) return [];
      return [
        { text: safe`${String(index + 1).padStart(2)} `, tone: "dim" },
        { text: column === across - 1 ? safe`${word}` : cells.pad(safe`${word}`, width - 3), bold: true },
      ];
    }).flat(),
  ]);
  return [[], ...rows, [], ...cells.wrap(WORDS_HINT, columns - 3).map((line): Span[] => [{ text: safe`  ${line}` }])];
}

function goToRows(overlay: Extract<Overlay, { kind: "go-to" }>, facts: OverlayFacts): OverlayRows {
  const { columns, cells } = facts;
  const found = roomsFor(overlay.query, facts.rooms);
  const nameColumns = Math.min(24, Math.floor(columns / 2));
  const body = found.map((room, index): Span[] => {
    const isChosen = index === overlay.chosen;
    const unread = room.unread > 0 ? safe`${room.unread} unread` : plainText("");
    const about = [unread, room.topic].filter((text) => text !== "").join(" · ");
    return [
      { text: isChosen ? plainText("▌ ") : plainText("  "), tone: "accent" },
      { text: cells.pad(room.name, nameColumns), ...(isChosen ? { bold: true, tone: "accent" } : {}) },
      { text: cells.cut(safe`  ${about}`, columns - nameColumns - 3), tone: "dim" },
    ];
  });
  const query = cells.cut(safe`${overlay.query}`, columns - 14);
  return {
    heading: [
      { text: plainText(" Go to  "), bold: true },
      { text: plainText("> "), tone: "accent" },
      { text: query },
      { text: plainText(" "), reverse: true },
    ],
    body: body.length > 0 ? body : [[{ text: plainText("  No room has these letters."), tone: "dim" }]],
    paper: [],
    keys: [plainText("↑ ↓ choose"), plainText("Enter opens")],
    focus: { from: overlay.chosen, to: overlay.chosen + 1 },
  };
}

const INVITE_KEYS = [plainText("y copy"), plainText("+ more people"), plainText("t longer"), plainText("r revoke")];
const TRUST = plainText("Send it to one you trust: whoever has it first gets in.");

function inviteRows(overlay: Extract<Overlay, { kind: "invite" }>, facts: OverlayFacts): OverlayRows {
  const { columns, cells, height } = facts;
  const { invite, room } = overlay;
  const people = invite.uses === 1 ? plainText("1 person") : safe`${invite.uses} people`;
  const { width } = cells;
  const role = room.role === null ? [] : [safe`you are ${room.role}`];
  const fit = { columns: columns - 2, separator: " · ", width };
  const terms = safe`${hintRow([people, spanOf(overlay.expiresMs), ...role], fit)} `;
  const name = cells.cut(
    safe` Invite to ${room.name}`,
    Math.max(columns < 60 ? columns : 10, columns - cells.width(terms) - 1),
  );
  const gap = columns - cells.width(name) - cells.width(terms);
  const heading: Span[] = [{ text: name, bold: true }];
  if (gap > 0) heading.push({ text: spaces(gap) }, { text: terms, tone: "dim" });
  // Whole, on rows of its own and from edge to edge, so that the mouse takes the link and nothing else.
  const link = invite.link === null ? [] : cells.chop(invite.link, columns);
  const body: Span[][] = [
    gap < 1 ? [{ text: cells.cut(safe` ${terms}`, columns), tone: "dim" }] : [],
    ...(invite.link === null
      ? [[{ text: plainText(" The link was made on another device and is known only there."), tone: "dim" } as Span]]
      : link.map((text): Span[] => [{ text }])),
    [],
    ...cells.wrap(TRUST, columns - 2).map((text): Span[] => [{ text: safe` ${text}`, tone: "dim" }]),
  ];
  const code = invite.link === null ? [] : qrRows(invite.link);
  const fits = code.length > 0 && code.length + body.length + 3 <= height && cells.width(code[0]!) <= columns - 1;
  return {
    heading,
    body,
    paper: fits ? code : [],
    keys: INVITE_KEYS,
  };
}

/** Two rows of modules in one row of half blocks. */
export function qrRows(text: string): SafeText[] {
  const { data } = encode(text, { ecc: "L", border: 2 });
  const rows: SafeText[] = [];
  for (let at = 0; at < data.length; at += 2) {
    const upper = data[at]!;
    const lower = data[at + 1] ?? upper.map(() => false);
    const row = upper.map((isDark, index) => {
      if (isDark) return lower[index] ? "█" : "▀";
      return lower[index] ? "▄" : " ";
    });
    rows.push(row.join("") as SafeText);
  }
  return rows;
}
