/** The files of a room as a list to choose from. Pure. */
import { sizeOf } from "../amounts.js";
import { plainText, type SafeText, safe } from "../safe-text.js";
import { extentOf, farText } from "../state/file-lines.js";
import { authorOf } from "../state/message-lines.js";
import type { MessageView } from "../state/model.js";
import { BLANK, type Cells, type Span, spaces } from "../state/rows.js";
import { fittingPath, shownPath } from "../state/shown-path.js";
import { hueOf } from "../state/timeline.js";
import type { Overlay } from "./overlay.js";
import type { OverlayFacts, OverlayRows } from "./overlay-rows.js";

const MAX_FILE_COLUMNS = 28;
const MAX_AUTHOR_COLUMNS = 12;
/** Less of a path tells nothing. */
const MIN_PATH_COLUMNS = 8;
const KEYS = [plainText("g get"), plainText("x stop"), plainText("o open")];
const EMPTY = plainText("Nothing was shared here yet. /send and a path shares a file or a folder.");

/** Where the chosen row is now; the first where it is gone. */
export function chosenFile(files: readonly MessageView[], chosen: string | null): number {
  return Math.max(
    0,
    files.findIndex(({ key }) => key === chosen),
  );
}

export function filesRows(overlay: Extract<Overlay, { kind: "files" }>, facts: OverlayFacts): OverlayRows {
  const { columns, cells, files } = facts;
  const bytes = files.reduce((sum, { file }) => sum + (file?.bytes ?? 0), 0);
  const title = safe` Files in ${overlay.room.name}${files.length > 0 ? safe` · ${files.length} · ${sizeOf(bytes)}` : ""}`;
  const heading: Span[] = [{ text: cells.cut(title, columns), bold: true }];
  if (files.length === 0) {
    const lines = cells.wrap(EMPTY, columns - 3).map((line): Span[] => [{ text: safe`  ${line}`, tone: "dim" }]);
    return { heading, body: [[], ...lines], paper: [], keys: [] };
  }
  const at = chosenFile(files, overlay.chosen);
  const each = columns < 60 ? 2 : 1;
  const rows = each === 2 ? narrowRows(files, at, columns, cells) : wideRows(files, at, columns, cells);
  return { heading, body: rows, paper: [], keys: KEYS, focus: { from: at * each, to: (at + 1) * each } };
}

function wideRows(files: readonly MessageView[], chosen: number, columns: number, cells: Cells): Span[][] {
  const widest = (texts: readonly SafeText[], limit: number) => Math.min(limit, Math.max(...texts.map(cells.width)));
  const numberColumns = String(files.length).length;
  const nameColumns = widest(files.map(nameOf), columns < 80 ? 20 : MAX_FILE_COLUMNS);
  const extents = files.map(({ file }) => (file ? extentOf(file) : plainText("")));
  const extentColumns = widest(extents, 24);
  const authorColumns = widest(files.map(authorOf), MAX_AUTHOR_COLUMNS);
  return files.map((message, at) => {
    const head = [
      markOf(at === chosen),
      { text: safe`${String(at + 1).padStart(numberColumns)} `, tone: "dim" },
      { text: cells.pad(cells.cut(nameOf(message), nameColumns), nameColumns), tone: "accent" },
      { text: safe`${spaces(extentColumns - cells.width(extents[at]!) + 2)}${extents[at]!}  ` },
      { text: cells.pad(cells.cut(authorOf(message), authorColumns), authorColumns + 2), ...authorLook(message) },
    ] satisfies Span[];
    const room = columns - 1 - head.reduce((sum, { text }) => sum + cells.width(text), 0);
    return [...head, { text: stateOf(message, room, cells), tone: toneOf(message) }];
  });
}

function narrowRows(files: readonly MessageView[], chosen: number, columns: number, cells: Cells): Span[][] {
  return files.flatMap((message, at): Span[][] => {
    const mark = markOf(at === chosen);
    const number = safe`${at + 1} `;
    const extent = safe`  ${message.file ? extentOf(message.file) : ""}`;
    const room = columns - 1 - cells.width(number) - cells.width(extent);
    const name = cells.cut(nameOf(message), Math.max(4, room));
    const author = cells.cut(authorOf(message), MAX_AUTHOR_COLUMNS);
    const state = safe`  ${stateOf(message, columns - 4 - cells.width(author), cells)}`;
    return [
      [mark, { text: number, tone: "dim" }, { text: name, tone: "accent" }, { text: extent }],
      [mark, { text: BLANK }, { text: author, ...authorLook(message) }, { text: state, tone: toneOf(message) }],
    ];
  });
}

function markOf(isChosen: boolean): Span {
  return isChosen ? { text: plainText("▌"), tone: "accent" } : { text: BLANK };
}

function authorLook(message: MessageView): Pick<Span, "tone" | "hue" | "bold"> {
  return { tone: "author", hue: message.mine ? -1 : hueOf(message), bold: true };
}

function nameOf({ file }: MessageView): SafeText {
  return file?.isFolder ? safe`${file.name}/` : (file?.name ?? plainText(""));
}

/** How far it is, and where it lies as far as there is room for that. */
function stateOf({ file, mine }: MessageView, columns: number, cells: Cells): SafeText {
  if (!file) return plainText("");
  const { path } = file.transfer ?? { path: null };
  const far = cells.cut(farText(file, mine), Math.max(0, columns));
  const room = columns - cells.width(far) - 2;
  return path === null || room < MIN_PATH_COLUMNS ? far : safe`${far}  ${fittingPath(shownPath(path), room, cells)}`;
}

function toneOf({ file }: MessageView): NonNullable<Span["tone"]> {
  const state = file?.transfer?.state;
  return state === "failed" ? "bad" : state === "paused" ? "warning" : state === "fetching" ? "accent" : "dim";
}
