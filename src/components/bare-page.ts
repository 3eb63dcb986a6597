/** The talk as bare lines, from edge to edge and wrapped by the terminal itself: a long link is one line to the mouse. Pure. */
import { plainText, type SafeText, safe } from "../safe-text.js";
import { timeOf } from "../state/local-time.js";
import { authorOf, gistOf } from "../state/message-lines.js";
import type { MessageView, TimelineState } from "../state/model.js";
import { noticeText } from "../state/notice-text.js";
import type { Cells } from "../state/rows.js";
import { type Anchor, indexOfKey, messageAt, rowCount } from "../state/timeline.js";

const BACK = plainText("-- any key goes back --");

export interface BareFrame {
  readonly columns: number;
  readonly rows: number;
  readonly cells: Cells;
}

/** As many whole lines as fit above the one that says how to leave, the latest last. */
export function bareLines(state: TimelineState, anchor: Anchor | null, frame: BareFrame): readonly SafeText[] {
  const { columns, rows, cells } = frame;
  const lines: SafeText[] = [];
  let left = rows - 1;
  const anchored = anchor === null ? -1 : indexOfKey(state, anchor.key);
  const last = anchored < 0 ? rowCount(state) - 1 : anchored;
  for (let index = last; index >= 0 && left > 0; index -= 1) {
    for (const line of linesOf(messageAt(state, index)!).toReversed()) {
      left -= Math.max(1, cells.chop(line, columns).length);
      // The only one there is may be higher than the screen: then its beginning goes.
      if (left < 0 && lines.length > 0) break;
      lines.unshift(line);
      if (left <= 0) break;
    }
  }
  return [...lines, BACK];
}

function linesOf(message: MessageView): SafeText[] {
  const time = timeOf(message.sentAt);
  if (message.blocked) return [];
  if (message.type === "notice") return [safe`${time} -- ${noticeText(message, authorOf(message))}`];
  const who = message.action ? safe`* ${authorOf(message)}` : safe`${authorOf(message)}:`;
  if (message.deleted || message.file) return [safe`${time} ${who} ${gistOf(message)}`];
  const [first, ...others] = message.text.split("\n") as SafeText[];
  return [safe`${time} ${who} ${first ?? ""}`, ...others];
}
