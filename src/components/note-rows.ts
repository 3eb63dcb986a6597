/** The rows above the line that a voice note has while it is recorded, or kept to be sent. Pure. */
import { clockOf } from "../amounts.js";
import { plainText, type SafeText, safe } from "../safe-text.js";
import type { RecordingView } from "../state/model.js";
import { type Cells, type Span, widthOf } from "../state/rows.js";
import { meterOf } from "./call-rows.js";
import { hintRow } from "./hints.js";

const NARROW_COLUMNS = 60;
const MAX_NAME_COLUMNS = 12;

export interface NoteFacts {
  readonly recording: RecordingView;
  /** Where it goes; null where that is the room on screen. */
  readonly elsewhere: SafeText | null;
  /** Enter and Esc are about it, and not about what lies over the talk. */
  readonly hasKeys: boolean;
  readonly columns: number;
  readonly cells: Cells;
}

export function noteRowCount(recording: RecordingView | null): 0 | 1 | 2 {
  if (recording === null) return 0;
  return recording.trouble === null ? 1 : 2;
}

/** ` ● recording 0:07  ▂▅▇▅   Enter sends · Esc drops` */
export function noteRows(facts: NoteFacts): readonly (readonly Span[])[] {
  const { recording, columns, cells } = facts;
  const head = headOf(facts);
  const gap = columns < NARROW_COLUMNS ? "  " : "   ";
  const room = columns - widthOf(head, cells) - gap.length;
  const keys = hintsOf(facts);
  const hint = hintRow(keys, { columns: room, separator: " · ", width: cells.width });
  const row: Span[] = hint === "" ? head : [...head, { text: safe`${gap}${hint}`, tone: "dim" }];
  if (recording.trouble === null) return [row];
  return [row, [{ text: cells.cut(safe`   ${recording.trouble}`, columns), tone: "warning" }]];
}

function headOf({ recording, elsewhere, columns, cells }: NoteFacts): Span[] {
  const { state, seconds, levels } = recording;
  const isNarrow = columns < NARROW_COLUMNS;
  const where = elsewhere === null ? "" : safe` for ${cells.cut(elsewhere, MAX_NAME_COLUMNS)}`;
  const isOpen = state === "open" || state === "opening";
  const what = isNarrow && state !== "sending" ? "" : safe` ${WORDS[state]}`;
  const mark: Span = { text: safe` ${isOpen ? "●" : "■"}`, tone: isOpen ? "warning" : "accent", bold: true };
  const facts: Span = { text: safe`${what}${where} ${clockOf(seconds * 1000)}` };
  return isOpen ? [mark, facts, { text: safe`  ${meterOf(levels)}`, tone: "accent" }] : [mark, facts];
}

const WORDS: Readonly<Record<RecordingView["state"], string>> = {
  opening: "opening the microphone",
  open: "recording",
  over: "recorded",
  sending: "sending",
};

function hintsOf({ recording, hasKeys }: NoteFacts): SafeText[] {
  if (!hasKeys || recording.state === "sending") return [];
  const drop = plainText("Esc drops");
  return recording.state === "opening" ? [drop] : [plainText("Enter sends"), drop];
}
